"""Signing up, in and out, and getting back in after a forgotten password."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.models import Account, db
from contest.services import audit, outbox
from contest.services.accounts import actors, links, passwords, persons

WRONG = "Địa chỉ thư điện tử hoặc mật khẩu chưa đúng."
FREE_PER_ACCOUNT, FREE_PER_NETWORK = 4, 20
FREE_SIGN_UPS = 100  # a province's phones may share one address
FREE_MAILS, FREE_MAILS_PER_NETWORK = 3, 30  # of one kind to one person; a newsroom shares an address


@dataclass(frozen=True)
class Origin:
    """Where a try to sign in comes from: the visitor's address, and whether the account has signed in from this browser."""

    address: str
    is_known_device: bool


def begin_sign_up(address: str, *, now: datetime) -> None:
    """Count a sign-up from this network. Commits. Raises UserError while the network has to wait."""
    _claim({f"sign-up:{network_of(address)}": FREE_SIGN_UPS}, now=now)


def sign_up(*, name: str, email: str, password_hash: str, now: datetime) -> Account:
    """A new author account. Mail to confirm the address goes out; nothing waits for it. Commits.

    Raises UserError for a malformed address, an empty name and an address already known, whose owner gets a mail. Who
    signs up is in at once, so the page cannot hide that an address is known; asking many is what `begin_sign_up` slows.
    """
    address = persons.normal_email(email)
    known = persons.find_account(address)
    if known is not None:
        if passwords.claim_try({f"exists:{address[:150]}": FREE_MAILS}, now=now) is None:
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
    send_confirmation(account, now=now)
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


def send_confirmation(account: Account, *, now: datetime) -> None:
    """Queue the mail whose link confirms the account's address; the caller commits."""
    token = links.make_link("confirm", email=account.email, account=account, now=now)
    outbox.queue_mail(
        "confirm_address",
        to=account.email,
        to_name=account.display_name,
        now=now,
        dedupe_key=links.mail_key(token),
        secret_path=f"/accounts/confirm/{token}",
    )


def ask_confirmation(account: Account, network: str, *, now: datetime) -> None:
    """Send the mail that confirms the address once more. Commits.

    Raises UserError when it is confirmed already, and while this account or network has to wait.
    """
    if account.email_confirmed_at is not None:
        raise UserError("Địa chỉ thư điện tử này đã được xác nhận.")
    claim_mail("confirm", str(account.id), network, now=now)
    links.revoke_links(purpose="confirm", account_id=account.id, now=now)
    send_confirmation(account, now=now)
    db.session.commit()


def claim_mail(kind: str, who: str, network: str, *, now: datetime) -> None:
    """Count a mail somebody asks for. Commits. Raises UserError while this person or network has to wait."""
    _claim(
        {f"mail:{kind}:{who[:150]}": FREE_MAILS, f"mail:{network_of(network)}": FREE_MAILS_PER_NETWORK},
        now=now,
    )


def confirm_address(token: str, *, now: datetime) -> Account:
    """Confirm the address a link was sent to. Commits. Raises UserError when the link is gone."""
    row = links.use_link(token, "confirm", now=now)
    account = db.session.get_one(Account, row.account_id)
    account.email_confirmed_at = now
    db.session.commit()
    return account


def begin_try(email: str, origin: Origin, *, now: datetime) -> None:
    """Count a try to sign in before the password is looked at. Commits.

    Raises UserError while this account or network has to wait. Guesses made elsewhere never make the owner's own device wait.
    """
    _claim(_keys(email, origin), now=now)


def begin_confirming(account_id: int, *, field: str, now: datetime) -> None:
    """Count a try of somebody signed in to confirm an act with the password. Commits.

    Raises UserError for `field` while this account has to wait; the session goes on meanwhile.
    """
    _claim(_own_keys(account_id), now=now, field=field)


def forget_tries(account_id: int) -> None:
    """The password that confirms an act was right, so the tries before it count for nothing. Commits."""
    passwords.give_back(_own_keys(account_id))
    db.session.commit()


def _own_keys(account_id: int) -> dict[str, int]:
    return {f"own-password:{account_id}": FREE_PER_ACCOUNT}


def _claim(keys: dict[str, int], *, now: datetime, field: str | None = None) -> None:
    wait = passwords.claim_try(keys, now=now)
    db.session.commit()
    if wait:
        seconds = max(1, round((wait - now).total_seconds()))
        raise UserError(
            f"Đã thử nhiều lần. Hãy đợi {seconds} giây rồi thử lại; tài khoản không bị khóa.", field=field
        )


def sign_in(email: str, origin: Origin, *, is_right: bool, device: str, now: datetime) -> str:
    """Start a session after `begin_try`, the password checked outside any lock; returns the cookie's token. Commits.

    Raises UserError with the same words for an unknown address, a wrong password and a disabled account.
    """
    account = persons.find_account(email)
    if account is None or not is_right or account.is_disabled:
        raise UserError(WRONG)
    passwords.give_back(_keys(email, origin))
    return start_session(account, device=device, now=now)


def start_session(account: Account, *, device: str, now: datetime) -> str:
    """Sign somebody in who has just proved who they are; returns the cookie's token. Commits."""
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


def _keys(email: str, origin: Origin) -> dict[str, int]:
    name = email.strip().casefold()[:150]
    if origin.is_known_device:
        return {f"device:{name}": FREE_PER_ACCOUNT}
    return {f"account:{name}": FREE_PER_ACCOUNT, f"network:{network_of(origin.address)}": FREE_PER_NETWORK}


def network_of(address: str) -> str:
    """The neighbourhood an address belongs to: /24 of IPv4, /48 of IPv6, so that neighbours count as one."""
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{address}/{24 if version == 4 else 48}", strict=False))


def ask_reset(email: str, network: str, *, now: datetime) -> None:
    """Send a reset link if the account exists; silent either way, also where too many were asked for. Commits.

    The last link stays good while this address or network has to wait.
    """
    try:
        claim_mail("reset", email.strip().casefold(), network, now=now)
    except UserError:
        return
    account = persons.find_account(email)
    if account is not None and not account.is_disabled:
        links.revoke_links(purpose="reset", account_id=account.id, now=now)
        token = links.make_link("reset", email=account.email, account=account, now=now)
        outbox.queue_mail(
            "reset_password",
            to=account.email,
            to_name=account.display_name,
            now=now,
            dedupe_key=links.mail_key(token),
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
    links.revoke_links(purpose="email_change", account_id=account.id, now=now)
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
