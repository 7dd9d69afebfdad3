"""Questions about entries, each a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from contest.domain.entries import EntryState
from contest.models import (
    Assignment,
    Contest,
    Entry,
    EntryExemplar,
    EntryFile,
    EntryVersion,
    Rendition,
    StoredFile,
    db,
)


def get_entry(public_id: str) -> Entry | None:
    """An entry by its address, with its contest."""
    return db.session.scalar(
        select(Entry).options(joinedload(Entry.contest)).where(Entry.public_id == public_id)
    )


def state_of(entry: Entry) -> EntryState:
    """The state as its enumeration."""
    return EntryState(entry.state)


def is_assigned(entry_id: int) -> bool:
    """Whether any judge has the entry now; then its content and its screening stand."""
    found = (
        select(Assignment.id).where(Assignment.entry_id == entry_id, Assignment.state == "active").limit(1)
    )
    return db.session.scalar(found) is not None


def load_versions(version_ids: Sequence[int], *more: ExecutableOption) -> dict[int, EntryVersion]:
    """Several versions by id with all that hangs on them, and `more`: three queries whatever their number."""
    query = _whole().options(*more).where(EntryVersion.id.in_(version_ids))
    return {v.id: v for v in db.session.scalars(query).unique()}


def load_version(version_id: int) -> EntryVersion:
    """A version with authors, parts, files and exemplars: three queries whatever their number."""
    query = _whole().where(EntryVersion.id == version_id).execution_options(populate_existing=True)
    return db.session.scalars(query).unique().one()


def _whole() -> Select[EntryVersion]:
    """Authors and exemplars are few, so they come in the version's own rows."""
    return select(EntryVersion).options(
        joinedload(EntryVersion.authors),
        joinedload(EntryVersion.exemplars).joinedload(EntryExemplar.exemplar),
        selectinload(EntryVersion.parts),
        selectinload(EntryVersion.files).joinedload(EntryFile.file).joinedload(StoredFile.renditions),
    )


def load_credits(version_id: int) -> EntryVersion:
    """A version with its authors alone: one query."""
    query = select(EntryVersion).options(joinedload(EntryVersion.authors))
    return db.session.scalars(query.where(EntryVersion.id == version_id)).unique().one()


def current_version(entry: Entry) -> EntryVersion:
    """The draft if there is one, else the last submitted version."""
    version_id = entry.draft_version_id or entry.submitted_version_id
    assert version_id is not None
    return load_version(version_id)


def list_own(account_id: int) -> Sequence[tuple[Entry, EntryVersion, Contest]]:
    """The entries an account owns or entered, newest first, with their current versions and contests."""
    version_id = db.func.coalesce(Entry.draft_version_id, Entry.submitted_version_id)
    rows = db.session.execute(
        select(Entry, EntryVersion, Contest)
        .join(EntryVersion, EntryVersion.id == version_id)
        .join(Contest, Contest.id == Entry.contest_id)
        .where((Entry.owner_id == account_id) | (Entry.entered_by_id == account_id))
        .order_by(Entry.id.desc())
        .limit(200)
    )
    return [(r[0], r[1], r[2]) for r in rows]


def get_file(entry: Entry, public_id: str) -> EntryFile | None:
    """A file of any version of an entry by its address."""
    return db.session.scalar(
        select(EntryFile)
        .join(EntryVersion, EntryVersion.id == EntryFile.version_id)
        .join(StoredFile, StoredFile.id == EntryFile.file_id)
        .options(joinedload(EntryFile.file).selectinload(StoredFile.renditions))
        .where(EntryVersion.entry_id == entry.id, StoredFile.public_id == public_id)
        .order_by(EntryFile.id.desc())
        .limit(1)
    )


def get_rendition(entry: Entry, public_id: str) -> Rendition | None:
    """A copy of a file of an entry by the copy's address."""
    return db.session.scalar(
        select(Rendition)
        .join(EntryFile, EntryFile.file_id == Rendition.file_id)
        .join(EntryVersion, EntryVersion.id == EntryFile.version_id)
        .where(EntryVersion.entry_id == entry.id, Rendition.public_id == public_id)
        .limit(1)
    )
