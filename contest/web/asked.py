"""What an address asks for, read safely: whole numbers, pages and days that anybody may have typed into it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import IO, Any
from urllib.parse import parse_qsl

from flask import Flask, request
from flask import Request as FlaskRequest
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.routing import IntegerConverter, UnicodeConverter

from contest.domain.errors import UserError
from contest.domain.vietnamese import parse_date

_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)


def whole(text: object, default: int = -1) -> int:
    """A whole number typed with at most nine digits 0 to 9, else the default; `int` alone takes other scripts' digits.

    A field that was not sent has what its form was made with: no text, and so the default as well.
    """
    return int(text) if isinstance(text, str) and _DIGITS.fullmatch(text) else default


def row_id(value: object) -> int:
    """The id in a ticked box; -1, which no row has, for anything else."""
    return whole(str(value))


def page_asked() -> int:
    """The page of a list asked for, from 1."""
    return min(max(whole(request.args.get("page"), 1), 1), 99_999)


@dataclass(frozen=True)
class AskedDay:
    """A day in an address: as typed, as a day when it is one, and what is wrong when it is not."""

    typed: str = ""
    day: date | None = None
    problem: str = ""


def day_asked(name: str) -> AskedDay:
    """The day of a filter; what cannot be read comes back with its sentence and filters nothing."""
    typed = request.args.get(name, "").strip()[:40]
    if not typed:
        return AskedDay()
    try:
        return AskedDay(typed, parse_date(typed))
    except UserError as error:
        return AskedDay(typed, problem=str(error))


# What stands for bytes that are no letters: no person types it.
LOST = "\N{REPLACEMENT CHARACTER}"


class Spoken(ImmutableMultiDict[str, Any]):
    """The parameters and fields of a request without NUL, which no person types and PostgreSQL does not store: it is a lost letter."""

    def __init__(self, mapping: Any = None) -> None:
        pairs = iter_multi_items(mapping) if mapping is not None else ()
        super().__init__([(_without_nul(key), _without_nul(value)) for key, value in pairs])


def _without_nul(value: Any) -> Any:
    return value.replace("\x00", LOST) if isinstance(value, str) else value


# A LONG_TEXT, whose letters take up to nine bytes on the wire, and the rest of its form.
LARGEST_FORM = 2_000_000
# The longest lists, of all dossiers of a contest with a box each, and room beside.
MOST_FIELDS = 20_000


class FormReader(FormDataParser):
    """Werkzeug's, which reads a form that is not multipart whole, however large, and keeps bytes that are no letters as %FF."""

    def _parse_urlencoded(self, stream: IO[bytes], *_told: Any) -> Any:
        body = stream.read(LARGEST_FORM + 1)
        if len(body) > LARGEST_FORM:  # at doors that take files much more may come, but not into memory
            raise RequestEntityTooLarge()
        if body.count(b"&") >= MOST_FIELDS:  # each becomes objects a hundred times its size
            raise RequestEntityTooLarge()
        sent = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
        return stream, self.cls(sent), self.cls()


class Request(FlaskRequest):
    """Flask's, with what was sent read as people could have typed it."""

    parameter_storage_class = Spoken
    form_data_parser_class = FormReader


class Word(UnicodeConverter):
    """A word in a path, without NUL."""

    def __init__(self, *arguments: Any, **lengths: Any) -> None:
        super().__init__(*arguments, **lengths)
        self.regex = self.regex.replace("[^/]", "[^/\\x00]")


class StoredId(IntegerConverter):
    """A number in a path that a row may have: digits 0 to 9, small enough for every database."""

    regex = "[0-9]{1,9}"


def init_asked(app: Flask) -> None:
    """Read every request so; before the doors are hung."""
    app.request_class = Request
    app.url_map.converters |= {"int": StoredId, "default": Word, "string": Word}
