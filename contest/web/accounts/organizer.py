"""Members of a contest: invited by mail, by a link shown as text or QR, ended with a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, render_template, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission, Role
from contest.models import AccessToken, Contest, Membership, Panel, db
from contest.services.accounts import invitations
from contest.services.accounts import members as roles
from contest.services.accounts.persons import NOWHERE
from contest.services.contests import reading as contests
from contest.services.judging import absences
from contest.services.judging import reading as judging
from contest.web.access import guard
from contest.web.accounts.affiliations import read_affiliations
from contest.web.accounts.forms import ButtonForm, EndForm, InviteForm
from contest.web.accounts.showing import on_screen
from contest.web.acts import act_and_return
from contest.web.asked import whole
from contest.web.forms import take_only

bp = Blueprint("organizer", __name__)

View = str | Response | tuple[str, int]


@bp.get("/contests/<slug>/members")
@guard(Permission.MEMBER_LINK, contests.get_contest)
def members(contest: Contest, actor: Actor) -> View:
    """Who holds which role; invitations still open; the form to invite."""
    return _page(contest)


def _page(
    contest: Contest,
    *,
    form: InviteForm | None = None,
    shown: roles.Invitation | None = None,
    status: int = 200,
) -> View:
    panels = {p.id: p for r in judging.list_rounds(contest.id) for p in r.panels}
    page = render_template(
        "accounts/organizer/members.html", contest=contest, members=roles.list_members(contest.id), panels=panels,
        invitations=roles.list_invitations(contest.id, now=utcnow()), names={r.value: n for r, n in roles.ROLE_NAMES.items()},
        form=form or _form(contest, formdata=None), shown=on_screen(shown) if shown else None,
        mail_works=current_app.config["SETTINGS"].sends_mail,
    )  # fmt: skip
    return page if status == 200 else (page, status)


def _form(contest: Contest, **values: Any) -> InviteForm:
    form = InviteForm(**values)
    form.role.choices = [(r.value, n) for r, n in roles.ROLE_NAMES.items() if r is not Role.AUTHOR]
    form.panel.choices = [("", "–")] + [
        (str(p.id), f"{r.name}: {p.name}") for r in judging.list_rounds(contest.id) for p in r.panels
    ]
    return form


@bp.post("/contests/<slug>/members")
@guard(Permission.MEMBER_MANAGE, contests.get_contest)
def invite(contest: Contest, actor: Actor) -> View:
    """Invite somebody; the link is in the mail and shown once, as text and QR."""
    form = _form(contest)
    if not form.validate():
        return _page(contest, form=form, status=422)
    try:
        panel = db.session.get(Panel, whole(form.panel.data)) if form.panel.data else None
        role, now = Role(form.role.data), utcnow()
        agency, unit = read_affiliations(form, now=now)
        made = roles.invite(
            contest, actor=actor, now=now, email=form.email.data or "", name=form.name.data or "", role=role,
            panel=panel if role is Role.JUDGE else None, is_chair=bool(form.is_chair.data) and role is Role.JUDGE,
            agency=agency if role is Role.JUDGE else NOWHERE, unit=unit,
        )  # fmt: skip
    except UserError as error:
        form.add_error(error)
        return _page(contest, form=form, status=error.status)
    return _page(contest, shown=made)


def _invitation(token_id: int) -> AccessToken | None:
    row = db.session.get(AccessToken, token_id)
    return row if row is not None and row.purpose == "invite" and row.contest_id is not None else None


@bp.post("/invitations/<int:token_id>/renew")
@guard(Permission.INVITATION_RENEW, _invitation)
def renew(row: AccessToken, actor: Actor) -> View:
    """A fresh link to show as text or QR; the old one stops working."""
    take_only()
    contest = db.session.get_one(Contest, row.contest_id)
    try:
        made = invitations.renew_invitation(row, actor=actor, now=utcnow())
    except UserError as error:
        flash(str(error), "error")
        return _page(contest, status=error.status)
    return _page(contest, shown=made)


@bp.post("/invitations/<int:token_id>/withdraw")
@guard(Permission.MEMBER_MANAGE, _invitation)
def withdraw(row: AccessToken, actor: Actor) -> View:
    """Make an invitation useless."""
    contest = db.session.get_one(Contest, row.contest_id)
    return act_and_return(
        ButtonForm(), lambda: invitations.withdraw_invitation(row, actor=actor, now=utcnow()), "Đã rút lời mời.",
        url_for("accounts.organizer.members", slug=contest.slug), lambda: _page(contest),
    )  # fmt: skip


def _member(member_id: int) -> Membership | None:
    return db.session.get(Membership, member_id)


@bp.post("/members/<int:member_id>/end")
@guard(Permission.MEMBER_MANAGE, _member)
def end(member: Membership, actor: Actor) -> View:
    """End a role, with a reason; rights end at the next click."""
    contest = db.session.get_one(Contest, member.contest_id)
    form = EndForm()

    def act() -> None:
        if member.ended_at is not None:
            return
        freed = absences.end_role(member, actor=actor, now=utcnow(), reason=form.reason.data or "")
        if freed:
            flash(f"Đã thu hồi {freed} lượt chấm chưa ký; phân công lại ở trang Phân công.", "success")

    back = url_for("accounts.organizer.members", slug=contest.slug)
    if member.account_id == actor.account_id:
        back = url_for("work.member.home")  # the page of members may be closed to them now
    return act_and_return(form, act, "Đã kết thúc vai trò.", back, lambda: _page(contest))
