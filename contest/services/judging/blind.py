"""What a judge sees of a work. In a blind round names, outlets, links and times are not hidden: they are never loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from contest.domain.rulebook import Rulebook
from contest.models import (
    Assignment,
    Entry,
    EntryAuthor,
    EntryExemplar,
    EntryFile,
    EntryPart,
    EntryVersion,
    Rendition,
    StoredFile,
    db,
)
from contest.services.judging.reading import rulebook_in
from contest.services.media import cover_key


@dataclass(frozen=True)
class SeenPart:
    """One part as judges read it; the day only where the round is open."""

    position: int
    title: str
    text: str
    words: int
    published_on: date | None = None


@dataclass(frozen=True)
class SeenCopy:
    """A judge's copy of a file: a page image, a sound or a film."""

    public_id: str
    role: str
    page_number: int
    width: int | None
    height: int | None
    slot: str


@dataclass(frozen=True)
class BlindEntry:
    """A work without its people. `byline` and `agency` are filled only in rounds judged openly."""

    code: str
    title: str
    media_name: str
    genre: str
    field: str
    summary: str
    parts: tuple[SeenPart, ...]
    pages: tuple[SeenCopy, ...]
    thumbs: tuple[SeenCopy, ...]
    sounds: tuple[SeenCopy, ...]
    waiting: bool
    exemplars: tuple[str, ...]
    byline: str = ""
    agency: str = ""


def see_entry(assignment: Assignment) -> BlindEntry:
    """The work of an assignment as its judge may see it."""
    submitted = select(Entry.submitted_version_id).where(Entry.id == assignment.entry_id).scalar_subquery()
    rulebook = rulebook_in(assignment.round)
    return _see(
        EntryVersion.id == submitted, rulebook, is_open=not assignment.round.is_blind, is_preview=False
    )


def see_version(version_id: int, rulebook: Rulebook) -> BlindEntry:
    """A version as judges will see it, for its author before handing in: blind as soon as one round is.

    Files count as looked through, as none is shown before; the code, which no author may know, is not loaded.
    """
    is_open = not any(r.blind for r in rulebook.rounds)
    return _see(EntryVersion.id == version_id, rulebook, is_open=is_open, is_preview=True)


def _see(which: ColumnElement[bool], rulebook: Rulebook, *, is_open: bool, is_preview: bool) -> BlindEntry:
    row = db.session.execute(
        select(
            EntryVersion.id, EntryVersion.title, EntryVersion.media_type, EntryVersion.genre, EntryVersion.field,
            EntryVersion.summary, *([EntryVersion.agency_name] if is_open else []), *([] if is_preview else [Entry.judging_code]),
        )
        .join(Entry, Entry.id == EntryVersion.entry_id)
        .where(which)
    ).one()  # fmt: skip
    copies, waiting = _copies(row.id, rulebook, is_open, show_all=is_open or is_preview)
    media = rulebook.media_type(row.media_type)
    return BlindEntry(
        code="" if is_preview else row.judging_code or "",
        title=row.title,
        media_name=media.name if media else "",
        genre=row.genre,
        field=row.field,
        summary=row.summary,
        parts=_parts(row.id, is_open),
        pages=tuple(c for c in copies if c.role == "page"),
        thumbs=tuple(c for c in copies if c.role == "thumb"),
        sounds=tuple(c for c in copies if c.role in ("audio", "video")),
        waiting=waiting,
        exemplars=_portrayed(row.id),
        byline=_byline(row.id) if is_open else "",
        agency=row.agency_name if is_open else "",
    )


def _parts(version_id: int, is_open: bool) -> tuple[SeenPart, ...]:
    columns = [EntryPart.position, EntryPart.title, EntryPart.text]
    rows = db.session.execute(
        select(*columns, *([EntryPart.published_on] if is_open else []))
        .where(EntryPart.version_id == version_id)
        .order_by(EntryPart.position)
    )
    return tuple(
        SeenPart(r.position, r.title, r.text, len(r.text.split()), r.published_on if is_open else None)
        for r in rows
    )


def _portrayed(version_id: int) -> tuple[str, ...]:
    """The models the work is about, and units that are named without one."""
    rows = db.session.execute(
        select(EntryExemplar.name, EntryExemplar.unit_name)
        .where(EntryExemplar.version_id == version_id)
        .order_by(EntryExemplar.position)
    )
    return tuple(r.name or r.unit_name for r in rows)


def _copies(
    version_id: int, rulebook: Rulebook, is_open: bool, *, show_all: bool
) -> tuple[list[SeenCopy], bool]:
    """Judges' copies in the order of slots, of files that were looked through or of all; True when some are being made."""
    order = {s.key: i for i, s in enumerate(rulebook.slots) if s.judges_copy}
    files = db.session.execute(
        select(EntryFile.file_id, EntryFile.slot, EntryFile.position, EntryFile.covers, EntryFile.cleared_at)
        .where(EntryFile.version_id == version_id, EntryFile.slot.in_(order))
        .join(StoredFile, StoredFile.id == EntryFile.file_id)
    ).all()
    shown = [f for f in files if show_all or f.cleared_at is not None]
    rows = db.session.execute(
        select(
            Rendition.file_id, Rendition.public_id, Rendition.role, Rendition.page_number, Rendition.width,
            Rendition.height, Rendition.cover_key,
        ).where(Rendition.file_id.in_([f.file_id for f in shown]))
    ).all()  # fmt: skip
    found, waiting = [], False
    for f in sorted(shown, key=lambda f: (order[f.slot], f.position)):
        key = "" if is_open else cover_key(f.covers)
        mine = [r for r in rows if r.file_id == f.file_id and r.cover_key == key]
        waiting = waiting or not mine
        found += [
            SeenCopy(r.public_id, r.role, r.page_number, r.width, r.height, f.slot)
            for r in sorted(mine, key=lambda r: r.page_number)
        ]
    return found, waiting


def _byline(version_id: int) -> str:
    rows = db.session.execute(
        select(EntryAuthor.legal_name, EntryAuthor.pen_name)
        .where(EntryAuthor.version_id == version_id)
        .order_by(EntryAuthor.position)
    )
    return ", ".join(f"{r.legal_name} ({r.pen_name})" if r.pen_name else r.legal_name for r in rows)


def copy_for_judge(assignment: Assignment, public_id: str) -> Rendition | None:
    """A copy that this judge may fetch: one of those the work's page or the own list shows, or None."""
    seen = see_entry(assignment)
    if public_id not in {c.public_id for c in (*seen.pages, *seen.thumbs, *seen.sounds)}:
        return None
    return db.session.scalar(select(Rendition).where(Rendition.public_id == public_id))
