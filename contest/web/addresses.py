"""Addresses: where a visitor may be sent (only to paths of this site), and those that templates write."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, request

_PLAIN = re.compile(r"/(?![/\\])[\w\-./?=&%+,:~]*", re.ASCII)


def safe_path(wanted: str | None, default: str = "/work") -> str:
    """`wanted` when it is a plain path of this site, else the default. Browsers read \\, tabs and // as hosts."""
    if not wanted or not _PLAIN.fullmatch(wanted):
        return default
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc else default


def url_builder(app: Flask) -> Callable[..., str]:
    """`url_for` of templates: the address of a door depends on its values alone, so each is built once and kept."""

    @lru_cache(maxsize=20_000, typed=True)
    def build(_root: str, endpoint: str, **values: Any) -> str:
        return app.url_for(endpoint, **values)

    def url_for(endpoint: str, **values: Any) -> str:
        return build(request.root_path, endpoint, **values)

    return url_for
