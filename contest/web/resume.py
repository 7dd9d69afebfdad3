"""A form whose login or token expired is not lost: it travels signed through the login page and is offered again."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, make_response, render_template, request
from itsdangerous import BadData, URLSafeTimedSerializer

KEPT_FOR_SECONDS = 12 * 3600
FIELD = "_resume"
# Secrets are typed again: what is carried can be read in the page.
NOT_KEPT = {"csrf_token", "password", "old", "again", FIELD}


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="resume-form")


def offer_login(why: str) -> Response:
    """The login page (401) that says why, with what was typed inside it."""
    page = render_template("accounts/public/login.html", form=None, resume=pack(), why=why, next=request.path)
    return make_response(page, 401)


def offer_again() -> Response:
    """A page (400) with one button that sends the same form with a fresh token."""
    page = render_template("accounts/public/resume.html", resumed=_plain(), message=g.get("message", ""))
    return make_response(page, 400)


def pack() -> str:
    """The current form, signed, so that nobody can plant another one."""
    return str(_serializer().dumps(_plain()))


def unpack(packed: str) -> dict[str, Any] | None:
    """A packed form as {"path": str, "fields": [[name, value]…]}, or None when old or forged."""
    try:
        found = _serializer().loads(packed, max_age=KEPT_FOR_SECONDS)
    except BadData:
        return None
    return found if isinstance(found, dict) else None


def _plain() -> dict[str, Any]:
    fields = [[name, value] for name, value in request.form.items(multi=True) if name not in NOT_KEPT]
    return {"path": request.full_path.rstrip("?"), "fields": fields}
