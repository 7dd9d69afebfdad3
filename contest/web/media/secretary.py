"""Originals and copies for those who may read dossiers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, request
from werkzeug.wrappers import Response

from contest.domain.permissions import Actor, Permission
from contest.models import Entry
from contest.services.entries import reading
from contest.web.access import guard
from contest.web.serving import send_copy, send_stored

bp = Blueprint("secretary", __name__, url_prefix="/dossiers/<public_id>/files")


def _entry(public_id: str, **_rest: Any) -> Entry | None:
    return reading.get_entry(public_id)


@bp.get("/original/<file_id>")
@guard(Permission.DOSSIER_READ, _entry)
def original(entry: Entry, actor: Actor) -> Response:
    """The file as it was sent, byte for byte, as a download."""
    found = reading.get_file(entry, str((request.view_args or {})["file_id"]))
    if found is None:
        abort(404)
    file, storage = found.file, current_app.extensions["storage"]
    return send_stored(storage, file.storage_key, file.size, file.mime, file.original_name, attachment=True)


@bp.get("/copy/<copy_id>")
@guard(Permission.DOSSIER_READ, _entry)
def copy(entry: Entry, actor: Actor) -> Response:
    """A copy to look at or listen to."""
    found = reading.get_rendition(entry, str((request.view_args or {})["copy_id"]))
    if found is None:
        abort(404)
    return send_copy(found)
