"""Security headers and cookies, decided by the address people use; caching of what may be kept."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, g, request, session
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from contest.config import Settings

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

# Nobody else sets these.
ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
]

# Doors whose answers depend on nothing but their address; with a hash in it they are kept a year.
UNCHANGING = {"static", "styles.public.sheet"}


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookies; what signs them is made once, not for every request."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The serializer of this application's key."""
        if "session_serializer" not in app.extensions:
            app.extensions["session_serializer"] = super().get_signing_serializer(app)
        return cast(URLSafeTimedSerializer | None, app.extensions["session_serializer"])


def init_headers(app: Flask, settings: Settings) -> None:
    """Install cookies, headers and the check of the Host name."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
    )
    app.session_interface = Sessions()
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    always = [*ALWAYS, ("Strict-Transport-Security", "max-age=31536000")] if settings.is_https else ALWAYS

    @app.after_request
    def _set_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.extend(always)
        if request.endpoint in UNCHANGING:
            headers["Cache-Control"] = (
                "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
            )
        elif "_user_id" in session or not g.get("may_be_cached"):
            headers.setdefault("Cache-Control", "private, no-store")
            headers.add("Vary", "Cookie")
        return response
