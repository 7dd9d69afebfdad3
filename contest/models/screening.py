"""What the secretary found and decided about an entry before it is judged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.domain.entries import EntryAction
from contest.models.database import Base
from contest.models.entries import Entry


class ScreeningDecision(Base):
    """One act of screening: accept, return, reject, move, undo, disqualify, withdraw. Never deleted, only followed."""

    __tablename__ = "screening_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("entry_versions.id"))
    action: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text, default="")
    article: Mapped[str] = mapped_column(String(60), default="")
    from_category: Mapped[str | None] = mapped_column(String(60))
    to_category: Mapped[str | None] = mapped_column(String(60))
    verdicts: Mapped[list[Any]] = mapped_column(default=list)
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))

    entry: Mapped[Entry] = relationship()

    @property
    def action_name(self) -> str:
        """What was done, as people call it."""
        return "Chuyển nhóm" if self.action == "move" else EntryAction(self.action).label


class VerdictOverride(Base):
    """The secretary's own finding on one rule for one version, above the machine's."""

    __tablename__ = "verdict_overrides"
    __table_args__ = (
        UniqueConstraint("version_id", "rule"),
        CheckConstraint("outcome IN ('passed','look','missing','failed')", name="outcome_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("entry_versions.id"), index=True)
    rule: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class SupplementRequest(Base):
    """A question to the author with a date; answering it makes a new version of the entry."""

    __tablename__ = "supplement_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    question: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)


class PersonFinding(Base):
    """Whether two persons are one, decided once by a secretary and used for every later entry."""

    __tablename__ = "person_findings"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="ordered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    is_same: Mapped[bool]
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class DossierOpening(Base):
    """Who opened a dossier with names in it; a judge who did is recused from that entry in blind rounds."""

    __tablename__ = "dossier_openings"
    __table_args__ = (UniqueConstraint("entry_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    at: Mapped[datetime]
