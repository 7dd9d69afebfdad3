"""Doors for those who are not signed in: sign up, log in, take up links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Role
from contest.models import Account
from contest.models.database import begin_writing, writing
from contest.services.accounts import actors, links, members, passwords, persons, signing
from contest.services.accounts import profile as profiles
from contest.services.judging import late_conflicts
from contest.web import resume, strict
from contest.web.access import Visitor, current_actor, manual_write, note_seen
from contest.web.accounts.devices import is_known_device, remember_device
from contest.web.accounts.forms import (
    AskResetForm,
    ButtonForm,
    InvitationForm,
    LoginForm,
    NewPasswordForm,
    SignUpForm,
    TakeUpForm,
)
from contest.web.addresses import safe_path
from contest.web.outbox.showing import say_where_mails_are

bp = Blueprint("public", __name__, url_prefix="/accounts")

View = str | Response | tuple[str, int]


def _come_in(token: str) -> None:
    """A fresh session for a fresh token, so that nothing fixed before survives."""
    session.clear()
    g.pop("csrf_token", None)  # made for the old session while the form was read
    now = utcnow()
    presence = actors.find_presence(token, now=now)
    assert presence is not None
    note_seen(now)
    login_user(Visitor(token, presence))
    strict.give(token)
    session.permanent = True


@bp.route("/login", methods=["GET", "POST"])
@manual_write
def login() -> View:
    """Log in; a form that waited is offered again afterwards."""
    form = LoginForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        if request.method == "GET" and current_actor() and not _needs_anew():
            return redirect(safe_path(request.args.get("next")), 303)
        return _login_page(form)
    email, now = form.email.data or "", utcnow()
    origin = _origin(email)
    try:
        is_right = _is_right(email, form.password.data or "", origin, now)
        begin_writing()
        token = signing.sign_in(email, origin, is_right=is_right, device=request.user_agent.string, now=now)
    except UserError as error:
        form.add_error(error)
        return _login_page(form)
    waiting = resume.unpack(form.resume.data or "") if form.resume.data else None
    _come_in(token)
    if waiting:
        page = render_template("accounts/public/resume.html", resumed=waiting, message="Đã đăng nhập.")
        return remember_device(make_response(page), email)
    return remember_device(redirect(safe_path(form.next.data), 303), email)


def _needs_anew() -> bool:
    """Whether who is signed in has to sign in again before anything of theirs is written."""
    return strict.is_missing(current_user.actor, current_user.token)


def _origin(email: str) -> signing.Origin:
    return signing.Origin(request.remote_addr or "", is_known_device=is_known_device(email))


def _is_right(email: str, password: str, origin: signing.Origin, now: datetime) -> bool:
    """Whether the password is that of this address, counted as a try before it is looked at."""
    with writing():
        signing.begin_try(email, origin, now=now)
    account = persons.find_account(email)
    return passwords.verify_password(account.password_hash if account else None, password)


def _login_page(form: LoginForm) -> View:
    page = render_template(
        "accounts/public/login.html", form=form, resume=form.resume.data or "", next=form.next.data
    )
    return (page, 422) if form.errors else page


@bp.route("/sign-up", methods=["GET", "POST"])
@manual_write
def sign_up() -> View:
    """Open an author's account; nothing waits for the mail."""
    form = SignUpForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        try:
            now = utcnow()
            with writing():
                signing.begin_sign_up(request.remote_addr or "", now=now)
            password_hash = passwords.hash_password(form.password.data or "")
            begin_writing()
            account = signing.sign_up(
                name=form.name.data or "", email=form.email.data or "", password_hash=password_hash, now=now
            )
            token = signing.start_session(account, device=request.user_agent.string, now=now)
            _come_in(token)
            flash(
                "Đã mở tài khoản. Có thể soạn và nộp tác phẩm ngay; thư xác nhận địa chỉ đang được gửi.",
                "success",
            )
            say_where_mails_are()
            return remember_device(redirect(safe_path(form.next.data), 303), account.email)
        except UserError as error:
            form.add_error(error)
    return _page("sign_up", form)


def _page(name: str, form: Any, **values: Any) -> View:
    page = render_template(f"accounts/public/{name}.html", form=form, **values)
    return (page, 422) if form.errors else page


@bp.route("/forgot", methods=["GET", "POST"])
def forgot() -> View:
    """Ask for a reset link; the answer is the same for known and unknown addresses."""
    form = AskResetForm()
    if form.validate_on_submit():
        signing.ask_reset(form.email.data or "", request.remote_addr or "", now=utcnow())
        flash("Nếu địa chỉ này có tài khoản, một liên kết đặt lại mật khẩu đã được gửi tới.", "success")
        say_where_mails_are()
        return redirect(url_for("accounts.public.login"), 303)
    return _page("forgot", form)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@manual_write
def reset(token: str) -> View:
    """Set a new password; looking at the page does not use the link."""
    if links.look_at_link(token, "reset", now=utcnow()) is None:
        return render_template("accounts/public/gone.html"), 404
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            password_hash = passwords.hash_password(form.password.data or "")
            begin_writing()
            signing.reset_password(token, password_hash=password_hash, now=utcnow())
            flash("Đã đặt mật khẩu mới. Mọi thiết bị đã được đăng xuất; hãy đăng nhập lại.", "success")
            return redirect(url_for("accounts.public.login"), 303)
        except UserError as error:
            form.add_error(error)
    return _page("reset", form)


@bp.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> View:
    """Confirm an address by its button."""
    if links.look_at_link(token, "confirm", now=utcnow()) is None:
        return render_template("accounts/public/gone.html"), 404
    form = ButtonForm()
    if form.validate_on_submit():
        signing.confirm_address(token, now=utcnow())
        flash("Đã xác nhận địa chỉ thư điện tử.", "success")
        return redirect("/", 303)
    return _page(
        "confirm",
        form,
        title="Xác nhận địa chỉ thư điện tử",
        sentence="Bấm nút để xác nhận địa chỉ thư điện tử này là của mình.",
    )


@bp.route("/email/<token>", methods=["GET", "POST"])
def email(token: str) -> View:
    """Take over a new address by its button."""
    if links.look_at_link(token, "email_change", now=utcnow()) is None:
        return render_template("accounts/public/gone.html"), 404
    form = ButtonForm()
    if form.validate_on_submit():
        try:
            profiles.change_email(token, now=utcnow())
            flash("Đã đổi địa chỉ thư điện tử. Hãy đăng nhập bằng địa chỉ mới.", "success")
            return redirect(url_for("accounts.public.login"), 303)
        except UserError as error:
            form.add_error(error)
    return _page(
        "confirm", form, title="Đổi địa chỉ thư điện tử", sentence="Bấm nút để dùng địa chỉ này từ nay."
    )


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@manual_write
def invitation(token: str) -> View:
    """Take up a role: by the session or the password of the account that the address has, else with a new password."""
    row = links.look_at_link(token, "invite", now=utcnow())
    if row is None:
        return render_template("accounts/public/gone.html"), 404
    account, actor = persons.find_account(row.email), current_actor()
    own = account if actor is not None and account is not None and actor.account_id == account.id else None
    form = InvitationForm() if account is None else ButtonForm() if own else TakeUpForm()
    if form.validate_on_submit():
        try:
            if own:
                begin_writing()
                late_conflicts.accept_invitation(token, account_id=own.id, password_hash=None, now=utcnow())
                return redirect("/work", 303)
            return _take_up(token, row.email, account, form.password.data or "")
        except UserError as error:
            form.add_error(error)
    role = members.ROLE_NAMES[Role(row.payload["role"])]
    return _page(
        "invitation", form, row=row, role=role, has_account=account is not None, is_here=own is not None
    )


def _take_up(token: str, email: str, account: Account | None, password: str) -> View:
    """Take the invitation up with a password and come in. Raises UserError when it does not fit."""
    now, device = utcnow(), request.user_agent.string
    if account is None:
        password_hash = passwords.hash_password(password)
        begin_writing()
        made = late_conflicts.accept_invitation(token, account_id=None, password_hash=password_hash, now=now)
        session_token = signing.start_session(made, device=device, now=now)
    else:
        origin = _origin(email)
        if not _is_right(email, password, origin, now):
            raise UserError("Mật khẩu chưa đúng.", field="password")
        begin_writing()
        late_conflicts.accept_invitation(token, account_id=account.id, password_hash=None, now=now)
        session_token = signing.sign_in(email, origin, is_right=True, device=device, now=now)
    _come_in(session_token)
    return remember_device(redirect("/work", 303), email)
