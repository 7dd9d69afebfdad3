"""The chair's door: progress, spread and divergence, closing with a preview, reopening with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.permissions import Actor, Permission, can
from contest.models import Entry, Round, Scoresheet, db
from contest.services.judging import paper, signatures, watching
from contest.services.judging import reading as judging
from contest.services.results import closing
from contest.web.access import guard
from contest.web.acts import act_and_return
from contest.web.forms import Form
from contest.web.judging.forms import CloseForm, DecisionForm, ReasonForm

bp = Blueprint("chair", __name__, url_prefix="/rounds/<int:round_id>")

View = str | Response | tuple[str, int]


def _round(round_id: int, **_rest: Any) -> Round | None:
    return judging.get_round(round_id)


@bp.get("/progress")
@guard(Permission.ROUND_WATCH, _round)
def progress(round_: Round, actor: Actor) -> View:
    """Who is how far; diverging entries; what stands before closing."""
    return _page(round_, actor)


def _page(round_: Round, actor: Actor) -> str:
    found = closing.preview_closing(round_)
    people = watching.progress(round_, now=utcnow())
    own = {p.judge.id for p in people if p.judge.account_id == actor.account_id}
    spreads = watching.list_spreads(found.board.tallies(), found.unsigned, own=own)
    unseen = {s.tally.entry for s in spreads if s.is_unseen and round_.state == "open"}
    assignments = judging.list_assignments(round_.id)
    signed = [a for a in assignments if a.scoresheet is not None and a.scoresheet.state == "signed"]
    seats = {j.id for j, _ in judging.list_seats(round_.id) if signatures.may_reopen(j, round_, actor=actor)}
    return render_template(
        "judging/chair/progress.html", contest=round_.contest, round=round_, progress=people,
        found=found, form=CloseForm(formdata=None), decisions=watching.list_divergence_decisions(round_.id), rules=judging.rules_in(round_),
        spreads=spreads, unseen=unseen, me=actor.account_id, notes=watching.shared_notes(round_),
        names={p.judge.id: p.name for p in people}, judges=found.board.judges, titles=found.board.titles, entries=found.board.entries,
        reopenable=[a for a in signed if a.judge_id in seats] if can(actor, Permission.SHEET_REOPEN, round_) else [],
        on_paper=[a for a in found.unsigned if paper.is_waiting(a.scoresheet) and str(a.entry_id) not in unseen],
    )  # fmt: skip


def _do(round_: Round, actor: Actor, form: Form, act: Callable[[], object], done: str) -> View:
    """Run one act of the chair and go back to the progress of the round."""
    back = url_for("judging.chair.progress", round_id=round_.id)
    return act_and_return(form, act, done, back, lambda: _page(round_, actor))


@bp.post("/divergence/<int:entry_id>")
@guard(Permission.ROUND_DECIDE, _round)
def divergence(round_: Round, actor: Actor) -> View:
    """Write what the panel decided about a diverging entry."""
    entry = db.session.get(Entry, int((request.view_args or {})["entry_id"]))
    if entry is None or entry.contest_id != round_.contest_id:
        abort(404)
    form = DecisionForm()
    return _do(
        round_, actor, form,
        lambda: watching.decide_divergence(
            round_, entry, decision=form.decision.data or "", actor=actor, now=utcnow()
        ),
        f"Đã ghi quyết định cho tác phẩm {entry.judging_code}.",
    )  # fmt: skip


@bp.post("/close")
@guard(Permission.ROUND_DECIDE, _round)
def close(round_: Round, actor: Actor) -> View:
    """Freeze the round after the preview."""
    form = CloseForm()
    return _do(
        round_, actor, form,
        lambda: closing.close_round(round_, waive_unsigned=bool(form.waive.data), actor=actor, now=utcnow()),
        f"Đã khóa {round_.name}. Bảng tổng hợp điểm đã mở cho Ban Tổ chức.",
    )  # fmt: skip


@bp.post("/reopen")
@guard(Permission.ROUND_DECIDE, _round)
def reopen(round_: Round, actor: Actor) -> View:
    """Open the round again, with a reason."""
    form = ReasonForm()
    return _do(
        round_, actor, form,
        lambda: closing.reopen_round(round_, reason=form.reason.data or "", actor=actor, now=utcnow()),
        f"Đã mở lại {round_.name}.",
    )  # fmt: skip


@bp.post("/sheets/<int:sheet_id>/reopen")
@guard(Permission.SHEET_REOPEN, _round)
def reopen_sheet(round_: Round, actor: Actor) -> View:
    """Let a judge change a signed sheet, with a reason."""
    sheet = db.session.get(Scoresheet, int((request.view_args or {})["sheet_id"]))
    if sheet is None or sheet.assignment.round_id != round_.id:
        abort(404)
    form = ReasonForm()
    return _do(
        round_, actor, form,
        lambda: signatures.reopen_sheet(sheet, reason=form.reason.data or "", actor=actor, now=utcnow()),
        "Đã mở lại phiếu. Điểm đã ký trước đó vẫn được giữ.",
    )  # fmt: skip
