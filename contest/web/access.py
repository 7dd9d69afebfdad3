"""The lock on every door: who stands there, what they ask for, and whether the table lets them.

Deny by default: a view without `@guard` that does not live in a `public.py` answers 404.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from contest.clock import utcnow
from contest.domain.permissions import Actor, Permission, can
from contest.models.database import begin_writing, db, end_writing
from contest.services.accounts.actors import Presence, find_presence, is_left_alone, touch_sign_in
from contest.web import resume, strict

csrf = CSRFProtect()
logins = LoginManager()

SEEN, SEEN_EVERY = "seen", timedelta(minutes=1)
SAFE = {"GET", "HEAD", "OPTIONS"}
View = TypeVar("View", bound=Callable[..., Any])


class Visitor(UserMixin):
    """Flask-Login's user: a presence. Its id is the sign-in token of the cookie."""

    def __init__(self, token: str, presence: Presence) -> None:
        self.token = token
        self.sign_in = presence.sign_in
        self.actor = presence.actor
        self.site = presence.site

    def get_id(self) -> str:
        """The token, so that a revoked sign-in ends this session at once."""
        return self.token


@logins.user_loader
def _load_visitor(token: str) -> Visitor | None:
    now = utcnow()
    presence = find_presence(token, now=now)
    if presence is None or is_left_alone(presence.actor, seen=_last_seen(), now=now):
        return None
    note_seen(now)
    return Visitor(token, presence)


def note_seen(now: datetime) -> None:
    """Keep in the signed cookie when this browser was last in use, so that reading writes nothing."""
    if now - _last_seen() > SEEN_EVERY:
        session[SEEN] = int(now.timestamp())


def _last_seen() -> datetime:
    return datetime.fromtimestamp(session.get(SEEN, 0), UTC)


def current_actor() -> Actor | None:
    """The actor at the door, or None for the public."""
    return current_user.actor if current_user.is_authenticated else None


def guard(
    permission: Permission,
    loader: Callable[..., Any] | None = None,
    *,
    manual_write: bool = False,
    body_limit: int | None = None,
) -> Callable[[View], View]:
    """Require a permission on the subject that `loader(**view_args)` finds; the view gets the subject first.

    "No such" and "not yours" both answer 404. `manual_write` leaves the writer's lock to the view, for
    doors with slow work before the database (uploads, password hashing). `body_limit` is for doors that take
    files: so many bytes may come, and not one is read before the right to send them is known.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(**kwargs: Any) -> Any:
            actor = current_actor()
            if actor is None:
                return _ask_to_sign_in()
            subject = loader(**kwargs) if loader else None
            if (loader and subject is None) or not can(actor, permission, subject):
                abort(404)
            if body_limit and request.method not in SAFE:
                csrf.protect()
            return view(subject, actor) if loader else view(actor, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.manual_write = manual_write  # type: ignore[attr-defined]
        guarded.body_limit = body_limit  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def manual_write(view: View) -> View:
    """Mark a public view that takes the writer's lock itself."""
    view.manual_write = True  # type: ignore[attr-defined]
    return view


def init_access(app: Flask) -> None:
    """Put the lock on every request of the application."""
    csrf.init_app(app)
    logins.init_app(app)
    app.before_request(_open_request)
    app.teardown_request(_close_request)
    app.register_error_handler(CSRFError, _explain_csrf)


def received_at() -> datetime:
    """When this request reached the application, before it waited for its turn to write: what deadlines go by."""
    arrived: datetime = g.received_at
    return arrived


def _open_request() -> Response | None:
    g.received_at = utcnow()
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None
    is_public = view.__module__.rsplit(".", 1)[-1] == "public" or request.endpoint == "static"
    if not is_public and not hasattr(view, "permission"):
        abort(404)
    if request.method in SAFE:
        return None
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)
    if not is_public and "_user_id" not in session:
        return _ask_to_sign_in()
    return _prepare_writing(view, is_public=is_public)


def _prepare_writing(view: View, *, is_public: bool) -> Response | None:
    """The form's token, the writer's place, and the strict cookie of who writes in an office. Of a file not a byte is read."""
    body_limit = getattr(view, "body_limit", None)
    if not body_limit:
        csrf.protect()
    writes = not getattr(view, "manual_write", False)
    if writes:
        begin_writing()
    # A public door acts in nobody's name, but an invitation may be taken up in that of who is signed in.
    acts = not is_public or request.endpoint == "accounts.public.invitation"
    if acts and current_user.is_authenticated and strict.is_missing(current_user.actor, current_user.token):
        return _ask_to_sign_in(strict.MISSING)
    if writes and current_user.is_authenticated:
        touch_sign_in(current_user.sign_in, current_user.actor, now=utcnow())
    if body_limit:
        request.max_content_length = body_limit
    return None


def _close_request(_error: BaseException | None) -> None:
    end_writing()
    db.session.remove()


def _ask_to_sign_in(why: str = "Phiên đăng nhập đã hết.") -> Response:
    """To the login page; a form sent after the login expired is carried along and offered again."""
    if request.method in SAFE:
        return redirect(url_for("accounts.public.login", next=request.full_path.rstrip("?")), 303)  # type: ignore[return-value]
    if request.headers.get("X-Requested-With") == "fetch" or request.method == "PUT":
        return Response(f"{why} Nội dung vẫn còn trên máy này.", 401, mimetype="text/plain")
    return resume.offer_login(why)


def _explain_csrf(_error: CSRFError) -> Response:
    if "_user_id" not in session and request.endpoint and not request.endpoint.endswith("public.login"):
        return _ask_to_sign_in()
    if request.headers.get("X-Requested-With") == "fetch" or request.method == "PUT":
        return Response("Trang này đã mở quá lâu. Hãy tải lại trang rồi gửi lại.", 400, mimetype="text/plain")
    g.message = "Trang này đã mở quá lâu nên chưa nhận được lần gửi vừa rồi. Nội dung còn nguyên bên dưới."
    return resume.offer_again()
