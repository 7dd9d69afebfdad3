"""Pickers: units, press agencies and exemplars found without diacritics, as of a day; free text is always accepted."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from contest.clock import today, utcnow
from contest.domain.permissions import Actor, Permission
from contest.services import registry
from contest.web.access import guard
from contest.web.asked import day_asked

bp = Blueprint("member", __name__, url_prefix="/registry/pick")


def _options(kind: bool | None) -> Response:
    found = registry.search_units(
        request.args.get("q", "")[:100], on=day_asked("on").day or today(utcnow()), agencies=kind
    )
    return jsonify([{"id": str(u.id), "name": u.name, "detail": u.detail} for u in found])


@bp.get("/units")
@guard(Permission.ACCOUNT_USE)
def units(actor: Actor) -> Response:
    """Units valid on `on` (today without it) whose name fits `q`."""
    return _options(None)


@bp.get("/agencies")
@guard(Permission.ACCOUNT_USE)
def agencies(actor: Actor) -> Response:
    """Press agencies valid on `on` (today without it) whose name fits `q`."""
    return _options(True)


@bp.get("/exemplars")
@guard(Permission.ACCOUNT_USE)
def exemplars(actor: Actor) -> Response:
    """Exemplars whose name or unit fits `q`."""
    found = registry.search_exemplars(request.args.get("q", "")[:100])
    return jsonify([{"id": e.public_id, "name": e.name, "detail": e.unit_name} for e in found])
