"""A contest from state to state; the one place that assigns it."""

from __future__ import annotations

from datetime import datetime

from contest.domain.contests import ContestAction, next_state, submission_window
from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.models import (
    Contest,
    StoredFile,
    db,
)
from contest.models.database import hold
from contest.services import audit
from contest.services.contests.reading import rulebook_of, state_of


def move_contest(
    contest: Contest, action: ContestAction, *, actor: Actor | None, now: datetime, reason: str = ""
) -> None:
    """Move a contest by the transition table; the caller commits."""
    hold(contest)
    before = state_of(contest)
    after = next_state(before, action)
    contest.state = after.value
    contest.public_version += 1
    if action is ContestAction.OPEN:
        contest.opened_at = now
    audit.record(
        f"contest:{action.value}",
        actor=actor,
        now=now,
        kind="contest",
        subject_id=contest.id,
        label=contest.name,
        contest_id=contest.id,
        before={"state": before.value},
        after={"state": after.value},
        reason=reason or None,
    )


def open_contest(contest: Contest, *, actor: Actor | None, now: datetime) -> None:
    """Open to entries; the window of the rulebook decides from when to when. Commits."""
    window = submission_window(rulebook_of(contest))
    if window.grace_until <= now:
        raise UserError("Hạn nhận tác phẩm đã qua. Hãy sửa thời gian trong thể lệ trước khi mở.")
    move_contest(contest, ContestAction.OPEN, actor=actor, now=now)
    db.session.commit()


def close_contest(contest: Contest, *, actor: Actor, now: datetime, reason: str) -> None:
    """Take no more entries. Commits."""
    move_contest(contest, ContestAction.CLOSE, actor=actor, now=now, reason=reason)
    db.session.commit()


def reopen_contest(contest: Contest, *, actor: Actor, now: datetime, reason: str) -> None:
    """Take entries again after closing; the window of the rules still decides. Commits."""
    move_contest(contest, ContestAction.REOPEN, actor=actor, now=now, reason=reason)
    db.session.commit()


def archive_contest(contest: Contest, *, actor: Actor, now: datetime) -> None:
    """Put a published contest away. Commits."""
    move_contest(contest, ContestAction.ARCHIVE, actor=actor, now=now)
    db.session.commit()


def attach_rules(contest: Contest, file: StoredFile, *, actor: Actor, now: datetime) -> None:
    """The signed Thể lệ (PDF) is the legal text. Commits."""
    hold(contest)
    contest.rules_file = file
    contest.public_version += 1
    audit.record(
        "contest:rules_attached",
        actor=actor,
        now=now,
        kind="contest",
        subject_id=contest.id,
        label=contest.name,
        contest_id=contest.id,
        after={"sha256": file.sha256, "name": file.original_name},
    )
    db.session.commit()
