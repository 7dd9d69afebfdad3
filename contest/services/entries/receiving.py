"""Dossiers that somebody enters for an author without an account: when the paper came, when it was posted.

A posted dossier whose day of receipt is left empty came on the day on which somebody began to enter it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from contest.clock import today
from contest.domain.contests import takes_dossiers
from contest.domain.errors import NotAllowed, UserError
from contest.domain.permissions import Actor, Role
from contest.models import Contest, Entry, EntryVersion, Membership, db
from contest.models.database import hold
from contest.services import audit
from contest.services.contests.reading import state_of
from contest.services.entries.drafting import begin_entry
from contest.services.entries.reading import load_version


def receive_dossier(
    contest: Contest,
    *,
    received_on: date | None,
    postmarked_on: date | None,
    actor: Actor,
    now: datetime,
    key: str,
) -> Entry:
    """A draft entered for an author, marked with who entered it. Commits.

    The same `key` gives the same draft, whose days stay as they are: those are put right by `correct_days`.

    Raises UserError for days that cannot be: received before posted, or in the future.
    """
    check_days(received_on, postmarked_on, now=now)
    entry, is_new = begin_entry(contest, actor=actor, now=now, key=key, entered_for=True)
    if is_new:
        _set_days(entry, received_on, postmarked_on)
        _prefill(contest, entry, actor)
    db.session.commit()
    return entry


def _set_days(entry: Entry, received_on: date | None, postmarked_on: date | None) -> None:
    if postmarked_on is not None and received_on is None:
        received_on = today(entry.created_at)
    entry.received_on, entry.postmarked_on = received_on, postmarked_on


def correct_days(
    entry: Entry, *, received_on: date | None, postmarked_on: date | None, actor: Actor, now: datetime
) -> None:
    """Put right when a paper dossier came and was posted; the deadline is measured anew. Commits.

    The same days again change nothing. Raises UserError for days that cannot be, NotAllowed once results are out.
    """
    hold(entry)
    if not takes_dossiers(state_of(entry.contest)):
        raise NotAllowed("Cuộc thi đã công bố kết quả nên không sửa ngày của hồ sơ được.")
    check_days(received_on, postmarked_on, now=now)
    before = _days_of(entry)
    _set_days(entry, received_on, postmarked_on)
    if _days_of(entry) == before:
        return
    audit.record(
        "entry:days_corrected", actor=actor, now=now, kind="entry", subject_id=entry.id,
        label=entry.receipt_code or "Bản nháp", contest_id=entry.contest_id, before=before, after=_days_of(entry),
    )  # fmt: skip
    db.session.commit()


def _days_of(entry: Entry) -> dict[str, object]:
    return {
        "received": entry.received_on.isoformat() if entry.received_on else None,
        "postmarked": entry.postmarked_on.isoformat() if entry.postmarked_on else None,
    }


def _prefill(contest: Contest, entry: Entry, actor: Actor) -> None:
    """A clerk's newsroom stands in the form already."""
    clerk = db.session.scalar(
        select(Membership).where(
            Membership.contest_id == contest.id,
            Membership.account_id == actor.account_id,
            Membership.role == Role.CLERK.value,
            Membership.ended_at.is_(None),
        )
    )
    if clerk is None or entry.draft_version_id is None:
        return
    entry.clerk_unit_id = clerk.unit_id
    version = load_version(entry.draft_version_id)
    if not version.unit_name and clerk.unit_name:
        version.unit_name, version.unit_id = clerk.unit_name, clerk.unit_id


def check_days(received_on: date | None, postmarked_on: date | None, *, now: datetime) -> None:
    """Raise UserError for days that cannot be."""
    if received_on and received_on > today(now):
        raise UserError("Ngày nhận hồ sơ giấy không thể ở sau hôm nay.", field="received_on")
    if postmarked_on and postmarked_on > today(now):
        raise UserError("Ngày trên dấu bưu điện không thể ở sau hôm nay.", field="postmarked_on")
    if received_on and postmarked_on and postmarked_on > received_on:
        raise UserError("Dấu bưu điện không thể sau ngày nhận.", field="postmarked_on")


def list_received(contest_id: int, account_id: int) -> Sequence[tuple[Entry, EntryVersion]]:
    """The dossiers this person entered for others, newest first."""
    version_id = db.func.coalesce(Entry.draft_version_id, Entry.submitted_version_id)
    rows = db.session.execute(
        select(Entry, EntryVersion)
        .join(EntryVersion, EntryVersion.id == version_id)
        .where(Entry.contest_id == contest_id, Entry.entered_for.is_(True), Entry.entered_by_id == account_id)
        .order_by(Entry.id.desc())
    )
    return [(e, v) for e, v in rows]
