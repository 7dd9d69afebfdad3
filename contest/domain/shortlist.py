"""Who goes on to the next round: a quota as a ceiling and a floor. A tie at the cut is reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contest.domain.ranking import Placing


@dataclass(frozen=True)
class Shortlist:
    """The entries that go on, and the ones equal at the cut for `places` places left."""

    chosen: tuple[str, ...]
    tied_at_cut: tuple[str, ...] = ()
    places: int = 0


def shortlist(
    placings: Sequence[Placing], *, quota: int | None, floor: Decimal | None, decided: Sequence[str] = ()
) -> Shortlist:
    """The shortlist of one category. `decided` are entries a person chose from a tie at the cut.

    Quota is a ceiling and need not be filled: entries below the floor never go on.
    """
    able = [p for p in placings if floor is None or (p.tally.value is not None and p.tally.value >= floor)]
    if quota is None or len(able) <= quota:
        return Shortlist(tuple(p.entry for p in able))
    if quota == 0:
        return Shortlist(())
    cut = able[quota - 1].place
    if able[quota].place != cut:
        return Shortlist(tuple(p.entry for p in able[:quota]))
    sure = [p.entry for p in able if p.place < cut]
    tied = [p.entry for p in able if p.place == cut]
    places = quota - len(sure)
    chosen = [e for e in tied if e in decided]
    if chosen and len(chosen) <= places:
        return Shortlist((*sure, *chosen))
    return Shortlist(tuple(sure), tuple(tied), places)
