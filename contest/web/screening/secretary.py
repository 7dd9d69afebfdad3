"""The secretary's door: the queue beside one dossier, each act a plain form that leads to the next dossier."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import end_of_day, today, utcnow
from contest.domain.entries import EntryAction, EntryState, actions
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission
from contest.domain.unasked import Unasked
from contest.domain.verdicts import Outcome
from contest.models import Contest, Entry, EntryFile, EntryVersion
from contest.services import media
from contest.services.contests import reading as contests
from contest.services.entries import arriving, reading
from contest.services.judging import late_conflicts
from contest.services.results import publishing
from contest.services.screening import deciding, findings, linking
from contest.services.screening import reading as screening
from contest.web.access import current_actor, guard
from contest.web.acts import act_and_return
from contest.web.asked import whole
from contest.web.dossiers import shows_names, words_of_recused
from contest.web.forms import Form
from contest.web.screening import forms

bp = Blueprint("secretary", __name__)

View = str | Response | tuple[str, int]


@bp.get("/contests/<slug>/screening")
@guard(Permission.ENTRY_SCREEN, contests.get_contest)
def queue(contest: Contest, actor: Actor) -> View:
    """The first dossier that waits, or how much has been done."""
    found = screening.queue(contest, now=utcnow(), unasked=_unasked(contest).entries)
    first = next(iter([*found.waiting, *found.asked]), None)
    if first is not None:
        return redirect(url_for("screening.secretary.screen", public_id=first.entry.public_id), 303)
    return render_template("screening/secretary/queue.html", contest=contest, queue=found)


@bp.get("/screening/<public_id>")
@guard(Permission.ENTRY_SCREEN, screening.get_dossier)
@shows_names
def screen(entry: Entry, actor: Actor) -> View:
    """One dossier: verdicts by article, evidence for the chosen one, the acts."""
    return _page(entry)


def _unasked(contest: Contest) -> Unasked:
    """What the person at the door scores blindly and must not be told of here."""
    actor = current_actor()
    assert actor is not None
    return late_conflicts.unasked(contest, actor=actor)


def _page(entry: Entry, *, form: Form | None = None, act: str = "", status: int = 200) -> View:
    now = utcnow()
    unasked = _unasked(entry.contest)
    opened = screening.dossier_in_queue(entry, now=now, unasked=unasked.entries)
    if opened is None:
        abort(404)
    found, queue = opened
    rulebook = contests.rulebook_of(entry.contest)
    verdicts = found.screened.verdicts
    chosen = next((v for v in verdicts if v.rule == request.values.get("rule")), None)
    chosen = chosen or next((v for v in verdicts if v.outcome is not Outcome.PASSED), verdicts[0])
    page = render_template(
        "screening/secretary/screen.html", contest=entry.contest, entry=entry, found=found, version=found.screened.version,
        queue=queue, chosen=chosen, rulebook=rulebook, actions=set(actions(EntryState(entry.state))),
        A=EntryAction, forms=_forms(entry, found, act, form, unasked), act=act, outcomes=list(Outcome),
        roles={c.key: c.name for c in rulebook.credit_roles}, slots={s.key: s for s in rulebook.slots},
        is_blind=any(r.blind for r in rulebook.rounds), waiting=linking.count_waiting(found.screened.version),
        late=arriving.late_words(entry, now=now), told=unasked.told,
    )  # fmt: skip
    return page if status == 200 else (page, status)


def _forms(
    entry: Entry, found: screening.Dossier, act: str, broken: Form | None, unasked: Unasked
) -> dict[str, Form]:
    """The forms of the acts, each with a sensible beginning; the refused one as it was typed."""
    verdicts = found.screened.verdicts
    # What only the secretary has to look at is not asked of the author beside what is lacking.
    lacking = [v for v in verdicts if v.outcome in (Outcome.MISSING, Outcome.FAILED)]
    lacking = lacking or [v for v in verdicts if v.outcome is Outcome.LOOK]
    words = "; ".join(f"{v.title}: {v.finding}" for v in lacking)
    article = next((v.article for v in lacking if v.article), "")
    asked = found.waiting
    fresh: dict[str, Form] = {
        "return": forms.ReturnForm(
            formdata=None,
            question=unasked.told(asked.question) if asked else words,
            due_on=today(utcnow()) + timedelta(days=3),
        ),
        "accept": forms.AcceptForm(formdata=None),
        "reject": forms.RejectForm(formdata=None, reason=words, article=article),
        "move": _move_form(entry, formdata=None),
        "undo": forms.ReasonForm(formdata=None),
        "disqualify": forms.ReasonForm(formdata=None),
        "withdraw": forms.ReasonForm(formdata=None),
        "override": forms.OverrideForm(formdata=None),
    }
    if broken is not None:
        fresh[act] = broken
    for name, form in fresh.items():
        form.mark(name)
    return fresh


def _move_form(entry: Entry, **values: Any) -> forms.MoveForm:
    form = forms.MoveForm(**values)
    form.category.choices = [
        (c.key, c.name) for c in contests.rulebook_of(entry.contest).categories if c.key != entry.category_key
    ]
    return form


def _act(entry: Entry, name: str, form: Form, do: Any, done: str, *, onward: str = "") -> View:
    """Run one act; on to the next dossier or to `onward`, or back with what was wrong."""
    if form.validate():
        try:
            do()
            flash(done, "success")
            return redirect(onward or url_for("screening.secretary.queue", slug=entry.contest.slug), 303)
        except UserError as error:
            form.add_error(error)
            return _page(entry, form=form, act=name, status=error.status)
    return _page(entry, form=form, act=name, status=422)


def _told(entry: Entry, done: str) -> str:
    """What is said after a mail, or that somebody must tell the author in another way."""
    return (
        done if deciding.has_address(entry) else "tác giả không có địa chỉ thư điện tử nên cần báo cách khác"
    )


@bp.post("/screening/<public_id>/accept")
@guard(Permission.ENTRY_SCREEN, reading.get_entry)
@shows_names
def accept(entry: Entry, actor: Actor) -> View:
    """Valid."""
    form = forms.AcceptForm()
    return _act(
        entry, "accept", form,
        lambda: deciding.accept_entry(
            entry, version_id=whole(form.version.data), note=form.note.data or "", actor=actor, now=utcnow(),
            unasked=_unasked(entry.contest).entries,
        ),
        f"{entry.receipt_code}: hợp lệ.",
    )  # fmt: skip


@bp.post("/screening/<public_id>/return")
@guard(Permission.ENTRY_SCREEN, reading.get_entry)
@shows_names
def ask(entry: Entry, actor: Actor) -> View:
    """Back to the author with a question and a date."""
    form = forms.ReturnForm()

    def do() -> None:
        due = end_of_day(form.due_on.data) if form.due_on.data else utcnow()
        deciding.return_entry(entry, question=form.question.data or "", due_at=due, actor=actor, now=utcnow())

    return _act(entry, "return", form, do, f"{entry.receipt_code}: {_told(entry, 'đã gửi yêu cầu bổ sung')}.")


@bp.post("/screening/<public_id>/reject")
@guard(Permission.ENTRY_SCREEN, reading.get_entry)
@shows_names
def reject(entry: Entry, actor: Actor) -> View:
    """Not valid, with the reason."""
    form = forms.RejectForm()
    return _act(
        entry, "reject", form,
        lambda: deciding.reject_entry(
            entry, reason=form.reason.data or "", article=form.article.data or "", actor=actor, now=utcnow()
        ),
        f"{entry.receipt_code}: không hợp lệ, {_told(entry, 'đã báo tác giả')}.",
    )  # fmt: skip


@bp.post("/screening/<public_id>/move")
@guard(Permission.ENTRY_SCREEN, reading.get_entry)
@shows_names
def move(entry: Entry, actor: Actor) -> View:
    """Into another competing group."""
    form = _move_form(entry)
    return _act(
        entry, "move", form,
        lambda: deciding.move_category(
            entry, category_key=form.category.data, reason=form.reason.data or "", actor=actor, now=utcnow()
        ),
        f"{entry.receipt_code}: đã chuyển nhóm.",
    )  # fmt: skip


@bp.post("/screening/<public_id>/undo")
@guard(Permission.ENTRY_SCREEN, reading.get_entry)
@shows_names
def undo(entry: Entry, actor: Actor) -> View:
    """Take a finding back while nobody judges."""
    form = forms.ReasonForm()
    return _act(
        entry, "undo", form,
        lambda: deciding.undo_screening(entry, reason=form.reason.data or "", actor=actor, now=utcnow()),
        f"{entry.receipt_code}: đã hoàn lại sơ loại.",
    )  # fmt: skip


def _still_waiting(entry: Entry) -> str:
    """What is added when results are out, or wait for their hour, with this work in its place."""
    now = utcnow()
    out = (
        " Kết quả đã công bố vẫn ghi giải của tác phẩm này: hãy báo Ban Tổ chức công bố bản đính chính."
        if publishing.is_awarded(entry, now=now)
        else ""
    )
    if publishing.waiting(entry.contest_id, now=now) is None:
        return out
    return out + (
        " Kết quả đang hẹn giờ công bố đã chốt trước việc này: hãy báo Ban Tổ chức hủy hẹn rồi lập bản mới."
    )


@bp.post("/screening/<public_id>/disqualify")
@guard(Permission.ENTRY_SCREEN, reading.get_entry)
@shows_names
def disqualify(entry: Entry, actor: Actor) -> View:
    """Out for a breach."""
    form = forms.ReasonForm()
    return _act(
        entry, "disqualify", form,
        lambda: deciding.disqualify_entry(entry, reason=form.reason.data or "", actor=actor, now=utcnow()),
        f"{entry.receipt_code}: đã loại.{_still_waiting(entry)}",
    )  # fmt: skip


@bp.post("/screening/<public_id>/withdraw")
@guard(Permission.ENTRY_SCREEN, reading.get_entry)
@shows_names
def withdraw(entry: Entry, actor: Actor) -> View:
    """Taken back by its author or agency, in writing."""
    form = forms.ReasonForm()
    return _act(
        entry, "withdraw", form,
        lambda: deciding.record_withdrawal(entry, reason=form.reason.data or "", actor=actor, now=utcnow()),
        f"{entry.receipt_code}: đã ghi nhận rút.{_still_waiting(entry)}",
    )  # fmt: skip


@bp.post("/screening/<public_id>/override")
@guard(Permission.ENTRY_SCREEN, reading.get_entry)
@shows_names
def override(entry: Entry, actor: Actor) -> View:
    """One's own finding over the machine's."""
    form = forms.OverrideForm()
    return _act(
        entry, "override", form,
        lambda: findings.override_verdict(
            entry, rule=form.rule.data or "", outcome=Outcome(form.outcome.data), note=form.note.data or "", actor=actor,
            now=utcnow(),
        ),
        "Đã ghi kết luận.",
        onward=url_for("screening.secretary.screen", public_id=entry.public_id, rule=form.rule.data),
    )  # fmt: skip


@bp.post("/screening/<public_id>/persons")
@guard(Permission.ENTRY_SCREEN, reading.get_entry)
@shows_names
def persons(entry: Entry, actor: Actor) -> View:
    """Whether two persons are one, recorded once."""
    form = forms.PersonForm()
    ids = [whole(form.first.data), whole(form.second.data)]
    if not form.validate() or min(ids) < 0:
        abort(422)
    recused = late_conflicts.find_persons(
        entry,
        first_id=ids[0],
        second_id=ids[1],
        is_same=form.same.data == "yes",
        actor=actor,
        now=utcnow(),
    )
    flash(f"Đã ghi kết luận; dùng cho mọi hồ sơ sau.{words_of_recused(recused)}", "success")
    rule = "people" if request.args.get("rule") == "people" else "per_person"
    return redirect(url_for("screening.secretary.screen", public_id=entry.public_id, rule=rule), 303)


@bp.route("/screening/<public_id>/files", methods=["GET", "POST"])
@guard(Permission.ENTRY_SCREEN, reading.get_entry)
@shows_names
def files(entry: Entry, actor: Actor) -> View:
    """Look each file through for blind judging and cover what betrays the author."""
    form = forms.ClearForm()
    if request.method == "GET":
        return _files(entry)
    files = _for_judges(entry, reading.load_version(entry.submitted_version_id or 0))
    left = (f.file.public_id for f in files if f.cleared_at is None and f.file.public_id != form.file.data)
    place = next((f"f-{file_id}" for file_id in left), None)
    return act_and_return(
        form,
        lambda: findings.clear_file(
            entry, form.file.data or "", covers=_covers(form.covers.data), is_cleared=bool(form.cleared.data), actor=actor,
            now=utcnow(),
        ),
        "Đã ghi." if form.covers.data in (None, "", "[]") else "Đã ghi. Bản cho giám khảo được làm lại theo vùng che.",
        url_for("screening.secretary.files", public_id=entry.public_id, _anchor=place),
        lambda: _files(entry),
    )  # fmt: skip


def _files(entry: Entry) -> str:
    version = reading.load_version(entry.submitted_version_id or 0)
    files = _for_judges(entry, version)
    return render_template(
        "screening/secretary/files.html", contest=entry.contest, entry=entry, version=version, files=files,
        waiting=media.waiting_copies([f.file_id for f in files]),
    )  # fmt: skip


def _for_judges(entry: Entry, version: EntryVersion) -> list[EntryFile]:
    """The files of a version that judges get a copy of."""
    shown = {s.key for s in contests.rulebook_of(entry.contest).slots if s.judges_copy}
    return [f for f in version.files if f.slot in shown]


def _covers(text: str | None) -> list[Any]:
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError) as error:
        raise UserError("Vùng che chưa đúng. Hãy vẽ lại.") from error
    return found if isinstance(found, list) else []


@bp.route("/contests/<slug>/screening/accept-clean", methods=["GET", "POST"])
@guard(Permission.ENTRY_SCREEN, contests.get_contest)
def accept_clean(contest: Contest, actor: Actor) -> View:
    """Accept all dossiers that pass every rule, after looking at the list."""
    unasked = _unasked(contest).entries
    clean = [s for s in screening.queue(contest, now=utcnow(), unasked=unasked).waiting if s.is_clean]
    form = forms.BulkForm()
    if form.validate_on_submit():
        shown = form.versions.data or []
        done = deciding.accept_clean(contest, shown, actor=actor, now=utcnow(), unasked=unasked)
        left = len(set(shown)) - done
        flash(
            f"Đã tiếp nhận {done} hồ sơ đạt tất cả."
            + (f" {left} hồ sơ đã đổi từ lúc xem nên được để lại; hãy xem lại." if left else ""),
            "success" if done else "error",
        )
        return redirect(url_for("screening.secretary.queue", slug=contest.slug), 303)
    page = render_template("screening/secretary/accept_clean.html", contest=contest, clean=clean, form=form)
    return (page, 422) if form.problems() else page
