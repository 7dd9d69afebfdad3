"""What a judge sees of a work. In a blind round names, outlets, links and times are not hidden: they are never loaded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from contest.domain.rulebook import Rulebook
from contest.domain.rulebook.schema import Category
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
    category: str
    media_name: str
    genre: str
    field: str
    summary: str
    parts: tuple[SeenPart, ...]
    pages: tuple[SeenCopy, ...]
    thumbs: tuple[SeenCopy, ...]
    sounds: tuple[SeenCopy, ...]
    waiting: bool
    unshown: bool
    exemplars: tuple[str, ...]
    byline: str = ""
    agency: str = ""


@dataclass(frozen=True)
class _Rows:
    """What a work is made of: columns asked for its judge, or the version its author has open."""

    work: Any
    parts: Iterable[Any]
    portrayed: Iterable[Any]
    files: Sequence[Any]
    copies: Sequence[Any]
    authors: Iterable[Any]


def see_entry(assignment: Assignment) -> BlindEntry:
    """The work of an assignment as its judge may see it."""
    rulebook, is_open = rulebook_in(assignment.round), not assignment.round.is_blind
    work = db.session.execute(
        select(
            Entry.judging_code, Entry.category_key, EntryVersion.id, EntryVersion.title, EntryVersion.media_type, EntryVersion.genre,
            EntryVersion.field, EntryVersion.summary, *([EntryVersion.agency_name] if is_open else []),
        )
        .join(EntryVersion, EntryVersion.id == Entry.submitted_version_id)
        .where(Entry.id == assignment.entry_id)
    ).one()  # fmt: skip
    files, copies = _files(work.id, rulebook, is_open)
    authors = _authors(work.id) if is_open else ()
    rows = _Rows(work, _parts(work.id, is_open), _portrayed(work.id), files, copies, authors)
    category = rulebook.category(work.category_key)
    return _show(rows, rulebook, is_open=is_open, code=work.judging_code or "", category=category)


def see_version(version: EntryVersion, rulebook: Rulebook) -> BlindEntry:
    """A version as judges will see it, for its author before handing in: blind as soon as one round is. No query.

    Files count as looked through, as none is shown before; the code is left out, as no author may know it.
    """
    is_open = not any(r.blind for r in rulebook.rounds)
    copies = [r for f in version.files for r in f.file.renditions]
    authors = version.authors if is_open else ()
    rows = _Rows(version, version.parts, version.exemplars, version.files, copies, authors)
    category = rulebook.category_for(version.media_type, version.genre)
    return _show(rows, rulebook, is_open=is_open, code="", category=category)


def _show(
    rows: _Rows, rulebook: Rulebook, *, is_open: bool, code: str, category: Category | None
) -> BlindEntry:
    """What is shown of a work: the one place that says so, for judges and for the author who looks ahead."""
    work, media = rows.work, rulebook.media_type(rows.work.media_type)
    copies, lacking = _in_order(rows.files, rows.copies, rulebook, is_open)
    return BlindEntry(
        code=code,
        title=work.title,
        category=category.name if category else "",
        media_name=media.name if media else "",
        genre=work.genre,
        field=work.field,
        summary=work.summary,
        parts=tuple(
            SeenPart(p.position, p.title, p.text, len(p.text.split()), p.published_on if is_open else None)
            for p in rows.parts
        ),
        pages=tuple(c for c in copies if c.role == "page"),
        thumbs=tuple(c for c in copies if c.role == "thumb"),
        sounds=tuple(c for c in copies if c.role in ("audio", "video")),
        waiting=any(not _is_given_up(f) for f in lacking),
        unshown=any(_is_given_up(f) for f in lacking),
        exemplars=tuple(e.name or e.unit_name for e in rows.portrayed),
        byline=", ".join(
            f"{a.legal_name} ({a.pen_name})" if a.pen_name else a.legal_name for a in rows.authors
        ),
        agency=work.agency_name if is_open else "",
    )


def _in_order(
    files: Sequence[Any], copies: Sequence[Any], rulebook: Rulebook, is_open: bool
) -> tuple[list[SeenCopy], list[Any]]:
    """The copies of files meant for judges, in the order of slots, and the files that have none."""
    order = {s.key: i for i, s in enumerate(rulebook.slots) if s.judges_copy}
    found, lacking = [], []
    shown = [f for f in files if f.slot in order]
    for f in sorted(shown, key=lambda f: (order[f.slot], f.position)):
        key = "" if is_open else cover_key(f.covers)
        mine = [r for r in copies if r.file_id == f.file_id and r.cover_key == key]
        if not mine:
            lacking.append(f)
        found += [
            SeenCopy(r.public_id, r.role, r.page_number, r.width, r.height, f.slot)
            for r in sorted(mine, key=lambda r: r.page_number)
        ]
    return found, lacking


def _is_given_up(file: Any) -> bool:
    """Whether nobody waits any more for the copies of a file without any: they could not be made, or none are made of its kind."""
    stored = getattr(file, "file", file)
    return bool(stored.renditions_note) or (stored.renditions_done_at is not None and not file.covers)


def _parts(version_id: int, is_open: bool) -> Sequence[Any]:
    columns = [EntryPart.position, EntryPart.title, EntryPart.text]
    query = select(*columns, *([EntryPart.published_on] if is_open else []))
    return db.session.execute(
        query.where(EntryPart.version_id == version_id).order_by(EntryPart.position)
    ).all()


def _portrayed(version_id: int) -> Sequence[Any]:
    query = select(EntryExemplar.name, EntryExemplar.unit_name)
    return db.session.execute(
        query.where(EntryExemplar.version_id == version_id).order_by(EntryExemplar.position)
    ).all()


def _files(version_id: int, rulebook: Rulebook, is_open: bool) -> tuple[list[Any], list[Any]]:
    """The files for judges and the copies of them: one query. In a blind round only those that were looked through."""
    slots = [s.key for s in rulebook.slots if s.judges_copy]
    query = (
        select(
            EntryFile.id, EntryFile.file_id, EntryFile.slot, EntryFile.position, EntryFile.covers, Rendition.public_id,
            Rendition.role, Rendition.page_number, Rendition.width, Rendition.height, Rendition.cover_key,
            StoredFile.renditions_note, StoredFile.renditions_done_at,
        )
        .join(StoredFile, StoredFile.id == EntryFile.file_id)
        .outerjoin(Rendition, Rendition.file_id == EntryFile.file_id)
        .where(EntryFile.version_id == version_id, EntryFile.slot.in_(slots))
        .order_by(EntryFile.id, Rendition.id)
    )  # fmt: skip
    if not is_open:
        query = query.where(EntryFile.cleared_at.is_not(None))
    rows = db.session.execute(query).all()
    files = {r.id: r for r in rows}
    copies = {r.public_id: r for r in rows if r.public_id}
    return list(files.values()), list(copies.values())


def _authors(version_id: int) -> Sequence[Any]:
    query = select(EntryAuthor.legal_name, EntryAuthor.pen_name)
    return db.session.execute(
        query.where(EntryAuthor.version_id == version_id).order_by(EntryAuthor.position)
    ).all()


def copy_for_judge(assignment: Assignment, public_id: str) -> Rendition | None:
    """A copy that this judge may fetch: one of those the work's page or the own list shows, or None."""
    seen = see_entry(assignment)
    if public_id not in {c.public_id for c in (*seen.pages, *seen.thumbs, *seen.sounds)}:
        return None
    return db.session.scalar(select(Rendition).where(Rendition.public_id == public_id))
