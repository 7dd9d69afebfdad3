"""A judge's own pattern: how the totals spread, and which marks stand far from the judge's own habit. Hints, never rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from contest.domain.scoring import Criterion, mean

# Below this many complete sheets nobody has a habit yet.
ENOUGH = 6
# A mark is far when it is more than so many own deviations away, and by at least this part of the criterion's points.
DEVIATIONS = 2
PART = Decimal("0.15")


@dataclass(frozen=True)
class Habit:
    """The middle of some own totals and how far they usually lie from it."""

    mean: Decimal
    deviation: Decimal


@dataclass(frozen=True)
class FarMark:
    """A mark unlike what this judge usually gives a work of that total."""

    work: str
    criterion: str
    mark: Decimal
    usual: Decimal

    @property
    def is_high(self) -> bool:
        """Above the habit; otherwise below."""
        return self.mark > self.usual


def habit_of(values: Sequence[Decimal]) -> Habit | None:
    """Mean and standard deviation of one's own values; None when there are none."""
    if not values:
        return None
    middle = mean(values)
    return Habit(middle, mean([(v - middle) ** 2 for v in values]).sqrt())


def far_marks(
    sheets: Mapping[str, Mapping[str, Decimal]], criteria: Sequence[Criterion], *, at_most: int = 5
) -> list[FarMark]:
    """The marks farthest from the habit, farthest first.

    A good work gets high marks everywhere, which is no oddity. So each mark is compared with the share of all points
    its own work got, and this difference with the judge's usual difference at that criterion.
    """
    whole = {work: marks for work, marks in sheets.items() if all(c.key in marks for c in criteria)}
    top = sum((c.maximum for c in criteria), Decimal(0))
    if len(whole) < ENOUGH or not top:
        return []
    shares = {work: sum((m[c.key] for c in criteria), Decimal(0)) / top for work, m in whole.items()}
    found: list[tuple[Decimal, FarMark]] = []
    for c in criteria:
        apart = {work: m[c.key] - shares[work] * c.maximum for work, m in whole.items()}
        habit = habit_of(list(apart.values()))
        if habit is None or not habit.deviation:
            continue
        for work, difference in apart.items():
            beyond = difference - habit.mean
            if abs(beyond) > DEVIATIONS * habit.deviation and abs(beyond) >= PART * c.maximum:
                mark = whole[work][c.key]
                found.append((abs(beyond) / habit.deviation, FarMark(work, c.name, mark, mark - beyond)))
    return [far for _, far in sorted(found, key=lambda f: (-f[0], f[1].work))[:at_most]]
