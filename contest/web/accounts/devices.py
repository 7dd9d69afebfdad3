"""A browser in which somebody has signed in before: guesses made elsewhere do not make its owner wait."""

from __future__ import annotations

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

LIFE_SECONDS = 365 * 24 * 3600


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="known device")


def _name() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def remember_device(answer: Response, email: str) -> Response:
    """Mark this browser as one where the account with this address has signed in."""
    answer.set_cookie(
        _name(), _signer().dumps(email.strip().casefold()), max_age=LIFE_SECONDS, httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return answer


def is_known_device(email: str) -> bool:
    """Whether the account with this address has signed in here before."""
    try:
        known = _signer().loads(request.cookies.get(_name(), ""))
    except BadSignature:
        return False
    return bool(known == email.strip().casefold())
