"""From marks to one value per entry: validation, totals, aggregation over judges, divergence. Decimal throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache, reduce
from typing import Literal, NamedTuple

from contest.domain.errors import UserError
from contest.domain.vietnamese import format_decimal, parse_decimal

THOUSAND = 1000
ZERO = Decimal(0)
FIFTY_DIGITS = Context(prec=50)
Comparison = Literal[">", ">="]


@dataclass(frozen=True)
class Criterion:
    """What points are given for; all figures in points."""

    key: str
    name: str
    maximum: Decimal
    minimum: Decimal = Decimal(0)
    step: Decimal = Decimal("0.5")
    anchor: str = ""


@dataclass(frozen=True)
class DivergenceRule:
    """When judges differ too much; None means the threshold is not used."""

    spread: Decimal | None = None
    spread_op: Comparison = ">"
    from_mean: Decimal | None = None
    from_mean_op: Comparison = ">"


@dataclass(frozen=True)
class Carried:
    """An earlier round whose published value counts so much in a later one; weight 0 only shows it."""

    round: str
    name: str
    weight: Decimal = ZERO


@dataclass(frozen=True)
class RoundRules:
    """All that the arithmetic of a round needs."""

    key: str
    name: str
    criteria: tuple[Criterion, ...]
    scale_min: Decimal
    scale_max: Decimal
    decimals: int = 2
    method: Literal["mean", "median", "trimmed", "outlier_filtered"] = "mean"
    threshold: Decimal | None = None
    min_sheets: int = 1
    divergence: DivergenceRule | None = None
    carried: Carried | None = None


class Sheet(NamedTuple):
    """One judge's marks for one entry; a criterion without a mark is None, never zero."""

    judge: str
    marks: Mapping[str, Decimal | None]

    def total(self, criteria: Sequence[Criterion]) -> Decimal | None:
        """The sum over all criteria, or None while one is missing."""
        total = ZERO
        for criterion in criteria:
            mark = self.marks.get(criterion.key)
            if mark is None:
                return None
            total += mark
        return total


class Tally(NamedTuple):
    """The result of one entry in one round. `value` is rounded: the published figure that ranks.

    `own` is what this round's sheets give before any rounding, `earlier` the published value of an earlier round.
    """

    entry: str
    category: str
    sheets: Mapping[str, Decimal]
    value: Decimal | None
    divergent: bool = False
    reasons: tuple[str, ...] = ()
    counted: tuple[Sheet, ...] = ()
    decimals: int = 2
    own: Decimal | None = None
    earlier: Decimal | None = None

    @property
    def median(self) -> Decimal | None:
        """The middle total of the counted sheets, not rounded; what a tie link compares. None without sheets."""
        return median(list(self.sheets.values())) if self.sheets else None

    def by_criterion(self, key: str) -> Decimal | None:
        """The rounded mean of one criterion over the counted sheets; what a tie link compares. None without marks."""
        marks = [m for s in self.counted if (m := s.marks.get(key)) is not None]
        return round_half_up(mean(marks), self.decimals) if marks else None


def read_mark(typed: str, criterion: Criterion) -> Decimal:
    """A mark as typed. Raises UserError for NaN and words, out of range, or between two steps ("8,53")."""
    mark = parse_decimal(typed)
    check_mark(mark, criterion)
    return mark


def check_mark(mark: Decimal, criterion: Criterion) -> None:
    """Raise UserError, naming what is allowed, unless the mark is in range and on a step."""
    low, high = criterion.minimum, criterion.maximum
    if not low <= mark <= high:
        raise UserError(
            f"“{criterion.name}” nhận từ {format_decimal(low)} đến {format_decimal(high)} điểm.",
            field=criterion.key,
        )
    beyond = (mark - low) % criterion.step
    if beyond:
        below = mark - beyond
        above = min(below + criterion.step, high)
        raise UserError(
            f"“{criterion.name}” chấm theo bước {format_decimal(criterion.step)}: "
            f"chọn {format_decimal(below)} hoặc {format_decimal(above)}.",
            field=criterion.key,
        )


def to_thousandths(value: Decimal) -> int:
    """Points as stored. Marks are multiples of 0.001, so nothing is lost."""
    scaled = value * THOUSAND
    if scaled != scaled.to_integral_value():
        raise ValueError("a mark finer than a thousandth")
    return int(scaled)


@lru_cache(maxsize=8192)
def from_thousandths(value: int) -> Decimal:
    """Stored points as Decimal: 8500 is 8.5."""
    return (Decimal(value) / THOUSAND).normalize() + 0


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """The one rounding: 7.8333 → 7.83, 2.345 → 2.35 at two decimals."""
    return value.quantize(_quantum(decimals), rounding=ROUND_HALF_UP)


@lru_cache
def _quantum(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def mean(values: Sequence[Decimal]) -> Decimal:
    """The arithmetic mean of at least one value, with 50 digits before the one rounding."""
    return FIFTY_DIGITS.divide(reduce(FIFTY_DIGITS.add, values, ZERO), len(values))


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle value, or the mean of the two middle ones."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else mean(ordered[middle - 1 : middle + 1])


def trimmed(values: Sequence[Decimal]) -> Decimal:
    """The mean without one highest and one lowest; below five sheets the plain mean."""
    return mean(sorted(values)[1:-1]) if len(values) >= 5 else mean(values)


def outlier_filtered(values: Sequence[Decimal], threshold: Decimal) -> Decimal | None:
    """The mean of those not farther than the threshold from the mean (strict `>`, one pass); None when none stays.

    9, 9, 8.5, 9.5, 6 with threshold 2: mean 8.4, the 6 is 2.4 away and goes, the rest give 9.0.
    """
    centre = mean(values)
    kept = [v for v in values if not abs(v - centre) > threshold]
    return mean(kept) if kept else None


def aggregate(values: Sequence[Decimal], rules: RoundRules) -> Decimal | None:
    """One unrounded value from the totals of the counted sheets; None when there is none or people must be asked."""
    if not values:
        return None
    if rules.method == "median":
        return median(values)
    if rules.method == "trimmed":
        return trimmed(values)
    if rules.method == "outlier_filtered":
        return outlier_filtered(values, rules.threshold or Decimal(0))
    return mean(values)


def _beyond(value: Decimal, limit: Decimal, op: Comparison) -> bool:
    return value > limit if op == ">" else value >= limit


def divergence(values: Sequence[Decimal], rule: DivergenceRule | None) -> list[str]:
    """Why these totals are flagged, in words; empty when they are not.

    9.5, 9.0, 6.0 with spread > 3: 3.5 is flagged. 9.0, 8.0, 6.0: 3.0 is not greater than 3.
    """
    if rule is None or len(values) < 2:
        return []
    reasons = []
    low, high = min(values), max(values)
    spread = high - low
    if rule.spread is not None and _beyond(spread, rule.spread, rule.spread_op):
        reasons.append(f"Chênh {format_decimal(spread)} điểm giữa cao nhất và thấp nhất")
    if rule.from_mean is not None:
        centre = mean(values)
        farthest = max(high - centre, centre - low)
        if _beyond(farthest, rule.from_mean, rule.from_mean_op):
            reasons.append(f"Có phiếu lệch {format_decimal(farthest, 2)} điểm so với trung bình")
    return reasons


def tally_entry(entry: str, category: str, sheets: Sequence[Sheet], rules: RoundRules) -> Tally:
    """The tally of one entry from its signed sheets; absent judges simply have none."""
    totals = {s.judge: total for s in sheets if (total := s.total(rules.criteria)) is not None}
    values = list(totals.values())
    reasons = divergence(values, rules.divergence)
    flagged = bool(reasons)
    raw = aggregate(values, rules)
    if len(values) < rules.min_sheets:
        raw = None
        reasons.append(f"Mới có {len(values)} trên {rules.min_sheets} phiếu cần thiết")
    elif raw is None:
        reasons.append("Mọi phiếu đều lệch quá ngưỡng: cần Hội đồng quyết định")
    return Tally(
        entry=entry,
        category=category,
        sheets=totals,
        value=None if raw is None else round_half_up(raw, rules.decimals),
        divergent=flagged,
        reasons=tuple(reasons),
        counted=tuple(s for s in sheets if s.judge in totals),
        decimals=rules.decimals,
        own=raw,
    )


def weigh(own: Decimal, earlier: Decimal, weight: Decimal) -> Decimal:
    """(1 − weight) × this round's value + weight × the earlier one's, not rounded: 80 and 90 with 0.3 give 83."""
    return FIFTY_DIGITS.add(FIFTY_DIGITS.multiply(1 - weight, own), FIFTY_DIGITS.multiply(weight, earlier))


def carry_over(tally: Tally, earlier: Decimal | None, rules: RoundRules) -> Tally:
    """The tally with what an earlier round gave the entry, rounded once. Where that counts and is missing, no value."""
    carried = rules.carried
    if carried is None:
        return tally
    if not carried.weight or tally.own is None:
        return tally._replace(earlier=earlier)
    if earlier is None:
        reason = f"Chưa có kết quả {carried.name} để cộng vào"
        return tally._replace(value=None, reasons=(*tally.reasons, reason))
    value = round_half_up(weigh(tally.own, earlier, carried.weight), rules.decimals)
    return tally._replace(value=value, earlier=earlier)
