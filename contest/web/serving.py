"""Sending stored bytes with ranges, always inert: no sniffing, no scripts, a neutral name."""

from __future__ import annotations

from urllib.parse import quote

from flask import current_app, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_range_header
from werkzeug.wrappers import Response

from contest.models import Rendition
from contest.storage import Storage


def send_stored(
    storage: Storage,
    key: str,
    size: int,
    mime: str,
    name: str,
    *,
    attachment: bool = False,
    cacheable: bool = False,
) -> Response:
    """The bytes of a key, or the range that was asked for (RFC 9110, section 14)."""
    start, end, status = 0, size, 200
    asked = parse_range_header(request.headers.get("Range"))
    if asked is not None and len(asked.ranges) == 1:
        span = asked.range_for_length(size)
        if span is None:
            raise RequestedRangeNotSatisfiable(size)
        start, end, status = span[0], span[1], 206
    body = [] if request.method == "HEAD" else storage.read(key, start, end)
    response = Response(body, status, mimetype=mime, direct_passthrough=True)
    response.headers["Content-Length"] = str(end - start)
    response.headers["Accept-Ranges"] = "bytes"
    if status == 206:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
    way = "attachment" if attachment else "inline"
    response.headers["Content-Disposition"] = (
        f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if cacheable:
        response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def send_copy(copy: Rendition) -> Response:
    """A page image, sound or film made for looking at, under a neutral name."""
    name = f"{copy.role}-{copy.page_number}"
    storage = current_app.extensions["storage"]
    return send_stored(storage, copy.storage_key, copy.size, copy.mime, name, cacheable=True)


def send_xlsx(body: bytes, name: str) -> Response:
    """A workbook as a download."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(body, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
