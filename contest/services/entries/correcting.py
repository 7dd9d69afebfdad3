"""Corrections of an accepted entry: names, authors, title, press agency, before and after publication.

A correction is a version of its own beside the one that was handed in; the codes, marks and outcomes refer to the entry
and stay. Parts, files and subjects are not touched here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contest.clock import today
from contest.domain.entries import EntryAction, next_state
from contest.domain.errors import StaleVersion, UserError
from contest.domain.permissions import Actor
from contest.domain.vietnamese import fold
from contest.models import AuditEvent, Entry, EntryAuthor, EntryVersion, VerdictOverride, db
from contest.models.database import hold
from contest.services import audit, registry
from contest.services.contests.reading import rulebook_of
from contest.services.entries.authors import AuthorInput, name_persons, replace_authors
from contest.services.entries.drafting import copy_version, drop_draft
from contest.services.entries.reading import load_version, state_of
from contest.services.entries.submitting import content_hash


@dataclass(frozen=True)
class Credits:
    """What a correction may change."""

    title: str
    agency_name: str
    authors: list[AuthorInput]


def check_correctable(entry: Entry) -> None:
    """Raise InvalidTransition unless the entry is accepted: before that its author still changes it."""
    next_state(state_of(entry), EntryAction.CORRECT)


def write_correction(
    entry: Entry, credits: Credits, *, base_number: int, reason: str, actor: Actor, now: datetime
) -> EntryVersion:
    """Put a corrected version in the place of the one that counts, which was number `base_number` on the page; the caller commits.

    The page sent twice corrects once. Raises InvalidTransition for an entry that is not accepted, StaleVersion when it was
    corrected in between, UserError without a reason, without a title or an author, or when nothing is different.
    """
    hold(entry)
    check_correctable(entry)
    assert entry.submitted_version_id is not None
    source = load_version(entry.submitted_version_id)
    if not reason.strip():
        raise UserError("Hãy ghi lý do, căn cứ đính chính.", field="reason")
    if not credits.title.strip():
        raise UserError("Hãy ghi tên tác phẩm.", field="title")
    if not credits.authors:
        raise UserError("Tác phẩm cần ít nhất một tác giả. Hãy ghi họ tên tác giả.")
    if not all(a.legal_name.strip() for a in credits.authors):
        raise UserError("Có tác giả chưa ghi họ tên. Hãy ghi đủ, hoặc xóa hết các ô của người đó.")
    if _credits_of(source) == credits:
        if source.number > base_number:
            return source
        raise UserError("Chưa có gì khác với bản đang được tính.")
    if source.number != base_number:
        raise StaleVersion("Hồ sơ vừa được đính chính ở nơi khác. Hãy tải lại trang để xem bản mới.")
    version = _next_version(entry, source, credits, actor=actor, now=now)
    before, after = _shown(entry, source), _shown(entry, version)
    changed = [key for key in after if before[key] != after[key]]
    audit.record(
        "entry:corrected", actor=actor, now=now, kind="entry", subject_id=entry.id, label=entry.receipt_code or "",
        contest_id=entry.contest_id, before={key: before[key] for key in changed},
        after={key: after[key] for key in changed}, reason=reason.strip(),
    )  # fmt: skip
    entry.contest.public_version += 1
    db.session.flush()
    return version


def _next_version(
    entry: Entry, source: EntryVersion, credits: Credits, *, actor: Actor, now: datetime
) -> EntryVersion:
    """The corrected version, handed in when the corrected one was: limits of time and names of units go by that day."""
    drop_draft(entry)
    assert source.submitted_at is not None
    made = copy_version(source, now=now)
    for own in db.session.scalars(select(VerdictOverride).where(VerdictOverride.version_id == source.id)):
        kept = {"rule": own.rule, "outcome": own.outcome, "note": own.note}
        db.session.add(VerdictOverride(version_id=made.id, at=own.at, actor_id=own.actor_id, **kept))
    version = load_version(made.id)
    known = {version.agency_name: version.agency_id}
    version.title, version.title_fold = credits.title, fold(credits.title)
    version.agency_id = registry.link_of(
        credits.agency_name, known, on=today(source.submitted_at), agencies=True
    )
    version.agency_name = credits.agency_name
    replace_authors(version, credits.authors, now=source.submitted_at)
    db.session.flush()
    version = load_version(made.id)
    _keep_persons(source.authors, version.authors)
    name_persons(version, now=now)
    version.submitted_at, version.submitted_by_id = source.submitted_at, actor.account_id
    version.content_hash = content_hash(version)
    entry.submitted_version_id = version.id
    return version


def _keep_persons(before: Sequence[EntryAuthor], after: Sequence[EntryAuthor]) -> None:
    """A name spelled anew is the same person when telephone or mail stayed, or the place in the list and the year of birth."""
    left = [a for a in before if a.person_id not in {b.person_id for b in after}]
    for author in after:
        same = next((a for a in left if author.person_id is None and _is_same(a, author)), None)
        if same is not None:
            author.person_id = same.person_id
            left.remove(same)


def _is_same(old: EntryAuthor, new: EntryAuthor) -> bool:
    reached = (old.phone and old.phone == new.phone) or (old.email and old.email == new.email)
    placed = old.position == new.position and old.birth_year and old.birth_year == new.birth_year
    return bool(reached or placed)


def _credits_of(version: EntryVersion) -> Credits:
    names = [f.name for f in fields(AuthorInput)]
    authors = [AuthorInput(**{name: getattr(a, name) for name in names}) for a in version.authors]
    return Credits(version.title, version.agency_name, authors)


def _shown(entry: Entry, version: EntryVersion) -> dict[str, Any]:
    """A version as the log tells it."""
    roles = {c.key: c.name for c in rulebook_of(entry.contest).credit_roles}
    people = []
    for a in version.authors:
        name = f"{a.legal_name} ({a.pen_name})" if a.pen_name else a.legal_name
        people.append(", ".join(part for part in (name, roles.get(a.credit_role, ""), a.unit_name) if part))
    return {
        "title": version.title, "agency": version.agency_name, "authors": "; ".join(people), "version": version.number,
        "sha256": version.content_hash,
    }  # fmt: skip


def list_corrections(entry: Entry) -> list[AuditEvent]:
    """The corrections of an entry as they were written to the log, newest first."""
    query = select(AuditEvent).where(
        AuditEvent.contest_id == entry.contest_id,
        AuditEvent.action == "entry:corrected",
        AuditEvent.subject_id == entry.id,
    )
    return list(db.session.scalars(query.order_by(AuditEvent.id.desc())))
