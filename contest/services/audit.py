"""Writing and reading the log. Every use case calls `record` inside its own transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from contest.domain.permissions import Actor
from contest.domain.unasked import NOTHING, Unasked
from contest.models import AuditEvent, Round, db

PAGE_SIZE = 50
SYSTEM_NAME = "Hệ thống"


def record(
    action: str,
    *,
    actor: Actor | None,
    now: datetime,
    kind: str,
    subject_id: int | None,
    label: str,
    contest_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
    round_id: int | None = None,
    marks: dict[str, list[int | None]] | None = None,
) -> None:
    """Add one row to the log; the caller commits. `actor=None` is the system itself.

    Marks never stand in `before` and `after`: `marks` ({criterion: [before, after]} in thousandths) is a column of its
    own that nobody loads before the round has closed.
    """
    db.session.add(
        AuditEvent(
            contest_id=contest_id,
            at=now,
            actor_id=actor.account_id if actor else None,
            actor_name=actor.name if actor else SYSTEM_NAME,
            action=action,
            subject_kind=kind,
            subject_id=subject_id,
            subject_label=label[:300],
            before=before,
            after=after,
            reason=reason,
            round_id=round_id,
            marks=marks,
        )
    )


@dataclass(frozen=True)
class AuditFilter:
    """What a reader of the log asks for; empty means all."""

    action: str = ""
    actor: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1


@dataclass(frozen=True)
class AuditPage:
    """One page of the log, newest first."""

    events: list[AuditEvent]
    marks: dict[int, dict[str, list[int | None]]]
    total: int
    page: int
    pages: int
    withheld: frozenset[int] = frozenset()


def list_events(contest_id: int | None, wanted: AuditFilter, *, unasked: Unasked = NOTHING) -> AuditPage:
    """One page of a contest's log by filter; with None of what was done outside contests.

    Of what was done to the works in `unasked` the reader is told when and what, not by whom and how: `withheld` holds
    these events by id, and nobody finds them by a name or a reason.
    """
    query = _filtered(select(AuditEvent).where(AuditEvent.contest_id == contest_id), wanted, unasked)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.session.execute(
        query.add_columns(_about(unasked))
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(PAGE_SIZE)
        .offset((max(wanted.page, 1) - 1) * PAGE_SIZE)
    ).all()
    events = [event for event, _ in rows]
    withheld = frozenset(event.id for event, is_about in rows if is_about)
    pages = max(1, -(-total // PAGE_SIZE))
    return AuditPage(events, _open_marks(events), total, max(wanted.page, 1), pages, withheld)


# Why a judge must not score a work names houses and people, a mail's title the author and the work: told of no one work.
OF_ANY_WORK = ("assignment", "mail")


def _about(unasked: Unasked) -> ColumnElement[bool]:
    """Whether an event is about one of these works, or speaks of one anywhere."""
    if not unasked:
        return false()
    kind, subject = func.coalesce(AuditEvent.subject_kind, ""), func.coalesce(AuditEvent.subject_id, 0)
    return or_(
        kind.in_(OF_ANY_WORK),
        and_(kind == "entry", subject.in_(unasked.entries)),
        speaks_of(unasked, AuditEvent.subject_label, AuditEvent.reason, cast(AuditEvent.before, Text), cast(AuditEvent.after, Text)),
    )  # fmt: skip


def speaks_of(
    unasked: Unasked, *texts: ColumnElement[Any] | InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    """Whether the code of one of these works stands in one of the columns."""
    said = [
        func.coalesce(text, "").contains(code, autoescape=True)
        for code in sorted(unasked.codes)
        for text in texts
    ]
    return or_(false(), *said)


def _open_marks(events: list[AuditEvent]) -> dict[int, dict[str, list[int | None]]]:
    """The marks behind some events, of rounds that have closed; of an open round they are not even read."""
    ids = [e.id for e in events if e.round_id is not None]
    rows = db.session.execute(
        select(AuditEvent.id, AuditEvent.marks)
        .join(Round, Round.id == AuditEvent.round_id)
        .where(AuditEvent.id.in_(ids), Round.state == "closed")
    )
    return {r.id: r.marks for r in rows if r.marks}


def list_actions(contest_id: int | None) -> list[str]:
    """The kinds of acts that occur in a contest's log (None: outside contests), for the filter."""
    return list(
        db.session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.contest_id == contest_id)
            .distinct()
            .order_by(AuditEvent.action)
        )
    )


def _filtered(query: Select[AuditEvent], wanted: AuditFilter, unasked: Unasked) -> Select[AuditEvent]:
    is_told = ~_about(unasked)
    if wanted.action:
        query = query.where(AuditEvent.action == wanted.action)
    if wanted.actor:
        query = query.where(AuditEvent.actor_name.icontains(wanted.actor, autoescape=True), is_told)
    if wanted.text:
        named = func.coalesce(AuditEvent.subject_kind, "").in_(OF_ANY_WORK) if unasked else false()
        query = query.where(
            or_(
                and_(AuditEvent.subject_label.icontains(wanted.text, autoescape=True), ~named),
                and_(AuditEvent.reason.icontains(wanted.text, autoescape=True), is_told),
            )
        )
    if wanted.since:
        query = query.where(AuditEvent.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditEvent.at < wanted.until)
    return query
