"""The contest as configuration: created from a rulebook, changed by forms or TOML, each save a checked version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.contests import ContestState, is_extendable
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission
from contest.domain.rulebook import (
    Rulebook,
    RulebookError,
    check_rulebook,
    describe_to_organizer,
    dump_rulebook,
    parse_rulebook,
)
from contest.domain.rulebook.editions import with_dates, without_basis
from contest.domain.rulebook.writing import as_data
from contest.models import Account, Contest, RulebookVersion
from contest.models.database import begin_writing
from contest.services import media
from contest.services.accounts import persons
from contest.services.contests import changing, creating, extending, moving
from contest.services.contests import reading as contests
from contest.web.access import guard
from contest.web.acts import act_and_return
from contest.web.asked import whole
from contest.web.contests import sections
from contest.web.contests.forms import ButtonForm, CreateForm, ExtendForm, ImportForm, ReasonForm
from contest.web.contests.parts import SectionForm
from contest.web.contests.sections import SECTIONS
from contest.web.forms import Form
from contest.web.serving import send_stored

bp = Blueprint("organizer", __name__, url_prefix="/contests")

View = str | Response | tuple[str, int]
SHIPPED = Path(__file__).resolve().parents[2] / "data" / "rulebooks"
RULES_LIMIT = 50_000_000


@bp.route("/new", methods=["GET", "POST"])
@guard(Permission.CONTEST_CREATE)
def create(actor: Actor) -> View:
    """A new contest from a shipped rulebook, a file, or an earlier contest; it asks for this edition's dates."""
    form = CreateForm()
    mine = [c for c in contests.list_contests() if actor.is_operator or actor.has_role(c.id, "organizer")]
    form.source.choices = [
        ("shipped", "Thể lệ mẫu Quảng Ngãi"), *((f"contest:{c.slug}", f"Thể lệ của {c.name}") for c in mine), ("toml", "Tệp thể lệ (TOML) dán bên dưới"),
    ]  # fmt: skip
    if request.method == "GET":
        form.source.data = "shipped"
    if form.validate_on_submit():
        try:
            contest = _create(form, actor)
            flash("Đã tạo cuộc thi ở trạng thái chuẩn bị. Xem lại thể lệ rồi mở.", "success")
            return redirect(url_for("contests.organizer.rulebook", slug=contest.slug), 303)
        except RulebookError as error:
            form.refuse(error.problems)
        except UserError as error:
            form.add_error(error)
    page = render_template("contests/organizer/create.html", form=form)
    return (page, 422) if form.errors or form.form_errors else page


def _create(form: CreateForm, actor: Actor) -> Contest:
    rulebook = _source(form)
    assert form.submitted_from.data and form.submitted_to.data
    first, last = form.published_from.data, form.published_to.data
    dated = with_dates(
        rulebook,
        submitted=(form.submitted_from.data, form.submitted_to.data),
        published=(first, last) if first and last else None,
    )
    if form.name.data:
        data = as_data(dated)
        data["contest"]["name"] = form.name.data
        dated = check_rulebook(data)
    return creating.create_contest(
        rulebook=dated, actor=actor, now=utcnow(), slug=form.slug.data or "", organizer=_account_of(actor)
    )


def _account_of(actor: Actor) -> Account:
    """Who creates a contest is its first organizer; everybody else is invited and agrees."""
    account = persons.get_account(actor.account_id)
    assert account is not None
    return account


def _source(form: CreateForm) -> Rulebook:
    chosen = form.source.data or ""
    if chosen == "toml":
        return parse_rulebook(form.toml.data or "")
    if chosen.startswith("contest:"):
        found = contests.get_contest(chosen.removeprefix("contest:"))
        if found is not None:
            return without_basis(contests.rulebook_of(found))
    return parse_rulebook((SHIPPED / "quang-ngai.toml").read_text("utf-8"))


@bp.get("/<slug>/rulebook")
@guard(Permission.CONTEST_CONFIGURE, contests.get_contest)
def rulebook(contest: Contest, actor: Actor) -> View:
    """The rules in words, the way to change each part, the versions, and the contest's steps."""
    return _rulebook(contest)


def _rulebook(contest: Contest) -> str:
    found = contests.rulebook_of(contest)
    return render_template(
        "contests/organizer/rulebook.html", contest=contest, rulebook=found, words=describe_to_organizer(found), versions=contests.list_versions(contest.id),
        sections={k: f.title for k, f in SECTIONS.items()}, state=contests.state_of(contest), is_extendable=is_extendable(contests.state_of(contest)),
    )  # fmt: skip


@bp.route("/<slug>/rulebook/<section>", methods=["GET", "POST"])
@guard(
    Permission.CONTEST_CONFIGURE,
    lambda slug, section: contests.get_contest(slug) if section in SECTIONS else None,
)
def section(contest: Contest, actor: Actor) -> View:
    """One part of the rulebook as a form."""
    kind = SECTIONS[str((request.view_args or {})["section"])]
    return _section(contest, actor, kind, kind.title)


@bp.route("/<slug>/rulebook/rounds/<key>", methods=["GET", "POST"])
@guard(Permission.CONTEST_CONFIGURE, lambda slug, key: contests.get_contest(slug))
def round_rules(contest: Contest, actor: Actor) -> View:
    """One round with its criteria."""
    key = str((request.view_args or {})["key"])
    found = contests.rulebook_of(contest)
    position = next((i for i, r in enumerate(found.rounds, start=1) if r.key == key), None)
    if position is None:
        abort(404)
    title = f"Vòng {found.rounds[position - 1].name}"
    return _section(contest, actor, sections.ROUND, title, key=key, within=f"rounds[{position}]")


def _section(
    contest: Contest, actor: Actor, kind: type[SectionForm], title: str, *, key: str = "", within: str = ""
) -> View:
    current = contests.latest_version(contest.id)
    data = as_data(contests.rulebook_at(current))
    status = 200
    is_unsaved = sections.only_rearranges(request.form)
    if is_unsaved:
        form = sections.rearranged(kind, request.form, data)
    else:
        form = kind(base=str(current.number), **(kind.values(data, key) if request.method == "GET" else {}))
        form.offer(data)
        if request.method == "POST":
            status = _save(contest, actor, form, data, key=key, within=within)
    if status == 303:
        return redirect(url_for("contests.organizer.rulebook", slug=contest.slug), 303)
    page = render_template(
        "contests/organizer/section.html",
        contest=contest,
        form=form,
        title=title,
        is_open=contest.state != "draft",
        is_unsaved=is_unsaved,
    )
    return page if status == 200 else (page, status)


def _save(
    contest: Contest, actor: Actor, form: SectionForm, data: dict[str, Any], *, key: str, within: str
) -> int:
    """Check and keep what was typed; the status says how it went, 303 when it was kept."""
    if not form.validate():
        return 422
    form.write(data, key)
    if form.problems():
        return 422
    try:
        changed = changing.change_rulebook(
            contest, check_rulebook(data), actor=actor, now=utcnow(), base_number=whole(form.base.data), reason=form.reason.data or "",
            document_number=form.document_number.data or "", notice=form.notice.data or "",
        )  # fmt: skip
    except RulebookError as error:
        form.refuse(error.problems, within)
        return 422
    except UserError as error:
        form.refuse_change(error)
        return error.status
    flash(f"Đã lưu thể lệ bản {changed.number}." if changed else "Không có gì thay đổi.", "success")
    return 303


@bp.get("/<slug>/rulebook.toml")
@guard(Permission.CONTEST_CONFIGURE, contests.get_contest)
def export(contest: Contest, actor: Actor) -> View:
    """The rulebook in force as a file."""
    return _toml(dump_rulebook(contests.rulebook_of(contest)), f"the-le-{contest.slug}.toml")


@bp.get("/<slug>/versions/<int:number>")
@guard(Permission.CONTEST_CONFIGURE, lambda slug, number: contests.get_contest(slug))
def version(contest: Contest, actor: Actor) -> View:
    """The rules in words as one version has them, and what it changed."""
    found = _version(contest)
    return render_template(
        "contests/organizer/version.html", contest=contest, version=found,
        words=describe_to_organizer(contests.rulebook_at(found)), latest=contests.latest_version(contest.id).number,
    )  # fmt: skip


@bp.get("/<slug>/versions/<int:number>/rulebook.toml")
@guard(Permission.CONTEST_CONFIGURE, lambda slug, number: contests.get_contest(slug))
def export_version(contest: Contest, actor: Actor) -> View:
    """One version as a file."""
    found = _version(contest)
    return _toml(found.toml, f"the-le-{contest.slug}-ban-{found.number}.toml")


def _version(contest: Contest) -> RulebookVersion:
    number = int((request.view_args or {})["number"])
    found = next((v for v in contests.list_versions(contest.id) if v.number == number), None)
    return found or abort(404)


def _toml(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="application/toml", headers=headers)


@bp.route("/<slug>/rulebook-import", methods=["GET", "POST"])
@guard(Permission.CONTEST_CONFIGURE, contests.get_contest)
def import_(contest: Contest, actor: Actor) -> View:
    """A whole rulebook as TOML, checked with the place of every problem."""
    current = contests.latest_version(contest.id)
    form = ImportForm(base=str(current.number), **({"toml": current.toml} if request.method == "GET" else {}))
    status = 200
    if form.validate_on_submit():
        try:
            changed = changing.change_rulebook(
                contest, parse_rulebook(form.toml.data or ""), actor=actor, now=utcnow(), base_number=whole(form.base.data),
                reason=form.reason.data or "", document_number=form.document_number.data or "", notice=form.notice.data or "",
            )  # fmt: skip
            flash(f"Đã lưu thể lệ bản {changed.number}." if changed else "Không có gì thay đổi.", "success")
            return redirect(url_for("contests.organizer.rulebook", slug=contest.slug), 303)
        except RulebookError as error:
            form.form_errors.extend(str(p) for p in error.problems)
            status = 422
        except UserError as error:
            form.refuse_change(error)
            status = error.status
    page = render_template(
        "contests/organizer/import.html", contest=contest, form=form, is_open=contest.state != "draft"
    )
    return (page, status if status != 200 else 422) if form.errors or form.form_errors else page


@bp.route("/<slug>/extend", methods=["GET", "POST"])
@guard(Permission.CONTEST_CONFIGURE, contests.get_contest)
def extend(contest: Contest, actor: Actor) -> View:
    """A new deadline on one screen: date, reason, document; notice and mails follow."""
    form, status = ExtendForm(), 200
    if form.validate_on_submit():
        try:
            assert form.new_day.data is not None
            extending.extend_deadline(
                contest, new_day=form.new_day.data, reason=form.reason.data or "", document_number=form.document_number.data or "", actor=actor,
                now=utcnow(),
            )  # fmt: skip
            flash(
                "Đã gia hạn. Thông báo đã hiện trên trang cuộc thi, thư đang được gửi tới các tác giả.",
                "success",
            )
            return redirect(url_for("contests.organizer.rulebook", slug=contest.slug), 303)
        except RulebookError as error:
            form.refuse(error.problems)
        except UserError as error:
            form.add_error(error)
            status = error.status
    page = render_template(
        "contests/organizer/extend.html", contest=contest, form=form, rulebook=contests.rulebook_of(contest),
        is_closed=contest.state == ContestState.CLOSED.value,
    )  # fmt: skip
    return (page, status if status != 200 else 422) if form.errors or form.form_errors else page


@bp.post("/<slug>/rules-file")
@guard(
    Permission.CONTEST_CONFIGURE, contests.get_contest, manual_write=True, body_limit=RULES_LIMIT + 1_000_000
)
def rules_file(contest: Contest, actor: Actor) -> View:
    """Upload the signed Thể lệ: that is the legal text."""
    storage, sent = current_app.extensions["storage"], request.files.get("file")
    if sent is None or not sent.filename:
        flash("Hãy chọn tệp PDF của Thể lệ đã ký.", "error")
        return redirect(url_for("contests.organizer.rulebook", slug=contest.slug), 303)
    try:
        received = media.receive(
            sent.stream, storage=storage, name=sent.filename, allowed=("pdf",), limit=RULES_LIMIT
        )
        begin_writing()
        moving.attach_rules(
            contest, media.keep(received, actor=actor, now=utcnow()), actor=actor, now=utcnow()
        )
        flash("Đã nhận Thể lệ đã ký; trang cuộc thi dẫn tới tệp này.", "success")
    except UserError as error:
        flash(str(error), "error")
    return redirect(url_for("contests.organizer.rulebook", slug=contest.slug), 303)


@bp.get("/<slug>/rules-file")
@guard(Permission.CONTEST_CONFIGURE, contests.get_contest)
def rules_file_view(contest: Contest, actor: Actor) -> View:
    """The uploaded Thể lệ, before and after opening."""
    if contest.rules_file is None:
        abort(404)
    file, storage = contest.rules_file, current_app.extensions["storage"]
    return send_stored(storage, file.storage_key, file.size, "application/pdf", "the-le.pdf")


def _step(contest: Contest, form: Form, act: Any, done: str) -> View:
    back = url_for("contests.organizer.rulebook", slug=contest.slug)
    return act_and_return(form, act, done, back, lambda: _rulebook(contest))


@bp.post("/<slug>/open")
@guard(Permission.CONTEST_CONFIGURE, contests.get_contest)
def open_(contest: Contest, actor: Actor) -> View:
    """Open to entries."""
    return _step(
        contest,
        ButtonForm(),
        lambda: moving.open_contest(contest, actor=actor, now=utcnow()),
        "Đã mở cuộc thi.",
    )


@bp.post("/<slug>/close")
@guard(Permission.CONTEST_CONFIGURE, contests.get_contest)
def close(contest: Contest, actor: Actor) -> View:
    """Take no more entries."""
    form = ReasonForm()
    return _step(
        contest,
        form,
        lambda: moving.close_contest(contest, actor=actor, now=utcnow(), reason=form.reason.data or ""),
        "Đã khóa nhận tác phẩm.",
    )


@bp.post("/<slug>/reopen")
@guard(Permission.CONTEST_CONFIGURE, contests.get_contest)
def reopen(contest: Contest, actor: Actor) -> View:
    """Take entries again, within the window of the rules."""
    form = ReasonForm()
    return _step(
        contest,
        form,
        lambda: moving.reopen_contest(contest, actor=actor, now=utcnow(), reason=form.reason.data or ""),
        "Đã mở lại việc nhận.",
    )


@bp.post("/<slug>/archive")
@guard(Permission.CONTEST_CONFIGURE, contests.get_contest)
def archive(contest: Contest, actor: Actor) -> View:
    """Put a published contest away; its pages stay readable."""
    return _step(
        contest,
        ButtonForm(),
        lambda: moving.archive_contest(contest, actor=actor, now=utcnow()),
        "Đã lưu trữ cuộc thi.",
    )


@bp.post("/<slug>/copy")
@guard(Permission.CONTEST_CONFIGURE, contests.get_contest)
def copy(contest: Contest, actor: Actor) -> View:
    """Next year's contest from this one."""
    if not ButtonForm().validate():
        abort(422)
    made = creating.copy_contest(contest, actor=actor, now=utcnow(), organizer=_account_of(actor))
    flash("Đã chép thể lệ sang năm sau, mọi ngày lùi một năm. Xem lại trước khi mở.", "success")
    return redirect(url_for("contests.organizer.rulebook", slug=made.slug), 303)
