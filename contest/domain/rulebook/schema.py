"""The shape of a rulebook. Keys a Thể lệ may set, their kinds and defaults; no reading, no words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Mode = Literal["block", "warn", "secretary"]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, Field(min_length=1, max_length=1000)]


def _exact(value: object) -> object:
    """TOML has binary floats; their shortest writing is what the author typed, so 0.1 stays 0.1."""
    return Decimal(repr(value)) if isinstance(value, float) else value


Number = Annotated[Decimal, BeforeValidator(_exact), Field(allow_inf_nan=False, ge=0, le=1_000_000)]


class Part(BaseModel):
    """Base of all parts: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ContestInfo(Part):
    """What the contest is."""

    series: Text
    name: Text
    kind: Literal["press", "stage"] = "press"
    basis: str = ""
    timezone: Literal["Asia/Ho_Chi_Minh"] = "Asia/Ho_Chi_Minh"
    decimals: Annotated[int, Field(ge=0, le=3)] = 2
    languages: list[str] = ["vi"]
    fields: list[Text] = []
    summary: str = ""


class Body(Part):
    """A body that directs, organizes or supports; printed in this order."""

    label: Text
    name: Text


class Contact(Part):
    """Where people ask."""

    office: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


class Span(Part):
    """Two days, both included."""

    from_: date = Field(alias="from")
    to: date


class Windows(Part):
    """When works are published, handed in, judged and awarded."""

    published: Span | None = None
    submitted: Span
    judged: Span | None = None
    awarded: date | None = None
    postmark_grace_days: Annotated[int, Field(ge=0, le=60)] = 0
    grace_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    supplement_days: Annotated[int, Field(ge=0, le=60)] = 0
    straddling_series: Literal["join", "last_part_inside", "all_inside"] = "all_inside"
    article: str = ""


class Limit(Part):
    """A bound with what happens beyond it."""

    value: Annotated[int, Field(ge=1)]
    min: Annotated[int, Field(ge=1)] | None = None
    mode: Mode = "block"
    article: str = ""


class MediaType(Part):
    """A loại hình with its genres and lengths."""

    key: Key
    name: Text
    genres: list[Text] = []
    part_name: str = ""
    max_words_per_part: Limit | None = None
    max_minutes_per_part: Limit | None = None
    text_required: bool = False
    note: str = ""


class Accepts(Part):
    """A media type, or some of its genres."""

    media_type: Key
    genres: list[Text] = []


class Category(Part):
    """A competing group (nhóm giải)."""

    key: Key
    name: Text
    accepts: Annotated[list[Accepts], Field(min_length=1)]


class PriorAwards(Part):
    """What holds for works already awarded elsewhere."""

    rule: Literal["allowed", "declare", "barred"] = "declare"
    barred_levels: list[str] = []
    mode: Mode = "secretary"
    article: str = ""


class Requirement(Part):
    """Something a dossier needs."""

    required: bool = False
    mode: Mode = "warn"
    article: str = ""


class Subject(Part):
    """Whether the entry must name a model or exemplar."""

    exemplar_required: bool = False
    recognised: bool = False
    mode: Mode = "warn"
    article: str = ""


class Eligibility(Part):
    """Who may enter with what."""

    nationality: Literal["vietnamese", "overseas_vietnamese", "any"] = "vietnamese"
    excluded_roles: list[Literal["steering", "organizer", "judge", "secretary"]] = [
        "organizer",
        "judge",
        "secretary",
    ]
    excluded_mode: Mode = "secretary"
    prior_awards: PriorAwards = PriorAwards()
    agency_confirmation: Requirement = Requirement()
    subject: Subject = Subject()
    article: str = ""


class Bonus(Part):
    """Extra entries for somebody with an entry of these genres; the extra one must be of another genre."""

    genres: Annotated[list[Text], Field(min_length=1)]
    extra: Annotated[int, Field(ge=1)] = 1


class EntriesPerPerson(Limit):
    """How many entries may name one person, by credit role and with bonuses."""

    by_credit_role: dict[str, Annotated[int, Field(ge=1)]] = {}
    bonus: list[Bonus] = []


class Limits(Part):
    """Counts. A limit left out does not bind."""

    entries_per_person: EntriesPerPerson | None = None
    authors_per_entry: Limit | None = None
    parts_per_entry: Limit | None = None
    same_authors_in_series: bool = False


class CreditRole(Part):
    """What somebody did in a work."""

    key: Key
    name: Text


class Count(Part):
    """From … to … files."""

    min: Annotated[int, Field(ge=0)] = 0
    max: Annotated[int, Field(ge=1, le=50)] = 1


class Slot(Part):
    """A place for files in a dossier."""

    key: Key
    name: Text
    media_types: list[Key] = []
    kinds: Annotated[list[Literal["pdf", "image", "audio", "video", "docx"]], Field(min_length=1)]
    count: Count = Count()
    max_mb: Annotated[int, Field(ge=1, le=4000)] = 50
    judges_copy: bool = False
    help: str = ""


class Declaration(Part):
    """A sentence the author ticks."""

    key: Key
    text: Text


class Criterion(Part):
    """What judges give points for."""

    key: Key
    name: Text
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
    drop: Annotated[int, Field(ge=1, le=1)] = 1
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

    per_category: Annotated[int, Field(ge=1)] | None = None
    by_category: dict[str, Annotated[int, Field(ge=0)]] = {}
    floor: Number | None = None


class CarryOver(Part):
    """How much an earlier round counts. Weight 0 shows it without counting it."""

    round: Key
    weight: Annotated[Number, Field(le=1)] = Decimal(0)


class RoundRules(Part):
    """One pass of judging."""

    key: Key
    name: Text
    method: Literal["points"] = "points"
    blind: bool = False
    due: date | None = None
    judges_per_entry: Annotated[int, Field(ge=1, le=50)] | Literal["panel"] = "panel"
    min_sheets: Annotated[int, Field(ge=1, le=50)] = 1
    scale: Scale = Scale()
    aggregation: Aggregation = Aggregation()
    divergence: Divergence | None = None
    shortlist: ShortlistRule | None = None
    carry_over: CarryOver | None = None
    same_criteria_as: Key | None = None
    criteria: list[Criterion] = []
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

    exact: Annotated[int, Field(ge=0)] | None = None
    at_most: Annotated[int, Field(ge=0)] | None = None
    range: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]] | None = None
    total: Annotated[int, Field(ge=0)] | None = None
    by_category: dict[str, Annotated[int, Field(ge=0)]] = {}

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

    tier: Text
    count: Annotated[int, Field(ge=1)] = 1


class PrizeCondition(Part):
    """What a collective prize needs."""

    min_entries_at_tier: TierCount | None = None


class Prize(Part):
    """A tier with its quota and worth."""

    tier: Text
    per: Literal["category", "overall"] = "category"
    kind: Literal["entry", "collective", "special", "theme", "personal", "derived"] = "entry"
    quota: Quota
    value_vnd: Annotated[int, Field(ge=0)] | None = None
    value_base_salaries: Number | None = None
    in_kind: str = ""
    condition: PrizeCondition | None = None


class PrizeBasis(Part):
    """The base salary that multiples refer to, on a stated day."""

    base_salary_vnd: Annotated[int, Field(ge=1)]
    on: date | None = None


class PublicationRules(Part):
    """What is shown when."""

    public_notice_days: Annotated[int, Field(ge=0, le=90)] = 0
    several_prizes_per_person: bool = True
    show_received_count: bool = False
    show_totals: bool = False


DEFAULT_CREDIT_ROLES = [
    CreditRole(key="writer", name="viết"),
    CreditRole(key="photo", name="ảnh"),
    CreditRole(key="camera", name="quay phim"),
    CreditRole(key="editor", name="biên tập"),
    CreditRole(key="montage", name="dựng"),
    CreditRole(key="voice", name="đọc"),
    CreditRole(key="director", name="đạo diễn"),
]


class Rulebook(Part):
    """A whole contest in the machine form of its Thể lệ."""

    format: Literal[1] = 1
    contest: ContestInfo
    bodies: list[Body] = []
    contact: Contact = Contact()
    windows: Windows
    media_types: Annotated[list[MediaType], Field(min_length=1)]
    categories: Annotated[list[Category], Field(min_length=1)]
    eligibility: Eligibility = Eligibility()
    limits: Limits = Limits()
    credit_roles: list[CreditRole] = DEFAULT_CREDIT_ROLES
    slots: list[Slot] = []
    declarations: list[Declaration] = []
    rounds: Annotated[list[RoundRules], Field(min_length=1)]
    ties: Ties = Ties()
    prizes: list[Prize] = []
    prize_basis: PrizeBasis | None = None
    publication: PublicationRules = PublicationRules()

    def media_type(self, key: str) -> MediaType | None:
        """The media type with this key, or None."""
        return next((m for m in self.media_types if m.key == key), None)

    def category(self, key: str | None) -> Category | None:
        """The category with this key, or None."""
        return next((c for c in self.categories if c.key == key), None)

    def category_for(self, media_type: str, genre: str) -> Category | None:
        """The first category that takes this media type and genre; one that names the genre goes before others."""
        takers = [(a, c) for c in self.categories for a in c.accepts if a.media_type == media_type]
        named = next((c for a, c in takers if genre in a.genres), None)
        return named or next((c for a, c in takers if not a.genres), None)

    def slots_for(self, media_type: str) -> list[Slot]:
        """The slots of a dossier of this media type, in the order of the rulebook."""
        return [s for s in self.slots if not s.media_types or media_type in s.media_types]

    def round(self, key: str) -> RoundRules | None:
        """The rules of a round, or None."""
        return next((r for r in self.rounds if r.key == key), None)

    def criteria_of(self, key: str) -> list[Criterion]:
        """The criteria of a round, its own or those of the round it refers to."""
        rules = self.round(key)
        if rules is None:
            return []
        return self.criteria_of(rules.same_criteria_as) if rules.same_criteria_as else list(rules.criteria)

    def prize_value(self, prize: Prize) -> int | None:
        """What a prize is worth in đồng; base-salary multiples by the stated base salary."""
        if prize.value_base_salaries is not None and self.prize_basis is not None:
            return int(prize.value_base_salaries * self.prize_basis.base_salary_vnd)
        return prize.value_vnd
