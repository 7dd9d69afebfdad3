"""Entries and their versions: what was handed in, by whom, with which parts, files and subjects."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.domain.facts import PriorAward
from contest.models.accounts import Person
from contest.models.contests import Contest
from contest.models.database import Base
from contest.models.media import StoredFile
from contest.models.registry import Exemplar, OrgUnit

if TYPE_CHECKING:
    from contest.models.screening import ScreeningDecision, SupplementRequest, VerdictOverride

STATES = "'draft','submitted','needs_supplement','accepted','rejected','withdrawn','disqualified'"


class Entry(Base):
    """A work in a contest. Its state ends at screening; rounds, shortlists and awards are rows of their own."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("contest_id", "receipt_code"),
        UniqueConstraint("contest_id", "judging_code"),
        CheckConstraint(f"state IN ({STATES})", name="state_known"),
        CheckConstraint(
            "state = 'draft' OR (receipt_code IS NOT NULL AND submitted_version_id IS NOT NULL)"
            " OR state = 'withdrawn'",
            name="submitted_has_receipt",
        ),
        CheckConstraint("state <> 'accepted' OR category_key IS NOT NULL", name="accepted_has_category"),
        Index("ix_entries_contest_state", "contest_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    receipt_code: Mapped[str | None] = mapped_column(String(20))
    judging_code: Mapped[str | None] = mapped_column(String(20))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    entered_for: Mapped[bool] = mapped_column(default=False)
    clerk_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"))
    category_key: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]
    first_submitted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    received_on: Mapped[date | None]
    postmarked_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(String(1000))
    draft_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("entry_versions.id", use_alter=True, name="fk_entries_draft_version")
    )
    submitted_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("entry_versions.id", use_alter=True, name="fk_entries_submitted_version")
    )

    contest: Mapped[Contest] = relationship()
    draft_version: Mapped[EntryVersion | None] = relationship(
        foreign_keys=[draft_version_id], post_update=True
    )
    submitted_version: Mapped[EntryVersion | None] = relationship(
        foreign_keys=[submitted_version_id], post_update=True
    )
    decisions: Mapped[list[ScreeningDecision]] = relationship(
        viewonly=True, order_by="ScreeningDecision.id.desc()"
    )
    supplement_requests: Mapped[list[SupplementRequest]] = relationship(
        viewonly=True, order_by="SupplementRequest.id.desc()"
    )
    versions: Mapped[list[EntryVersion]] = relationship(
        back_populates="entry", foreign_keys="EntryVersion.entry_id", order_by="EntryVersion.number"
    )


class EntryVersion(Base):
    """A numbered content of an entry. Without `submitted_at` it is the draft; with it, frozen for good.

    `revision` counts saves of a draft: a save that names an older one is refused, so nothing is overwritten.
    """

    __tablename__ = "entry_versions"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    number: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    rulebook_version_id: Mapped[int | None] = mapped_column(ForeignKey("rulebook_versions.id"))
    title: Mapped[str] = mapped_column(String(300), default="")
    title_fold: Mapped[str] = mapped_column(String(300), default="", index=True)
    media_type: Mapped[str] = mapped_column(String(60), default="")
    genre: Mapped[str] = mapped_column(String(120), default="")
    field: Mapped[str] = mapped_column(String(120), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    agency_name: Mapped[str] = mapped_column(String(300), default="")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"))
    unit_name: Mapped[str] = mapped_column(String(300), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"))
    no_prior_awards: Mapped[bool | None]
    prior_awards: Mapped[list[Any]] = mapped_column(default=list)
    declarations: Mapped[list[str]] = mapped_column(default=list)
    content_hash: Mapped[str | None] = mapped_column(String(64))

    entry: Mapped[Entry] = relationship(back_populates="versions", foreign_keys=[entry_id])
    authors: Mapped[list[EntryAuthor]] = relationship(
        back_populates="version", order_by="EntryAuthor.position", cascade="all, delete-orphan"
    )
    parts: Mapped[list[EntryPart]] = relationship(
        back_populates="version", order_by="EntryPart.position", cascade="all, delete-orphan"
    )
    files: Mapped[list[EntryFile]] = relationship(
        back_populates="version", order_by="EntryFile.slot, EntryFile.position", cascade="all, delete-orphan"
    )
    exemplars: Mapped[list[EntryExemplar]] = relationship(
        back_populates="version", order_by="EntryExemplar.position", cascade="all, delete-orphan"
    )
    agency: Mapped[OrgUnit | None] = relationship(foreign_keys=[agency_id])
    unit: Mapped[OrgUnit | None] = relationship(foreign_keys=[unit_id])
    overrides: Mapped[list[VerdictOverride]] = relationship(viewonly=True)

    @property
    def awards(self) -> tuple[PriorAward, ...]:
        """The prizes declared for the work."""
        return tuple(
            PriorAward(a.get("contest") or "", a.get("level") or "", a.get("organizer") or "", a.get("year"))
            for a in self.prior_awards
        )


class EntryAuthor(Base):
    """One author of a version, as the name shall be printed, with the agency's name of the day."""

    __tablename__ = "entry_authors"
    __table_args__ = (UniqueConstraint("version_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("entry_versions.id"), index=True)
    position: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    legal_name: Mapped[str] = mapped_column(String(200), default="")
    pen_name: Mapped[str] = mapped_column(String(200), default="")
    birth_year: Mapped[int | None]
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    press_card: Mapped[str] = mapped_column(String(60), default="")
    credit_role: Mapped[str] = mapped_column(String(40), default="")
    nationality: Mapped[str] = mapped_column(String(40), default="vietnamese")
    unit_name: Mapped[str] = mapped_column(String(300), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"))
    is_contact: Mapped[bool] = mapped_column(default=False)

    version: Mapped[EntryVersion] = relationship(back_populates="authors")
    person: Mapped[Person | None] = relationship()


class EntryPart(Base):
    """One part (kỳ, bài, tập) with its own outlet, date, link and text."""

    __tablename__ = "entry_parts"
    __table_args__ = (UniqueConstraint("version_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("entry_versions.id"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300), default="")
    outlet_name: Mapped[str] = mapped_column(String(300), default="")
    outlet_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"))
    published_on: Mapped[date | None]
    detail: Mapped[str] = mapped_column(String(300), default="")
    url: Mapped[str] = mapped_column(String(1000), default="")
    minutes: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")

    version: Mapped[EntryVersion] = relationship(back_populates="parts")


class EntryFile(Base):
    """A stored file in a slot of a version. `cleared_at` says that nothing in it betrays the author."""

    __tablename__ = "entry_files"
    __table_args__ = (UniqueConstraint("version_id", "slot", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("entry_versions.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"), index=True)
    slot: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    caption: Mapped[str] = mapped_column(String(500), default="")
    cleared_at: Mapped[datetime | None]
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    covers: Mapped[list[Any]] = mapped_column(default=list)

    version: Mapped[EntryVersion] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship()


class EntryExemplar(Base):
    """A model or exemplar that a version is about, or a unit alone (`name` is empty then).

    A model without `exemplar_id` waits for the secretary to link it.
    """

    __tablename__ = "entry_exemplars"
    __table_args__ = (UniqueConstraint("version_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("entry_versions.id"), index=True)
    position: Mapped[int]
    exemplar_id: Mapped[int | None] = mapped_column(ForeignKey("exemplars.id"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    unit_name: Mapped[str] = mapped_column(String(300), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"))

    version: Mapped[EntryVersion] = relationship(back_populates="exemplars")
    exemplar: Mapped[Exemplar | None] = relationship()

    @property
    def subject(self) -> str:
        """What is portrayed, in a word or two: the model, or the unit where only that is named."""
        return self.name or self.unit_name
