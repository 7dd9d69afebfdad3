"""Originals and copies for those who may read dossiers; files too large for the web, from the folder of imports."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission
from contest.models import Entry
from contest.services.entries import files, reading
from contest.storage.inbox import Inbox
from contest.web.access import guard
from contest.web.dossiers import shows_names
from contest.web.entries.author import View, files_page
from contest.web.media.forms import ImportForm
from contest.web.media.taking import take
from contest.web.serving import send_copy, send_stored

# As much as one file of the storage may hold; the slot's own limit is for what comes over the web.
LARGEST = 4_000_000_000

bp = Blueprint("secretary", __name__, url_prefix="/dossiers/<public_id>/files")


def _entry(public_id: str, **_rest: Any) -> Entry | None:
    return reading.get_entry(public_id)


@bp.get("/original/<file_id>")
@guard(Permission.DOSSIER_READ, _entry)
@shows_names
def original(entry: Entry, actor: Actor) -> Response:
    """The file as it was sent, byte for byte, as a download."""
    found = reading.get_file(entry, str((request.view_args or {})["file_id"]))
    if found is None:
        abort(404)
    file, storage = found.file, current_app.extensions["storage"]
    return send_stored(storage, file.storage_key, file.size, file.mime, file.original_name, attachment=True)


@bp.get("/copy/<copy_id>")
@guard(Permission.DOSSIER_READ, _entry)
@shows_names
def copy(entry: Entry, actor: Actor) -> Response:
    """A copy to look at or listen to."""
    found = reading.get_rendition(entry, str((request.view_args or {})["copy_id"]))
    if found is None:
        abort(404)
    return send_copy(found)


@bp.post("/<slot>/import")
@guard(Permission.FILE_IMPORT, _entry, manual_write=True)
def take_in(entry: Entry, actor: Actor) -> View:
    """Put a file of the folder of imports into a slot, checked like any other; then it leaves the folder."""
    form, inbox = ImportForm(), current_app.extensions["inbox"]
    assert isinstance(inbox, Inbox)
    if not form.validate():
        abort(422)
    name = form.name.data or ""
    try:
        slot = files.slot_of(entry, str((request.view_args or {})["slot"]))
        with inbox.opened(name) as (stream, size):
            take(entry, slot, stream, name, limit=LARGEST, expected=size, actor=actor)
        inbox.forget(name)
        flash(f"Đã nhận tệp {name}.", "success")
    except UserError as error:
        flash(f"{name}: {error}", "error")
        return files_page(entry, status=error.status)
    return redirect(url_for("entries.author.step", public_id=entry.public_id, name="files"), 303)
