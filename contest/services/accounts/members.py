"""Roles in a contest: inviting, taking up, ending. A judge sits in a panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Role
from contest.models import AccessToken, Account, Contest, Membership, OrgUnit, Panel, Round, db
from contest.models.database import hold
from contest.services import audit, outbox
from contest.services.accounts import links, persons
from contest.services.accounts.persons import NOWHERE, Affiliation

ROLE_NAMES = {
    Role.ORGANIZER: "Ban Tổ chức",
    Role.SECRETARY: "Thư ký",
    Role.JUDGE: "Giám khảo",
    Role.AUTHOR: "Tác giả",
    Role.CLERK: "Đầu mối cơ quan, đơn vị",
    Role.STEERING: "Ban Chỉ đạo",
}

READS_NAMES = (Role.ORGANIZER, Role.SECRETARY)


@dataclass(frozen=True)
class Invitation:
    """A fresh invitation: the link's path can be shown as text or QR once, and is in the mail."""

    path: str
    row: AccessToken
    warning: str = ""


def invite(
    contest: Contest,
    *,
    actor: Actor,
    now: datetime,
    email: str,
    name: str,
    role: Role,
    panel: Panel | None = None,
    is_chair: bool = False,
    agency: Affiliation = NOWHERE,
    unit: Affiliation = NOWHERE,
) -> Invitation:
    """Invite somebody to a role by mail and link. Commits. Raises UserError when address, name or panel are wanting."""
    hold(contest)
    address = persons.normal_email(email)
    if not name.strip():
        raise UserError("Hãy ghi họ và tên người được mời.", field="name")
    if (role is Role.JUDGE) != (panel is not None):
        raise UserError("Giám khảo cần thuộc một hội đồng chấm.", field="panel")
    _revoke_earlier(contest, address, role, panel, now=now)
    account = persons.find_account(address)
    beside = reads_names_beside(contest, account, role, panel) if account is not None else None
    token = links.make_link(
        "invite",
        email=address,
        now=now,
        contest_id=contest.id,
        created_by_id=actor.account_id,
        payload={
            "name": name.strip(),
            "role": role.value,
            "panel_id": panel.id if panel else None,
            "is_chair": is_chair,
            "agency_id": agency.unit_id,
            "agency_name": agency.name,
            "unit_id": unit.unit_id,
            "unit_name": unit.name,
        },
    )
    path = f"/accounts/invitation/{token}"
    outbox.queue_mail(
        "invitation",
        to=address,
        to_name=name,
        now=now,
        contest_id=contest.id,
        secret_path=path,
        contest_name=contest.name,
        role_name=ROLE_NAMES[role],
        panel_name=panel.name if panel else "",
    )
    audit.record(
        "member:invited",
        actor=actor,
        now=now,
        kind="member",
        subject_id=None,
        label=f"{name} · {ROLE_NAMES[role]}",
        contest_id=contest.id,
        after={"email": address, "role": role.value, "panel": panel.name if panel else None}
        | _names(agency, unit)
        | _also(beside),
    )
    db.session.commit()
    row = links.look_at_link(token, "invite", now=now)
    assert row is not None
    return Invitation(path, row, _warning(beside))


def reads_names_beside(contest: Contest, account: Account, role: Role, panel: Panel | None) -> Role | None:
    """The role that meets `role` so that one person may read authors' names and judge a blind round; None when none does."""
    held = db.session.execute(
        select(Membership.role, Round.is_blind)
        .outerjoin(Panel, Panel.id == Membership.panel_id)
        .outerjoin(Round, Round.id == Panel.round_id)
        .where(
            Membership.contest_id == contest.id,
            Membership.account_id == account.id,
            Membership.ended_at.is_(None),
        )
    ).all()
    if role in READS_NAMES:
        return Role.JUDGE if any(is_blind for _, is_blind in held) else None
    if panel is None or not db.session.get_one(Round, panel.round_id).is_blind:
        return None
    return next((Role(r) for r, _ in held if Role(r) in READS_NAMES), None)


def _also(beside: Role | None) -> dict[str, str]:
    return {"also": beside.value} if beside else {}


def _affiliation(payload: Mapping[str, Any], key: str) -> Affiliation:
    """An agency or unit as an invitation keeps it."""
    unit_id = payload.get(f"{key}_id")
    return Affiliation(
        str(payload.get(f"{key}_name") or ""), db.session.get(OrgUnit, unit_id) if unit_id else None
    )


def _names(agency: Affiliation, unit: Affiliation) -> dict[str, str]:
    return {key: found.name for key, found in (("agency", agency), ("unit", unit)) if found.name}


def _warning(beside: Role | None) -> str:
    if beside is None:
        return ""
    return (
        f"Người này đã có vai trò {ROLE_NAMES[beside]}, nên vừa đọc được tên tác giả vừa chấm vòng kín. Hồ sơ người này đã mở "
        "sẽ không phân cho người này chấm; việc này được ghi vào nhật ký."
    )


def _revoke_earlier(
    contest: Contest, address: str, role: Role, panel: Panel | None, *, now: datetime
) -> None:
    """An invitation sent twice leaves one that works; the caller commits."""
    for row in list_invitations(contest.id, now=now):
        same_panel = row.payload.get("panel_id") == (panel.id if panel else None)
        if row.email == address and row.payload.get("role") == role.value and same_panel:
            row.revoked_at = now


def accept_invitation(token: str, *, password_hash: str | None, now: datetime) -> Account:
    """Take up an invitation; an account is made if the address has none. Commits.

    Raises UserError when the link is gone or a first password is needed.
    """
    row = links.use_link(token, "invite", now=now)
    account = persons.find_account(row.email)
    if account is None:
        if password_hash is None:
            raise UserError("Hãy đặt mật khẩu cho tài khoản mới.", field="password")
        person = persons.make_person(str(row.payload["name"]), now=now, email=row.email)
        account = persons.make_account(person, email=row.email, password_hash=password_hash, now=now)
    account.email_confirmed_at = account.email_confirmed_at or now
    db.session.flush()
    contest = db.session.get_one(Contest, row.contest_id)
    add_member(
        contest,
        account=account,
        role=Role(row.payload["role"]),
        panel=db.session.get(Panel, row.payload["panel_id"]) if row.payload.get("panel_id") else None,
        is_chair=bool(row.payload.get("is_chair")),
        agency=_affiliation(row.payload, "agency"),
        unit=_affiliation(row.payload, "unit"),
        actor=None,
        now=now,
    )
    db.session.commit()
    return account


def add_member(
    contest: Contest,
    *,
    account: Account,
    role: Role,
    actor: Actor | None,
    now: datetime,
    panel: Panel | None = None,
    is_chair: bool = False,
    agency: Affiliation = NOWHERE,
    unit: Affiliation = NOWHERE,
) -> Membership:
    """Give an account a role, once; the caller commits. For a role held already only agency and unit are taken over."""
    found = db.session.scalar(
        select(Membership).where(
            Membership.contest_id == contest.id,
            Membership.account_id == account.id,
            Membership.role == role.value,
            Membership.panel_id == (panel.id if panel else None),
            Membership.ended_at.is_(None),
        )
    )
    if found is not None:
        _place(found, agency, unit, actor=actor, now=now)
        return found
    member = Membership(
        contest_id=contest.id,
        account_id=account.id,
        role=role.value,
        panel_id=panel.id if panel else None,
        is_chair=is_chair,
        agency_id=agency.unit_id,
        agency_name=agency.name,
        unit_id=unit.unit_id,
        unit_name=unit.name,
        created_at=now,
    )
    db.session.add(member)
    db.session.flush()
    audit.record(
        "member:added",
        actor=actor,
        now=now,
        kind="member",
        subject_id=member.id,
        label=f"{account.display_name} · {ROLE_NAMES[role]}",
        contest_id=contest.id,
        after={"role": role.value, "panel": panel.name if panel else None, "chair": is_chair}
        | _names(agency, unit)
        | _also(reads_names_beside(contest, account, role, panel)),
    )
    return member


def _place(
    member: Membership, agency: Affiliation, unit: Affiliation, *, actor: Actor | None, now: datetime
) -> None:
    """Write down where a member works, where something was said about it."""
    before = {"agency": member.agency_name, "unit": member.unit_name}
    if agency.name:
        member.agency_name, member.agency_id = agency.name, agency.unit_id
    if unit.name:
        member.unit_name, member.unit_id = unit.name, unit.unit_id
    after = {"agency": member.agency_name, "unit": member.unit_name}
    if after != before:
        audit.record(
            "member:changed", actor=actor, now=now, kind="member", subject_id=member.id,
            label=f"{member.account.display_name} · {ROLE_NAMES[Role(member.role)]}", contest_id=member.contest_id,
            before=before, after=after,
        )  # fmt: skip


def end_membership(member: Membership, *, actor: Actor, now: datetime, reason: str) -> None:
    """End a role, with a reason; rights end at the next click. Commits."""
    hold(member)
    if not reason.strip():
        raise UserError("Hãy ghi lý do.", field="reason")
    member.ended_at = now
    member.end_reason = reason.strip()
    audit.record(
        "member:ended",
        actor=actor,
        now=now,
        kind="member",
        subject_id=member.id,
        label=f"{member.account.display_name} · {ROLE_NAMES[Role(member.role)]}",
        contest_id=member.contest_id,
        reason=reason.strip(),
    )
    db.session.commit()


def list_members(contest_id: int) -> list[Membership]:
    """The active members of a contest with their accounts: one query."""
    return list(
        db.session.scalars(
            select(Membership)
            .where(Membership.contest_id == contest_id, Membership.ended_at.is_(None))
            .order_by(Membership.role, Membership.id)
        )
    )


def list_invitations(contest_id: int, *, now: datetime) -> list[AccessToken]:
    """Invitations not yet taken up, newest first."""
    return list(
        db.session.scalars(
            select(AccessToken)
            .where(
                AccessToken.contest_id == contest_id,
                AccessToken.purpose == "invite",
                AccessToken.used_at.is_(None),
                AccessToken.revoked_at.is_(None),
                AccessToken.expires_at > now,
            )
            .order_by(AccessToken.id.desc())
        )
    )


def renew_invitation(row: AccessToken, *, actor: Actor, now: datetime) -> Invitation:
    """Replace an invitation by a fresh link (the old one stops working), to show as text or QR. Commits."""
    contest = db.session.get_one(Contest, row.contest_id)
    row.revoked_at = now
    payload = row.payload
    return invite(
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
