"""Places from tallies. A tie that the chain of the rulebook cannot part is a result, never broken in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Literal, NamedTuple

from contest.domain.scoring import Tally


@dataclass(frozen=True)
class TieLink:
    """One link of the chain asked when published values are equal."""

    kind: Literal["criterion", "higher_median", "chair", "shared"]
    criterion: str = ""
    name: str = ""


class Placing(NamedTuple):
    """An entry with its place in its category; `tied_with` names those it could not be parted from."""

    tally: Tally
    place: int
    tied_with: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    may_share: bool = False

    @property
    def entry(self) -> str:
        """The entry's name."""
        return self.tally.entry


def rank(tallies: Sequence[Tally], chain: Sequence[TieLink]) -> tuple[list[Placing], list[Tally]]:
    """Placings of one category, best first, and the tallies without a value, which have no place.

    Places are standard competition places (1, 2, 2, 4). Values 95, 93, 93 give places 1, 2, 2 with the two 93 tied when
    no number parts them; the chair's link parts nobody here, it is asked where a tie crosses a cut or a prize's boundary.
    """
    valued = sorted((t for t in tallies if t.value is not None), key=lambda t: (-_value(t), t.entry))
    placings: list[Placing] = []
    for _, group in groupby(valued, key=_value):
        for tied, reasons, may_share in _part(list(group), chain, ()):
            place = len(placings) + 1
            names = [t.entry for t in tied]
            placings += [
                Placing(t, place, tuple(n for n in names if n != t.entry), reasons, may_share) for t in tied
            ]
    return placings, [t for t in tallies if t.value is None]


def _value(tally: Tally) -> Decimal:
    assert tally.value is not None
    return tally.value


Group = tuple[list[Tally], tuple[str, ...], bool]


def _part(tied: list[Tally], chain: Sequence[TieLink], reasons: tuple[str, ...]) -> list[Group]:
    """Split equals by the links in turn; what stays together is tied."""
    if len(tied) == 1 or not chain:
        return [(tied, reasons, False)]
    link, rest = chain[0], chain[1:]
    if link.kind == "shared":
        return [(tied, reasons, True)]
    figures = _figures(tied, link)
    if figures is None or min(figures) == max(figures):
        return _part(tied, rest, reasons)
    said = (*reasons, f"Bằng điểm, xét {_words(link)}")
    # Equals keep the order they came in, that of their names.
    ordered = sorted(zip(figures, tied, strict=True), key=itemgetter(0), reverse=True)
    groups = [[t for _, t in g] for _, g in groupby(ordered, key=itemgetter(0))]
    return [part for g in groups for part in _part(g, rest, said)]


def _figures(tied: list[Tally], link: TieLink) -> list[Decimal] | None:
    """What one link compares, a figure for each, the highest first; None when the link says nothing here."""
    if link.kind == "criterion":
        means = [m for t in tied if (m := t.by_criterion(link.criterion)) is not None]
        return means if len(means) == len(tied) else None
    if link.kind == "higher_median":
        return [t.median or Decimal(0) for t in tied]
    return None


def _words(link: TieLink) -> str:
    if link.kind == "criterion":
        return f"điểm “{link.name or link.criterion}” cao hơn"
    return "trung vị cao hơn"
