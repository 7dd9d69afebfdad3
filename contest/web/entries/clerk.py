"""The door of those who receive for others: a newsroom's clerk, or the secretary with paper in hand."""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission, can
from contest.models import Contest, Entry
from contest.services.contests import reading as contests
from contest.services.entries import arriving, reading, receiving
from contest.web.access import guard, received_at
from contest.web.entries.forms import DaysForm, ReceiveForm

bp = Blueprint("clerk", __name__)

View = str | Response | tuple[str, int]


@bp.route("/contests/<slug>/receive", methods=["GET", "POST"])
@guard(Permission.ENTRY_RECEIVE, contests.get_contest)
def receive(contest: Contest, actor: Actor) -> View:
    """Begin a dossier for an author without an account; go on with the same seven steps."""
    form = ReceiveForm()
    if request.method == "GET":
        form.key.data = secrets.token_hex(12)
    if form.validate_on_submit():
        try:
            entry = receiving.receive_dossier(
                contest, received_on=form.received_on.data, postmarked_on=form.postmarked_on.data, actor=actor, now=received_at(),
                key=f"receive:{actor.account_id}:{form.key.data}",
            )  # fmt: skip
            return redirect(url_for("entries.author.step", public_id=entry.public_id, name="work"), 303)
        except UserError as error:
            form.add_error(error)
    received = receiving.list_received(contest.id, actor.account_id)
    page = render_template(
        "entries/clerk/receive.html",
        contest=contest,
        form=form,
        received=received,
        rulebook=contests.rulebook_of(contest),
        late=arriving.late_among((e for e, _ in received), now=received_at()),
        takes_late=can(actor, Permission.ENTRY_SCREEN, contest),
    )
    return (page, 422) if form.errors else page


@bp.route("/dossiers/<public_id>/days", methods=["GET", "POST"])
@guard(Permission.ENTRY_DATE, reading.get_entry)
def days(entry: Entry, actor: Actor) -> View:
    """Put right when a paper dossier came and was posted."""
    if not entry.entered_for:
        abort(404)
    back = url_for("entries.clerk.receive", slug=entry.contest.slug)
    if entry.submitted_version_id is not None and can(actor, Permission.ENTRY_SCREEN, entry):
        back = url_for("screening.secretary.screen", public_id=entry.public_id)
    form, status = DaysForm(obj=entry), 422
    if form.validate_on_submit():
        try:
            receiving.correct_days(
                entry, received_on=form.received_on.data, postmarked_on=form.postmarked_on.data, actor=actor, now=utcnow()
            )  # fmt: skip
            flash("Đã ghi ngày của hồ sơ giấy.", "success")
            return redirect(back, 303)
        except UserError as error:
            form.add_error(error)
            status = error.status
    page = render_template(
        "entries/clerk/days.html", contest=entry.contest, entry=entry, form=form, back=back,
        rulebook=contests.rulebook_of(entry.contest),
    )  # fmt: skip
    return (page, status) if form.problems() else page
