"""The organizer's desk."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, url_for

from contest.clock import today, utcnow
from contest.domain.permissions import Actor, Permission, can
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
    found = desks.build(contest, sends_mail=settings.sends_mail, now=now)

    def go(place: str) -> str | None:
        return _way_to(place, contest, actor)

    # The red button is only for who may do it; the sentence beside it tells the others what is going on.
    action = found.outlook.action
    if action and not _may(action[1], contest, actor):
        action = None
    day = weekday(today(now))
    return render_template(
        "work/organizer/desk.html", contest=contest, desk=found, action=action, go=go, words=words,
        today=f"{day[0].upper()}{day[1:]}, {format_date(today(now))}", most=max([d.count for d in found.days] + found.last_year + [1]),
        mails_wait=not settings.mail.host and not settings.demo,
    )  # fmt: skip


def _may(place: str, contest: Contest, actor: Actor) -> bool:
    kind = place.partition(":")[0]
    if kind == "shortlist":
        return can(actor, Permission.RESULT_DECIDE, contest)
    return kind not in PLACES or can(actor, PLACES[kind][1], contest)


def _way_to(place: str, contest: Contest, actor: Actor) -> str | None:
    """Where a line of the desk leads this person; None where there is no such door, or it is closed to them."""
    kind, _, which = place.partition(":")
    if not kind:
        return None
    if kind == "round":
        return url_for("judging.chair.progress", round_id=int(which))
    if kind == "assignment":
        return url_for("judging.organizer.assignment", round_id=int(which))
    if kind == "shortlist":
        return url_for("results.organizer.shortlist", round_id=int(which))
    endpoint, permission = PLACES[kind]
    if can(actor, permission, contest):
        return url_for(endpoint, slug=contest.slug)
    if kind == "screening":
        # An organizer does not screen but may read the dossiers that wait.
        return url_for("entries.secretary.dossiers", slug=contest.slug, state=which)
    return None


PLACES: dict[str, tuple[str, Permission]] = {
    "screening": ("screening.secretary.queue", Permission.ENTRY_SCREEN),
    "dossiers": ("entries.secretary.dossiers", Permission.DOSSIER_READ),
    "results": ("results.organizer.board", Permission.CONTEST_OBSERVE),
    "publication": ("results.organizer.publication", Permission.RESULT_PUBLISH),
    "paper": ("judging.secretary.paper", Permission.CONTEST_OBSERVE),
    "rounds": ("judging.organizer.rounds", Permission.ASSIGNMENT_MANAGE),
    "rulebook": ("contests.organizer.rulebook", Permission.CONTEST_CONFIGURE),
    "mails": ("outbox.organizer.mails", Permission.OUTBOX_READ),
}
