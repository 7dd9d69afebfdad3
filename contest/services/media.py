"""Files received and the copies made of them: bytes first and durably, rows after, nothing half."""

from __future__ import annotations

import hashlib
import json
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.texts import clean_text, join_lines
from contest.models import Rendition, StoredFile, db
from contest.models.database import writing
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
    """Keep and check a stream, outside any transaction. Raises UserError kinds; whatever it raises, nothing is kept."""
    stored = storage.put(stream, limit=limit, expected=expected)
    try:
        checked = check_file(storage.path(stored.key), name=name, allowed=allowed)
    except BaseException:
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
        key=f"{file.id}:{cover_key(covers)}",
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
