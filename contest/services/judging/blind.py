"""What a judge sees of a work. In a blind round names, outlets, links and times are not hidden: they are never loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

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
    exemplars: tuple[str, ...]
    byline: str = ""
    agency: str = ""


def see_entry(assignment: Assignment) -> BlindEntry:
    """The work of an assignment as its judge may see it."""
    round_ = assignment.round
    rulebook = rulebook_in(round_)
    is_open = not round_.is_blind
    row = db.session.execute(
        select(
            Entry.judging_code, Entry.category_key, EntryVersion.id, EntryVersion.title, EntryVersion.media_type, EntryVersion.genre,
            EntryVersion.field, EntryVersion.summary, *([EntryVersion.agency_name] if is_open else []),
        )
        .join(EntryVersion, EntryVersion.id == Entry.submitted_version_id)
        .where(Entry.id == assignment.entry_id)
    ).one()  # fmt: skip
    copies, waiting = _copies(row.id, rulebook, is_open)
    media, category = rulebook.media_type(row.media_type), rulebook.category(row.category_key)
    return BlindEntry(
        code=row.judging_code or "",
        title=row.title,
        category=category.name if category else "",
        media_name=media.name if media else "",
        genre=row.genre,
        field=row.field,
        summary=row.summary,
        parts=_parts(row.id, is_open),
        pages=tuple(c for c in copies if c.role == "page"),
        thumbs=tuple(c for c in copies if c.role == "thumb"),
        sounds=tuple(c for c in copies if c.role in ("audio", "video")),
        waiting=waiting,
        exemplars=tuple(
            db.session.scalars(
                select(EntryExemplar.name)
                .where(EntryExemplar.version_id == row.id)
                .order_by(EntryExemplar.position)
            )
        ),
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


def _copies(version_id: int, rulebook: Rulebook, is_open: bool) -> tuple[list[SeenCopy], bool]:
    """Judges' copies in the order of slots; True when some are still being made."""
    order = {s.key: i for i, s in enumerate(rulebook.slots) if s.judges_copy}
    query = (
        select(
            EntryFile.id, EntryFile.slot, EntryFile.position, EntryFile.covers, Rendition.public_id, Rendition.role,
            Rendition.page_number, Rendition.width, Rendition.height, Rendition.cover_key,
        )
        .outerjoin(Rendition, Rendition.file_id == EntryFile.file_id)
        .where(EntryFile.version_id == version_id, EntryFile.slot.in_(order))
    )  # fmt: skip
    if not is_open:
        query = query.where(EntryFile.cleared_at.is_not(None))
    rows = sorted(
        db.session.execute(query).all(),
        key=lambda r: (order[r.slot], r.position, r.id, r.page_number or 0, r.public_id or ""),
    )
    mine = [r for r in rows if r.public_id and r.cover_key == ("" if is_open else cover_key(r.covers))]
    found = [SeenCopy(r.public_id, r.role, r.page_number, r.width, r.height, r.slot) for r in mine]
    return found, {r.id for r in rows} != {r.id for r in mine}


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
