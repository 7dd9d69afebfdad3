"""Rounds, panels and assignment: proposed, looked at, applied, mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import end_of_day, utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission
from contest.models import Contest, Membership, Panel, Round, db
from contest.services.contests import reading as contests
from contest.services.judging import absences, assigning, conflicts, panels, watching
from contest.services.judging import reading as judging
from contest.web.access import current_actor, guard
from contest.web.acts import act_and_return
from contest.web.asked import whole
from contest.web.forms import Form
from contest.web.judging.forms import ApplyForm, ButtonForm, DueForm, PanelForm, ReleaseForm

bp = Blueprint("organizer", __name__)

View = str | Response | tuple[str, int]


@bp.get("/contests/<slug>/rounds")
@guard(Permission.ASSIGNMENT_MANAGE, contests.get_contest)
def rounds(contest: Contest, actor: Actor) -> View:
    """The rounds with their panels and how far they are."""
    found = judging.list_rounds(contest.id)
    return render_template(
        "judging/organizer/rounds.html", contest=contest, rounds=found, rulebook=contests.rulebook_of(contest),
        progress={r.id: watching.progress(r, now=utcnow()) for r in found},
        entries={r.id: judging.count_entries(r) for r in found},
    )  # fmt: skip


def _by_judge(
    found: Sequence[conflicts.Found | conflicts.Known],
    names: dict[int, str],
    codes: dict[int, str],
    *,
    blindly: bool,
) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """(judge, [(why, codes of works)]): one line a reason however many works.

    Who scores in the blind round (`blindly`) reads no reasons: beside a code they say where the work comes from.
    """
    grouped: dict[str, dict[str, list[str]]] = {}
    for c in found:
        why = f"{c.kind.label}: {c.reason}" if c.reason else c.kind.label
        why = "Xung đột lợi ích" if blindly else why
        grouped.setdefault(names[c.judge_id], {}).setdefault(why, []).append(codes.get(c.entry_id, "–"))
    return [
        (name, [(why, sorted(works)) for why, works in whys.items()])
        for name, whys in sorted(grouped.items())
    ]


@bp.route("/rounds/<int:round_id>/panels", methods=["GET", "POST"])
@guard(Permission.PANEL_MANAGE, judging.get_round)
def panel(round_: Round, actor: Actor) -> View:
    """Add a panel; see who sits in each."""
    form = _panel_form(round_)
    if form.validate_on_submit():
        try:
            panels.create_panel(
                round_,
                name=form.name.data or "",
                categories=form.categories.data or [],
                actor=actor,
                now=utcnow(),
            )
            flash("Đã thêm hội đồng. Mời giám khảo ở trang Thành viên.", "success")
            return redirect(url_for("judging.organizer.panel", round_id=round_.id), 303)
        except UserError as error:
            form.add_error(error)
    page = _panels(round_, form)
    return (page, 422) if form.problems() else page


def _panel_form(round_: Round, **values: Any) -> PanelForm:
    form = PanelForm(**values)
    taken = {c for p in round_.panels for c in p.categories}
    free = [c for c in contests.rulebook_of(round_.contest).categories if c.key not in taken]
    form.categories.choices = [(c.key, c.name) for c in free]
    return form


def _panels(round_: Round, form: PanelForm | None = None) -> str:
    return render_template(
        "judging/organizer/panels.html", contest=round_.contest, round=round_, form=form or _panel_form(round_, formdata=None),
        rulebook=contests.rulebook_of(round_.contest), judges=judging.judges_of(round_.id),
    )  # fmt: skip


def _panel(panel_id: int) -> Panel | None:
    return db.session.get(Panel, panel_id)


@bp.post("/panels/<int:panel_id>/remove")
@guard(Permission.PANEL_MANAGE, _panel)
def remove_panel(found: Panel, actor: Actor) -> View:
    """Remove an empty panel."""
    round_ = found.round
    back = url_for("judging.organizer.panel", round_id=round_.id)
    return act_and_return(
        ButtonForm(), lambda: panels.remove_panel(found, actor=actor, now=utcnow()), "Đã xóa hội đồng.", back,
        lambda: _panels(round_),
    )  # fmt: skip


def _do(form: Form, act: Any, done: str | Callable[[Any], str], round_: Round) -> View:
    """Run one act of the assignment and go back to it."""
    back = url_for("judging.organizer.assignment", round_id=round_.id)
    return act_and_return(form, act, done, back, lambda: _assignment(round_))


@bp.get("/rounds/<int:round_id>/assignment")
@guard(Permission.ASSIGNMENT_MANAGE, judging.get_round)
def assignment(round_: Round, actor: Actor) -> View:
    """The proposal beside what stands, with conflicts, gaps and files not yet looked through."""
    return _assignment(round_)


def _assignment(round_: Round) -> str:
    plan = assigning.plan_round(round_)
    seats = [judge for judge, _ in judging.list_seats(round_.id)]
    names = {j.id: j.account.display_name for j in seats}
    entries = [e for p in plan.panels for e in p.entries] + plan.uncleared + plan.without_panel
    codes = {e.id: e.judging_code or "–" for e in entries}
    actor = current_actor()
    blindly = round_.is_blind and actor is not None and not actor.judge_ids.isdisjoint(names)
    declared = [c for c in conflicts.known_conflicts(seats) if c.stays and c.entry_id in codes]
    return render_template(
        "judging/organizer/assignment.html", contest=round_.contest, round=round_, plan=plan, names=names, codes=codes,
        conflicts=_by_judge([*plan.conflicts, *declared], names, codes, blindly=blindly),
        signed=_by_judge(plan.signed, names, codes, blindly=blindly),
        remind_days=watching.REMINDED_BEFORE_END.days, progress=watching.progress(round_, now=utcnow()),
    )  # fmt: skip


@bp.post("/rounds/<int:round_id>/assignment")
@guard(Permission.ASSIGNMENT_MANAGE, judging.get_round)
def apply(round_: Round, actor: Actor) -> View:
    """Write what was looked at."""
    form = ApplyForm()
    text = form.expected.data or ""
    expected = whole(text)
    if expected < 0:
        abort(422)
    return _do(
        form, lambda: assigning.apply_plan(round_, actor=actor, now=utcnow(), expected=expected),
        "Đã áp dụng phân công.", round_,
    )  # fmt: skip


@bp.post("/rounds/<int:round_id>/open")
@guard(Permission.ASSIGNMENT_MANAGE, judging.get_round)
def open_round(round_: Round, actor: Actor) -> View:
    """Let the judges begin."""
    return _do(
        ButtonForm(),
        lambda: panels.open_round(round_, actor=actor, now=utcnow()),
        f"Đã mở {round_.name}.",
        round_,
    )


@bp.post("/rounds/<int:round_id>/due")
@guard(Permission.ASSIGNMENT_MANAGE, judging.get_round)
def due(round_: Round, actor: Actor) -> View:
    """Until when."""
    form = DueForm()

    def act() -> None:
        assert form.due_on.data is not None
        panels.set_due(round_, due_at=end_of_day(form.due_on.data), actor=actor, now=utcnow())

    return _do(form, act, "Đã đặt hạn chấm.", round_)


@bp.post("/rounds/<int:round_id>/remind")
@guard(Permission.ASSIGNMENT_MANAGE, judging.get_round)
def remind(round_: Round, actor: Actor) -> View:
    """Mail the slow, at most once a day each."""
    return _do(
        ButtonForm(), lambda: watching.remind_judges(round_, actor=actor, now=utcnow()),
        _reminded, round_,
    )  # fmt: skip


def _reminded(mails: int) -> str:
    if mails:
        return f"Đã xếp {mails} thư nhắc vào hàng gửi; mỗi người tối đa một thư mỗi ngày."
    return "Không có thư nhắc nào để gửi thêm: hôm nay ai chưa chấm xong cũng đã được nhắc."


def _judge(judge_id: int) -> Membership | None:
    found = db.session.get(Membership, judge_id)
    return found if found is not None and found.role == "judge" else None


def _round_of(judge: Membership) -> Round:
    """The round of the page a button about a judge stands on."""
    found = judging.get_round(whole(request.args.get("round"), 0))
    if found is None or found.contest_id != judge.contest_id:
        abort(404)
    return found


@bp.post("/judges/<int:judge_id>/release")
@guard(Permission.ASSIGNMENT_MANAGE, _judge)
def release(judge: Membership, actor: Actor) -> View:
    """A judge falls ill: unsigned works are given to others by a new proposal."""
    form = ReleaseForm()
    return _do(
        form,
        lambda: absences.release_judge(
            judge, reason=form.reason.data or "", void_signed=bool(form.void_signed.data), actor=actor, now=utcnow()
        ),
        "Đã thu hồi phân công. Xem đề xuất mới bên dưới rồi áp dụng.", _round_of(judge),
    )  # fmt: skip


@bp.post("/judges/<int:judge_id>/return")
@guard(Permission.ASSIGNMENT_MANAGE, _judge)
def give_back(judge: Membership, actor: Actor) -> View:
    """The judge is back."""
    round_ = _round_of(judge)

    def done(_: object) -> str:
        if assigning.plan_round(round_).changes:
            return "Giám khảo nhận chấm trở lại. Xem đề xuất mới bên dưới rồi áp dụng."
        return "Giám khảo nhận chấm trở lại. Các tác phẩm đã giao đủ người nên hiện không có lượt nào để giao thêm."

    return _do(ButtonForm(), lambda: absences.return_judge(judge, actor=actor, now=utcnow()), done, round_)
