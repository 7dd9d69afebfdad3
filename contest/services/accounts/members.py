"""Roles in a contest: inviting, holding, ending. A judge sits in a panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Role
from contest.models import AccessToken, Account, Contest, Membership, Panel, Round, db
from contest.models.database import hold
from contest.services import audit, outbox
from contest.services.accounts import actors, links, persons
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
        dedupe_key=links.mail_key(token),
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
    wanted = {"role": role.value, "panel_id": panel.id if panel else None}
    for row in list_invitations(contest.id, now=now):
        if is_same_invitation(row, address, wanted):
            row.revoked_at = now
    links.forget_dead(now=now)


def is_same_invitation(row: AccessToken, address: str, wanted: Mapping[str, Any]) -> bool:
    """Whether an invitation asks this address to the same role and panel."""
    return row.email == address and all(row.payload.get(k) == wanted.get(k) for k in ("role", "panel_id"))


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
    """Give an account a role, once; the caller commits. For a role held already what is new of it is taken over: agency,
    unit, that a judge takes the chair."""
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
        _place(found, agency, unit, is_chair=is_chair, actor=actor, now=now)
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
    if role in actors.STAFF_ROLES:
        actors.shorten_sign_ins(account.id, now=now)
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
    member: Membership,
    agency: Affiliation,
    unit: Affiliation,
    *,
    is_chair: bool,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Write down where a member works, where something was said about it, and that a judge takes the chair."""
    before = {"agency": member.agency_name, "unit": member.unit_name, "chair": member.is_chair}
    member.is_chair = member.is_chair or is_chair
    if agency.name:
        member.agency_name, member.agency_id = agency.name, agency.unit_id
    if unit.name:
        member.unit_name, member.unit_id = unit.name, unit.unit_id
    after = {"agency": member.agency_name, "unit": member.unit_name, "chair": member.is_chair}
    if after != before:
        audit.record(
            "member:changed", actor=actor, now=now, kind="member", subject_id=member.id,
            label=f"{member.account.display_name} · {ROLE_NAMES[Role(member.role)]}", contest_id=member.contest_id,
            before=before, after=after,
        )  # fmt: skip


def end_membership(member: Membership, *, actor: Actor, now: datetime, reason: str) -> None:
    """End a role, with a reason; rights end at the next click. Commits.

    Raises UserError without a reason, and for the last organizer: nobody could invite another one.
    """
    hold(db.session.get_one(Contest, member.contest_id), member)
    if not reason.strip():
        raise UserError("Hãy ghi lý do.", field="reason")
    if member.ended_at is not None:
        return
    if member.role == Role.ORGANIZER and not _has_other_organizer(member):
        raise UserError(
            "Đây là người duy nhất của Ban Tổ chức. Hãy mời thêm người trước khi kết thúc vai trò này."
        )
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


def hand_over(contest: Contest, *, actor: Actor, now: datetime) -> None:
    """End the actor's own role as organizer, as whoever created the contest for others does. Commits.

    Raises UserError while nobody else organizes the contest, and for who does not.
    """
    query = select(Membership).where(
        Membership.contest_id == contest.id, Membership.account_id == actor.account_id,
        Membership.role == Role.ORGANIZER.value, Membership.ended_at.is_(None),
    )  # fmt: skip
    member = db.session.scalars(query).first()
    if member is None:
        raise UserError("Tài khoản này không ở trong Ban Tổ chức của cuộc thi.")
    end_membership(member, actor=actor, now=now, reason="Đã giao cuộc thi cho Ban Tổ chức")


def _has_other_organizer(member: Membership) -> bool:
    """Whether somebody else who can sign in organizes the contest."""
    others = (
        select(Membership.id)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.contest_id == member.contest_id,
            Membership.role == Role.ORGANIZER.value,
            Membership.ended_at.is_(None),
            Membership.id != member.id,
            Account.is_disabled.is_(False),
        )
    )
    return db.session.scalar(others.limit(1)) is not None


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
