"""Dossiers that somebody enters for an author without an account: when the paper came, when it was posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from contest.clock import today
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Role
from contest.models import Contest, Entry, EntryVersion, Membership, db
from contest.services.entries.drafting import start_entry
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
    """A draft entered for an author, marked with who entered it. Commits. The same `key` gives the same draft.

    Raises UserError for days that cannot be: received before posted, or in the future.
    """
    check_days(received_on, postmarked_on, now=now)
    entry = start_entry(contest, actor=actor, now=now, key=key, entered_for=True)
    entry.received_on, entry.postmarked_on = received_on, postmarked_on
    _prefill(contest, entry, actor)
    db.session.commit()
    return entry


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
