"""What the rules look at: an entry as plain values, gathered by services with a few queries."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime

LEVELS = {
    "national": "Giải quốc gia",
    "provincial": "Giải cấp tỉnh",
    "sector": "Giải của ngành",
    "other": "Giải khác",
}


@dataclass(frozen=True)
class PartFacts:
    """One part of an entry."""

    title: str = ""
    outlet: str = ""
    published_on: date | None = None
    url: str = ""
    words: int = 0
    minutes: int | None = None


@dataclass(frozen=True)
class OtherEntry:
    """Another counted entry of one of the persons, as it bears on limits; without a `label` for who must not be told which."""

    label: str
    genre: str
    credit_role: str


@dataclass(frozen=True)
class AuthorFacts:
    """One author; `others` are the person's other counted entries, `roles` what the person holds in the contest.

    `namesakes` are the roles of members of the contest who bear the name and may be the same person.
    """

    name: str
    credit_role: str = ""
    nationality: str = "vietnamese"
    birth_year: int | None = None
    phone: str = ""
    is_contact: bool = False
    roles: tuple[str, ...] = ()
    others: tuple[OtherEntry, ...] = ()
    suspects: tuple[tuple[str, str], ...] = ()
    namesakes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PriorAward:
    """A prize the work was given elsewhere, as its authors declare it, as far as it is filled in."""

    contest: str = ""
    level: str = ""
    organizer: str = ""
    year: int | None = None

    @property
    def level_name(self) -> str:
        """Of which level the prize is."""
        return LEVELS.get(self.level, "Chưa ghi cấp")

    @property
    def name(self) -> str:
        """Which prize it is, in words."""
        return ", ".join(
            filter(None, (self.contest, self.organizer, f"năm {self.year}" if self.year else ""))
        )

    @property
    def lacking(self) -> list[str]:
        """What is not filled in, in words."""
        asked = (("tên cuộc thi", self.contest), ("năm", self.year), ("cấp", self.level))
        return [words for words, there in asked if not there]


@dataclass(frozen=True)
class EntryFacts:
    """All that the rules may ask of an entry.

    `submitted_at` is the moment that counts against the deadline; `category` the one it was put into, if any;
    `moved_before` the one the secretary moved it to while its media type or genre was another.
    """

    title: str = ""
    summary: str = ""
    media_type: str = ""
    genre: str = ""
    field: str = ""
    agency: str = ""
    category: str = ""
    moved_before: str = ""
    parts: tuple[PartFacts, ...] = ()
    authors: tuple[AuthorFacts, ...] = ()
    files: dict[str, int] = dataclasses.field(default_factory=dict)
    # Names of recordings whose length nobody could measure.
    unmeasured: tuple[str, ...] = ()
    declarations: tuple[str, ...] = ()
    no_prior_awards: bool | None = None
    prior_awards: tuple[PriorAward, ...] = ()
    # Models, and units portrayed without a model.
    exemplars: int = 0
    unlinked_exemplars: int = 0
    # Whether works that the reader scores blindly were left out of what authors have elsewhere.
    is_partly_compared: bool = False
    submitted_at: datetime | None = None
    received_on: date | None = None
    postmarked_on: date | None = None
