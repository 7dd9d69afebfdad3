"""The map of all doors: one nested blueprint a feature, one file a kind of person."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Flask

DOORS: dict[str, tuple[str, ...]] = {
    "health": ("public",),
    "styles": ("public",),
    "accounts": ("public", "member", "organizer", "operator"),
    "contests": ("public", "organizer", "operator"),
    "entries": ("author", "clerk", "secretary"),
    "media": ("author", "secretary"),
    "registry": ("public", "member", "secretary", "operator"),
    "judging": ("organizer", "judge", "chair", "secretary"),
    "results": ("public", "organizer", "secretary"),
    "screening": ("secretary",),
    "audit": ("organizer", "operator"),
    "outbox": ("organizer", "operator"),
    "gallery": ("public",),
    "work": ("member", "organizer"),
}


def register_all(app: Flask) -> None:
    """Register `contest/web/<feature>/<door>.py` as `<feature>.<door>` for every door of the map."""
    for feature, doors in DOORS.items():
        parent = Blueprint(feature, __name__)
        for door in doors:
            parent.register_blueprint(import_module(f"contest.web.{feature}.{door}").bp)
        app.register_blueprint(parent)
