"""Results for those who decide: tables of closed rounds, shortlists, prizes, publication."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.errors import InvalidTransition, UserError
from contest.domain.permissions import Actor, Permission, can
from contest.domain.rulebook.judging_words import carried_words
from contest.models import Contest, Publication, Round
from contest.services import exports
from contest.services.contests import reading as contests
from contest.services.judging import reading as judging
from contest.services.results import (
    changes,
    collective,
    decisions,
    places,
    prizes,
    publishing,
    several,
    shortlisting,
    tallying,
)
from contest.web.access import guard
from contest.web.acts import act_and_return
from contest.web.asked import whole
from contest.web.forms import Form
from contest.web.results.forms import (
    AdjustForm,
    ButtonForm,
    CutForm,
    PlaceForm,
    PublishForm,
    SeveralForm,
    TieForm,
    UndoDecisionForm,
    UndoSeveralForm,
)
from contest.web.serving import send_xlsx

bp = Blueprint("organizer", __name__)

View = str | Response | tuple[str, int]


def _closed_round(round_id: int) -> Round | None:
    """A round whose results are there; of an open one even a refusal would draw a table of marks."""
    round_ = judging.get_round(round_id)
    return round_ if round_ is not None and round_.state == "closed" else None


def _last_round(round_id: int) -> Round | None:
    """The closed round that prizes are given by; equals in an earlier one are decided at its cut."""
    round_ = _closed_round(round_id)
    return round_ if round_ is not None and judging.next_round(round_) is None else None


@bp.get("/contests/<slug>/results")
@guard(Permission.CONTEST_OBSERVE, contests.get_contest)
def board(contest: Contest, actor: Actor) -> View:
    """Every round with its table or why there is none yet; the prizes once the last round is closed."""
    return _board(contest)


def _board(contest: Contest, *, form: AdjustForm | None = None, status: int = 200) -> View:
    found = prizes.prize_board(contest)
    conditions = prizes.collective_prizes(found) if found else []
    page = render_template(
        "results/organizer/board.html", contest=contest, rounds=judging.list_rounds(contest.id, panels=False), prizes=found,
        warnings=prizes.warnings(found) if found else [], conditions=conditions, is_beyond=collective.is_beyond,
        several_prizes=several.list_several(found) if found else [],
        words=changes.adjustment_words, if_moved_up=places.if_moved_up,
        form=form or _adjust_form(found, conditions, formdata=None),
    )  # fmt: skip
    return page if status == 200 else (page, status)


def _refusable(contest: Contest, form: Form, act: Callable[[], object], done: str) -> View:
    """Run one act of the board and go back to it."""
    board_ = url_for("results.organizer.board", slug=contest.slug)
    return act_and_return(form, act, done, board_, lambda: _board(contest))


def _adjust_form(
    found: prizes.PrizeBoard | None, conditions: list[collective.CollectivePrize], **values: Any
) -> AdjustForm:
    form = AdjustForm(**values)
    entries: list[tuple[str, str]] = []
    slots: list[tuple[str, str]] = []
    if found is not None:
        for c in found.categories:
            entries += [(p.entry, f"{c.name}: {p.place}. {found.board.titles[p.entry]}") for p in c.placings]
            slots += [(f"{c.key}|{s.tier}", f"{c.name}: {s.tier}") for s in c.slots]
        slots += [
            (f"|{p.tier}", f"Chung: {p.tier}")
            for p in found.rulebook.prizes
            if p.per == "overall" or p.kind == "collective"
        ]
    form.entry.choices = [("", "Chọn tác phẩm"), *entries]
    form.slot.choices = [("", "Chọn mức giải"), *slots]
    meeting = [
        (name, f"{name}: {many} tác phẩm đạt {c.need.tier} trở lên")
        for c in conditions
        for name, many in c.meeting()
    ]
    form.agency.choices = [("", "Chọn tập thể đủ điều kiện"), *meeting]
    if not meeting:
        form.recipient.label.text, form.recipient.description = form.agency.label.text, ""
    return form


@bp.get("/rounds/<int:round_id>/table")
@guard(Permission.RESULT_VIEW, judging.get_round)
def table(round_: Round, actor: Actor) -> View:
    """The table of a closed round: every judge's total, the value, the place, why. Marks stay closed until then."""
    if round_.state != "closed":
        abort(404)
    return _table(round_)


def _table(round_: Round) -> str:
    found, later = tallying.load_board(round_), judging.next_round(round_)
    return render_template(
        "results/organizer/table.html", contest=round_.contest, round=round_, board=found, rules=judging.rules_in(round_),
        rulebook=judging.rulebook_in(round_), carried=carried_words(judging.rules_in(round_).carried), later=later,
        said=decisions.said_about(round_.id),
        prizes=None if later else prizes.prize_board(round_.contest),
    )  # fmt: skip


@bp.get("/rounds/<int:round_id>/table.xlsx")
@guard(Permission.RESULT_VIEW, judging.get_round)
def table_xlsx(round_: Round, actor: Actor) -> View:
    """The same table to take away."""
    if round_.state != "closed":
        abort(404)
    return send_xlsx(exports.table_workbook(round_), f"tong-hop-{round_.key}.xlsx")


@bp.get("/rounds/<int:round_id>/shortlist")
@guard(Permission.RESULT_VIEW, judging.get_round)
def shortlist(round_: Round, actor: Actor) -> View:
    """Who goes on, by quota and floor; ties at the cut."""
    if round_.state != "closed" or judging.next_round(round_) is None:
        abort(404)
    return _shortlist(round_)


def _shortlist(round_: Round) -> str:
    return render_template(
        "results/organizer/shortlist.html", contest=round_.contest, round=round_, view=shortlisting.view_shortlist(round_),
        later=judging.next_round(round_), rules=judging.rules_in(round_),
    )  # fmt: skip


@bp.post("/rounds/<int:round_id>/shortlist/cut")
@guard(Permission.TIE_SETTLE, _closed_round)
def cut(round_: Round, actor: Actor) -> View:
    """People choose among equals at a cut."""
    form = CutForm()
    return act_and_return(
        form,
        lambda: shortlisting.decide_cut(
            round_, category_key=form.category.data or "", entry_ids=form.entries.data or [], reason=form.reason.data or "",
            actor=actor, now=utcnow(),
        ),
        "Đã ghi quyết định.", url_for("results.organizer.shortlist", round_id=round_.id), lambda: _shortlist(round_),
    )  # fmt: skip


@bp.post("/rounds/<int:round_id>/shortlist")
@guard(Permission.RESULT_DECIDE, _closed_round)
def apply_shortlist(round_: Round, actor: Actor) -> View:
    """Fix who goes on."""
    return act_and_return(
        ButtonForm(), lambda: shortlisting.apply_shortlist(round_, actor=actor, now=utcnow()), "Đã lập danh sách vào vòng sau.",
        url_for("results.organizer.shortlist", round_id=round_.id), lambda: _shortlist(round_),
    )  # fmt: skip


@bp.post("/rounds/<int:round_id>/ties")
@guard(Permission.TIE_SETTLE, _last_round)
def tie(round_: Round, actor: Actor) -> View:
    """Equals across the boundary of a prize: the organizer or the chair says who gets it, and goes back to where they were."""
    form = TieForm()

    def act() -> None:
        prizes.settle_tie(
            round_.contest, slot=form.slot.data or "", entry_ids=form.entries.data or [], is_shared=bool(form.share.data),
            reason=form.reason.data or "", actor=actor, now=utcnow(),
        )  # fmt: skip

    return act_and_return(form, act, "Đã ghi quyết định về chỗ bằng điểm.", *_where_decided(round_, actor))


def _where_decided(round_: Round, actor: Actor) -> tuple[str, Callable[[], View]]:
    """Where equals are decided, as address and page: the shortlist after an earlier round, else the board, the table for a chair."""
    if judging.next_round(round_) is not None:
        return url_for("results.organizer.shortlist", round_id=round_.id), lambda: _shortlist(round_)
    if can(actor, Permission.CONTEST_OBSERVE, round_):
        return url_for("results.organizer.board", slug=round_.contest.slug), lambda: _board(round_.contest)
    return url_for("results.organizer.table", round_id=round_.id), lambda: _table(round_)


@bp.post("/rounds/<int:round_id>/decisions/<int:decision_id>/undo")
@guard(Permission.TIE_SETTLE, lambda round_id, decision_id: _closed_round(round_id))
def undo_decision(round_: Round, actor: Actor) -> View:
    """A decision about equals is taken back while nothing stands on it, and asked again."""
    form = UndoDecisionForm()
    number = int((request.view_args or {})["decision_id"])

    def act() -> None:
        decisions.undo_decision(round_, number, reason=form.reason.data or "", actor=actor, now=utcnow())

    return act_and_return(form, act, "Đã bỏ quyết định.", *_where_decided(round_, actor))


@bp.post("/contests/<slug>/results/adjust")
@guard(Permission.RESULT_DECIDE, contests.get_contest)
def adjust(contest: Contest, actor: Actor) -> View:
    """One change by people, with its reason."""
    found = prizes.prize_board(contest)
    form = _adjust_form(found, prizes.collective_prizes(found) if found else [])
    if not form.validate():
        return _board(contest, form=form, status=422)
    category, _, tier = (form.slot.data or "").partition("|")
    kind = form.kind.data
    try:
        prizes.adjust_prizes(
            contest, kind=kind, tier=(form.tier.data or tier) if kind == "extra" else tier, category_key=category,
            entry_id=whole(form.entry.data) if form.entry.data and kind in ("move", "remove", "extra") else None,
            recipient=(form.recipient.data or form.agency.data or "") if kind == "collective" else "",
            is_beyond=bool(form.is_beyond.data), value_vnd=form.value_vnd.data if kind in ("extra", "collective") else None,
            reason=form.reason.data or "", actor=actor, now=utcnow(),
        )  # fmt: skip
    except UserError as error:
        form.add_error(error)
        return _board(contest, form=form, status=error.status)
    flash("Đã ghi thay đổi.", "success")
    return redirect(url_for("results.organizer.board", slug=contest.slug), 303)


@bp.post("/contests/<slug>/results/adjust/<int:adjustment_id>/undo")
@guard(Permission.RESULT_DECIDE, lambda slug, adjustment_id: contests.get_contest(slug))
def undo(contest: Contest, actor: Actor) -> View:
    """Take one change back."""
    number = int((request.view_args or {})["adjustment_id"])
    return _refusable(
        contest,
        ButtonForm(),
        lambda: prizes.undo_adjustment(contest, number, actor=actor, now=utcnow()),
        "Đã bỏ thay đổi.",
    )


@bp.post("/contests/<slug>/results/places")
@guard(Permission.RESULT_DECIDE, contests.get_contest)
def place(contest: Contest, actor: Actor) -> View:
    """What becomes of a place that a work was taken out of: the next ones move up, or it stays empty."""
    form = PlaceForm()
    return _refusable(
        contest, form,
        lambda: places.decide_place(
            contest, entry_id=whole(form.entry.data), move_up=form.answer.data == "move_up", reason=form.reason.data or "",
            actor=actor, now=utcnow(),
        ),
        "Đã ghi quyết định về chỗ trống.",
    )  # fmt: skip


@bp.post("/contests/<slug>/results/several")
@guard(Permission.RESULT_DECIDE, contests.get_contest)
def let_stand(contest: Contest, actor: Actor) -> View:
    """All prizes of one person stand."""
    form = SeveralForm()
    return _refusable(
        contest, form,
        lambda: several.let_stand(
            contest, person_id=whole(form.person.data), reason=form.reason.data or "", actor=actor, now=utcnow()
        ),
        "Đã ghi quyết định.",
    )  # fmt: skip


@bp.post("/contests/<slug>/results/several/undo")
@guard(Permission.RESULT_DECIDE, contests.get_contest)
def several_undo(contest: Contest, actor: Actor) -> View:
    """That all prizes of one person stand is taken back before publication, and asked again."""
    form = UndoSeveralForm()
    return _refusable(
        contest, form,
        lambda: several.ask_again(
            contest, person_id=whole(form.person.data), reason=form.reason.data or "", actor=actor, now=utcnow()
        ),
        "Đã bỏ quyết định.",
    )  # fmt: skip


@bp.route("/contests/<slug>/publication", methods=["GET", "POST"])
@guard(Permission.RESULT_PUBLISH, publishing.get_contest_standing)
def publication(contest: Contest, actor: Actor) -> View:
    """Preview, then publish at once or at an hour; earlier publications stay readable."""
    form, now, status = PublishForm(), utcnow(), 422
    if request.method == "GET":
        return _publication(contest)
    if form.validate():
        try:
            made = publishing.publish(
                contest, publish_at=form.publish_at.data, decision=form.decision.data or "",
                correction_note=form.correction_note.data or "", expected=form.expected.data or "", actor=actor, now=now,
            )  # fmt: skip
            flash(_published_words(made, now=now), "success")
            return redirect(url_for("results.organizer.publication", slug=contest.slug), 303)
        except UserError as error:
            form.add_error(error)
            status = error.status
    return _publication(contest, form), status


def _published_words(made: Publication, *, now: datetime) -> str:
    if made.publish_at > now:
        return "Đã hẹn giờ công bố."
    return "Đã công bố bản đính chính." if made.correction_note else "Đã công bố kết quả."


def _publication(contest: Contest, form: PublishForm | None = None) -> str:
    found, problem, now = None, "", utcnow()
    try:
        found = publishing.preview(contest)
    except UserError as error:
        problem = str(error)
    standing = publishing.list_standing(contest.id)
    history = [p for p in standing if p.publish_at <= now]
    shown = history[0] if history else None
    if form is None:
        form = PublishForm(formdata=None, decision=publishing.snapshot_of(shown)["decision"] if shown else "")
    return render_template(
        "results/organizer/publication.html", contest=contest, form=form, found=found,
        digest=publishing.digest_of(found.snapshot) if found else "", shown=shown, problem=problem,
        waiting=next((p for p in standing if p.publish_at > now), None), history=history,
        dossiers={w.slug: w.public_id for w in found.works} if found else {},
    )  # fmt: skip


@bp.post("/contests/<slug>/publication/cancel")
@guard(Permission.RESULT_PUBLISH, contests.get_contest)
def cancel(contest: Contest, actor: Actor) -> View:
    """Take a scheduled publication back before its hour."""

    def act() -> None:
        waiting = publishing.waiting(contest.id, now=utcnow())
        if waiting is None:
            raise InvalidTransition("Không có bản nào đang hẹn giờ.")
        publishing.cancel_scheduled(waiting, actor=actor, now=utcnow())

    back = url_for("results.organizer.publication", slug=contest.slug)
    return act_and_return(ButtonForm(), act, "Đã hủy hẹn công bố.", back, lambda: _publication(contest))


@bp.get("/contests/<slug>/publication/winners.xlsx")
@guard(Permission.RESULT_VIEW, lambda slug: _Published.of(slug))
def winners_xlsx(subject: _Published, actor: Actor) -> View:
    """Winners as published, a row per author."""
    return send_xlsx(
        exports.winners_workbook(subject.publication), f"danh-sach-trao-giai-{subject.contest.slug}.xlsx"
    )


class _Published:
    """A contest with its publication in force; the subject of the list of winners."""

    round_id = None

    def __init__(self, contest: Contest, found: Publication) -> None:
        self.contest, self.publication, self.contest_id = contest, found, contest.id

    @classmethod
    def of(cls, slug: str) -> _Published | None:
        """The contest's publication, or None."""
        contest = contests.get_contest(slug)
        found = publishing.visible(contest.id, now=utcnow()) if contest else None
        found = found or (publishing.waiting(contest.id, now=utcnow()) if contest else None)
        return cls(contest, found) if contest is not None and found is not None else None
