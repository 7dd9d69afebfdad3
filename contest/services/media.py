"""Files received and the copies made of them: bytes first and durably, rows after, nothing half."""

from __future__ import annotations

import hashlib
import json
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import ColumnElement, Table, exists, select

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.texts import clean_text, join_lines
from contest.models import AuditEvent, Rendition, StoredFile, db
from contest.models.database import Base, writing
from contest.services import outbox
from contest.storage import Storage, Stored
from contest.storage.checker.kinds import Checked
from contest.storage.checking import check_file
from contest.storage.renditions import make_copies


@dataclass(frozen=True)
class Received:
    """A file on disk, checked, not yet known to the database."""

    stored: Stored
    checked: Checked


def receive(
    stream: IO[bytes],
    *,
    storage: Storage,
    name: str,
    allowed: tuple[str, ...],
    limit: int,
    expected: int | None = None,
) -> Received:
    """Keep and check a stream, outside any transaction. Raises UserError kinds; then nothing is kept."""
    stored = storage.put(stream, limit=limit, expected=expected)
    try:
        checked = check_file(storage.path(stored.key), name=name, allowed=allowed)
    except UserError:
        storage.delete(stored.key)
        raise
    return Received(stored, checked)


TEXT_SOURCE_BYTES = 20_000_000


def read_text(stream: IO[bytes], *, storage: Storage, name: str) -> str:
    """The text of a Word or PDF file, as paragraphs; the file itself is not kept.

    Raises UserError kinds when it is refused, or when there is nothing to read in it.
    """
    received = receive(stream, storage=storage, name=name, allowed=("docx", "pdf"), limit=TEXT_SOURCE_BYTES)
    storage.delete(received.stored.key)
    found = received.checked
    text = (join_lines if found.group == "pdf" else clean_text)(found.text or "")
    if not text:
        raise UserError(
            "Tệp này không có chữ để lấy, có thể là bản quét ảnh. Hãy dán nội dung chữ vào khung."
        )
    return text


def keep(received: Received, *, actor: Actor | None, now: datetime) -> StoredFile:
    """The row of a received file, and the job for its copies; the caller commits."""
    found = received.checked
    file = StoredFile(
        public_id=secrets.token_hex(12),
        storage_key=received.stored.key,
        sha256=received.stored.sha256,
        size=received.stored.size,
        kind=found.group,
        mime=found.mime,
        original_name=found.name,
        uploaded_by_id=actor.account_id if actor else None,
        created_at=now,
        width=found.width,
        height=found.height,
        page_count=found.page_count,
        duration_ms=found.duration_ms,
        playable=found.playable,
        text=found.text,
    )
    db.session.add(file)
    db.session.flush()
    queue_renditions(file, covers=[], now=now)
    return file


def cover_key(covers: list[Any]) -> str:
    """A name for a set of covers; "" for none."""
    return hashlib.sha256(json.dumps(covers).encode()).hexdigest() if covers else ""


def queue_renditions(file: StoredFile, *, covers: list[Any], now: datetime) -> None:
    """Ask for the copies of a file with these covers; the caller commits."""
    outbox.queue_job(
        "renditions",
        key=f"{file.public_id}:{cover_key(covers)}",
        payload={"file_id": file.id, "covers": covers},
        now=now,
    )


def waiting_copies(file_ids: Sequence[int]) -> set[int]:
    """Those of the files whose copies are still being made; a job given up for good is waited for no more."""
    waiting = set(
        db.session.scalars(
            select(StoredFile.id).where(StoredFile.id.in_(file_ids), StoredFile.renditions_done_at.is_(None))
        )
    )
    return (
        waiting & {payload["file_id"] for payload in outbox.open_jobs("renditions")} if waiting else waiting
    )


@dataclass
class Prepared:
    """Copies already in storage, waiting for their rows."""

    file_id: int
    covers: list[Any]
    copies: list[tuple[str, int, str, Stored, int | None, int | None]]
    note: str


def prepare_renditions(file_id: int, *, covers: list[Any], storage: Storage) -> Prepared | None:
    """Make and store the copies; None when they exist already. No transaction is held meanwhile."""
    file = db.session.get(StoredFile, file_id)
    if file is None or has_renditions(file_id, covers):
        db.session.rollback()
        return None
    path, group = storage.path(file.storage_key), file.kind
    db.session.rollback()
    with tempfile.TemporaryDirectory(prefix="kheo-") as folder:
        made = make_copies(path, group, Path(folder), covers)
        copies = []
        for copy in made.copies:
            with ExitStack() as stack:
                stream = stack.enter_context(copy.path.open("rb"))
                stored = storage.put(stream, limit=4_000_000_000)
            copies.append((copy.role, copy.page_number, copy.mime, stored, copy.width, copy.height))
    return Prepared(file_id, covers, copies, made.note)


def keep_with_copies(received: Received, *, storage: Storage, actor: Actor, now: datetime) -> StoredFile:
    """The row of a small picture and its copies at once, for pages that cannot wait for the worker. Commits."""
    with writing():
        file_id = keep(received, actor=actor, now=now).id
        db.session.commit()
    prepared = prepare_renditions(file_id, covers=[], storage=storage)
    with writing():
        if prepared is not None:
            keep_renditions(prepared, now=now)
    return db.session.get_one(StoredFile, file_id)


def has_renditions(file_id: int, covers: list[Any]) -> bool:
    """Whether copies of this file with these covers exist."""
    found = (
        select(Rendition.id)
        .where(Rendition.file_id == file_id, Rendition.cover_key == cover_key(covers))
        .limit(1)
    )
    return db.session.scalar(found) is not None


def keep_renditions(prepared: Prepared, *, now: datetime) -> None:
    """Write the rows of prepared copies. Commits."""
    file = db.session.get_one(StoredFile, prepared.file_id)
    if not has_renditions(file.id, prepared.covers):
        for role, page, mime, stored, width, height in prepared.copies:
            db.session.add(
                Rendition(
                    public_id=secrets.token_hex(12),
                    file_id=file.id,
                    role=role,
                    page_number=page,
                    cover_key=cover_key(prepared.covers),
                    covers=prepared.covers,
                    storage_key=stored.key,
                    mime=mime,
                    size=stored.size,
                    width=width,
                    height=height,
                )
            )
    file.renditions_done_at = now
    file.renditions_note = prepared.note or None
    db.session.commit()


# A scan beside a sheet that was never typed in, a file taken out of a draft: kept so long after it came, then forgotten.
UNUSED_AFTER = timedelta(days=14)
AT_ONCE = 200
# What once stood in a contest is evidence, also when another file has taken its place; the log names it by its SHA-256.
EVIDENCE = {"contest:rules_attached": "sha256", "scoresheet:typed_in": "scan"}


def forget_unused(*, now: datetime) -> int:
    """Take away the rows of old files that nothing refers to; a job of the same commit forgets their bytes. Commits.

    Returns how many, at most AT_ONCE. Whatever table refers to files or copies keeps them, also one made tomorrow.
    """
    old = select(StoredFile).where(StoredFile.created_at < now - UNUSED_AFTER, *_unused())
    kept = _evidence()
    files = [f for f in db.session.scalars(old.order_by(StoredFile.id)) if f.sha256 not in kept][:AT_ONCE]
    for file in files:
        keys = [file.storage_key, *(copy.storage_key for copy in file.renditions)]
        db.session.delete(file)
        outbox.queue_job("forget_bytes", key=file.public_id, payload={"keys": keys}, now=now)
    db.session.commit()
    return len(files)


def _unused() -> list[ColumnElement[bool]]:
    """That no row of any table refers to a file, nor to a copy of it."""
    files, copies = StoredFile.__table__, Rendition.__table__
    assert isinstance(files, Table) and isinstance(copies, Table)
    found = []
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is files and table is not copies:
                found.append(~exists().where(key.parent == files.c.id))
            elif key.column.table is copies:
                found.append(~exists().where(key.parent == copies.c.id, copies.c.file_id == files.c.id))
    return found


def _evidence() -> set[str]:
    rows = db.session.execute(
        select(AuditEvent.action, AuditEvent.after).where(AuditEvent.action.in_(EVIDENCE))
    )
    return {str((after or {}).get(EVIDENCE[action])) for action, after in rows}


def forget_bytes(keys: Sequence[str], *, storage: Storage) -> None:
    """Take away bytes that no row speaks of any more; silent when they are gone."""
    known = {
        *db.session.scalars(select(StoredFile.storage_key).where(StoredFile.storage_key.in_(keys))),
        *db.session.scalars(select(Rendition.storage_key).where(Rendition.storage_key.in_(keys))),
    }
    db.session.rollback()
    for key in keys:
        if key not in known:
            storage.delete(key)
