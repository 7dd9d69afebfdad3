"""Prizes from placings: walk the tiers from the top, stop at a tie across a boundary, then let people change it; a place
that people free stays empty until they say what becomes of it."""

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
class FreedPlace:
    """A place nobody has since people took its work out of it by `because`; `has_next` says whether works stand behind it
    that could move up."""

    entry: str
    tier: str
    category: str
    because: Adjustment
    has_next: bool


@dataclass(frozen=True)
class Allocation:
    """Who gets what; `empty` counts the places of each (category, tier) that nobody has, `kept` those of them that stay so
    by decision, `settled` are the slots that people's decisions about equals have filled."""

    awards: tuple[Award, ...]
    open_ties: tuple[OpenTie, ...]
    empty: Mapping[tuple[str, str], int] = field(default_factory=dict)
    settled: tuple[str, ...] = ()
    kept: Mapping[tuple[str, str], int] = field(default_factory=dict)
    freed: tuple[FreedPlace, ...] = ()


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
    """A person's change, with its reason. `entry` None leaves a whole slot empty.

    `move_up` and `keep_free` say what becomes of the place that another change took the entry out of: the works behind it
    move up, or it stays empty.
    """

    kind: Literal["leave_empty", "move", "extra", "remove", "move_up", "keep_free"]
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


def given_by_people(changes: Iterable[Adjustment]) -> dict[str, Adjustment]:
    """What people said last about each work they gave another prize or none, in the order in which they said it."""
    found: dict[str, Adjustment] = {}
    for change in changes:
        if change.entry is not None and change.kind in ("move", "extra", "remove"):
            found.pop(change.entry, None)
            found[change.entry] = change
    return found


def distribute(
    category: str,
    placings: Sequence[Placing],
    slots: Sequence[Slot],
    changes: Sequence[Adjustment],
    settlements: Sequence[TieSettlement] = (),
) -> Allocation:
    """The prizes of one category as the rules and then people give them; each work has at most one.

    A tier that people leave empty passes its works on to the next one. A work that people take out of its place leaves it
    free, and nobody moves until they say so: only then do the works behind it compete for the place as well.
    """
    given = given_by_people(changes)
    answers = {a.entry: a for a in changes if a.kind in ("move_up", "keep_free") and a.entry in given}
    closed = {a.tier for a in changes if a.kind == "leave_empty" and a.category == category}
    kept = Counter(a.tier for a in answers.values() if a.kind == "keep_free" and a.category == category)
    held_back = kept + _taken_lower(category, slots, given, answers)
    open_slots = [
        replace(s, ceiling=0 if s.tier in closed else max(0, s.ceiling - held_back[s.tier])) for s in slots
    ]
    found = allocate([p for p in placings if p.entry not in answers], open_slots, settlements)
    awards = [a for a in found.awards if a.entry not in given]
    awards += [g.award() for g in given.values() if g.kind != "remove" and g.category == category]
    full = Counter(a.tier for a in awards if not a.is_extra)
    empty = {s.tier: 0 if s.tier in closed else max(0, s.ceiling - full[s.tier]) for s in slots}
    freed: list[FreedPlace] = []
    for slot in slots:
        key = (category, slot.tier)
        count = max(0, empty[slot.tier] - kept[slot.tier] - found.empty[key])
        had_it = {a.entry for a in found.awards if a.tier == slot.tier}
        left = [g for e, g in given.items() if e in had_it and (g.kind, g.category, g.tier) != ("move", *key)]
        freed += [_freed(g, slot, placings, given) for g in left[max(0, len(left) - count) :]]
    return Allocation(
        tuple(awards), found.open_ties, {(category, tier): n for tier, n in empty.items()}, found.settled,
        {(category, tier): n for tier, n in kept.items()}, tuple(freed),
    )  # fmt: skip


def _taken_lower(
    category: str, slots: Sequence[Slot], given: Mapping[str, Adjustment], answers: Mapping[str, Adjustment]
) -> Counter[str]:
    """The places taken by works that people moved down while those behind them move up: a tier never grows by that."""
    rank = {s.tier: i for i, s in enumerate(slots)}
    return Counter(
        given[entry].tier
        for entry, answer in answers.items()
        if answer.kind == "move_up"
        and answer.category == category
        and given[entry].kind == "move"
        and given[entry].category == category
        and rank.get(given[entry].tier, -1) > rank.get(answer.tier, len(slots))
    )


def _freed(
    because: Adjustment, slot: Slot, placings: Sequence[Placing], given: Mapping[str, Adjustment]
) -> FreedPlace:
    assert because.entry is not None
    order = [p.entry for p in placings]
    behind = order[order.index(because.entry) + 1 :]
    return FreedPlace(
        because.entry, slot.tier, slot.category, because, any(entry not in given for entry in behind)
    )


def count_at_tier(tiers: Sequence[str], wanted: str, held: Iterable[tuple[str, str]]) -> dict[str, int]:
    """How many prizes at a tier or better each holder has; `tiers` go from the best down, `held` are (holder, tier).

    Prizes outside the tiers count for nobody, and a holder without any at the tier has 0.
    """
    enough = set(tiers[: tiers.index(wanted) + 1]) if wanted in tiers else set()
    counts: Counter[str] = Counter()
    for holder, tier in held:
        counts[holder] += tier in enough
    return dict(counts)
