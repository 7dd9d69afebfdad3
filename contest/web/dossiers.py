"""What the doors that show a dossier with its names have in common: the opening is kept, and asked about where it costs a work."""

from __future__ import annotations

from flask import abort, render_template, request

from contest.clock import utcnow
from contest.domain.permissions import Actor
from contest.models import Entry
from contest.models.database import begin_writing
from contest.services.judging import late_conflicts


def ask_or_open(entry: Entry, actor: Actor) -> str | None:
    """Keep that somebody opens a dossier; or a page that asks first, because they score this work in a blind round.

    A draft has no dossier and answers 404.
    """
    if entry.submitted_version_id is None:
        abort(404)
    if request.method != "GET" or late_conflicts.has_opened(entry, actor=actor):
        return None
    if late_conflicts.works_at_stake(entry, actor=actor):
        onward = request.full_path.rstrip("?")
        return render_template(
            "entries/secretary/opening.html", entry=entry, contest=entry.contest, onward=onward
        )
    begin_writing()
    late_conflicts.open_dossier(entry, actor=actor, now=utcnow())
    return None


def words_of_recused(works: int) -> str:
    """What is added when an act took works from judges."""
    if not works:
        return ""
    return f" Đã thu hồi {works} lượt chấm vì xung đột lợi ích; xem đề xuất mới ở trang Phân công."
