"""The organizer's desk."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, url_for

from contest.clock import today, utcnow
from contest.domain.permissions import Actor, Permission
from contest.domain.vietnamese import format_date, weekday
from contest.models import Contest
from contest.services import desk as desks
from contest.services.contests import reading as contests
from contest.web.access import guard
from contest.web.audit.words import words

bp = Blueprint("organizer", __name__)


@bp.get("/contests/<slug>/desk")
@guard(Permission.CONTEST_OBSERVE, contests.get_contest)
def desk(contest: Contest, actor: Actor) -> str:
    """What waits for whom, and how the contest is going."""
    now = utcnow()
    settings = current_app.config["SETTINGS"]
    found = desks.build(contest, sends_mail=bool(settings.mail.host), now=now)

    def go(place: str) -> str:
        kind, _, number = place.partition(":")
        if kind == "round":
            return url_for("judging.chair.progress", round_id=int(number))
        if kind == "assignment":
            return url_for("judging.organizer.assignment", round_id=int(number))
        return url_for(PLACES[kind], slug=contest.slug)

    day = weekday(today(now))
    return render_template(
        "work/organizer/desk.html", contest=contest, desk=found, go=go, words=words,
        today=f"{day[0].upper()}{day[1:]}, {format_date(today(now))}", most=max([d.count for d in found.days] + found.last_year + [1]),
        mails_wait=not settings.mail.host and not settings.demo,
    )  # fmt: skip


PLACES = {
    "screening": "screening.secretary.queue", "dossiers": "entries.secretary.dossiers", "results": "results.organizer.board",
    "publication": "results.organizer.publication", "rounds": "judging.organizer.rounds", "rulebook": "contests.organizer.rulebook",
    "mails": "outbox.organizer.mails",
}  # fmt: skip
