"""The log of who did what, one row an act, written in the transaction of the act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from contest.models.database import Base


class AuditEvent(Base):
    """One act. `before` and `after` hold only what changed; marks stand in a column that is not loaded with the row."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_contest_at", "contest_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int | None] = mapped_column(ForeignKey("contests.id"))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(80), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    subject_label: Mapped[str] = mapped_column(String(300))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None]
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"))
    marks: Mapped[dict[str, Any] | None] = mapped_column(deferred=True, deferred_raiseload=True)
