"""Paper sheets: one types in with the scan, a second person confirms. Marks given on the screen are never shown here."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission, can
from contest.domain.vietnamese import format_decimal
from contest.models import Assignment, Contest, StoredFile
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
from contest.web.judging.forms import CompareForm, ReasonForm
from contest.web.serving import send_stored

bp = Blueprint("secretary", __name__)

View = str | Response | tuple[str, int]
SCAN_LIMIT = 20_000_000
BESIDES = {"csrf_token", "version", "kept_scan"}


@bp.get("/contests/<slug>/paper")
@guard(Permission.CONTEST_OBSERVE, contests.get_contest)
def paper(contest: Contest, actor: Actor) -> View:
    """Sheets that may be typed in, and those waiting for the second person."""
    rows = papers.list_for_paper(contest.id, actor=actor)
    waiting = [a for a in rows if papers.is_waiting(a.scoresheet)]
    return render_template(
        "judging/secretary/paper.html", contest=contest, waiting=waiting, rows=[a for a in rows if a not in waiting],
        names={a.id: papers.name_of(a.scoresheet.entered_by_id) for a in waiting if a.scoresheet}, me=actor.account_id,
        back=papers.sent_back(rows),
    )  # fmt: skip


@bp.route("/paper/<public_id>", methods=["GET", "POST"])
@guard(Permission.PAPER_ENTER, papers.get_for_typing, manual_write=True, body_limit=SCAN_LIMIT + 1_000_000)
def type_in(assignment: Assignment, actor: Actor) -> View:
    """Type one sheet in beside its scan. What is refused stays in the form, the scan too."""
    sheet = assignment.scoresheet
    if papers.is_hidden_from(actor, assignment):
        abort(404)
    if request.method == "GET":
        if sheet is not None and sheet.state != "draft":
            abort(404)
        held = {k: format_decimal(v) for k, v in scoring.marks_of(sheet).items()}
        return _type_page(assignment, held, papers.scan_of(sheet))
    typed = {k: v for k, v in request.form.items() if k not in BESIDES}
    scan = papers.own_scan(request.form.get("kept_scan", ""), actor=actor)
    try:
        received = _receive_scan()
        begin_writing()
        scan = papers.keep_scan(received, actor=actor, now=utcnow()) if received else scan
        papers.enter_paper(
            assignment, typed=typed, base_version=whole(request.form.get("version")), scan=scan, actor=actor,
            now=utcnow(),
        )  # fmt: skip
    except UserError as error:
        return _type_page(assignment, typed, scan, problem=str(error)), error.status
    flash("Đã nhập phiếu. Phiếu được tính sau khi người thứ hai đối chiếu và xác nhận.", "success")
    return redirect(url_for("judging.secretary.paper", slug=assignment.round.contest.slug), 303)


def _receive_scan() -> media.Received | None:
    sent = request.files.get("scan")
    if sent is None or not sent.filename:
        return None
    return media.receive(
        sent.stream, storage=current_app.extensions["storage"], name=sent.filename, allowed=papers.SCAN_KINDS,
        limit=SCAN_LIMIT,
    )  # fmt: skip


def _type_page(
    assignment: Assignment, values: dict[str, str], scan: StoredFile | None, *, problem: str = ""
) -> str:
    rules = judging.rules_in(assignment.round)
    return render_template(
        "judging/secretary/type_in.html", contest=assignment.round.contest, assignment=assignment, values=values, scan=scan,
        rules=rules, problem=problem, wrong=papers.wrong_marks(values, rules) if problem else {},
        back=papers.sent_back([assignment]).get(assignment.id),
        version=assignment.scoresheet.version if assignment.scoresheet else 0,
    )  # fmt: skip


@bp.get("/paper/<public_id>/check")
@guard(Permission.PAPER_CONFIRM, papers.get_typed_in)
def check(assignment: Assignment, actor: Actor) -> View:
    """The second person compares the typed sheet with the paper."""
    if not papers.may_be_read(assignment) or papers.is_hidden_from(actor, assignment):
        abort(404)
    return _check(assignment, actor)


def _check(assignment: Assignment, actor: Actor) -> str:
    """The sheet to compare; its figures and its scan only as long as they may be read."""
    sheet, is_shown = assignment.scoresheet, papers.may_be_read(assignment)
    entered_by = sheet.entered_by_id if sheet else None
    return render_template(
        "judging/secretary/check.html", contest=assignment.round.contest, assignment=assignment, sheet=sheet,
        rules=judging.rules_in(assignment.round), marks=scoring.marks_of(sheet) if is_shown else {},
        scan=papers.scan_of(sheet) if is_shown else None, entered_by=papers.name_of(entered_by),
        mine=entered_by == actor.account_id,
    )  # fmt: skip


@bp.get("/paper/<public_id>/scan/<copy_id>")
@guard(Permission.PAPER_CONFIRM, lambda public_id, **_: papers.get_typed_in(public_id))
def scan(assignment: Assignment, actor: Actor) -> View:
    """A page of the scan, for whom and as long as the sheet beside it may be read."""
    found = papers.scan_of(assignment.scoresheet)
    wanted = (request.view_args or {})["copy_id"]
    copy = next((r for r in found.renditions if r.public_id == wanted), None) if found else None
    if copy is None or not papers.may_be_read(assignment) or papers.is_hidden_from(actor, assignment):
        abort(404)
    return send_stored(
        current_app.extensions["storage"],
        copy.storage_key,
        copy.size,
        copy.mime,
        "phieu-cham",
        cacheable=True,
    )


def _onward(assignment: Assignment, actor: Actor) -> str:
    """Where the next sheet waits: the list of sheets for staff, the progress of the round for its chair."""
    contest = assignment.round.contest
    if can(actor, Permission.CONTEST_OBSERVE, contest):
        return url_for("judging.secretary.paper", slug=contest.slug)
    return url_for("judging.chair.progress", round_id=assignment.round_id)


def _finish(assignment: Assignment, actor: Actor, form: Form, act: Callable[[], object], done: str) -> View:
    """Run one act of the second person and go to the sheets that wait."""
    if papers.is_hidden_from(actor, assignment):
        abort(404)
    onward = _onward(assignment, actor)
    return act_and_return(form, act, done, onward, lambda: _check(assignment, actor))


@bp.post("/paper/<public_id>/confirm")
@guard(Permission.PAPER_CONFIRM, papers.get_typed_in)
def confirm(assignment: Assignment, actor: Actor) -> View:
    """It is what the paper says."""
    form = CompareForm()
    return _finish(
        assignment, actor, form,
        lambda: papers.confirm_paper(
            assignment, base_version=whole(form.version.data), actor=actor, now=utcnow()
        ),
        "Đã xác nhận phiếu giấy; phiếu được tính.",
    )  # fmt: skip


@bp.post("/paper/<public_id>/send-back")
@guard(Permission.PAPER_CONFIRM, papers.get_typed_in)
def send_back(assignment: Assignment, actor: Actor) -> View:
    """It differs from the paper."""
    form = ReasonForm()
    return _finish(
        assignment, actor, form,
        lambda: papers.return_paper(assignment, reason=form.reason.data or "", actor=actor, now=utcnow()),
        "Đã trả phiếu để nhập lại.",
    )  # fmt: skip
