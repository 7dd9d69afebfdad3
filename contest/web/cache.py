"""Rendered public pages kept under a key that moves when what they show changes; browsers ask with an ETag.

Only for visitors who are not signed in: a page with somebody's name on it is never kept, and never compressed.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, g, request, session
from werkzeug.wrappers import Response

LIMIT = 400
COMPRESSED = {"text/css", "text/javascript", "application/javascript", "image/svg+xml"}


@dataclass(frozen=True)
class Kept:
    """One page as it is sent."""

    body: bytes
    packed: bytes
    etag: str


_pages: OrderedDict[tuple[object, ...], Kept] = OrderedDict()
_statics: dict[str, bytes] = {}
_lock = threading.Lock()


def is_anonymous() -> bool:
    """Whether nobody is signed in and no message waits: only then may a page be shared."""
    return "_user_id" not in session and not session.get("_flashes")


def cached_page(key: tuple[object, ...], render: Callable[[], str]) -> str | Response:
    """The page under this key, rendered at most once a process; 304 when the browser has it."""
    if not is_anonymous():
        return render()
    with _lock:
        found = _pages.get(key)
        if found is not None:
            _pages.move_to_end(key)
    if found is None:
        body = render().encode()
        found = Kept(body, gzip.compress(body, 6), hashlib.sha256(body).hexdigest()[:24])
        with _lock:
            _pages[key] = found
            while len(_pages) > LIMIT:
                _pages.popitem(last=False)
    g.may_be_cached = True
    if f'W/"{found.etag}"' in request.headers.get("If-None-Match", ""):
        response = Response(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = Response(found.packed, mimetype="text/html", headers={"Content-Encoding": "gzip"})
    else:
        response = Response(found.body, mimetype="text/html")
    response.headers["ETag"] = f'W/"{found.etag}"'
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Vary"] = "Cookie, Accept-Encoding"
    return response


def init_compression(app: Flask) -> None:
    """Send styles, scripts and the icon sprite compressed; each is packed once."""

    @app.after_request
    def _pack_static(response: Response) -> Response:
        packable = (
            request.endpoint == "static" and response.status_code == 200 and response.mimetype in COMPRESSED
        )
        if not packable or "gzip" not in request.headers.get("Accept-Encoding", ""):
            return response
        key = f"{request.path}:{response.headers.get('ETag')}"
        if key not in _statics:
            response.direct_passthrough = False
            _statics[key] = gzip.compress(response.get_data(), 6)
        response.direct_passthrough = False
        response.set_data(_statics[key])
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        return response
