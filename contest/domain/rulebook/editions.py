"""The rules of one edition made into those of another: dates move, and what belongs to one edition alone is left out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from contest.domain.rulebook.reading import check_rulebook
from contest.domain.rulebook.schema import Rulebook
from contest.domain.rulebook.writing import as_data


def with_dates(
    rulebook: Rulebook, *, published: tuple[date, date] | None, submitted: tuple[date, date]
) -> Rulebook:
    """The same rules for other dates; dates that are not given move as far as the deadline. Raises RulebookError."""
    data = as_data(rulebook)
    moved = submitted[1] - rulebook.windows.submitted.to
    windows = data["windows"]
    windows["submitted"] = {"from": submitted[0], "to": submitted[1]}
    for span in ("published", "judged"):
        if span in windows:
            windows[span] = {k: v + moved for k, v in windows[span].items()}
    if published:
        windows["published"] = {"from": published[0], "to": published[1]}
    if "awarded" in windows:
        windows["awarded"] += moved
    for rules in data["rounds"]:
        if "due" in rules:
            rules["due"] += moved
    return check_rulebook(data)


def without_basis(rulebook: Rulebook) -> Rulebook:
    """The rules without the document they rested on: another edition has another one, or none yet."""
    data = as_data(rulebook)
    data["contest"]["basis"] = ""
    return check_rulebook(data)


def for_later_year(rulebook: Rulebook, years: int = 1) -> Rulebook:
    """The same rules so many years later, with the year in the name and all days moved.

    The day of the base salary stays: it says when that sum was in force, which no later year changes.
    """
    data = as_data(without_basis(rulebook))
    name, year = rulebook.contest.name, rulebook.windows.submitted.to.year
    data["contest"]["name"] = (
        name.replace(str(year), str(year + years)) if str(year) in name else f"{name} ({year + years})"
    )
    moved = {part: _moved(value, years) for part, value in data.items() if part != "prize_basis"}
    return check_rulebook(data | moved)


def _moved(value: Any, years: int) -> Any:
    if isinstance(value, dict):
        return {k: _moved(v, years) for k, v in value.items()}
    if isinstance(value, list):
        return [_moved(v, years) for v in value]
    if isinstance(value, date):
        try:
            return value.replace(year=value.year + years)
        except ValueError:  # the 29th of February
            return value + timedelta(days=365 * years)
    return value
