"""Mails of no contest (passwords, addresses) and where mail leaves; contests' mails stay with their organizers."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.permissions import Actor, Permission
from contest.models import OutboxMail
from contest.services import outbox
from contest.web.access import guard
from contest.web.forms import take_only
from contest.web.outbox.showing import mails_of

bp = Blueprint("operator", __name__, url_prefix="/operate/mails")


@bp.get("")
@guard(Permission.INSTANCE_OPERATE)
def mails(actor: Actor) -> str:
    """How mail leaves, as the environment says, without its password; and the mails of no contest."""
    return render_template(
        "outbox/operator/mails.html", mail=current_app.config["SETTINGS"].mail, found=mails_of(None)
    )


def _mail(mail_id: int) -> OutboxMail | None:
    mail = outbox.find_mail(mail_id)
    return mail if mail is not None and mail.contest_id is None else None


@bp.post("/<int:mail_id>/send-again")
@guard(Permission.INSTANCE_OPERATE, _mail)
def send_again(mail: OutboxMail, actor: Actor) -> Response:
    """Try a mail that did not leave once more."""
    take_only()
    outbox.send_again(mail, actor=actor, now=utcnow())
    flash("Thư sẽ được gửi lại ngay.", "success")
    return redirect(url_for("outbox.operator.mails"), 303)
