"""Invitations that are out: taken up by the owner of the address, shown again, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Role
from contest.models import AccessToken, Account, Contest, Membership, OrgUnit, Panel, db
from contest.models.database import hold
from contest.services import audit
from contest.services.accounts import actors, links, members, persons, signing
from contest.services.accounts.persons import Affiliation

CLOSED = "Lời mời này đã được nhận, đã rút hoặc đã hết hạn. Hãy mời lại nếu cần."
SIGN_IN_FIRST = "Địa chỉ này đã có tài khoản: đăng nhập để nhận lời mời."


def take_up(token: str, *, account_id: int | None, password_hash: str | None, now: datetime) -> Membership:
    """Take up an invitation; the caller commits.

    Where the address has an account, only that account takes it up: `account_id` is the one whose session or password
    stands behind the request. Where it has none, one is made with `password_hash`; the link has been on a screen and
    proves nothing about the address, so a mail asks to confirm it. Raises UserError when the link is gone, the account
    is another one or locked, a first password is missing, or the panel has been removed.
    """
    row = links.look_at_link(token, "invite", now=now)
    if row is None:
        raise UserError(links.GONE)
    contest = db.session.get_one(Contest, row.contest_id)
    hold(contest)
    links.use_link(token, "invite", now=now)
    account = persons.find_account(row.email)
    if account is None:
        account = _open_account(row, password_hash, now=now)
    elif account.id != account_id:
        raise UserError(SIGN_IN_FIRST)
    elif account.is_disabled:
        raise UserError("Tài khoản của địa chỉ này đang bị khóa. Hãy liên hệ Ban Tổ chức.")
    role = Role(row.payload["role"])
    panel = db.session.get(Panel, row.payload["panel_id"]) if row.payload.get("panel_id") else None
    if role is Role.JUDGE and panel is None:
        raise UserError("Hội đồng của lời mời này không còn. Hãy nhờ Ban Tổ chức mời lại.")
    return members.add_member(
        contest,
        account=account,
        role=role,
        panel=panel,
        is_chair=bool(row.payload.get("is_chair")),
        agency=_affiliation(row.payload, "agency"),
        unit=_affiliation(row.payload, "unit"),
        actor=actors.load_actor(account),
        now=now,
    )


def _affiliation(payload: Mapping[str, Any], key: str) -> Affiliation:
    """An agency or unit as an invitation keeps it."""
    unit_id = payload.get(f"{key}_id")
    return Affiliation(
        str(payload.get(f"{key}_name") or ""), db.session.get(OrgUnit, unit_id) if unit_id else None
    )


def _open_account(row: AccessToken, password_hash: str | None, *, now: datetime) -> Account:
    if password_hash is None:
        raise UserError("Hãy đặt mật khẩu cho tài khoản mới.", field="password")
    person = persons.make_person(str(row.payload["name"]), now=now, email=row.email)
    account = persons.make_account(person, email=row.email, password_hash=password_hash, now=now)
    db.session.flush()
    signing.send_confirmation(account, now=now)
    return account


def renew_invitation(row: AccessToken, *, actor: Actor, now: datetime) -> members.Invitation:
    """Replace an invitation by a fresh link (the old one stops working), to show as text or QR. Commits.

    A second click finds the link that the first one made. Raises UserError when the invitation has been taken up,
    withdrawn or is too old: that takes a new invitation.
    """
    contest = db.session.get_one(Contest, row.contest_id)
    hold(contest)
    pending = members.list_invitations(contest.id, now=now)
    current = next((i for i in pending if members.is_same_invitation(i, row.email, row.payload)), None)
    if current is None:
        raise UserError(CLOSED)
    payload = current.payload
    return members.invite(
        contest,
        actor=actor,
        now=now,
        email=row.email,
        name=str(payload["name"]),
        role=Role(payload["role"]),
        panel=db.session.get(Panel, payload["panel_id"]) if payload.get("panel_id") else None,
        is_chair=bool(payload.get("is_chair")),
        agency=_affiliation(payload, "agency"),
        unit=_affiliation(payload, "unit"),
    )


def withdraw_invitation(row: AccessToken, *, actor: Actor, now: datetime) -> None:
    """Make an invitation useless. Commits. Withdrawn twice it is withdrawn once; raises UserError when it was taken up."""
    hold(db.session.get_one(Contest, row.contest_id), row)
    if row.used_at is not None:
        raise UserError("Lời mời này đã được nhận. Hãy kết thúc vai trò nếu cần.")
    if row.revoked_at is None:
        _withdraw(row, actor=actor, now=now)
    db.session.commit()


def withdraw_panel_invitations(panel: Panel, *, actor: Actor, now: datetime) -> None:
    """Invitations to a panel go with it; the caller commits."""
    for row in members.list_invitations(panel.contest_id, now=now):
        if row.payload.get("panel_id") == panel.id:
            _withdraw(row, actor=actor, now=now)


def _withdraw(row: AccessToken, *, actor: Actor, now: datetime) -> None:
    row.revoked_at = now
    links.forget_dead(now=now)
    audit.record(
        "member:invitation_withdrawn",
        actor=actor,
        now=now,
        kind="member",
        subject_id=None,
        label=f"{row.payload['name']} · {members.ROLE_NAMES[Role(row.payload['role'])]}",
        contest_id=row.contest_id,
        before={"email": row.email},
    )
