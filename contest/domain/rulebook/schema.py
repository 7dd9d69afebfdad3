"""The shape of a rulebook. Keys a Thể lệ may set, their kinds and defaults; no reading, no words."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contest.domain.rulebook.judging import Criterion, Prize, PrizeBasis, PublicationRules, RoundRules, Ties
from contest.domain.rulebook.parts import Day, Key, Mode, Part, Positive, Text, Title, Word


class ContestInfo(Part):
    """What the contest is."""

    series: Title
    name: Title
    kind: Literal["press"] = "press"
    basis: str = ""
    timezone: Literal["Asia/Ho_Chi_Minh"] = "Asia/Ho_Chi_Minh"
    decimals: Annotated[int, Field(ge=0, le=3)] = 2
    languages: list[Literal["vi"]] = ["vi"]
    fields: list[Word] = []
    summary: str = ""


class Body(Part):
    """A body that directs, organizes or supports; printed in this order."""

    label: Title
    name: Title


class Papers(Part):
    """How printed papers begin: in the style of the Party or of the state, who issues them, where."""

    heading: Literal["party", "state"] = "party"
    issuer: str = ""
    place: str = ""


class Contact(Part):
    """Where people ask."""

    office: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


class Span(Part):
    """Two days, both included."""

    from_: Day = Field(alias="from")
    to: Day


class Windows(Part):
    """When works are published, handed in, judged and awarded."""

    published: Span | None = None
    submitted: Span
    judged: Span | None = None
    awarded: Day | None = None
    postmark_grace_days: Annotated[int, Field(ge=0, le=60)] = 0
    grace_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    supplement_days: Annotated[int, Field(ge=0, le=60)] = 0
    straddling_series: Literal["join", "last_part_inside", "all_inside"] = "all_inside"
    article: str = ""


class Limit(Part):
    """A bound with what happens beyond it."""

    value: Positive
    mode: Mode = "block"
    article: str = ""


class LengthLimit(Limit):
    """A longest length, and a shortest one where the Thể lệ has it."""

    min: Positive | None = None


class MediaType(Part):
    """A loại hình with its genres and lengths."""

    key: Key
    name: Title
    genres: list[Word] = []
    part_name: str = ""
    max_words_per_part: LengthLimit | None = None
    max_minutes_per_part: LengthLimit | None = None
    text_required: bool = False
    note: str = ""


class Accepts(Part):
    """A media type, or some of its genres."""

    media_type: Key
    genres: list[Word] = []


class Category(Part):
    """A competing group (nhóm giải)."""

    key: Key
    name: Title
    accepts: Annotated[list[Accepts], Field(min_length=1)]


class PriorAwards(Part):
    """What holds for works already awarded elsewhere."""

    rule: Literal["allowed", "declare", "barred"] = "declare"
    barred_levels: list[Literal["national", "provincial", "sector", "other"]] = []
    mode: Mode = "secretary"
    article: str = ""


class AgencyConfirmation(Part):
    """Whether a dossier needs the newsroom's confirmation, and the slot it comes in."""

    required: bool = False
    slot: Key = "agency_confirmation"
    mode: Mode = "warn"
    article: str = ""


class Subject(Part):
    """Whether the entry must name a model or exemplar."""

    exemplar_required: bool = False
    recognised: Literal[False] = False
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
    agency_confirmation: AgencyConfirmation = AgencyConfirmation()
    subject: Subject = Subject()
    article: str = ""


class Bonus(Part):
    """Extra entries for somebody with an entry of these genres; the extra one must be of another genre."""

    genres: Annotated[list[Word], Field(min_length=1)]
    extra: Positive = 1


class EntriesPerPerson(Limit):
    """How many entries may name one person, by credit role and with bonuses."""

    by_credit_role: dict[str, Positive] = {}
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
    name: Title


class Count(Part):
    """From … to … files."""

    min: Annotated[int, Field(ge=0)] = 0
    max: Annotated[int, Field(ge=1, le=50)] = 1


class Slot(Part):
    """A place for files in a dossier."""

    key: Key
    name: Title
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
    papers: Papers = Papers()
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
