"""The rules of one edition made into those of another."""

from __future__ import annotations

from datetime import date

from contest.domain.rulebook import check_rulebook, parse_rulebook
from contest.domain.rulebook.editions import for_later_year, with_dates, without_basis
from contest.domain.rulebook.writing import as_data
from tests.web.test_rulebook_forms import FULL


def test_days_that_are_not_given_move_as_far_as_the_deadline() -> None:
    old = parse_rulebook(FULL)
    new = with_dates(old, submitted=(date(2027, 4, 2), date(2027, 9, 10)), published=None)
    windows = new.windows
    assert (windows.submitted.from_, windows.submitted.to) == (date(2027, 4, 2), date(2027, 9, 10))
    assert windows.published and (windows.published.from_, windows.published.to) == (
        date(2026, 9, 1),
        date(2027, 8, 31),
    )
    assert windows.judged and windows.judged.from_ == date(2027, 9, 15)
    assert windows.awarded == date(2027, 10, 15)
    assert new.rounds[0].due == date(2027, 9, 25)
    given = with_dates(
        old, submitted=(date(2027, 4, 2), date(2027, 9, 10)), published=(date(2026, 10, 1), date(2027, 9, 1))
    )
    assert given.windows.published and given.windows.published.from_ == date(2026, 10, 1)


def test_a_year_later_only_days_name_and_basis_differ() -> None:
    old = parse_rulebook(FULL)
    new = for_later_year(old)
    assert new.contest.name == "Giải mọi mục năm 2027" and new.contest.basis == ""
    assert new.windows.published and new.windows.published.from_ == date(2026, 9, 1)
    assert new.rounds[0].due == date(2027, 9, 25)
    assert new.prize_basis == old.prize_basis, "the sum was in force on that day, not a year later"
    data = as_data(new)
    before = as_data(old)
    for part in ("windows", "rounds"):
        data[part] = before[part]
    data["contest"] |= {"name": before["contest"]["name"], "basis": before["contest"]["basis"]}
    assert check_rulebook(data) == old


def test_a_leap_day_has_a_day_in_every_year() -> None:
    data = as_data(parse_rulebook(FULL))
    data["windows"]["published"] = {"from": date(2024, 2, 29), "to": date(2024, 8, 31)}
    assert for_later_year(check_rulebook(data)).windows.published.from_ == date(2025, 2, 28)  # type: ignore[union-attr]


def test_the_document_of_another_edition_is_left_out() -> None:
    assert without_basis(parse_rulebook(FULL)).contest.basis == ""
