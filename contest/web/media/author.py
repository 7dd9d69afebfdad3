"""The author's files: one file a request, straight to disk, checked, and only then put into its slot."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for

from contest.clock import utcnow
from contest.domain.errors import TooLarge, UserError
from contest.domain.permissions import Actor, Permission
from contest.domain.rulebook.schema import Slot
from contest.models import Entry
from contest.services.entries import drafting, files, reading
from contest.web.access import guard
from contest.web.entries.author import View, files_page
from contest.web.media.forms import RemoveForm, UploadForm
from contest.web.media.taking import importable, take
from contest.web.serving import send_copy, send_stored

bp = Blueprint("author", __name__, url_prefix="/entries/<public_id>/files")

LARGEST = 4_100_000_000
# Of a longer name the end is kept, where the ending stands. Messages travel in the cookie, which has little room.
LONGEST_NAME = 200


def _entry(public_id: str, **_rest: Any) -> Entry | None:
    return reading.get_entry(public_id)


@bp.put("/<slot>")
@guard(Permission.ENTRY_EDIT, _entry, manual_write=True, body_limit=LARGEST)
def upload(entry: Entry, actor: Actor) -> View:
    """Take one raw body; the name comes in the header, percent-encoded. Answers with the slot's new list."""
    slot = files.slot_of(entry, _slot_key())
    size = request.content_length
    if size is not None and size > slot.max_mb * 1_000_000:
        raise TooLarge(f"Tệp lớn hơn {slot.max_mb} MB. Hãy giảm dung lượng rồi gửi lại.")
    name = unquote(request.headers.get("X-File-Name", ""))[-LONGEST_NAME:]
    take(entry, slot, request.stream, name, limit=slot.max_mb * 1_000_000, expected=size, actor=actor)
    return slot_list(entry, slot)


def _slot_key() -> str:
    return str((request.view_args or {})["slot"])


def slot_list(entry: Entry, slot: Slot) -> str:
    """The tiles of one slot."""
    version = reading.current_version(entry)
    return render_template(
        "entries/author/_slot.html",
        entry=entry,
        version=version,
        slot=slot,
        editable=drafting.may_edit(entry, now=utcnow()),
        importable=importable(entry),
    )


@bp.post("/<slot>")
@guard(Permission.ENTRY_EDIT, _entry, manual_write=True, body_limit=LARGEST)
def upload_form(entry: Entry, actor: Actor) -> View:
    """The same without JavaScript: files chosen in a plain form. When one is refused the page comes back and says which."""
    slot = files.slot_of(entry, _slot_key())
    form, status = UploadForm(), 303
    if not form.validate():
        flash("Hãy chọn tệp rồi bấm Gửi.", "error")
        return files_page(entry, status=422)
    for sent in form.files.data or []:
        name = (sent.filename or "")[-LONGEST_NAME:]
        try:
            take(entry, slot, sent.stream, name, limit=slot.max_mb * 1_000_000, actor=actor)
            flash(f"Đã nhận tệp {name}.", "success")
        except UserError as error:
            flash(f"{name}: {error}", "error")
            status = error.status
    if status != 303:
        return files_page(entry, status=status)
    return redirect(url_for("entries.author.step", public_id=entry.public_id, name="files"), 303)


@bp.get("/<slot>/list")
@guard(Permission.ENTRY_EDIT, _entry)
def tiles(entry: Entry, actor: Actor) -> View:
    """The tiles of a slot as they stand, asked for while thumbnails are being made."""
    return slot_list(entry, files.slot_of(entry, _slot_key()))


@bp.post("/<slot>/remove")
@guard(Permission.ENTRY_EDIT, _entry)
def remove(entry: Entry, actor: Actor) -> View:
    """Take a file out of the draft."""
    form = RemoveForm()
    if not form.validate():
        abort(422)
    files.remove_file(entry, form.file.data or "", actor=actor, now=utcnow())
    return redirect(url_for("entries.author.step", public_id=entry.public_id, name="files"), 303)


@bp.get("/original/<file_id>")
@guard(Permission.ENTRY_VIEW, _entry)
def original(entry: Entry, actor: Actor) -> View:
    """The file as it was sent, byte for byte, as a download."""
    found = reading.get_file(entry, str((request.view_args or {})["file_id"]))
    if found is None:
        abort(404)
    file = found.file
    return send_stored(
        current_app.extensions["storage"],
        file.storage_key,
        file.size,
        file.mime,
        file.original_name,
        attachment=True,
    )


@bp.get("/copy/<copy_id>")
@guard(Permission.ENTRY_VIEW, _entry)
def copy(entry: Entry, actor: Actor) -> View:
    """A copy to look at or listen to."""
    found = reading.get_rendition(entry, str((request.view_args or {})["copy_id"]))
    if found is None:
        abort(404)
    return send_copy(found)
