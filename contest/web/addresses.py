"""Where a visitor may be sent: only to paths of this site."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_PLAIN = re.compile(r"/(?![/\\])[\w\-./?=&%+,:~]*", re.ASCII)


def safe_path(wanted: str | None, default: str = "/work") -> str:
    """`wanted` when it is a plain path of this site, else the default. Browsers read \\, tabs and // as hosts."""
    if not wanted or not _PLAIN.fullmatch(wanted):
        return default
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc else default
