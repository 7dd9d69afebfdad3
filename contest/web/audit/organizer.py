"""The log of a contest: who, when, what, before and after; readable and filterable."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from contest.clock import end_of_day, start_of_day
from contest.domain.permissions import Actor, Permission
from contest.models import Contest
from contest.services import audit
from contest.services.contests import reading as contests
from contest.web.access import guard
from contest.web.asked import day_asked, page_asked
from contest.web.audit.words import Reader, words

bp = Blueprint("organizer", __name__)


@bp.get("/contests/<slug>/log")
@guard(Permission.AUDIT_READ, contests.get_contest)
def log(contest: Contest, actor: Actor) -> str:
    """One page of the log under a filter, newest first, with the marks of rounds that have closed."""
    since, until = day_asked("since"), day_asked("until")
    wanted = audit.AuditFilter(
        action=request.args.get("action", "")[:80], actor=request.args.get("who", "")[:100], text=request.args.get("q", "")[:100],
        since=start_of_day(since.day) if since.day else None, until=end_of_day(until.day) if until.day else None,
        page=page_asked(),
    )  # fmt: skip
    return render_template(
        "audit/organizer/log.html", contest=contest, found=audit.list_events(contest.id, wanted), wanted=wanted, words=words,
        actions=audit.list_actions(contest.id), since=since, until=until,
        reader=Reader(contests.rulebook_of(contest)),
    )  # fmt: skip
