"""Collective prizes: which agencies meet what the rulebook asks of one, counted from the prizes as they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contest.domain.prizes import count_at_tier
from contest.domain.rulebook import Rulebook
from contest.domain.rulebook.judging import Prize, TierCount
from contest.domain.vietnamese import fold

# An agency by its name on the day, with the tier of one of its works.
Held = tuple[str, str]


@dataclass(frozen=True)
class CollectivePrize:
    """A collective prize with a condition, and how many works at its tier or better each agency has."""

    prize: Prize
    need: TierCount
    agencies: list[tuple[str, int]]

    def count_of(self, recipient: str) -> int:
        """How many awarded works at the tier or better the recipient has."""
        return next((n for name, n in self.agencies if fold(name) == fold(recipient)), 0)

    def is_beyond(self, recipient: str) -> bool:
        """Whether the recipient does not meet the condition."""
        return self.count_of(recipient) < self.need.count

    def meeting(self) -> list[tuple[str, int]]:
        """The agencies that meet the condition, with the most works first."""
        return [(name, n) for name, n in self.agencies if n >= self.need.count]


def with_condition(rulebook: Rulebook, held: Iterable[Held]) -> list[CollectivePrize]:
    """The collective prizes that ask for something, in the order of the rulebook."""
    given = list(held)
    names: dict[str, str] = {}
    for name, _ in given:
        names.setdefault(fold(name), name)
    tiers = [p.tier for p in rulebook.prizes if p.kind != "collective"]
    found = []
    for prize in rulebook.prizes:
        need = prize.condition.min_entries_at_tier if prize.condition else None
        if prize.kind != "collective" or need is None:
            continue
        counts = count_at_tier(tiers, need.tier, ((fold(name), tier) for name, tier in given))
        ordered = sorted(((names[key], n) for key, n in counts.items() if key), key=lambda c: (-c[1], c[0]))
        found.append(CollectivePrize(prize, need, ordered))
    return found


def is_beyond(found: Iterable[CollectivePrize], tier: str, recipient: str) -> bool:
    """Whether this collective prize has a condition that the recipient does not meet."""
    return any(c.is_beyond(recipient) for c in found if c.prize.tier == tier)
