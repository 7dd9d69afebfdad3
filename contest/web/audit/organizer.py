"""The log of a contest: who, when, what, before and after; readable and filterable."""

from __future__ import annotations

from flask import Blueprint, render_template

from contest.domain.permissions import Actor, Permission
from contest.models import Contest
from contest.services.contests import reading as contests
from contest.services.judging import late_conflicts
from contest.web.access import guard
from contest.web.audit.asked import log_asked
from contest.web.audit.words import Reader, words

bp = Blueprint("organizer", __name__)


@bp.get("/contests/<slug>/log")
@guard(Permission.AUDIT_READ, contests.get_contest)
def log(contest: Contest, actor: Actor) -> str:
    """One page of the log under a filter, newest first, with the marks of rounds that have closed.

    An organizer who scores works blindly reads of these when something was done and what, no names.
    """
    return render_template(
        "audit/organizer/log.html", contest=contest, log=log_asked(contest.id, unasked=late_conflicts.unasked(contest, actor=actor)), words=words,
        reader=Reader(contests.rulebook_of(contest)),
    )  # fmt: skip
