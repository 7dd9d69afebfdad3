"""The parts of a rulebook about judging, ties and prizes."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from contest.domain.rulebook.parts import Count, Day, Key, Number, Part, Positive, Title, Vnd, Word


class Criterion(Part):
    """What judges give points for."""

    key: Key
    name: Title
    max: Number
    min: Number = Decimal(0)
    step: Number = Decimal("0.5")
    anchor: str = ""


class Scale(Part):
    """The range of a sheet's total."""

    min: Number = Decimal(0)
    max: Number = Decimal(100)


class Aggregation(Part):
    """How sheets become one value."""

    method: Literal["mean", "median", "trimmed", "outlier_filtered"] = "mean"
    drop: Literal[1] = 1
    threshold: Number | None = None


class Divergence(Part):
    """When judges differ so much that the chair must decide."""

    preset: Literal["PANEL_MEAN", "TWO_PLUS_ONE", "THIRD_DECIDES"] | None = None
    spread: Number | None = None
    spread_op: Literal[">", ">="] = ">"
    from_mean: Number | None = None
    from_mean_op: Literal[">", ">="] = ">"


class ShortlistRule(Part):
    """How many go on, and from which total."""

    per_category: Positive | None = None
    by_category: dict[str, Count] = {}
    floor: Number | None = None


class CarryOver(Part):
    """How much an earlier round counts. Weight 0 shows it without counting it."""

    round: Key
    weight: Annotated[Number, Field(le=1)] = Decimal(0)


class RoundRules(Part):
    """One pass of judging."""

    key: Key
    name: Word
    method: Literal["points"] = "points"
    blind: bool = False
    due: Day | None = None
    judges_per_entry: Annotated[int, Field(ge=1, le=50)] | Literal["panel"] = "panel"
    min_sheets: Annotated[int, Field(ge=1, le=50)] = 1
    scale: Scale = Scale()
    aggregation: Aggregation = Aggregation()
    divergence: Divergence | None = None
    shortlist: ShortlistRule | None = None
    carry_over: CarryOver | None = None
    same_criteria_as: Key | None = None
    criteria: Annotated[list[Criterion], Field(max_length=40)] = []
    article: str = ""


class TieCriterion(Part):
    """A tie link: the higher total on this criterion."""

    criterion: Key


TieLink = TieCriterion | Literal["higher_median", "chair", "shared"]


class Ties(Part):
    """The chain asked in turn when published totals are equal."""

    chain: list[TieLink] = ["chair"]
    article: str = ""


class Quota(Part):
    """How many prizes: one of the four ways a Thể lệ says it."""

    exact: Count | None = None
    at_most: Count | None = None
    range: tuple[Count, Count] | None = None
    total: Count | None = None
    by_category: dict[str, Count] = {}

    @property
    def ceiling(self) -> int:
        """The most that may be given."""
        if self.range is not None:
            return self.range[1]
        return next(v for v in (self.exact, self.at_most, self.total, 0) if v is not None)

    def ceiling_for(self, category: str) -> int:
        """The most that may be given in one category."""
        return self.by_category.get(category, self.ceiling)


class TierCount(Part):
    """At least so many entries at this tier or better."""

    tier: Word
    count: Positive = 1


class PrizeCondition(Part):
    """What a collective prize needs."""

    min_entries_at_tier: TierCount | None = None


class Prize(Part):
    """A tier with its quota and worth."""

    tier: Word
    per: Literal["category", "overall"] = "category"
    kind: Literal["entry", "collective", "special", "theme", "personal", "derived"] = "entry"
    quota: Quota
    value_vnd: Vnd | None = None
    value_base_salaries: Number | None = None
    in_kind: str = ""
    condition: PrizeCondition | None = None


class PrizeBasis(Part):
    """The base salary that multiples refer to, on a stated day."""

    base_salary_vnd: Annotated[Vnd, Field(ge=1)]
    on: Day | None = None


class PublicationRules(Part):
    """What is shown when."""

    public_notice_days: Annotated[int, Field(ge=0, le=90)] = 0
    several_prizes_per_person: bool = True
    show_received_count: bool = False
    show_totals: bool = False
