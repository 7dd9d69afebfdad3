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
from functools import cached_property
from posixpath import normpath

from flask import Flask, g, request, session
from markupsafe import Markup
from werkzeug.wrappers import Response

LIMIT = 400
PART_LIMIT = 4000
# A page of results grows by 3 % against level 6 and is packed in two thirds of the time.
PACKING = 4
COMPRESSED = {"text/css", "text/javascript", "application/javascript", "image/svg+xml"}


@dataclass(frozen=True)
class Kept:
    """One page as it is sent."""

    body: bytes
    etag: str

    @cached_property
    def packed(self) -> bytes:
        """The page compressed, from the first time that a browser wants it so."""
        return gzip.compress(self.body, PACKING)


_pages: OrderedDict[tuple[object, ...], Kept] = OrderedDict()
_statics: dict[str, bytes] = {}
_parts: OrderedDict[tuple[object, ...], Markup] = OrderedDict()
_lock = threading.Lock()


def forget_all() -> None:
    """Keep nothing of the pages drawn so far: another database stands behind them now."""
    with _lock:
        _pages.clear()
        _parts.clear()


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
        found = Kept(body, f'W/"{hashlib.sha256(body).hexdigest()[:24]}"')
        with _lock:
            _pages[key] = found
            while len(_pages) > LIMIT:
                _pages.popitem(last=False)
    g.may_be_cached = True
    headers = {"ETag": found.etag, "Cache-Control": "public, no-cache", "Vary": "Cookie, Accept-Encoding"}
    if found.etag in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(found.packed, mimetype="text/html", headers=headers | {"Content-Encoding": "gzip"})
    return Response(found.body, mimetype="text/html", headers=headers)


def kept_part(*key: object, caller: Callable[[], Markup]) -> Markup:
    """A part of a page drawn once for its key: `{% call kept_part(…) %}…{% endcall %}`.

    The key names everything that the part shows; of a publication its hash, because a publication never changes.
    """
    with _lock:
        found = _parts.get(key)
        if found is not None:
            _parts.move_to_end(key)
            return found
    found = caller()
    with _lock:
        _parts[key] = found
        while len(_parts) > PART_LIMIT:
            _parts.popitem(last=False)
    return found


def init_compression(app: Flask) -> None:
    """Send styles, scripts and the icon sprite compressed; each is packed once."""

    @app.after_request
    def _pack_static(response: Response) -> Response:
        packable = (
            request.endpoint == "static" and response.status_code == 200 and response.mimetype in COMPRESSED
        )
        if not packable or "gzip" not in request.headers.get("Accept-Encoding", ""):
            return response
        key = f"{normpath(request.path)}:{response.headers.get('ETag')}"  # one file answers at /a and at /./a
        if key not in _statics:
            response.direct_passthrough = False
            _statics[key] = gzip.compress(response.get_data(), 6)
        response.direct_passthrough = False
        response.set_data(_statics[key])
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        return response
