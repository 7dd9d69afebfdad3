"""Rounds, panels, who scores what, and the sheets with their marks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.models.accounts import Membership
from contest.models.contests import Contest, RulebookVersion
from contest.models.database import Base
from contest.models.entries import Entry


class Round(Base):
    """One pass of judging; its rules are those of the rulebook's round with the same key."""

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("contest_id", "key"),
        CheckConstraint("state IN ('pending','open','closed')", name="state_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default="pending")
    is_blind: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    rulebook_version_id: Mapped[int | None] = mapped_column(ForeignKey("rulebook_versions.id"))

    contest: Mapped[Contest] = relationship()
    rulebook_version: Mapped[RulebookVersion | None] = relationship()
    panels: Mapped[list[Panel]] = relationship(back_populates="round", order_by="Panel.id")

    @property
    def round_id(self) -> int:
        """The round of a round is itself, so that it can be a permission's subject."""
        return self.id


class Panel(Base):
    """The people who judge some categories of a round (tiểu ban)."""

    __tablename__ = "panels"
    __table_args__ = (UniqueConstraint("round_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    categories: Mapped[list[str]] = mapped_column(default=list)

    round: Mapped[Round] = relationship(back_populates="panels")
    members: Mapped[list[Membership]] = relationship(
        primaryjoin="Panel.id == Membership.panel_id", foreign_keys="Membership.panel_id", viewonly=True
    )


class Assignment(Base):
    """One judge is to score one entry in one round. The subject of every right a judge has."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("round_id", "entry_id", "judge_id"),
        CheckConstraint("state IN ('active','released','recused')", name="state_known"),
        Index("ix_assignments_judge_state", "judge_id", "state"),
        Index("ix_assignments_round_entry", "round_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"))
    state: Mapped[str] = mapped_column(String(20), default="active")
    position: Mapped[int] = mapped_column(default=0)
    later_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    release_reason: Mapped[str | None] = mapped_column(String(1000))

    round: Mapped[Round] = relationship()
    panel: Mapped[Panel] = relationship()
    entry: Mapped[Entry] = relationship()
    judge: Mapped[Membership] = relationship()
    scoresheet: Mapped[Scoresheet | None] = relationship(back_populates="assignment")


class Conflict(Base):
    """Why a judge must not score an entry: declared, said in the own profile, or found (own agency, own unit, co-author, opened dossier)."""

    __tablename__ = "conflicts"
    __table_args__ = (
        UniqueConstraint("judge_id", "entry_id"),
        CheckConstraint(
            "kind IN ('declared','profile','agency','unit','author','dossier')", name="kind_known"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), index=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime]


class Scoresheet(Base):
    """One judge's sheet for one entry in one round. `version` grows with every save; a stale one is refused."""

    __tablename__ = "scoresheets"
    __table_args__ = (
        CheckConstraint("state IN ('draft','signed','void')", name="state_known"),
        CheckConstraint("source IN ('screen','paper')", name="source_known"),
        CheckConstraint("state <> 'signed' OR signed_at IS NOT NULL", name="signed_has_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"), unique=True)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    version: Mapped[int] = mapped_column(default=0)
    comment: Mapped[str] = mapped_column(Text, default="")
    comment_shared: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    source: Mapped[str] = mapped_column(String(20), default="screen")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    confirmed_at: Mapped[datetime | None]
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    reopened_count: Mapped[int] = mapped_column(default=0)
    void_reason: Mapped[str | None] = mapped_column(String(1000))

    assignment: Mapped[Assignment] = relationship(back_populates="scoresheet")
    marks: Mapped[list[Mark]] = relationship(back_populates="scoresheet", cascade="all, delete-orphan")


class Mark(Base):
    """The points for one criterion, in thousandths. No row means not scored, which is not zero.

    `ceiling` is the criterion's maximum on the day of scoring, so that the database itself refuses more.
    """

    __tablename__ = "marks"
    __table_args__ = (
        UniqueConstraint("scoresheet_id", "criterion_key"),
        CheckConstraint("thousandths >= floor AND thousandths <= ceiling", name="in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scoresheet_id: Mapped[int] = mapped_column(ForeignKey("scoresheets.id"), index=True)
    criterion_key: Mapped[str] = mapped_column(String(60))
    thousandths: Mapped[int]
    floor: Mapped[int] = mapped_column(default=0)
    ceiling: Mapped[int]

    scoresheet: Mapped[Scoresheet] = relationship(back_populates="marks")


class SheetSnapshot(Base):
    """The numbers of a sheet as they were signed; kept when the sheet is reopened, so both values remain."""

    __tablename__ = "sheet_snapshots"
    __table_args__ = (UniqueConstraint("scoresheet_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scoresheet_id: Mapped[int] = mapped_column(ForeignKey("scoresheets.id"), index=True)
    version: Mapped[int]
    marks: Mapped[dict[str, Any]]
    signed_at: Mapped[datetime]
    reopened_at: Mapped[datetime | None]
    reopened_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    reopen_reason: Mapped[str | None] = mapped_column(String(1000))


class JudgeAbsence(Base):
    """A judge who did not score in a round, recorded so that nobody counts them as zero."""

    __tablename__ = "judge_absences"

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class DivergenceDecision(Base):
    """What the chair wrote about an entry whose judges differ too much; without it the round cannot close."""

    __tablename__ = "divergence_decisions"
    __table_args__ = (UniqueConstraint("round_id", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    decision: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
