"""The author's door: start, the seven steps, the review, the receipt, taking back."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import local, utcnow
from contest.domain.entries import EntryAction, EntryState, actions
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission, can
from contest.domain.verdicts import Outcome
from contest.models import Contest, Entry, EntryVersion
from contest.services import media
from contest.services.contests import reading as contests
from contest.services.entries import arriving, drafting, reading, receipts, submitting
from contest.services.judging import blind
from contest.web.access import current_actor, guard, received_at
from contest.web.asked import whole
from contest.web.entries.forms import (
    STEPS,
    PartsForm,
    StartForm,
    StepForm,
    SubmitForm,
    WithdrawForm,
    as_typed,
)
from contest.web.forms import take_only
from contest.web.media.taking import importable

bp = Blueprint("author", __name__)

View = str | Response | tuple[str, int] | tuple[Response, int]


@bp.route("/c/<slug>/enter", methods=["GET", "POST"])
@guard(Permission.ENTRY_START, contests.get_contest)
def start(contest: Contest, actor: Actor) -> View:
    """Begin a draft; it has an address from the first moment."""
    if contest.state == "draft":
        abort(404)
    form = StartForm()
    if request.method == "GET" and not form.key.data:
        form.key.data = secrets.token_hex(12)
    if form.validate_on_submit():
        try:
            entry = drafting.start_entry(
                contest, actor=actor, now=received_at(), key=f"start:{actor.account_id}:{form.key.data}"
            )
            return redirect(url_for("entries.author.step", public_id=entry.public_id, name="work"), 303)
        except UserError as error:
            form.add_error(error)
    page = render_template(
        "entries/author/start.html", form=form, contest=contest, rulebook=contests.rulebook_of(contest)
    )
    return (page, 422) if form.errors else page


def _find(public_id: str, name: str = "work") -> Entry | None:
    return reading.get_entry(public_id) if name in STEPS else None


@bp.route("/entries/<public_id>/<name>", methods=["GET", "POST"])
@guard(Permission.ENTRY_EDIT, _find)
def step(entry: Entry, actor: Actor) -> View:
    """One step of the form; saved by its button, and by itself while typing."""
    name = (request.view_args or {})["name"]
    if name == "review":
        return _review(entry, actor)
    version = reading.current_version(entry)
    kind = STEPS[name][1]
    form = _form(kind, name, entry, version) if kind else None
    if form is not None and request.method == "POST":
        return _save(form, name, entry, version, actor)
    return _page(entry, version, name, form)


def _form(kind: type[StepForm], name: str, entry: Entry, version: EntryVersion) -> Any:
    values = as_typed(name, version) if request.method == "GET" else {}
    form = kind(number=version.number, revision=version.revision, **values)
    if hasattr(form, "offer"):
        form.offer(contests.rulebook_of(entry.contest))
    return form


def _is_script() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _save(form: Any, name: str, entry: Entry, version: EntryVersion, actor: Actor) -> View:
    if not form.validate():
        if _is_script():
            return jsonify(state="refused", errors=form.problems()), 422
        return _page(entry, version, name, form)
    try:
        saved = drafting.save_draft(
            entry, form.content(), actor=actor, now=received_at(),
            base_number=whole(form.number.data), base_revision=whole(form.revision.data),
        )  # fmt: skip
    except UserError as error:
        if _is_script():
            return jsonify(
                state="changed" if error.status == 409 else "refused", message=str(error)
            ), error.status
        form.add_error(error)
        return _page(entry, version, name, form, status=error.status)
    if _is_script():
        at = local(saved.saved_at).strftime("%H:%M")
        return jsonify(state="saved", at=at, number=saved.number, revision=saved.revision)
    target = form.go.data if form.go.data in STEPS else name
    return redirect(url_for("entries.author.step", public_id=entry.public_id, name=target), 303)


@bp.post("/entries/<public_id>/parts/text")
@guard(Permission.ENTRY_EDIT, _find, manual_write=True, body_limit=media.TEXT_SOURCE_BYTES + 1_000_000)
def text_from_file(entry: Entry, actor: Actor) -> View:
    """The text of a Word or PDF file shown in a part's field; it is stored only when the author saves it."""
    version = reading.current_version(entry)
    number = whole(request.args.get("part"), default=-1)
    sent = request.files.get("source") or request.files.get(f"parts-{number}-source")
    text, problem = "", None
    try:
        if sent is None or not sent.filename:
            raise UserError("Hãy chọn tệp Word (.docx) hoặc PDF rồi bấm Lấy chữ.")
        text = media.read_text(sent.stream, storage=current_app.extensions["storage"], name=sent.filename)
    except UserError as error:
        problem = error
    if _is_script():
        return (jsonify(message=str(problem)), problem.status) if problem else jsonify(text=text)
    form = _form(PartsForm, "parts", entry, version)
    if problem:
        form.add_error(problem)
    elif 0 <= number < len(form.parts.entries):
        form.parts.entries[number].form.text.data = text
        flash(f"Đã lấy {len(text.split())} chữ từ tệp. Xem lại rồi lưu.", "success")
    return _page(entry, version, "parts", form)


def _page(entry: Entry, version: EntryVersion, name: str, form: Any, status: int = 200) -> View:
    now = utcnow()
    found = submitting.review(entry, version, now=now, takes_late=_takes_late(entry))
    editable = drafting.may_edit(entry, now=now)
    page = render_template(
        "entries/author/step.html", entry=entry, version=version, name=name, form=form, steps=_steps(found, name),
        titles={k: t for k, (t, _) in STEPS.items()}, names=list(STEPS), missing=len(found.blocks),
        rulebook=contests.rulebook_of(entry.contest), editable=editable,
        verdicts=[v for v in found.verdicts if v.step == name and v.outcome is not Outcome.PASSED],
        asked=drafting.open_request(entry, now=now), importable=importable(entry) if name == "files" else [],
        closed="" if editable else receipts.terms(entry, is_editable=False, now=now),
    )  # fmt: skip
    if status != 200:
        return page, status
    return (page, 422) if form is not None and form.errors else page


def files_page(entry: Entry, *, status: int) -> View:
    """The step of the files with what has been said of them, when one was refused."""
    return _page(entry, reading.current_version(entry), "files", None, status=status)


def _takes_late(entry: Entry) -> bool:
    """Whether the person at the door may record this dossier though it came too late."""
    return can(current_actor(), Permission.ENTRY_RECORD_LATE, entry)


def _steps(found: submitting.Review, here: str) -> list[tuple[str, str, str]]:
    """(name, title, look) of each step: done, here, missing, or "" for not yet filled."""
    open_verdicts = [v for v in found.verdicts if v.outcome is not Outcome.PASSED]
    missing = {v.step for v in found.blocks}
    waiting = {v.step for v in open_verdicts if v.outcome is Outcome.MISSING} | {"review"}

    def look(name: str) -> str:
        return "here" if name == here else "missing" if name in missing else "" if name in waiting else "done"

    return [(name, title, look(name)) for name, (title, _) in STEPS.items()]


def _roles(entry: Entry) -> dict[str, str]:
    return {c.key: c.name for c in contests.rulebook_of(entry.contest).credit_roles}


def _review(entry: Entry, actor: Actor) -> View:
    now = received_at()
    version = reading.current_version(entry)
    form = SubmitForm(number=version.number, revision=version.revision)
    found = submitting.review(entry, version, now=now, takes_late=_takes_late(entry))
    editable = drafting.may_edit(entry, now=now)
    status = 200
    if form.validate_on_submit():
        try:
            submitting.submit_entry(
                entry, actor=actor, now=now, base_number=whole(form.number.data),
                base_revision=whole(form.revision.data), answer=form.answer.data or "",
                takes_late=_takes_late(entry),
            )  # fmt: skip
            flash(
                "Đã ghi nhận hồ sơ quá hạn. Tổ Thư ký kết luận ở bàn sơ loại."
                if found.late
                else "Đã nộp, còn thiếu tệp. Bổ sung trước hạn ghi trong biên nhận."
                if entry.state == EntryState.NEEDS_SUPPLEMENT.value
                else "Đã nộp tác phẩm. Bản nộp sau cùng được tính.",
                "success",
            )
            return redirect(url_for("entries.author.receipt", public_id=entry.public_id), 303)
        except UserError as error:
            form.add_error(error)
            status = error.status
    rulebook = contests.rulebook_of(entry.contest)
    page = render_template(
        "entries/author/review.html", entry=entry, version=version, form=form, review=found, name="review",
        steps=_steps(found, "review"), rulebook=rulebook,
        editable=editable, asked=drafting.open_request(entry, now=now),
        closed="" if editable else receipts.terms(entry, is_editable=False, now=now),
        titles={k: t for k, (t, _) in STEPS.items()}, roles=_roles(entry),
        slots={s.key: s.name for s in rulebook.slots},
        is_blind=any(r.blind for r in rulebook.rounds), work=blind.see_version(version, rulebook),
    )  # fmt: skip
    return page if status == 200 and not form.errors else (page, status if status != 200 else 422)


@bp.get("/entries/<public_id>")
@guard(Permission.ENTRY_VIEW, reading.get_entry)
def receipt(entry: Entry, actor: Actor) -> View:
    """The receipt and where the entry stands; a draft goes on with its form."""
    return _receipt(entry, WithdrawForm())


def _receipt(entry: Entry, form: WithdrawForm, status: int = 200) -> View:
    if entry.submitted_version_id is None:
        return redirect(url_for("entries.author.step", public_id=entry.public_id, name="work"), 303)
    version = reading.load_version(entry.submitted_version_id)
    now = utcnow()
    state = EntryState(entry.state)
    editable = drafting.may_edit(entry, now=now)
    missing = receipts.missing_at(entry, version)
    page = render_template(
        "entries/author/receipt.html", entry=entry, version=version, editable=editable, lead=_lead(entry, editable, now),
        asked=drafting.open_request(entry, now=now), form=form, entered_by=receipts.entered_by(entry),
        progress=receipts.progress(entry, now=now), late=arriving.late_words(entry, now=now), missing=receipts.missing_words(missing) if missing else "",
        may_withdraw=EntryAction.WITHDRAW in actions(state),
    )  # fmt: skip
    return page if status == 200 else (page, status)


def _lead(entry: Entry, editable: bool, now: datetime) -> str:
    """What to do next, in a sentence."""
    is_waited_for = editable and entry.state == EntryState.NEEDS_SUPPLEMENT.value
    first = "Bổ sung để hồ sơ đi tiếp. " if is_waited_for else ""
    return first + receipts.terms(entry, is_editable=editable, now=now)


@bp.get("/entries/<public_id>/receipt.pdf")
@guard(Permission.ENTRY_VIEW, reading.get_entry)
def receipt_pdf(entry: Entry, actor: Actor) -> View:
    """The receipt as PDF."""
    if entry.submitted_version_id is None:
        abort(404)
    body = receipts.receipt_pdf(entry, reading.load_version(entry.submitted_version_id), now=utcnow())
    name = f"bien-nhan-{entry.receipt_code}.pdf"
    return Response(
        body, mimetype="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@bp.get("/entries/<public_id>/registration-form")
@guard(Permission.ENTRY_VIEW, reading.get_entry)
def registration_form(entry: Entry, actor: Actor) -> View:
    """Phiếu đăng ký dự thi on A4, from a draft too, with the agency's confirmation box."""
    return render_template(
        "entries/author/registration_form.html", entry=entry, version=reading.current_version(entry),
        rulebook=contests.rulebook_of(entry.contest), roles=_roles(entry),
    )  # fmt: skip


@bp.post("/entries/<public_id>/withdraw")
@guard(Permission.ENTRY_WITHDRAW, reading.get_entry)
def withdraw(entry: Entry, actor: Actor) -> View:
    """Take the entry back, with a reason once it was handed in."""
    form = WithdrawForm()
    if not form.validate():
        return _receipt(entry, form, 422)
    try:
        submitting.withdraw_entry(entry, actor=actor, now=received_at(), reason=form.reason.data or "")
    except UserError as error:
        form.add_error(error)
        return _receipt(entry, form, error.status)
    flash("Đã rút tác phẩm.", "success")
    return redirect(url_for("work.member.home"), 303)


@bp.post("/entries/<public_id>/discard")
@guard(Permission.ENTRY_EDIT, reading.get_entry)
def discard(entry: Entry, actor: Actor) -> View:
    """Drop the changes made since the last submission."""
    take_only()
    drafting.discard_changes(entry, actor=actor, now=utcnow())
    flash("Đã bỏ phần sửa chưa nộp. Bản đã nộp vẫn được tính.", "success")
    return redirect(url_for("entries.author.receipt", public_id=entry.public_id), 303)
