"""Rendered public pages kept under a key that moves when what they show changes; browsers ask with an ETag.

Only for visitors who are not signed in: a page with somebody's name on it is never kept.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

from flask import g, request, session
from werkzeug.wrappers import Response

LIMIT = 400
_pages: OrderedDict[tuple[object, ...], tuple[bytes, str]] = OrderedDict()
_lock = threading.Lock()


def cached_page(key: tuple[object, ...], render: Callable[[], str]) -> str | Response:
    """The page under this key, rendered at most once a process; 304 when the browser has it."""
    if "_user_id" in session or session.get("_flashes"):
        return render()
    with _lock:
        found = _pages.get(key)
        if found is not None:
            _pages.move_to_end(key)
    if found is None:
        body = render().encode()
        found = (body, hashlib.sha256(body).hexdigest()[:24])
        with _lock:
            _pages[key] = found
            while len(_pages) > LIMIT:
                _pages.popitem(last=False)
    g.may_be_cached = True
    response = Response(found[0], mimetype="text/html")
    response.set_etag(found[1], weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Vary"] = "Cookie, Accept-Encoding"
    response.make_conditional(request.environ)
    return response
