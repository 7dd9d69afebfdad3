"""Filters, globals and tests of templates: dates, numbers, addresses of static files, who may do what."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, MutableMapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask.templating import Environment as FlaskEnvironment
from flask_login import current_user
from jinja2.ext import Extension
from jinja2.runtime import Macro
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest.clock import local, utcnow
from contest.domain import vietnamese
from contest.domain.permissions import Permission
from contest.domain.permissions import can as table_says
from contest.domain.rulebook.schema import Slot
from contest.models import Rendition, SiteSettings, StoredFile, db
from contest.web import addresses, navigation
from contest.web.access import current_actor
from contest.web.acts import refused
from contest.web.cache import kept_part
from contest.web.pictures import landscape
from contest.web.styles.public import style_url

DICT_METHODS = frozenset(dir(dict))


def init_filters(app: Flask) -> None:
    """Teach the templates the words of the house."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(Unindented)
    app.jinja_env.globals["url_for"] = addresses.url_builder(app)
    app.jinja_env.filters.update(
        date=_date, datetime=_datetime, last_day=_last_day, official_day=vietnamese.official_date, time=_time, iso=_iso, number=vietnamese.format_int,
        decimal=_decimal, money=vietnamese.format_money, size=_size, duration=_duration,
        name_sort=lambda rows, key=None: sorted(
            rows, key=lambda r: vietnamese.name_sort_key(getattr(r, key) if key else r)
        ),
    )  # fmt: skip
    app.jinja_env.globals.update(
        static_url=static_url, style_url=style_url, can=_can, Permission=Permission, now=utcnow, initials=initials,
        side_bar=navigation.side_bar, state_words=navigation.state_words, copies=copies,
        slot_kinds=slot_kinds, slot_accepts=slot_accepts, page_url=page_url, kept=kept, drawn=Drawn,
        kept_part=kept_part, landscape=landscape, refused=refused,
    )  # fmt: skip
    app.context_processor(
        lambda: {"site": _site(), "actor": current_actor(), "demo": app.config["SETTINGS"].demo}
    )


class Unindented(Extension):
    """Indentation is for readers of templates: it is left out before a page is compiled, so that it is never sent."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with every line beginning at its first word.

        The line break after a block is trimmed by Jinja, so what follows it on the next line keeps one space: an
        attribute stays an attribute, and two words stay two.
        """
        apart = re.sub(r"%\}\n[ \t]+(?!\{[%#]|\s)", "%} ", source)
        return re.sub(r"\n[ \t]+", "\n", apart)


class Environment(FlaskEnvironment):
    """Flask's, quicker with rows out of JSON and with what all templates know."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows without being told, in one dict instead of a chain: it is gone through at every import.

        Words that are taught to the environment after a template has been loaded do not reach that template.
        """
        return {**self.globals, **(d or {})}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What `obj.attribute` means in a template: of a dict its key, without a failed look for an attribute before.

        Methods of a dict still come before its keys.
        """
        if type(obj) is dict and attribute in obj and attribute not in DICT_METHODS:
            return obj[attribute]
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)


def kept(macro: Macro) -> Callable[..., str]:
    """A macro whose output depends on its arguments alone, drawn once for each: an icon stands on a page a hundred times."""
    return lru_cache(maxsize=1024)(macro)


class Drawn(dict[tuple[object, ...], str]):
    """The same for cells of a long table: `{{ cells[key, mark] }}` is found without a call; drawn at the first asking."""

    def __init__(self, macro: Macro) -> None:
        super().__init__()
        self._macro = macro

    def __missing__(self, arguments: tuple[object, ...]) -> str:
        found = self[arguments] = self._macro(*arguments)
        return found


def static_url(path: str) -> str:
    """The address of a static file with a hash of its content, to be kept for a year."""
    known: dict[str, str] = g.setdefault("static_urls", {})
    if path not in known:
        known[path] = url_for("static", filename=path, v=_content_hash(current_app.static_folder or "", path))
    return known[path]


@cache
def _content_hash(folder: str, path: str) -> str:
    file = Path(folder) / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "0"


def copies(file: StoredFile, role: str, cover_key: str = "") -> list[Rendition]:
    """The copies of a file in one role, in page order."""
    return [r for r in file.renditions if r.role == role and r.cover_key == cover_key]


def page_url(number: int) -> str:
    """The address of this list at another page, its filter kept."""
    return url_for(
        request.endpoint or "", **{**(request.view_args or {}), **request.args.to_dict(), "page": number}
    )


KINDS = {
    "pdf": ("PDF", ".pdf,application/pdf"),
    "image": ("ảnh JPG, PNG, HEIC", "image/*,.heic"),
    "audio": ("MP3, M4A, WAV", "audio/*"),
    "video": ("MP4", "video/*"),
    "docx": ("Word", ".docx"),
}


def slot_kinds(slot: Slot) -> str:
    """What a slot takes, in words."""
    return " hoặc ".join(KINDS[k][0] for k in slot.kinds)


def slot_accepts(slot: Slot) -> str:
    """What the browser's file chooser offers for a slot."""
    return ",".join(KINDS[k][1] for k in slot.kinds)


def initials(name: str) -> str:
    """The last two words' first letters: Hoàng Sơn gives HS."""
    return "".join(word[0] for word in name.split()[-2:]).upper()


def _can(permission: Permission | str, subject: Any = None) -> bool:
    return table_says(current_actor(), Permission(permission), subject)


def _site() -> SiteSettings:
    if current_user.is_authenticated:
        found = current_user.site
    else:
        found = db.session.scalar(select(SiteSettings).options(joinedload(SiteSettings.mark)))
    return found or SiteSettings(id=1, name="Dân vận khéo", owner="", updated_at=datetime.now(UTC))


def _date(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        value = local(value).date()
    return vietnamese.format_date(value) if value else ""


def _datetime(value: datetime | None) -> str:
    return vietnamese.format_datetime(local(value)) if value else ""


def _last_day(value: datetime | None) -> str:
    """A half-open end as people say it: the instant 00:00 of 11/09 is "đến hết ngày 10/09"."""
    return f"đến {vietnamese.format_last_day(local(value))}" if value else ""


def _time(value: datetime | None) -> str:
    return local(value).strftime("%H:%M") if value else ""


def _iso(value: datetime | None) -> str:
    return value.isoformat() if value else ""


def _decimal(value: Decimal | None, places: int | None = None) -> str:
    return "" if value is None else vietnamese.format_decimal(value, places)


def _size(value: int | None) -> str:
    """Bytes for people: 6,2 MB."""
    if value is None:
        return ""
    number, unit = Decimal(value), "byte"
    for unit in ("byte", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            break
        number /= 1000
    return f"{vietnamese.format_decimal(number, 0 if unit == 'byte' or number >= 100 else 1)} {unit}"


def _duration(milliseconds: int | None) -> str:
    """Milliseconds as 3:07 or 1:02:09."""
    if milliseconds is None:
        return ""
    seconds = round(milliseconds / 1000)
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"
