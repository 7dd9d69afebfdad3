"""Drafts: started once, saved often, never overwritten by an older page, begun anew after submission."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from contest.clock import today
from contest.domain.contests import takes_dossiers, takes_entries
from contest.domain.entries import EntryAction, EntryState, actions
from contest.domain.errors import NotAllowed, StaleVersion, UserError
from contest.domain.permissions import Actor
from contest.domain.vietnamese import fold
from contest.models import (
    Account,
    Contest,
    Entry,
    EntryAuthor,
    EntryExemplar,
    EntryFile,
    EntryPart,
    EntryVersion,
    Exemplar,
    IdempotencyKey,
    Person,
    SupplementRequest,
    db,
)
from contest.models.database import ask_once, hold
from contest.services import audit, registry
from contest.services.contests.reading import rulebook_of, state_of
from contest.services.entries.authors import AuthorInput, replace_authors
from contest.services.entries.reading import current_version, is_assigned, load_version


@dataclass(frozen=True)
class PartInput:
    """One part as typed, with the outlet picked for its name."""

    title: str = ""
    outlet_name: str = ""
    published_on: date | None = None
    detail: str = ""
    url: str = ""
    minutes: int | None = None
    text: str = ""
    outlet_id: int | None = None


@dataclass(frozen=True)
class ExemplarInput:
    """A model the work is about: chosen by its address, or only named; or a unit alone."""

    name: str = ""
    public_id: str = ""
    unit_name: str = ""
    unit_id: int | None = None


@dataclass(frozen=True)
class DraftInput:
    """A whole draft as typed; what is None is left as it is. An id is the unit picked for the name before it."""

    title: str | None = None
    media_type: str | None = None
    genre: str | None = None
    field: str | None = None
    summary: str | None = None
    agency_name: str | None = None
    agency_id: int | None = None
    unit_name: str | None = None
    unit_id: int | None = None
    no_prior_awards: bool | None = None
    prior_awards: list[dict[str, Any]] | None = None
    declarations: list[str] | None = None
    authors: list[AuthorInput] | None = None
    parts: list[PartInput] | None = None
    exemplars: list[ExemplarInput] | None = None


def start_entry(
    contest: Contest, *, actor: Actor, now: datetime, key: str, entered_for: bool = False
) -> Entry:
    """A new draft with an address from the first moment; the same `key` gives the same draft of the contest. Commits.

    Raises NotAllowed when the contest takes no entries now (a dossier entered for somebody may come later).
    """
    entry, _ = begin_entry(contest, actor=actor, now=now, key=key, entered_for=entered_for)
    db.session.commit()
    return entry


def begin_entry(
    contest: Contest, *, actor: Actor, now: datetime, key: str, entered_for: bool
) -> tuple[Entry, bool]:
    """What `start_entry` does, and whether the draft is new; the caller commits."""
    hold(db.session.get_one(Account, actor.account_id))
    key = f"{key}:{contest.id}"
    kept = db.session.get(IdempotencyKey, key)
    if kept is not None:
        found = db.session.scalar(select(Entry).where(Entry.public_id == kept.location))
        if found is not None:
            return found, False
    if entered_for and not takes_dossiers(state_of(contest)):
        raise NotAllowed("Cuộc thi chưa mở hoặc đã công bố kết quả nên không nhập thêm hồ sơ được.")
    if not entered_for and not takes_entries(state_of(contest), rulebook_of(contest), now):
        raise NotAllowed("Cuộc thi đang không nhận tác phẩm. Xem thời gian nhận ở trang cuộc thi.")
    entry = Entry(
        public_id=secrets.token_hex(8),
        contest_id=contest.id,
        state=EntryState.DRAFT.value,
        owner_id=None if entered_for else actor.account_id,
        entered_by_id=actor.account_id if entered_for else None,
        entered_for=entered_for,
        created_at=now,
    )
    db.session.add(entry)
    db.session.flush()
    version = EntryVersion(
        entry_id=entry.id, number=1, revision=1, saved_at=now, prior_awards=[], declarations=[]
    )
    db.session.add(version)
    db.session.flush()
    entry.draft_version_id = version.id
    db.session.add(IdempotencyKey(key=key, body_hash="", location=entry.public_id, created_at=now))
    if not entered_for:
        person = db.session.get(Person, actor.person_id)
        assert person is not None
        db.session.add(
            EntryAuthor(
                version_id=version.id,
                position=1,
                person_id=person.id,
                legal_name=person.legal_name,
                pen_name=(person.pen_names or [""])[0],
                birth_year=person.birth_year,
                phone=person.phone or "",
                email=person.email or "",
                unit_name=person.unit_name,
                is_contact=True,
            )  # fmt: skip
        )
    _log("entry:started", entry, version, actor=actor, now=now)
    return entry, True


BEFORE_SCREENING = (EntryState.DRAFT, EntryState.SUBMITTED)


def may_edit(entry: Entry, *, now: datetime) -> bool:
    """Whether the content may change now: in the window until judges have the entry, or for an open question.

    A dossier entered for somebody may change until the secretary has decided, after the window too.
    """
    state = EntryState(entry.state)
    if open_request(entry, now=now) is not None:
        return True
    if entry.entered_for:
        return state in BEFORE_SCREENING and takes_dossiers(state_of(entry.contest))
    if EntryAction.SUBMIT not in actions(state):
        return False
    if not takes_entries(state_of(entry.contest), rulebook_of(entry.contest), now):
        return False
    return state is not EntryState.ACCEPTED or not is_assigned(entry.id)


def open_request(entry: Entry, *, now: datetime) -> SupplementRequest | None:
    """The question that waits for an answer and is not overdue, or None; a work taken back or decided on owes none."""
    if entry.state != EntryState.NEEDS_SUPPLEMENT.value:
        return None
    query = (
        select(SupplementRequest)
        .where(
            SupplementRequest.entry_id == entry.id,
            SupplementRequest.answered_at.is_(None),
            SupplementRequest.due_at > now,
        )
        .order_by(SupplementRequest.id.desc())
        .limit(1)
    )
    return ask_once(("open request", entry.id, now), lambda: db.session.scalar(query))


def editable_version(entry: Entry, *, now: datetime) -> EntryVersion:
    """The draft to change; after a submission a copy of the submitted version begins the next one.

    The caller commits. Raises NotAllowed when the time for changes is over.
    """
    if not may_edit(entry, now=now):
        raise NotAllowed("Đã hết thời gian sửa tác phẩm này. Bản đã nộp vẫn được giữ nguyên.")
    if entry.draft_version_id is None:
        assert entry.submitted_version_id is not None
        entry.draft_version_id = copy_version(load_version(entry.submitted_version_id), now=now).id
        db.session.flush()
    return load_version(entry.draft_version_id)


NOT_COPIED = {
    "id",
    "entry_id",
    "version_id",
    "number",
    "revision",
    "saved_at",
    "submitted_at",
    "submitted_by_id",
    "content_hash",
}


def _values(row: Any) -> dict[str, Any]:
    return {c.key: getattr(row, c.key) for c in row.__table__.columns if c.key not in NOT_COPIED}


def copy_version(source: EntryVersion, *, now: datetime) -> EntryVersion:
    """The next version with the same content; the caller commits."""
    version = EntryVersion(
        entry_id=source.entry_id, number=source.number + 1, revision=1, saved_at=now, **_values(source)
    )
    db.session.add(version)
    db.session.flush()
    for rows in (source.authors, source.parts, source.files, source.exemplars):
        for row in rows:
            db.session.add(type(row)(version_id=version.id, **_values(row)))
    db.session.flush()
    return version


def save_draft(
    entry: Entry, content: DraftInput, *, actor: Actor, now: datetime, base_revision: int, base_number: int
) -> EntryVersion:
    """Save a draft that was opened at `base_revision` of version `base_number`. Commits.

    Raises StaleVersion, and changes nothing, when another tab or machine saved in between.
    """
    hold(entry)
    previous = entry.draft_version_id
    version = editable_version(entry, now=now)
    fresh_copy = previous is None and version.number == base_number + 1
    if not fresh_copy and (version.number, version.revision) != (base_number, base_revision):
        raise StaleVersion(
            "Bản nháp này vừa được sửa ở tab hoặc máy khác. Tải lại trang để xem bản mới; chữ vừa gõ còn giữ trên máy này."
        )
    _fill(entry, version, content, now=now)
    version.revision += 1
    version.saved_at = now
    db.session.commit()
    return load_version(version.id)


def _fill(entry: Entry, version: EntryVersion, content: DraftInput, *, now: datetime) -> None:
    for name in (
        "media_type",
        "genre",
        "field",
        "summary",
        "no_prior_awards",
        "prior_awards",
        "declarations",
    ):
        value = getattr(content, name)
        if value is not None:
            setattr(version, name, value)
    if content.title is not None:
        version.title, version.title_fold = content.title, fold(content.title)
    day = today(now)
    if content.agency_name is not None:
        known = {version.agency_name: version.agency_id}
        version.agency_id = registry.link_of(
            content.agency_name, known, on=day, picked=content.agency_id, agencies=True
        )
        version.agency_name = content.agency_name
    if content.unit_name is not None:
        known = {version.unit_name: version.unit_id}
        version.unit_id = registry.link_of(content.unit_name, known, on=day, picked=content.unit_id)
        version.unit_name = content.unit_name
    if content.authors is not None:
        replace_authors(version, content.authors, now=now)
    if content.parts is not None:
        _replace_parts(version, content.parts, now=now)
    if content.exemplars is not None:
        _replace_exemplars(version, content.exemplars, now=now)


def _clear(version: EntryVersion, kind: Any) -> None:
    db.session.execute(delete(kind).where(kind.version_id == version.id))


def _replace_parts(version: EntryVersion, parts: list[PartInput], *, now: datetime) -> None:
    known = {p.outlet_name: p.outlet_id for p in version.parts}
    _clear(version, EntryPart)
    for position, p in enumerate(parts, start=1):
        day = p.published_on or today(now)
        db.session.add(
            EntryPart(
                version_id=version.id,
                position=position,
                title=p.title,
                outlet_name=p.outlet_name,
                outlet_id=registry.link_of(p.outlet_name, known, on=day, picked=p.outlet_id, agencies=True),
                published_on=p.published_on,
                detail=p.detail,
                url=p.url,
                minutes=p.minutes,
                text=p.text,
            )  # fmt: skip
        )


def _replace_exemplars(version: EntryVersion, exemplars: list[ExemplarInput], *, now: datetime) -> None:
    units = {e.unit_name: e.unit_id for e in version.exemplars}
    _clear(version, EntryExemplar)
    ids = [e.public_id for e in exemplars if e.public_id]
    known = {e.public_id: e for e in db.session.scalars(select(Exemplar).where(Exemplar.public_id.in_(ids)))}
    for position, e in enumerate(exemplars, start=1):
        found = known.get(e.public_id)
        if found is not None and fold(found.name) != fold(e.name):
            found = None  # the name was typed anew after choosing
        db.session.add(
            EntryExemplar(
                version_id=version.id,
                position=position,
                exemplar_id=found.id if found else None,
                name=found.name if found else e.name,
                unit_name=found.unit_name if found else e.unit_name,
                unit_id=found.unit_id
                if found
                else registry.link_of(e.unit_name, units, on=today(now), picked=e.unit_id),
            )  # fmt: skip
        )


def discard_changes(entry: Entry, *, actor: Actor, now: datetime) -> None:
    """Drop the draft of an already submitted entry; the submitted version counts on. Commits."""
    hold(entry)
    if entry.submitted_version_id is None or entry.draft_version_id is None:
        raise UserError("Không có bản sửa nào để bỏ.")
    drop_draft(entry)
    _log("entry:changes_discarded", entry, current_version(entry), actor=actor, now=now)
    db.session.commit()


def drop_draft(entry: Entry) -> None:
    """Take away the draft that was begun after a submission, if there is one; the caller commits."""
    if entry.draft_version_id is None:
        return
    draft = db.session.get_one(EntryVersion, entry.draft_version_id)
    entry.draft_version_id = None
    db.session.flush()
    for kind in (EntryAuthor, EntryPart, EntryFile, EntryExemplar):
        _clear(draft, kind)
    db.session.execute(delete(EntryVersion).where(EntryVersion.id == draft.id))


def _log(action: str, entry: Entry, version: EntryVersion, *, actor: Actor | None, now: datetime) -> None:
    audit.record(
        action,
        actor=actor,
        now=now,
        kind="entry",
        subject_id=entry.id,
        label=entry.receipt_code or version.title or "Bản nháp",
        contest_id=entry.contest_id,
    )
