"""Mails of a contest: what left, what waits and why. Secret links are shown in the demo only."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from contest.clock import utcnow
from contest.domain.permissions import Actor, Permission
from contest.models import Contest
from contest.services import outbox
from contest.services.contests import reading as contests
from contest.web.access import guard
from contest.web.asked import page_asked

bp = Blueprint("organizer", __name__)


@bp.get("/contests/<slug>/mails")
@guard(Permission.OUTBOX_READ, contests.get_contest)
def mails(contest: Contest, actor: Actor) -> str:
    """The mails of a contest, newest first."""
    number = page_asked()
    rows, total = outbox.list_mails(contest.id, page=number)
    settings = current_app.config["SETTINGS"]
    return render_template(
        "outbox/organizer/mails.html", contest=contest, rows=rows, total=total, page=number, pages=max(1, -(-total // 50)),
        base=settings.base_url, placeholder=outbox.BASE, shows_secrets=settings.demo, mail_works=bool(settings.mail.host),
        unsent=outbox.count_unsent(contest.id, now=utcnow()),
    )  # fmt: skip
