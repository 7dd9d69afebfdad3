"""Outcomes of rounds, decisions of people about ties and prizes, and the immutable publications."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.models.accounts import Account
from contest.models.database import Base
from contest.models.entries import Entry
from contest.models.judging import Round


class RoundOutcome(Base):
    """The result of one entry in one closed round, as it was computed at closing."""

    __tablename__ = "round_outcomes"
    __table_args__ = (UniqueConstraint("round_id", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    category_key: Mapped[str] = mapped_column(String(60))
    total_thousandths: Mapped[int | None]
    sheet_count: Mapped[int]
    place: Mapped[int | None]
    tied: Mapped[bool] = mapped_column(default=False)
    divergent: Mapped[bool] = mapped_column(default=False)
    reasons: Mapped[list[str]] = mapped_column(default=list)
    tie_reasons: Mapped[list[str]] = mapped_column(default=list)
    is_shortlisted: Mapped[bool | None]
    shortlist_reason: Mapped[str] = mapped_column(String(1000), default="")

    round: Mapped[Round] = relationship()
    entry: Mapped[Entry] = relationship()


class TieDecision(Base):
    """People's order for entries the numbers could not part, for one slot or cut."""

    __tablename__ = "tie_decisions"
    __table_args__ = (UniqueConstraint("contest_id", "round_id", "slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    slot: Mapped[str] = mapped_column(String(200))
    entry_ids: Mapped[list[Any]]
    is_shared: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))

    actor: Mapped[Account] = relationship()


class PrizeAdjustment(Base):
    """A person's change to the computed prizes: leave empty, move, add an extra or collective prize, or what becomes of
    the place that such a change took a work out of."""

    __tablename__ = "prize_adjustments"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('leave_empty','move','extra','collective','remove','move_up','keep_free')",
            name="kind_known",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))
    tier: Mapped[str] = mapped_column(String(120))
    category_key: Mapped[str | None] = mapped_column(String(60))
    recipient: Mapped[str] = mapped_column(String(300), default="")
    recipient_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"))
    value_vnd: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    undone_at: Mapped[datetime | None]

    actor: Mapped[Account] = relationship()


class Publication(Base):
    """An immutable snapshot of the results. A correction is a new one; the old stays readable."""

    __tablename__ = "publications"
    __table_args__ = (
        UniqueConstraint("contest_id", "number"),
        Index("ix_publications_contest_at", "contest_id", "publish_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    number: Mapped[int]
    publish_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    cancelled_at: Mapped[datetime | None]
    correction_note: Mapped[str] = mapped_column(Text, default="")
    snapshot: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))


class PublishedWork(Base):
    """One work of a publication, found by its public address and by the models and units it portrays."""

    __tablename__ = "published_works"
    __table_args__ = (UniqueConstraint("publication_id", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"), index=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    slug: Mapped[str] = mapped_column(String(40), index=True)
    content: Mapped[dict[str, Any]]


class PublishedLink(Base):
    """From a model or unit back to the published works about it."""

    __tablename__ = "published_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_id: Mapped[int] = mapped_column(ForeignKey("published_works.id"), index=True)
    exemplar_id: Mapped[int | None] = mapped_column(ForeignKey("exemplars.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"), index=True)
