"""The operator above contests: which contests there are, and what the site is called."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.permissions import Actor, Permission
from contest.services.contests import reading, site
from contest.web.access import guard
from contest.web.contests.forms import SettingsForm

bp = Blueprint("operator", __name__, url_prefix="/operate")

View = str | Response | tuple[str, int]


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
    page = render_template("contests/operator/settings.html", form=form)
    return (page, 422) if form.errors else page
