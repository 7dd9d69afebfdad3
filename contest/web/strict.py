"""A second cookie for who acts for others: browsers send it only with what begins on our own pages (SameSite=Strict).

The session's cookie is Lax, so that a link in a mail opens signed in. Whoever holds an office writes with both. The value
is made from the sign-in's token with the site's key: it changes with every sign-in, opens nothing alone, and asks the
database nothing.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import Response, after_this_request, current_app, request

from contest.domain.permissions import Actor

# It outlives every session and is worth nothing without the one it was made for.
LIFE_SECONDS = 365 * 24 * 3600
MISSING = (
    "Chưa ghi gì: lần gửi này thiếu dấu xác nhận của người làm nhiệm vụ trong cuộc thi (một cookie riêng của trình duyệt). "
    "Hãy đăng nhập lại."
)
# Leaving asks for nothing.
FREE = {"accounts.member.logout"}


def give(token: str) -> None:
    """With the answer to this request, the cookie that belongs to this sign-in."""

    @after_this_request
    def _give(response: Response) -> Response:
        response.set_cookie(
            _name(),
            _value(token),
            max_age=LIFE_SECONDS,
            secure=_is_secure(),
            httponly=True,
            samesite="Strict",
        )
        return response


def take_back() -> None:
    """With the answer to this request, none any more."""

    @after_this_request
    def _take_back(response: Response) -> Response:
        response.delete_cookie(_name(), secure=_is_secure(), httponly=True, samesite="Strict")
        return response


def is_missing(actor: Actor, token: str) -> bool:
    """Whether this request would write in the name of an office without the cookie of its sign-in."""
    if not actor.holds_office or request.endpoint in FREE:
        return False
    return not hmac.compare_digest(request.cookies.get(_name(), "").encode(), _value(token).encode())


def _value(token: str) -> str:
    key = current_app.secret_key or ""
    return hmac.new(str(key).encode(), f"strict cookie:{token}".encode(), hashlib.sha256).hexdigest()


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _name() -> str:
    return "__Host-strict" if _is_secure() else "strict"
