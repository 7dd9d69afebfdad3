"""The judge's door: declare conflicts, score, look over, sign. Names of blind entries are never loaded here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import local, utcnow
from contest.domain.entries import EntryState
from contest.domain.errors import InvalidTransition, StaleVersion, UserError
from contest.domain.permissions import Actor, Permission
from contest.domain.rounds import RoundState
from contest.domain.vietnamese import format_decimal, nfc
from contest.models import Assignment, Membership, Panel, Round, db
from contest.services import exports
from contest.services.accounts import profile
from contest.services.judging import blind, conflicts, own_sheets, scoring, signatures, watching
from contest.services.judging import reading as judging
from contest.web.access import guard
from contest.web.accounts.own_password import confirm_password
from contest.web.asked import whole
from contest.web.forms import take_only
from contest.web.judging.declaring import Declaration, read_declaration
from contest.web.judging.forms import ReasonForm, SideForm, SignForm
from contest.web.serving import send_copy, send_xlsx

bp = Blueprint("judge", __name__, url_prefix="/judging")

View = str | Response | tuple[str, int] | tuple[Response, int]
WORK_SIDE = "work_side"
DECLARE_FIRST = (
    "Hãy khai trước khi chấm: mở “Việc của tôi” rồi bấm “Bắt đầu chấm”. Điểm vừa nhập chưa được ghi."
)
BESIDES = {"csrf_token", "version", "comment", "comment_shared", "go", "idempotency_key"}


class Seat:
    """A judge's seat: membership, panel and round; the subject of everything that is not one work."""

    def __init__(self, judge: Membership, round_: Round) -> None:
        self.judge = judge
        self.judge_id = judge.id
        self.round = round_
        self.contest_id = judge.contest_id
        self.state = "active"


def _seat(judge_id: int, **_rest: Any) -> Seat | None:
    judge = db.session.get(Membership, judge_id)
    if judge is None or judge.panel_id is None or judge.ended_at is not None:
        return None
    round_ = judging.get_round(db.session.get_one(Panel, judge.panel_id).round_id)
    return Seat(judge, round_) if round_ is not None else None


@bp.get("/<int:judge_id>/begin/<int:round_id>")
@guard(Permission.SCORESHEET_EDIT, _seat)
def begin(seat: Seat, actor: Actor) -> View:
    """The next work to score, the one just left not again; the declaration first; "My scores" when nothing else waits."""
    if _waits_for_declaration(seat.judge, seat.round):
        return _to_declaration(seat.judge_id)
    sheets = scoring.list_own_sheets(seat.judge, judging.rules_in(seat.round))
    if seat.round.state == "open" and own_sheets.given_since_declared(seat.judge, sheets):
        return _to_declaration(seat.judge_id)
    left = whole(request.args.get("after"))
    following = scoring.next_unscored(sheets, after=left)
    if following is None or following.id == left or seat.round.state != "open":
        return redirect(url_for("judging.judge.scores", judge_id=seat.judge_id), 303)
    return redirect(url_for("judging.judge.score", public_id=following.public_id), 303)


def _onward(assignment: Assignment) -> str:
    """Where the next work is, after this one."""
    return url_for(
        "judging.judge.begin", judge_id=assignment.judge_id, round_id=assignment.round_id, after=assignment.id
    )


def _waits_for_declaration(judge: Membership, round_: Round) -> bool:
    """Nothing is looked at or scored before the judge has declared; once the round is closed nothing is left to declare."""
    return judge.declared_at is None and round_.state != "closed"


def _to_declaration(judge_id: int) -> Response:
    return redirect(url_for("judging.judge.declaration", judge_id=judge_id), 303)  # type: ignore[return-value]


@bp.route("/<int:judge_id>/declaration", methods=["GET", "POST"])
@guard(Permission.SCORESHEET_EDIT, _seat)
def declaration(seat: Seat, actor: Actor) -> View:
    """Secrecy, and works one must not score, by code and title: all at the first visit, then those given since."""
    everything = scoring.list_own_sheets(seat.judge, judging.rules_in(seat.round))
    since = own_sheets.given_since_declared(seat.judge, everything)
    sheets = since or everything
    said = Declaration(agrees=seat.judge.declared_at is not None)
    if request.method == "POST":
        take_only("agree", "seen", "conflict", *(f"reason-{s.public_id}" for s in everything))
        said = read_declaration(request.form, sheets)
        if said.is_fine:
            try:
                conflicts.declare(seat.judge, said.stepping_back(sheets), actor=actor, now=utcnow())
                return redirect(
                    url_for("judging.judge.begin", judge_id=seat.judge_id, round_id=seat.round.id), 303
                )
            except UserError as error:
                said = replace(said, problem=str(error))
    page = render_template(
        "judging/judge/declaration.html", seat=seat, contest=seat.round.contest, sheets=sheets, said=said, since=since,
    )  # fmt: skip
    return page if said.is_fine else (page, 422)


@bp.route("/work/<public_id>", methods=["GET", "POST"])
@guard(Permission.SCORESHEET_EDIT, scoring.get_assignment)
def score(assignment: Assignment, actor: Actor) -> View:
    """The work beside the criteria; every change is stored at once."""
    if assignment.entry.state != EntryState.ACCEPTED.value:
        flash(f"{assignment.entry.judging_code} đã được rút hoặc bị loại, không cần chấm nữa.", "success")
        return redirect(url_for("judging.judge.scores", judge_id=assignment.judge_id), 303)
    if _waits_for_declaration(assignment.judge, assignment.round):
        return _refuse_undeclared() if request.method == "POST" else _to_declaration(assignment.judge_id)
    if request.method == "POST":
        return _save(assignment, actor)
    return _page(assignment)


def _refuse_undeclared() -> tuple[Response, int]:
    if request.headers.get("X-Requested-With") == "fetch":
        return jsonify(state="refused", message=DECLARE_FIRST), 409
    raise InvalidTransition(DECLARE_FIRST)


def _page(
    assignment: Assignment,
    *,
    typed: dict[str, str] | None = None,
    note: dict[str, Any] | None = None,
    problem: str = "",
    wrong: str = "",
    asked: ReasonForm | None = None,
    status: int = 200,
) -> View:
    judge = db.session.get_one(Membership, assignment.judge_id)
    rules = judging.rules_in(assignment.round)
    sheets = scoring.list_own_sheets(judge, rules)
    at = next((i for i, s in enumerate(sheets) if s.id == assignment.id), None)
    if at is None:
        abort(404)
    own = sheets[at]
    following = scoring.next_unscored(sheets, after=own.id)
    page = render_template(
        "judging/judge/score.html", assignment=assignment, round=assignment.round, contest=assignment.round.contest, judge=judge,
        work=blind.see_entry(assignment), rules=rules, own=own, sheets=sheets, typed=typed, problem=problem, wrong=wrong,
        values={k: format_decimal(v) for k, v in own.marks.items()}, following=following if following and following.id != own.id else None, scored=sum(s.total is not None for s in sheets),
        totals=[s.total for s in sheets if s.total is not None and s.id != assignment.id], note=note or _held_note(assignment),
        others_notes=_others_notes(assignment), reopened=own_sheets.list_reopened(judge, [own]), onward=_onward(assignment),
        version=assignment.scoresheet.version if assignment.scoresheet else 0, sheet=assignment.scoresheet,
        complete=sum(s.total is not None for s in sheets), stale=status == StaleVersion.status, reason_form=asked or ReasonForm(formdata=None),
        swapped=judge.account.preferences.get(WORK_SIDE) == "right",
    )  # fmt: skip
    return page if status == 200 else (page, status)


def _held_note(assignment: Assignment) -> dict[str, Any]:
    sheet = assignment.scoresheet
    return {"comment": sheet.comment if sheet else "", "comment_shared": bool(sheet and sheet.comment_shared)}


def _others_notes(assignment: Assignment) -> list[watching.SharedNote]:
    """What the others wrote for the panel; while the round is open, nothing here depends on them."""
    if assignment.round.state != RoundState.CLOSED.value:
        return []
    found = watching.shared_notes(assignment.round, entry_id=assignment.entry_id).get(assignment.entry_id, [])
    return [n for n in found if n.judge_id != assignment.judge_id]


def _typed_note() -> dict[str, Any]:
    """The note as typed; of a form that has none, as a row of the own list, nothing."""
    comment = request.form.get("comment")
    if comment is None:
        return {}
    words = nfc(comment).replace("\r\n", "\n").replace("\x00", "").strip()
    return {"comment": words, "comment_shared": request.form.get("comment_shared") == "y"}


def _save(assignment: Assignment, actor: Actor) -> View:
    typed, note = {k: v for k, v in request.form.items() if k not in BESIDES}, _typed_note()
    is_script = request.headers.get("X-Requested-With") == "fetch"
    version = request.form.get("version", "")
    try:
        sheet = scoring.save_sheet(
            assignment, typed=typed, base_version=whole(version), actor=actor,
            now=utcnow(), **note,
        )  # fmt: skip
    except UserError as error:
        if is_script:
            return _refusal(assignment, error)
        return _page(
            assignment,
            typed=typed,
            note=note,
            problem=str(error),
            wrong=error.field or "",
            status=error.status,
        )
    if is_script:
        return jsonify(state="saved", version=sheet.version, at=local(sheet.saved_at).strftime("%H:%M"))
    if request.form.get("go") == "next":
        return redirect(_onward(assignment), 303)
    return redirect(url_for("judging.judge.score", public_id=assignment.public_id), 303)


def _refusal(assignment: Assignment, error: UserError) -> tuple[Response, int]:
    """Why nothing was stored; for a stale page also what stands now, so that the judge can choose."""
    db.session.rollback()
    fresh = scoring.get_assignment(assignment.public_id)
    sheet = fresh.scoresheet if fresh else None
    held = {k: format_decimal(v) for k, v in scoring.marks_of(sheet).items()}
    if sheet is not None:
        held |= {"comment": sheet.comment, "comment_shared": "y" if sheet.comment_shared else ""}
    state = "changed" if error.status == 409 else "refused"
    return jsonify(
        state=state, message=str(error), field=error.field, values=held, version=sheet.version if sheet else 0
    ), error.status


@bp.post("/work/<public_id>/side")
@guard(Permission.SCORESHEET_EDIT, scoring.get_assignment)
def side(assignment: Assignment, actor: Actor) -> View:
    """Remember on which side this person wants the work; the sheet goes to the other."""
    form = SideForm()
    take_only(form.side.name)
    if form.validate():
        judge = db.session.get_one(Membership, assignment.judge_id)
        profile.set_preference(judge.account, key=WORK_SIDE, value=form.side.data)
    return redirect(url_for("judging.judge.score", public_id=assignment.public_id), 303)


@bp.post("/work/<public_id>/later")
@guard(Permission.SCORESHEET_EDIT, scoring.get_assignment)
def later(assignment: Assignment, actor: Actor) -> View:
    """Put the work off; it comes back after the rest."""
    take_only()
    scoring.put_off(assignment, now=utcnow())
    return redirect(_onward(assignment), 303)


@bp.post("/work/<public_id>/conflict")
@guard(Permission.SCORESHEET_EDIT, scoring.get_assignment)
def conflict(assignment: Assignment, actor: Actor) -> View:
    """Step back from this work, with a reason; the secretary is told."""
    if _waits_for_declaration(assignment.judge, assignment.round):
        return _to_declaration(assignment.judge_id)
    form = ReasonForm()
    judge_id, round_id = assignment.judge_id, assignment.round_id
    if not form.validate():
        return _page(assignment, asked=form, status=422)
    conflicts.declare_conflict(assignment, reason=form.reason.data or "", actor=actor, now=utcnow())
    flash("Tác phẩm đã rời danh sách chấm; Tổ Thư ký đã được báo.", "success")
    return redirect(url_for("judging.judge.begin", judge_id=judge_id, round_id=round_id), 303)


@bp.get("/work/<public_id>/copy/<copy_id>")
@guard(Permission.SCORESHEET_EDIT, lambda public_id, **_: scoring.get_assignment(public_id))
def copy(assignment: Assignment, actor: Actor) -> View:
    """A judge's copy under a neutral name."""
    if _waits_for_declaration(assignment.judge, assignment.round):
        return _to_declaration(assignment.judge_id)
    found = blind.copy_for_judge(assignment, str((request.view_args or {})["copy_id"]))
    if found is None:
        abort(404)
    return send_copy(found)


@bp.get("/<int:judge_id>/scores")
@guard(Permission.SCORESHEET_EDIT, _seat)
def scores(seat: Seat, actor: Actor) -> View:
    """All works of this judge with own marks: sorted and filtered as asked, changed in the cell."""
    if _waits_for_declaration(seat.judge, seat.round):
        return _to_declaration(seat.judge_id)
    rules = judging.rules_in(seat.round)
    sheets = scoring.list_own_sheets(seat.judge, rules)
    wish = own_sheets.read_wish(request.args, rules)
    return render_template(
        "judging/judge/scores.html", seat=seat, round=seat.round, contest=seat.round.contest, rules=rules, wish=wish,
        sheets=own_sheets.arrange(sheets, wish), all_sheets=sheets, review=own_sheets.review(sheets, rules),
        filters=own_sheets.count_filters(sheets), thumbs=own_sheets.thumbs(seat.judge, seat.round),
        recused=_recused(seat), is_open=seat.round.state == "open",
        since=own_sheets.given_since_declared(seat.judge, sheets), reopened=own_sheets.list_reopened(seat.judge, sheets),
    )  # fmt: skip


def _recused(seat: Seat) -> list[Any]:
    """What the judge stepped back from; how many works of the own house there were is not told."""
    known = conflicts.known_conflicts([seat.judge])
    return [c for c in known if c.kind is conflicts.ConflictKind.DECLARED and c.is_own]


@bp.route("/<int:judge_id>/sign", methods=["GET", "POST"])
@guard(Permission.SCORESHEET_EDIT, _seat, manual_write=True)
def sign(seat: Seat, actor: Actor) -> View:
    """What to look over, then all sheets signed with the password; reopening needs the chair and a reason."""
    if _waits_for_declaration(seat.judge, seat.round):
        return _to_declaration(seat.judge_id)
    if request.method == "GET":
        return _sign_page(seat, SignForm(formdata=None))
    form = SignForm()
    if not form.validate():
        return _sign_page(seat, form, 422)
    account = seat.judge.account
    try:
        confirm_password(
            account, form.password.data or "", field="password", words="Mật khẩu chưa đúng nên chưa ký."
        )
        signed = signatures.sign_sheets(seat.judge, seat.round, actor=actor, now=utcnow())
    except UserError as error:
        form.add_error(error)
        return _sign_page(seat, form, error.status)
    flash(f"Đã ký {signed} phiếu chấm.", "success")
    return redirect(url_for("judging.judge.receipt", judge_id=seat.judge_id), 303)


def _sign_page(seat: Seat, form: SignForm, status: int = 200) -> View:
    rules = judging.rules_in(seat.round)
    sheets = scoring.list_own_sheets(seat.judge, rules)
    page = render_template(
        "judging/judge/sign.html", seat=seat, round=seat.round, contest=seat.round.contest, rules=rules, form=form,
        sheets=own_sheets.arrange(sheets, own_sheets.Wish()), review=own_sheets.review(sheets, rules),
        recused=_recused(seat), is_open=seat.round.state == "open", reopened=own_sheets.list_reopened(seat.judge, sheets),
    )  # fmt: skip
    return page if status == 200 else (page, status)


@bp.get("/<int:judge_id>/receipt")
@guard(Permission.SCORESHEET_EDIT, _seat)
def receipt(seat: Seat, actor: Actor) -> View:
    """Every number that was signed, with the time and a check code; prints on A4."""
    found = own_sheets.receipt(seat.judge)
    if found is None:
        return redirect(url_for("judging.judge.sign", judge_id=seat.judge_id), 303)
    return render_template(
        "judging/judge/receipt.html", seat=seat, round=seat.round, contest=seat.round.contest, receipt=found,
        rules=judging.rules_in(seat.round), recused=_recused(seat),
        back=url_for("judging.judge.scores", judge_id=seat.judge_id),
    )  # fmt: skip


@bp.get("/<int:judge_id>/scores.xlsx")
@guard(Permission.SCORESHEET_EDIT, _seat)
def scores_xlsx(seat: Seat, actor: Actor) -> View:
    """One's own sheets as a list to take away."""
    rules = judging.rules_in(seat.round)
    body = exports.own_sheets_workbook(scoring.list_own_sheets(seat.judge, rules), rules)
    return send_xlsx(body, "phieu-cham-cua-toi.xlsx")
