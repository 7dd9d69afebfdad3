"""Mails of a contest: what left, what waits and why; what did not leave is sent again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.permissions import Actor, Permission
from contest.models import Contest, OutboxMail, db
from contest.services import outbox
from contest.services.contests import reading as contests
from contest.services.judging import late_conflicts
from contest.web.access import guard
from contest.web.forms import take_only
from contest.web.outbox.showing import mails_of

bp = Blueprint("organizer", __name__)


@bp.get("/contests/<slug>/mails")
@guard(Permission.OUTBOX_READ, contests.get_contest)
def mails(contest: Contest, actor: Actor) -> str:
    """The mails of a contest, newest first; who scores works blindly reads none that say whose these are."""
    return render_template(
        "outbox/organizer/mails.html", contest=contest, found=mails_of(contest.id, unasked=late_conflicts.unasked(contest, actor=actor)),
    )  # fmt: skip


def _mail(mail_id: int) -> OutboxMail | None:
    mail = outbox.find_mail(mail_id)
    return mail if mail is not None and mail.contest_id is not None else None


@bp.post("/mails/<int:mail_id>/send-again")
@guard(Permission.OUTBOX_RESEND, _mail)
def send_again(mail: OutboxMail, actor: Actor) -> Response:
    """Try a mail that did not leave once more."""
    take_only()
    outbox.send_again(mail, actor=actor, now=utcnow())
    flash("Thư sẽ được gửi lại ngay.", "success")
    contest = db.session.get_one(Contest, mail.contest_id)
    return redirect(url_for("outbox.organizer.mails", slug=contest.slug), 303)
