"""Who may do what: one table. Predicates read attributes of the actor and the subject and never query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """A role in one contest, held by membership."""

    ORGANIZER = "organizer"
    SECRETARY = "secretary"
    JUDGE = "judge"
    AUTHOR = "author"
    CLERK = "clerk"
    STEERING = "steering"


@dataclass(frozen=True)
class Actor:
    """The person at the door: account, active roles per contest, judge memberships, panels they chair."""

    account_id: int
    person_id: int
    name: str
    is_operator: bool = False
    roles: frozenset[tuple[int, str]] = frozenset()
    judge_ids: frozenset[int] = frozenset()
    chaired_rounds: frozenset[int] = frozenset()
    preferences: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def holds_office(self) -> bool:
        """Whether the actor acts for others anywhere: everybody but visitors and authors."""
        return self.is_operator or any(role != Role.AUTHOR for _, role in self.roles)

    def has_role(self, contest_id: int, role: str) -> bool:
        """Whether the actor holds the role in that contest now."""
        return (contest_id, role) in self.roles


class Permission(StrEnum):
    """Every right there is; `resource:action`."""

    ACCOUNT_USE = "account:use"
    INSTANCE_OPERATE = "instance:operate"
    CONTEST_CREATE = "contest:create"
    CONTEST_CONFIGURE = "contest:configure"
    CONTEST_OBSERVE = "contest:observe"
    MEMBER_MANAGE = "member:manage"
    MEMBER_LINK = "member:link"
    INVITATION_RENEW = "invitation:renew"
    AUDIT_READ = "audit:read"
    OUTBOX_READ = "outbox:read"
    OUTBOX_RESEND = "outbox:resend"
    ENTRY_START = "entry:start"
    ENTRY_RECEIVE = "entry:receive"
    ENTRY_DATE = "entry:date"
    ENTRY_VIEW = "entry:view"
    ENTRY_EDIT = "entry:edit"
    FILE_IMPORT = "file:import"
    ENTRY_RECORD_LATE = "entry:record_late"
    ENTRY_SUBMIT = "entry:submit"
    ENTRY_WITHDRAW = "entry:withdraw"
    ENTRY_CORRECT = "entry:correct"
    DOSSIER_READ = "dossier:read"
    DOSSIER_LINK = "dossier:link"
    ENTRY_SCREEN = "entry:screen"
    PANEL_MANAGE = "panel:manage"
    ASSIGNMENT_MANAGE = "assignment:manage"
    ROUND_WATCH = "round:watch"
    ROUND_DECIDE = "round:decide"
    SHEET_REOPEN = "sheet:reopen"
    JUDGING_ENTER = "judging:enter"
    SCORESHEET_EDIT = "scoresheet:edit"
    PAPER_ENTER = "paper:enter"
    PAPER_CONFIRM = "paper:confirm"
    RESULT_VIEW = "result:view"
    RESULT_DECIDE = "result:decide"
    TIE_SETTLE = "tie:settle"
    RESULT_PUBLISH = "result:publish"
    DOCUMENT_PRINT = "document:print"


Predicate = Callable[[Actor, Any], bool]


def anyone_signed_in(actor: Actor, subject: Any) -> bool:
    """Every account."""
    return True


def is_operator(actor: Actor, subject: Any) -> bool:
    """The instance role above contests; it has no clause on marks or anonymous entries."""
    return actor.is_operator


def is_organizer(actor: Actor, subject: Any) -> bool:
    """Organizer of the subject's contest."""
    return actor.has_role(subject.contest_id, Role.ORGANIZER)


def organizes_somewhere(actor: Actor, subject: Any) -> bool:
    """Organizer of any contest: may prepare the next one."""
    return any(role == Role.ORGANIZER for _, role in actor.roles)


def is_secretary(actor: Actor, subject: Any) -> bool:
    """Secretary of the subject's contest."""
    return actor.has_role(subject.contest_id, Role.SECRETARY)


def is_clerk(actor: Actor, subject: Any) -> bool:
    """Unit clerk of the subject's contest."""
    return actor.has_role(subject.contest_id, Role.CLERK)


def is_judge(actor: Actor, subject: Any) -> bool:
    """Judge in any panel of the subject's contest."""
    return actor.has_role(subject.contest_id, Role.JUDGE)


def owns_entry(actor: Actor, subject: Any) -> bool:
    """The author whose account the entry belongs to."""
    return subject.owner_id is not None and bool(subject.owner_id == actor.account_id)


def entered_entry(actor: Actor, subject: Any) -> bool:
    """The clerk or secretary who entered the dossier for an author."""
    return bool(subject.entered_for) and subject.entered_by_id == actor.account_id


def still_receives(actor: Actor, subject: Any) -> bool:
    """Still clerk or secretary of the entry's contest."""
    return is_clerk(actor, subject) or is_secretary(actor, subject)


def is_assigned(actor: Actor, subject: Any) -> bool:
    """The judge of an assignment that is still theirs."""
    return subject.judge_id in actor.judge_ids and subject.state == "active"


def chairs_round(actor: Actor, subject: Any) -> bool:
    """Chair of any panel of the subject's round."""
    return subject.round_id in actor.chaired_rounds


def invites_no_staff(actor: Actor, subject: Any) -> bool:
    """An invitation to a role that runs nothing: whoever shows its link could take it up."""
    return subject.payload["role"] not in (Role.ORGANIZER, Role.SECRETARY)


_STAFF: list[list[Predicate]] = [[is_organizer], [is_secretary]]

RULES: dict[Permission, list[list[Predicate]]] = {
    Permission.ACCOUNT_USE: [[anyone_signed_in]],
    Permission.INSTANCE_OPERATE: [[is_operator]],
    Permission.CONTEST_CREATE: [[is_operator], [organizes_somewhere]],
    Permission.CONTEST_CONFIGURE: [[is_organizer]],
    Permission.CONTEST_OBSERVE: _STAFF,
    Permission.MEMBER_MANAGE: [[is_organizer]],
    Permission.MEMBER_LINK: _STAFF,
    Permission.INVITATION_RENEW: [[is_organizer], [is_secretary, invites_no_staff]],
    Permission.AUDIT_READ: [[is_organizer]],
    Permission.OUTBOX_READ: _STAFF,
    Permission.OUTBOX_RESEND: _STAFF,
    Permission.ENTRY_START: [[anyone_signed_in]],
    Permission.ENTRY_RECEIVE: [[is_secretary], [is_clerk]],
    Permission.ENTRY_DATE: [[is_secretary], [entered_entry, is_clerk]],
    Permission.ENTRY_VIEW: [[owns_entry], [entered_entry, still_receives]],
    Permission.ENTRY_EDIT: [[owns_entry], [entered_entry, still_receives]],
    Permission.FILE_IMPORT: [[entered_entry, is_secretary]],
    Permission.ENTRY_RECORD_LATE: [[entered_entry, is_secretary]],
    Permission.ENTRY_SUBMIT: [[owns_entry], [entered_entry, still_receives]],
    Permission.ENTRY_WITHDRAW: [[owns_entry], [entered_entry, still_receives]],
    Permission.ENTRY_CORRECT: _STAFF,
    Permission.DOSSIER_READ: _STAFF,
    Permission.DOSSIER_LINK: _STAFF,
    Permission.ENTRY_SCREEN: [[is_secretary]],
    Permission.PANEL_MANAGE: [[is_organizer]],
    Permission.ASSIGNMENT_MANAGE: _STAFF,
    Permission.ROUND_WATCH: [[is_organizer], [is_secretary], [chairs_round]],
    Permission.ROUND_DECIDE: [[chairs_round]],
    Permission.SHEET_REOPEN: [[chairs_round], [is_organizer]],
    Permission.JUDGING_ENTER: [[is_judge]],
    Permission.SCORESHEET_EDIT: [[is_assigned]],
    Permission.PAPER_ENTER: [[is_secretary]],
    Permission.PAPER_CONFIRM: [[is_secretary], [is_organizer], [chairs_round]],
    Permission.RESULT_VIEW: [[is_organizer], [is_secretary], [chairs_round]],
    Permission.RESULT_DECIDE: [[is_organizer]],
    Permission.TIE_SETTLE: [[is_organizer], [chairs_round]],
    Permission.RESULT_PUBLISH: [[is_organizer]],
    Permission.DOCUMENT_PRINT: _STAFF,
}


def can(actor: Actor | None, permission: Permission, subject: Any = None) -> bool:
    """Whether any clause of the permission holds in every predicate. Nobody signed in may nothing."""
    if actor is None:
        return False
    return any(all(holds(actor, subject) for holds in clause) for clause in RULES[permission])
