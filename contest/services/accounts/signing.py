"""Signing up, in and out, and getting back in after a forgotten password."""

from __future__ import annotations

from datetime import datetime

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.models import Account, db
from contest.services import audit, outbox
from contest.services.accounts import actors, links, passwords, persons

WRONG = "Địa chỉ thư hoặc mật khẩu chưa đúng."


def sign_up(*, name: str, email: str, password_hash: str, now: datetime) -> Account:
    """A new author account. Mail to confirm the address goes out; nothing waits for it. Commits.

    An address already known gets a mail that says so, and the same answer on the page: who asks learns
    nothing about other people's accounts. Raises UserError only for a malformed address or an empty name.
    """
    address = persons.normal_email(email)
    known = persons.find_account(address)
    if known is not None:
        outbox.queue_mail("account_exists", to=address, to_name=known.display_name, now=now)
        db.session.commit()
        raise UserError(
            "Địa chỉ này đã có tài khoản. Hãy đăng nhập, hoặc chọn “Quên mật khẩu” để nhận liên kết mới.",
            field="email",
        )
    account = persons.make_account(
        persons.make_person(name, now=now, email=address), email=address, password_hash=password_hash, now=now
    )
    db.session.flush()
    _send_confirmation(account, now=now)
    audit.record(
        "account:signed_up",
        actor=None,
        now=now,
        kind="account",
        subject_id=account.id,
        label=account.display_name,
    )
    db.session.commit()
    return account


def _send_confirmation(account: Account, *, now: datetime) -> None:
    token = links.make_link("confirm", email=account.email, account=account, now=now)
    outbox.queue_mail(
        "confirm_address",
        to=account.email,
        to_name=account.display_name,
        now=now,
        secret_path=f"/accounts/confirm/{token}",
    )


def confirm_address(token: str, *, now: datetime) -> Account:
    """Confirm the address a link was sent to. Commits. Raises UserError when the link is gone."""
    row = links.use_link(token, "confirm", now=now)
    account = db.session.get_one(Account, row.account_id)
    account.email_confirmed_at = now
    db.session.commit()
    return account


def check_delay(email: str, network: str, *, now: datetime) -> None:
    """Raise UserError while this account or network has to wait before the next try."""
    waits = [passwords.next_try_at(key, now=now) for key in _keys(email, network)]
    latest = max((w for w in waits if w), default=None)
    if latest:
        seconds = max(1, round((latest - now).total_seconds()))
        raise UserError(f"Đã thử sai nhiều lần. Hãy đợi {seconds} giây rồi thử lại; tài khoản không bị khóa.")


def sign_in(email: str, *, is_right: bool, network: str, device: str, now: datetime) -> str:
    """Start a session after the password was checked (outside any lock); returns the cookie's token. Commits.

    Raises UserError with the same words for an unknown address, a wrong password and a disabled account.
    """
    account = persons.find_account(email)
    if account is None or not is_right or account.is_disabled:
        for key in _keys(email, network):
            passwords.note_failure(key, now=now)
        db.session.commit()
        raise UserError(WRONG)
    passwords.clear_failures(_keys(email, network)[0])
    token = actors.start_sign_in(account, device=device, now=now)
    audit.record(
        "account:signed_in",
        actor=actors.load_actor(account),
        now=now,
        kind="account",
        subject_id=account.id,
        label=account.display_name,
    )
    db.session.commit()
    return token


def _keys(email: str, network: str) -> list[str]:
    return [f"account:{email.strip().casefold()[:150]}", f"network:{network[:60]}"]


def ask_reset(email: str, *, now: datetime) -> None:
    """Send a reset link if the account exists; silent either way. Commits."""
    account = persons.find_account(email)
    if account is not None and not account.is_disabled:
        links.revoke_links(purpose="reset", account_id=account.id, now=now)
        token = links.make_link("reset", email=account.email, account=account, now=now)
        outbox.queue_mail(
            "reset_password",
            to=account.email,
            to_name=account.display_name,
            now=now,
            secret_path=f"/accounts/reset/{token}",
        )
    db.session.commit()


def reset_password(token: str, *, password_hash: str, now: datetime) -> Account:
    """Set a new password by a reset link and sign every device out. Commits. Raises UserError when the link is gone."""
    row = links.use_link(token, "reset", now=now)
    account = db.session.get_one(Account, row.account_id)
    account.password_hash = password_hash
    account.email_confirmed_at = account.email_confirmed_at or now
    actors.revoke_all(account.id, now=now)
    audit.record(
        "account:password_reset",
        actor=None,
        now=now,
        kind="account",
        subject_id=account.id,
        label=account.display_name,
    )
    db.session.commit()
    return account


def sign_out_everywhere(actor: Actor, *, now: datetime, keep: int | None = None) -> None:
    """End every session of the actor except `keep`. Commits."""
    actors.revoke_all(actor.account_id, now=now, keep=keep)
    audit.record(
        "account:signed_out_everywhere",
        actor=actor,
        now=now,
        kind="account",
        subject_id=actor.account_id,
        label=actor.name,
    )
    db.session.commit()
