"""What an address asks for, read safely: whole numbers, pages and days that anybody may have typed into it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from flask import request
from werkzeug.routing import IntegerConverter

from contest.domain.errors import UserError
from contest.domain.vietnamese import parse_date

_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)


def whole(text: str | None, default: int = -1) -> int:
    """A whole number of at most nine digits 0 to 9, else the default; `int` alone takes other scripts' digits."""
    return int(text) if text and _DIGITS.fullmatch(text) else default


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


class StoredId(IntegerConverter):
    """A number in a path that a row may have: digits 0 to 9, small enough for every database."""

    regex = "[0-9]{1,9}"
