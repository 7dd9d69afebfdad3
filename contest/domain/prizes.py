"""Prizes from placings: walk the tiers from the top, stop at a tie across a boundary, then let people change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from contest.domain.ranking import Placing


@dataclass(frozen=True)
class Slot:
    """One tier for one category (or overall, category ""): at most `ceiling` entries."""

    tier: str
    category: str
    ceiling: int
    floor: int = 0
    value_vnd: int | None = None


@dataclass(frozen=True)
class OpenTie:
    """Entries equal across the boundary of a slot; people must decide who gets the `places` places left."""

    slot: str
    entries: tuple[str, ...]
    places: int
    may_share: bool = False


@dataclass(frozen=True)
class Award:
    """An entry with a prize; `value_vnd` is what people gave it, None for what the tier is worth."""

    entry: str
    tier: str
    category: str
    reason: str = ""
    is_extra: bool = False
    value_vnd: int | None = None


@dataclass(frozen=True)
class Allocation:
    """Who gets what; `empty` counts the places of each (category, tier) that nobody has, `settled` are the slots that
    people's decisions about equals have filled."""

    awards: tuple[Award, ...]
    open_ties: tuple[OpenTie, ...]
    empty: Mapping[tuple[str, str], int] = field(default_factory=dict)
    settled: tuple[str, ...] = ()


@dataclass(frozen=True)
class TieSettlement:
    """People's answer to an open tie: these take the places, or all share the slot."""

    slot: str
    chosen: tuple[str, ...]
    is_shared: bool = False
    reason: str = ""

    @property
    def words(self) -> str:
        """Why a work has the prize."""
        return f"Bằng điểm, theo quyết định{f': {self.reason}' if self.reason else ''}"


def slot_name(category: str, tier: str) -> str:
    """How a slot is called in decisions and output: "print · Giải Ba"."""
    return f"{category} · {tier}" if category else tier


def allocate(
    placings: Sequence[Placing], slots: Sequence[Slot], settlements: Sequence[TieSettlement] = ()
) -> Allocation:
    """Fill the slots of one category, best tier first.

    Slots 1/2/3 with 95; 93, 93; 92, 91, 91, 91: nhất 95, nhì both 93, ba 92 and then three at 91 for two places:
    an open tie, and nothing below it is given until it is settled.
    """
    queue = _tie_groups(placings)
    awards: list[Award] = []
    ties: list[OpenTie] = []
    empty: dict[tuple[str, str], int] = {}
    used: list[str] = []
    for slot in slots:
        left = slot.ceiling
        while left and queue and not ties:
            group = queue[0]
            if len(group) <= left:
                awards += [Award(p.entry, slot.tier, slot.category, "; ".join(p.reasons)) for p in group]
                left -= len(group)
                queue.pop(0)
                continue
            name = slot_name(slot.category, slot.tier)
            settlement, settled = _settle(group, name, left, settlements)
            if settlement is None:
                ties.append(OpenTie(name, tuple(p.entry for p in group), left, group[0].may_share))
                break
            awards += [Award(p.entry, slot.tier, slot.category, settlement.words) for p in settled]
            used.append(name)
            queue[0] = [p for p in group if p not in settled]
            if not queue[0]:
                queue.pop(0)
            left = 0
        empty[(slot.category, slot.tier)] = left
    return Allocation(tuple(awards), tuple(ties), empty, tuple(used))


def _tie_groups(placings: Sequence[Placing]) -> list[list[Placing]]:
    groups: list[list[Placing]] = []
    for placing in placings:
        if groups and groups[-1][0].place == placing.place:
            groups[-1].append(placing)
        else:
            groups.append([placing])
    return groups


def _settle(
    group: list[Placing], slot: str, places: int, settlements: Sequence[TieSettlement]
) -> tuple[TieSettlement | None, list[Placing]]:
    """The decision that fits a slot with who of the tied group gets it by it."""
    for s in settlements:
        chosen = [p for p in group if p.entry in s.chosen]
        if s.slot != slot or not chosen:
            continue
        if s.is_shared or len(chosen) == places:
            return s, chosen
    return None, []


@dataclass(frozen=True)
class Adjustment:
    """A person's change, with its reason. `entry` None leaves a whole slot empty."""

    kind: Literal["leave_empty", "move", "extra", "remove"]
    tier: str
    category: str
    reason: str
    entry: str | None = None
    value_vnd: int | None = None

    def award(self) -> Award:
        """The prize that a move or an extra gives."""
        assert self.entry is not None
        is_extra = self.kind == "extra"
        return Award(self.entry, self.tier, self.category, self.reason, is_extra, self.value_vnd)


def open_slots(slots: Sequence[Slot], adjustments: Sequence[Adjustment]) -> list[Slot]:
    """The slots with no place in those that people leave empty: the best works then compete for the next tier."""
    closed = {(a.category, a.tier) for a in adjustments if a.kind == "leave_empty"}
    return [replace(s, ceiling=0) if (s.category, s.tier) in closed else s for s in slots]


def adjust(allocation: Allocation, adjustments: Sequence[Adjustment]) -> Allocation:
    """Apply people's moves, extras and removals in order. Each entry keeps at most one prize of this list."""
    awards = list(allocation.awards)
    for change in adjustments:
        if change.kind == "remove":
            awards = [a for a in awards if a.entry != change.entry]
        elif change.entry is not None:
            awards = [a for a in awards if a.entry != change.entry]
            awards.append(change.award())
    counts: dict[tuple[str, str], int] = {}
    ceilings = {
        key: left + sum(1 for a in allocation.awards if (a.category, a.tier) == key)
        for key, left in allocation.empty.items()
    }
    for award in awards:
        counts[(award.category, award.tier)] = counts.get((award.category, award.tier), 0) + (
            not award.is_extra
        )
    empty = {key: max(0, ceiling - counts.get(key, 0)) for key, ceiling in ceilings.items()}
    return Allocation(tuple(awards), allocation.open_ties, empty, allocation.settled)


def count_at_tier(tiers: Sequence[str], wanted: str, held: Iterable[tuple[str, str]]) -> dict[str, int]:
    """How many prizes at a tier or better each holder has; `tiers` go from the best down, `held` are (holder, tier).

    Prizes outside the tiers count for nobody, and a holder without any at the tier has 0.
    """
    enough = set(tiers[: tiers.index(wanted) + 1]) if wanted in tiers else set()
    counts: Counter[str] = Counter()
    for holder, tier in held:
        counts[holder] += tier in enough
    return dict(counts)
