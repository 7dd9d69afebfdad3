"""Rows of rulebook versions and of rounds, kept in step; parts of the use cases beside it, never committing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from contest.clock import end_of_day
from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.rulebook import (
    Rulebook,
    dump_rulebook,
)
from contest.models import (
    Contest,
    Round,
    RulebookVersion,
    Series,
    db,
)
from contest.services import audit


def add_version(
    contest: Contest,
    rulebook: Rulebook,
    *,
    actor: Actor | None,
    now: datetime,
    reason: str,
    document_number: str = "",
    notice: str = "",
    changes: list[Any] | None = None,
) -> RulebookVersion:
    """The next numbered version; the caller commits."""
    number = db.session.scalar(
        select(func.coalesce(func.max(RulebookVersion.number), 0)).where(
            RulebookVersion.contest_id == contest.id
        )
    )
    version = RulebookVersion(
        contest_id=contest.id,
        number=(number or 0) + 1,
        toml=dump_rulebook(rulebook),
        reason=reason,
        document_number=document_number,
        notice=notice,
        changes=changes or [],
        created_at=now,
        created_by_id=actor.account_id if actor else None,
    )
    db.session.add(version)
    db.session.flush()
    return version


def series_named(name: str, *, now: datetime) -> Series:
    """The series of this name, made when there is none; the caller commits."""
    series = db.session.scalar(select(Series).where(Series.name == name))
    if series is None:
        series = Series(name=name, created_at=now)
        db.session.add(series)
    return series


def sync_rounds(
    contest: Contest,
    rulebook: Rulebook,
    *,
    old: Rulebook | None = None,
    actor: Actor | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Rounds as rows: added and renamed with the rulebook; a round already opened keeps its rules' version.

    A day of the round's own, set while it is judged, stays until the rulebook names another than it did (`old`).
    Raises UserError when a round that has opened would move or go.
    """
    rows = {r.key: r for r in db.session.scalars(select(Round).where(Round.contest_id == contest.id))}
    for position, rules in enumerate(rulebook.rounds):
        row = rows.pop(rules.key, None)
        if row is None:
            row = Round(
                contest_id=contest.id, key=rules.key, state="pending", name=rules.name, position=position
            )
            row.due_at = end_of_day(rules.due) if rules.due else None
            db.session.add(row)
        if row.state != "pending" and row.position != position:
            raise UserError(f"Vòng “{row.name}” đã mở nên không đổi được thứ tự các vòng.")
        row.name, row.position = rules.name, position
        if row.state == "pending":
            row.is_blind = rules.blind
        before = old.round(rules.key) if old else None
        if before is not None and before.due != rules.due:
            _set_due(row, rules.due, actor=actor, now=now, reason=reason)
    for row in rows.values():
        if row.state != "pending":
            raise UserError(f"Vòng “{row.name}” đã mở nên không bỏ được khỏi thể lệ.")
        if row.panels:
            raise UserError(f"Vòng “{row.name}” đã có hội đồng. Xóa hội đồng trước khi bỏ vòng khỏi thể lệ.")
        db.session.delete(row)


def _set_due(row: Round, day: date | None, *, actor: Actor | None, now: datetime, reason: str) -> None:
    before, row.due_at = row.due_at, end_of_day(day) if day else None
    if row.due_at == before:
        return
    audit.record(
        "round:due_set", actor=actor, now=now, kind="round", subject_id=row.id, label=row.name, contest_id=row.contest_id, round_id=row.id,
        before={"due": before.isoformat() if before else None},
        after={"due": row.due_at.isoformat() if row.due_at else None}, reason=reason or None,
    )  # fmt: skip
