"""Taking one file into a slot, from a request or from the folder of imports."""

from __future__ import annotations

from typing import IO

from flask import current_app

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission, can
from contest.domain.rulebook.schema import Slot
from contest.models import Entry, EntryFile
from contest.models.database import begin_writing
from contest.services import media
from contest.services.entries import files
from contest.storage import Storage
from contest.storage.inbox import Inbox
from contest.web.access import current_actor


def take(
    entry: Entry,
    slot: Slot,
    stream: IO[bytes],
    name: str,
    *,
    limit: int,
    actor: Actor,
    expected: int | None = None,
) -> EntryFile:
    """Bytes first and durably, the row after; bytes that got no row are taken away again. Raises UserError kinds."""
    storage: Storage = current_app.extensions["storage"]
    files.check_may_upload(entry, now=utcnow())
    received = media.receive(
        stream, storage=storage, name=name, allowed=tuple(slot.kinds), limit=limit, expected=expected
    )
    begin_writing()
    try:
        row = files.add_file(entry, received, slot=slot, actor=actor, now=utcnow())
    except UserError:
        storage.delete(received.stored.key)
        raise
    if row.file.storage_key != received.stored.key:
        storage.delete(received.stored.key)
    return row


def importable(entry: Entry) -> list[tuple[str, int]]:
    """(name, bytes) of files that the person who asks may put into this entry from the folder of imports."""
    actor, inbox = current_actor(), current_app.extensions["inbox"]
    assert isinstance(inbox, Inbox)
    return inbox.waiting() if actor is not None and can(actor, Permission.FILE_IMPORT, entry) else []
