"""What the doors that show a dossier with its names have in common: the opening is kept, and asked about where it costs a work."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from flask import abort, render_template, request

from contest.clock import utcnow
from contest.domain.permissions import Actor
from contest.models import Entry
from contest.models.database import begin_writing
from contest.services.judging import late_conflicts
from contest.web import resume

Door = TypeVar("Door", bound=Callable[..., Any])


def shows_names(door: Door) -> Door:
    """Below `@guard` at every door from which names of a dossier may be read: whoever has not opened it is noted or asked.

    Acts too, as a refused one draws the page again. A draft has no dossier and answers 404.
    """

    @functools.wraps(door)
    def opened(entry: Entry, actor: Actor) -> Any:
        if entry.submitted_version_id is None:
            abort(404)
        asked = _ask_or_open(entry, actor)
        return door(entry, actor) if asked is None else asked

    opened.shows_names = True  # type: ignore[attr-defined]
    return opened  # type: ignore[return-value]


def _ask_or_open(entry: Entry, actor: Actor) -> Any:
    """Keep that somebody opens a dossier; or a page that asks first, because they score this work in a blind round."""
    if late_conflicts.has_opened(entry, actor=actor):
        return None
    if late_conflicts.works_at_stake(entry, actor=actor):
        is_look = request.method in ("GET", "HEAD")
        page = render_template(
            "entries/secretary/opening.html", entry=entry, contest=entry.contest,
            onward=request.full_path.rstrip("?") if is_look else "", resume="" if is_look else resume.pack(),
        )  # fmt: skip
        return page if is_look else (page, 409)
    begin_writing()
    late_conflicts.open_dossier(entry, actor=actor, now=utcnow())
    return None


def words_of_recused(works: int) -> str:
    """What is added when an act took works from judges."""
    if not works:
        return ""
    return f" Đã thu hồi {works} lượt chấm vì xung đột lợi ích; xem đề xuất mới ở trang Phân công."
