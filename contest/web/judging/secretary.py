"""Paper sheets: one types in with the scan, a second person confirms; blank sheets to print."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission
from contest.domain.vietnamese import format_decimal
from contest.models import Assignment, Contest
from contest.models.database import begin_writing
from contest.services import media
from contest.services.contests import reading as contests
from contest.services.judging import paper as papers
from contest.services.judging import reading as judging
from contest.services.judging import scoring
from contest.web.access import guard
from contest.web.acts import act_and_return
from contest.web.asked import whole
from contest.web.forms import Form
from contest.web.judging.forms import ButtonForm, ReasonForm
from contest.web.serving import send_stored

bp = Blueprint("secretary", __name__)

View = str | Response | tuple[str, int]
SCAN_LIMIT = 20_000_000


@bp.get("/contests/<slug>/paper")
@guard(Permission.PAPER_ENTER, contests.get_contest)
def paper(contest: Contest, actor: Actor) -> View:
    """Sheets that may be typed in, and those waiting for the second person."""
    rows = papers.list_for_paper(contest.id)
    waiting = [
        a
        for a in rows
        if a.scoresheet
        and a.scoresheet.source == "paper"
        and a.scoresheet.entered_by_id
        and a.scoresheet.state == "draft"
    ]
    return render_template(
        "judging/secretary/paper.html", contest=contest, waiting=waiting,
        rows=[a for a in rows if a not in waiting and not (a.scoresheet and a.scoresheet.state == "signed")],
        names={a.id: papers.name_of(a.scoresheet.entered_by_id) for a in waiting if a.scoresheet}, me=actor.account_id,
    )  # fmt: skip


@bp.route("/paper/<public_id>", methods=["GET", "POST"])
@guard(Permission.PAPER_ENTER, scoring.get_assignment, manual_write=True, body_limit=SCAN_LIMIT + 1_000_000)
def type_in(assignment: Assignment, actor: Actor) -> View:
    """Type one sheet in beside its scan."""
    if request.method == "GET":
        return _type_page(assignment)
    typed = {k: v for k, v in request.form.items() if k not in ("csrf_token", "version")}
    version = request.form.get("version", "")
    received, storage = None, current_app.extensions["storage"]
    try:
        sent = request.files.get("scan")
        if sent is not None and sent.filename:
            received = media.receive(
                sent.stream,
                storage=storage,
                name=sent.filename,
                allowed=("pdf", "image"),
                limit=SCAN_LIMIT,
            )
        begin_writing()
        scan = media.keep(received, actor=actor, now=utcnow()) if received else None
        papers.enter_paper(
            assignment, typed=typed, base_version=whole(version), scan=scan,
            actor=actor, now=utcnow(),
        )  # fmt: skip
    except UserError as error:
        if received is not None:
            storage.delete(received.stored.key)
        return _type_page(assignment, typed=typed, problem=str(error), status=error.status)
    flash("Đã nhập phiếu. Phiếu được tính sau khi người thứ hai đối chiếu và xác nhận.", "success")
    return redirect(url_for("judging.secretary.paper", slug=assignment.round.contest.slug), 303)


def _type_page(
    assignment: Assignment, *, typed: dict[str, str] | None = None, problem: str = "", status: int = 200
) -> View:
    marks = scoring.marks_of(assignment.scoresheet)
    page = render_template(
        "judging/secretary/type_in.html", contest=assignment.round.contest, assignment=assignment, rules=judging.rules_in(assignment.round),
        values=typed or {k: format_decimal(v) for k, v in marks.items()}, problem=problem,
        version=assignment.scoresheet.version if assignment.scoresheet else 0,
    )  # fmt: skip
    return page if status == 200 else (page, status)


@bp.get("/paper/<public_id>/check")
@guard(Permission.PAPER_CONFIRM, scoring.get_assignment)
def check(assignment: Assignment, actor: Actor) -> View:
    """The second person compares the typed sheet with the paper."""
    return _check(assignment, actor)


def _check(assignment: Assignment, actor: Actor) -> str:
    marks = scoring.marks_of(assignment.scoresheet)
    sheet = assignment.scoresheet
    scan = papers.scan_of(sheet) if sheet else None
    return render_template(
        "judging/secretary/check.html", contest=assignment.round.contest, assignment=assignment, rules=judging.rules_in(assignment.round),
        marks=marks, sheet=sheet, entered_by=papers.name_of(sheet.entered_by_id if sheet else None), scan=scan,
        mine=sheet is not None and sheet.entered_by_id == actor.account_id,
    )  # fmt: skip


@bp.get("/paper/<public_id>/scan/<copy_id>")
@guard(Permission.PAPER_CONFIRM, lambda public_id, **_: scoring.get_assignment(public_id))
def scan(assignment: Assignment, actor: Actor) -> View:
    """A page of the scan."""
    found = papers.scan_of(assignment.scoresheet) if assignment.scoresheet else None
    copy = (
        next((r for r in found.renditions if r.public_id == (request.view_args or {})["copy_id"]), None)
        if found
        else None
    )
    if copy is None:
        abort(404)
    return send_stored(
        current_app.extensions["storage"],
        copy.storage_key,
        copy.size,
        copy.mime,
        "phieu-cham",
        cacheable=True,
    )


def _finish(assignment: Assignment, actor: Actor, form: Form, act: Callable[[], object], done: str) -> View:
    """Run one act of the second person and go to the progress of the round."""
    onward = url_for("judging.chair.progress", round_id=assignment.round_id)
    return act_and_return(form, act, done, onward, lambda: _check(assignment, actor))


@bp.post("/paper/<public_id>/confirm")
@guard(Permission.PAPER_CONFIRM, scoring.get_assignment)
def confirm(assignment: Assignment, actor: Actor) -> View:
    """It is what the paper says."""
    return _finish(
        assignment, actor, ButtonForm(), lambda: papers.confirm_paper(assignment, actor=actor, now=utcnow()),
        "Đã xác nhận phiếu giấy; phiếu được tính.",
    )  # fmt: skip


@bp.post("/paper/<public_id>/send-back")
@guard(Permission.PAPER_CONFIRM, scoring.get_assignment)
def send_back(assignment: Assignment, actor: Actor) -> View:
    """It differs from the paper."""
    form = ReasonForm()
    return _finish(
        assignment, actor, form,
        lambda: papers.return_paper(assignment, reason=form.reason.data or "", actor=actor, now=utcnow()),
        "Đã trả phiếu để nhập lại.",
    )  # fmt: skip
