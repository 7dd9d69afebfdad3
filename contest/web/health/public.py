"""The door of the watchman: whether database and storage work."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from sqlalchemy import text

from contest.models import db

bp = Blueprint("public", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """200 when a row can be read and a file written, 503 when not."""
    try:
        db.session.execute(text("SELECT id FROM series LIMIT 1"))
        current_app.extensions["storage"].check()
    except Exception:
        current_app.logger.exception("health check failed")
        return Response("unavailable\n", 503, mimetype="text/plain")
    return Response("ok\n", 200, mimetype="text/plain")
