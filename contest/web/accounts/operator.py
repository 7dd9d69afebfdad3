"""The operator's list of accounts: locking one, making another operator; and inviting who runs a contest."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission, Role
from contest.models import Account, Contest
from contest.services.accounts import members, operating, persons
from contest.services.contests import reading as contests
from contest.web.access import current_actor, guard
from contest.web.accounts.forms import AccountForm, ButtonForm, InviteOrganizerForm
from contest.web.accounts.showing import on_screen
from contest.web.acts import act_and_return
from contest.web.asked import page_asked

bp = Blueprint("operator", __name__, url_prefix="/operate")

View = str | Response | tuple[str, int]


@bp.get("/accounts")
@guard(Permission.INSTANCE_OPERATE)
def accounts(actor: Actor) -> View:
    """Accounts by name or address."""
    words = request.args.get("q", "").strip()[:100]
    number = page_asked()
    rows, total = operating.list_accounts(words, page=number)
    return render_template(
        "accounts/operator/accounts.html",
        rows=rows,
        total=total,
        q=words,
        page=number,
        pages=max(1, -(-total // operating.PAGE_SIZE)),
    )


@bp.post("/accounts/<int:account_id>")
@guard(Permission.INSTANCE_OPERATE, lambda account_id: persons.get_account(account_id))
def change(account: Account, actor: Actor) -> View:
    """Lock or unlock, make operator or not."""
    form = AccountForm()
    try:
        if not form.validate():
            raise UserError("Biểu mẫu chưa đúng. Hãy tải lại trang.")
        operating.change_account(
            account,
            is_disabled=bool(form.disabled.data),
            is_operator=bool(form.operator.data),
            actor=actor,
            now=utcnow(),
        )
        flash(f"Đã lưu tài khoản {account.display_name}.", "success")
    except UserError as error:
        flash(str(error), "error")
    return redirect(url_for("accounts.operator.accounts"), 303)


@bp.get("/contests/<slug>/organizers")
@guard(Permission.INSTANCE_OPERATE, contests.get_contest)
def organizers(contest: Contest, actor: Actor) -> View:
    """Who runs a contest, and the form to invite another one."""
    return _organizers_page(contest, InviteOrganizerForm(formdata=None))


def _organizers_page(
    contest: Contest, form: InviteOrganizerForm, *, shown: members.Invitation | None = None
) -> View:
    actor = current_actor()
    assert actor is not None
    held = [m for m in members.list_members(contest.id) if m.role == Role.ORGANIZER]
    page = render_template(
        "accounts/operator/organizers.html",
        about=contest,
        form=form,
        shown=on_screen(shown) if shown else None,
        organizers=held,
        own=next((m for m in held if m.account_id == actor.account_id), None),
        has_other=any(m.account_id != actor.account_id and not m.account.is_disabled for m in held),
        invited=[
            i
            for i in members.list_invitations(contest.id, now=utcnow())
            if i.payload["role"] == Role.ORGANIZER
        ],
    )
    return (page, 422) if form.errors or form.form_errors else page


@bp.post("/contests/<slug>/organizers")
@guard(Permission.INSTANCE_OPERATE, contests.get_contest)
def invite_organizer(contest: Contest, actor: Actor) -> View:
    """Invite somebody to run a contest; the link is in the mail and shown once. Inviting again replaces it."""
    form = InviteOrganizerForm()
    if not form.validate():
        return _organizers_page(contest, form)
    try:
        made = members.invite(
            contest, actor=actor, now=utcnow(), email=form.email.data or "", name=form.name.data or "",
            role=Role.ORGANIZER,
        )  # fmt: skip
    except UserError as error:
        form.add_error(error)
        return _organizers_page(contest, form)
    return _organizers_page(contest, InviteOrganizerForm(formdata=None), shown=made)


@bp.post("/contests/<slug>/organizers/hand-over")
@guard(Permission.INSTANCE_OPERATE, contests.get_contest)
def hand_over(contest: Contest, actor: Actor) -> Response:
    """Leave a contest that was created for others, once one of them organizes it."""
    return act_and_return(
        ButtonForm(), lambda: members.hand_over(contest, actor=actor, now=utcnow()),
        "Đã thôi vai trò Ban Tổ chức ở cuộc thi này.", url_for("accounts.operator.organizers", slug=contest.slug),
        lambda: _organizers_page(contest, InviteOrganizerForm(formdata=None)),
    )  # fmt: skip
