"""Files of a draft: received first, then put into their slot in a short transaction."""

from __future__ import annotations

from datetime import datetime

from contest.domain.errors import NotAllowed, UserError
from contest.domain.permissions import Actor
from contest.domain.rulebook.schema import Slot
from contest.models import Entry, EntryFile, EntryVersion, db
from contest.models.database import hold
from contest.services import audit, media
from contest.services.contests.reading import rulebook_of
from contest.services.entries.drafting import editable_version, may_edit


def slot_of(entry: Entry, key: str, *, media_type: str = "") -> Slot:
    """A slot of the entry's rulebook. Raises UserError when there is none of that name."""
    rulebook = rulebook_of(entry.contest)
    found = next((s for s in rulebook.slots if s.key == key), None)
    if found is None:
        raise UserError("Hồ sơ không có mục tệp này. Hãy tải lại trang.")
    return found


def check_may_upload(entry: Entry, *, now: datetime) -> None:
    """Raise NotAllowed before a byte is read when the entry takes no changes now."""
    if not may_edit(entry, now=now):
        raise NotAllowed("Đã hết thời gian sửa tác phẩm này nên chưa nhận tệp.")


def add_file(
    entry: Entry, received: media.Received, *, slot: Slot, actor: Actor, now: datetime, caption: str = ""
) -> EntryFile:
    """Put a received file at the end of a slot of the draft; the same bytes twice are one file. Commits.

    Raises UserError when the slot is full.
    """
    hold(entry)
    version = editable_version(entry, now=now)
    held = [f for f in version.files if f.slot == slot.key]
    same = next((f for f in held if f.file.sha256 == received.stored.sha256), None)
    if same is not None:
        return same
    if len(held) >= slot.count.max:
        raise UserError(f"Mục “{slot.name}” nhận tối đa {slot.count.max} tệp. Xóa bớt một tệp rồi gửi lại.")
    file = media.keep(received, actor=actor, now=now)
    row = EntryFile(
        version_id=version.id,
        file_id=file.id,
        slot=slot.key,
        position=max((f.position for f in held), default=0) + 1,
        caption=caption,
        covers=[],
    )
    db.session.add(row)
    _touch(version, now)
    db.session.flush()
    row.file = file
    _log("entry:file_added", entry, file.original_name, sha256=file.sha256, actor=actor, now=now)
    db.session.commit()
    return row


def remove_file(entry: Entry, public_id: str, *, actor: Actor, now: datetime) -> None:
    """Take a file out of the draft; submitted versions keep theirs. Commits."""
    hold(entry)
    version = editable_version(entry, now=now)
    row = next((f for f in version.files if f.file.public_id == public_id), None)
    if row is None:
        return
    name = row.file.original_name
    db.session.delete(row)
    _touch(version, now)
    _log("entry:file_removed", entry, name, sha256=row.file.sha256, actor=actor, now=now)
    db.session.commit()


def _touch(version: EntryVersion, now: datetime) -> None:
    version.saved_at = now


def _log(action: str, entry: Entry, name: str, *, sha256: str, actor: Actor, now: datetime) -> None:
    audit.record(
        action,
        actor=actor,
        now=now,
        kind="entry",
        subject_id=entry.id,
        label=entry.receipt_code or "Bản nháp",
        contest_id=entry.contest_id,
        after={"file": name, "sha256": sha256},
    )
