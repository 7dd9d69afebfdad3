"""Doors for everybody with an account: profile, devices, leaving."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission
from contest.services.accounts import actors, passwords, persons, signing
from contest.services.accounts import profile as profiles
from contest.services.judging import late_conflicts
from contest.web import strict
from contest.web.access import guard
from contest.web.accounts.affiliations import read_affiliations
from contest.web.accounts.devices import device_words
from contest.web.accounts.forms import EmailForm, PasswordForm, ProfileForm
from contest.web.accounts.own_password import confirm_password
from contest.web.forms import take_only
from contest.web.outbox.showing import say_where_mails_are

WRONG = "Mật khẩu đang dùng chưa đúng."

bp = Blueprint("member", __name__, url_prefix="/accounts")

View = str | Response | tuple[str, int]


@bp.post("/logout")
@guard(Permission.ACCOUNT_USE)
def logout(actor: Actor) -> View:
    """Sign this device out and make the browser forget private pages."""
    take_only()
    actors.end_sign_in(current_user.sign_in, now=utcnow())
    logout_user()
    session.clear()
    strict.take_back()
    response = redirect("/", 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.post("/logout-everywhere")
@guard(Permission.ACCOUNT_USE)
def logout_everywhere(actor: Actor) -> View:
    """Sign every other device out."""
    take_only()
    signing.sign_out_everywhere(actor, now=utcnow(), keep=current_user.sign_in.id)
    flash("Đã đăng xuất mọi thiết bị khác.", "success")
    return redirect(url_for("accounts.member.profile"), 303)


@bp.route("/profile", methods=["GET", "POST"])
@guard(Permission.ACCOUNT_USE)
def profile(actor: Actor) -> View:
    """Look at and change one's own data."""
    account = persons.get_account(actor.account_id)
    assert account is not None
    person = account.person
    form = ProfileForm(
        name=person.legal_name,
        phone=person.phone,
        birth_year=person.birth_year,
        pen_names="\n".join(person.pen_names),
        agency=person.agency_id,
        agency_name=person.agency_name,
        unit=person.unit_id,
        unit_name=person.unit_name,
    )
    if form.validate_on_submit():
        now = utcnow()
        agency, unit = read_affiliations(form, now=now)
        said = profiles.Profile(
            name=form.name.data or "",
            phone=form.phone.data or "",
            birth_year=form.birth_year.data,
            pen_names=tuple(
                line.strip() for line in (form.pen_names.data or "").splitlines() if line.strip()
            ),
            agency=agency,
            unit=unit,
        )
        late_conflicts.change_profile(account, said, actor=actor, now=now)
        also = " Tác phẩm của cơ quan, đơn vị mình, nếu có, rời danh sách chấm." if actor.judge_ids else ""
        flash(f"Đã lưu.{also}", "success")
        return redirect(url_for("accounts.member.profile"), 303)
    devices = actors.list_sign_ins(actor.account_id, now=utcnow())
    page = render_template(
        "accounts/member/profile.html",
        form=form,
        account=account,
        devices=devices,
        device_words=device_words,
        here=current_user.sign_in.id,
    )
    return (page, 422) if form.errors else page


@bp.route("/email-change", methods=["GET", "POST"])
@guard(Permission.ACCOUNT_USE, manual_write=True)
def email_change(actor: Actor) -> View:
    """Ask for another address."""
    form = EmailForm()
    if form.validate_on_submit():
        account = persons.get_account(actor.account_id)
        assert account is not None
        try:
            confirm_password(account, form.password.data or "", field="password", words=WRONG)
            profiles.ask_email_change(
                account,
                email=form.email.data or "",
                network=request.remote_addr or "",
                actor=actor,
                now=utcnow(),
            )
            flash(
                "Đã gửi liên kết tới địa chỉ mới. Địa chỉ cũ dùng tiếp cho đến khi liên kết được bấm.",
                "success",
            )
            say_where_mails_are()
            return redirect(url_for("accounts.member.profile"), 303)
        except UserError as error:
            form.add_error(error)
    page = render_template("accounts/member/email_change.html", form=form)
    return (page, 422) if form.errors else page


@bp.post("/confirmation")
@guard(Permission.ACCOUNT_USE)
def confirmation(actor: Actor) -> View:
    """Send the mail that confirms the address once more."""
    account = persons.get_account(actor.account_id)
    assert account is not None
    take_only()
    signing.ask_confirmation(account, request.remote_addr or "", now=utcnow())
    flash(f"Đã gửi thư xác nhận tới {account.email}.", "success")
    say_where_mails_are()
    return redirect(url_for("accounts.member.profile"), 303)


@bp.route("/password-change", methods=["GET", "POST"])
@guard(Permission.ACCOUNT_USE, manual_write=True)
def password_change(actor: Actor) -> View:
    """Change the password."""
    form = PasswordForm()
    if form.validate_on_submit():
        account = persons.get_account(actor.account_id)
        assert account is not None
        try:
            new_hash = passwords.hash_password(form.password.data or "")
            keep = current_user.sign_in.id
            confirm_password(account, form.old.data or "", field="old", words=WRONG)
            profiles.change_password(account, password_hash=new_hash, actor=actor, now=utcnow(), keep=keep)
            flash("Đã đổi mật khẩu. Các thiết bị khác đã được đăng xuất.", "success")
            return redirect(url_for("accounts.member.profile"), 303)
        except UserError as error:
            form.add_error(error)
    page = render_template("accounts/member/password_change.html", form=form)
    return (page, 422) if form.errors else page


@bp.post("/text-size")
@guard(Permission.ACCOUNT_USE)
def text_size(actor: Actor) -> View:
    """Remember the text size of this person's screens."""
    take_only("size")
    size = request.form.get("size", "")
    account = persons.get_account(actor.account_id)
    if account is not None and size in ("", "large", "larger"):
        profiles.set_preference(account, key="text_size", value=size)
    return Response(status=204)
