"""The secretary's own findings: on a rule, on whether two persons are one, on files before blind judging."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, select, union

from contest.domain.errors import NotReady, UserError
from contest.domain.permissions import Actor
from contest.domain.verdicts import Outcome
from contest.models import (
    Account,
    Entry,
    EntryAuthor,
    EntryFile,
    EntryVersion,
    Membership,
    Person,
    PersonFinding,
    VerdictOverride,
    db,
)
from contest.models.database import hold
from contest.services import audit, media


def override_verdict(
    entry: Entry, *, rule: str, outcome: Outcome, note: str, actor: Actor, now: datetime
) -> None:
    """Lay one's own finding over the machine's for the submitted version. Commits."""
    hold(entry)
    if not note.strip():
        raise UserError("Hãy ghi căn cứ của kết luận.", field="note")
    version_id = entry.submitted_version_id
    row = db.session.scalar(
        select(VerdictOverride).where(VerdictOverride.version_id == version_id, VerdictOverride.rule == rule)
    )
    if row is None:
        row = VerdictOverride(
            version_id=version_id, rule=rule[:80], outcome=outcome.value, note=note.strip(), at=now,
            actor_id=actor.account_id,
        )  # fmt: skip
        db.session.add(row)
    row.outcome, row.note, row.at, row.actor_id = outcome.value, note.strip(), now, actor.account_id
    _log(
        "verdict:overridden",
        entry,
        actor=actor,
        now=now,
        after={"rule": rule, "outcome": outcome.value},
        reason=note,
    )
    db.session.commit()
    db.session.expire(db.session.get_one(EntryVersion, version_id), ["overrides"])


def compare_persons(
    entry: Entry, *, first_id: int, second_id: int, is_same: bool, actor: Actor, now: datetime
) -> None:
    """Say once whether two persons are one; used for every later entry. The caller commits.

    Raises UserError unless one is an author of this entry and the other an author or a member in its contest.
    """
    hold(entry.contest)
    low, high = sorted((first_id, second_id))
    persons = db.session.scalars(
        select(Person).where(Person.id.in_(_persons_in(entry)), Person.id.in_((low, high)))
    ).all()
    is_author_here = db.session.scalar(
        select(EntryAuthor.id)
        .where(EntryAuthor.version_id == entry.submitted_version_id, EntryAuthor.person_id.in_((low, high)))
        .limit(1)
    )
    if low == high or len(persons) != 2 or is_author_here is None:
        raise UserError("Không còn hai người này để so. Hãy tải lại trang.")
    row = db.session.scalar(
        select(PersonFinding).where(PersonFinding.first_id == low, PersonFinding.second_id == high)
    )
    if row is None:
        row = PersonFinding(first_id=low, second_id=high, is_same=is_same, at=now, actor_id=actor.account_id)
        db.session.add(row)
    row.is_same, row.at, row.actor_id = is_same, now, actor.account_id
    names = " và ".join(p.legal_name for p in persons)
    words = "một người" if is_same else "hai người khác nhau"
    _log(
        "person:compared", entry, actor=actor, now=now, after={"persons": names, "finding": words}, reason=""
    )


def _persons_in(entry: Entry) -> CompoundSelect[int | None]:
    """The persons of a contest: authors of what was handed in, and everybody with a role."""
    authors = (
        select(EntryAuthor.person_id)
        .join(Entry, Entry.submitted_version_id == EntryAuthor.version_id)
        .where(Entry.contest_id == entry.contest_id)
    )
    members = (
        select(Account.person_id)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.contest_id == entry.contest_id)
    )
    return union(authors, members)


def clear_file(
    entry: Entry,
    file_id: str,
    *,
    covers: list[Any],
    is_cleared: bool,
    actor: Actor,
    now: datetime,
    is_known: bool = False,
) -> None:
    """Say that a file betrays no author, with rectangles to cover (page and fractions of the page). Commits.

    Raises NotReady while the copies to look through are being made, unless the file `is_known` without them.
    """
    hold(entry)
    row = _file(entry, file_id)
    shapes = [_shape(c) for c in covers]
    if is_cleared and not is_known and media.waiting_copies([row.file_id]):
        raise NotReady(
            f"Bản xem của “{row.file.original_name}” đang được làm nên chưa soát được. Hãy đợi ít phút rồi tải lại trang."
        )
    row.covers = shapes
    row.cleared_at = now if is_cleared else None
    row.cleared_by_id = actor.account_id if is_cleared else None
    if shapes:
        media.queue_renditions(row.file, covers=shapes, now=now)
    _log(
        "file:cleared" if is_cleared else "file:uncleared", entry, actor=actor, now=now,
        after={"file": row.file.original_name, "covers": len(shapes)}, reason="",
    )  # fmt: skip
    db.session.commit()


def _shape(cover: Any) -> list[float]:
    """[page, x, y, width, height]; fractions between 0 and 1. Raises UserError for anything else."""
    try:
        page, *rest = [float(v) for v in cover]
    except (TypeError, ValueError, OverflowError) as error:
        raise UserError("Vùng che chưa đúng. Hãy vẽ lại.") from error
    if len(rest) != 4 or not 1 <= page <= 500 or not all(0 <= v <= 1 for v in rest):
        raise UserError("Vùng che chưa đúng. Hãy vẽ lại.")
    return [int(page), *[round(v, 4) for v in rest]]


def _file(entry: Entry, file_id: str) -> EntryFile:
    version = db.session.get_one(EntryVersion, entry.submitted_version_id)
    row = next((f for f in version.files if f.file.public_id == file_id), None)
    if row is None:
        raise UserError("Không còn tệp này trong bản đã nộp. Hãy tải lại trang.")
    return row


def _log(
    action: str, entry: Entry, *, actor: Actor, now: datetime, after: dict[str, object], reason: str
) -> None:
    audit.record(
        action, actor=actor, now=now, kind="entry", subject_id=entry.id, label=entry.receipt_code or "",
        contest_id=entry.contest_id, after=after, reason=reason or None,
    )  # fmt: skip
