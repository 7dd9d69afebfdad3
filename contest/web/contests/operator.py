"""The operator above contests: which contests there are, and what the site is called."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission
from contest.models.database import begin_writing
from contest.services import media
from contest.services.contests import reading, site
from contest.web.access import guard
from contest.web.contests.forms import SettingsForm

bp = Blueprint("operator", __name__, url_prefix="/operate")

View = str | Response | tuple[str, int]
MARK_LIMIT = 2_000_000


@bp.get("/contests")
@guard(Permission.INSTANCE_OPERATE)
def contests(actor: Actor) -> View:
    """Every contest with its state; nothing of marks or anonymous entries."""
    return render_template("contests/operator/contests.html", contests=reading.list_contests())


@bp.route("/settings", methods=["GET", "POST"])
@guard(Permission.INSTANCE_OPERATE)
def settings(actor: Actor) -> View:
    """The name and owner shown on every page."""
    found = site.get_settings()
    form = SettingsForm(name=found.name if found else "", owner=found.owner if found else "")
    if form.validate_on_submit():
        site.change_settings(
            name=form.name.data or "", owner=form.owner.data or "", actor=actor, now=utcnow()
        )
        flash("Đã lưu.", "success")
        return redirect(url_for("contests.operator.settings"), 303)
    page = render_template("contests/operator/settings.html", form=form, settings=found)
    return (page, 422) if form.errors else page


@bp.post("/settings/mark")
@guard(Permission.INSTANCE_OPERATE, manual_write=True, body_limit=MARK_LIMIT + 100_000)
def mark(actor: Actor) -> View:
    """A picture to stand beside the name, or the plain mark again when none is sent."""
    storage, sent, now = current_app.extensions["storage"], request.files.get("file"), utcnow()
    file = None
    try:
        if sent is not None and sent.filename:
            received = media.receive(
                sent.stream, storage=storage, name=sent.filename, allowed=("image",), limit=MARK_LIMIT
            )
            file = media.keep_with_copies(received, storage=storage, actor=actor, now=now)
        begin_writing()
        site.change_mark(file, actor=actor, now=now)
        flash("Đã đổi biểu tượng." if file else "Đã dùng lại biểu tượng mặc định.", "success")
    except UserError as error:
        flash(str(error), "error")
    return redirect(url_for("contests.operator.settings"), 303)
