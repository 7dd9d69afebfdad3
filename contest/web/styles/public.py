"""One style sheet a page: the files of `static/css` joined, without comments, kept a year under a hash of their content."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request, url_for

bp = Blueprint("public", __name__, url_prefix="/styles")

ALL = (
    "tokens",
    "base",
    "components",
    "public",
    "workspace",
    "entries",
    "papers",
    "screening",
    "results",
    "touch",
)
SHEETS = {
    "public": ALL,
    "workspace": (*ALL, "scores"),
    "papers": (*ALL, "scores"),
    "judging": (*ALL, "judging"),
    "everything": (*ALL, "scores", "judging"),
}


@bp.get("/<name>.css")
def sheet(name: str) -> Response:
    """A style sheet, compressed for browsers that say they can."""
    if name not in SHEETS:
        abort(404)
    body = joined(current_app.static_folder or "", name)
    response = Response(mimetype="text/css")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, 9, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    response.set_data(body)
    response.headers["Vary"] = "Accept-Encoding"
    return response


@cache
def joined(folder: str, name: str) -> bytes:
    """The files of a sheet as one, comments and indentation left out."""
    text = "\n".join((Path(folder) / "css" / f"{part}.css").read_text("utf-8") for part in SHEETS[name])
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"\s*\n\s*", "\n", bare).encode()


def style_url(name: str) -> str:
    """The address of a sheet with a hash of its content."""
    body = joined(current_app.static_folder or "", name)
    return url_for("styles.public.sheet", name=name, v=hashlib.sha256(body).hexdigest()[:12])
