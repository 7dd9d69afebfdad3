"""Judges who cannot go on: fallen ill, back again, or out of their role. Unsigned works go to others, signed sheets stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from contest.domain.errors import InvalidTransition, UserError
from contest.domain.permissions import Actor
from contest.domain.rounds import RoundState, SheetAction, SheetState, next_sheet_state
from contest.models import Assignment, JudgeAbsence, Membership, Panel, Round, db
from contest.models.database import hold
from contest.services import audit
from contest.services.accounts.members import end_membership
from contest.services.judging.reading import list_seats


def absent_judges(round_id: int) -> dict[int, JudgeAbsence]:
    """Judges recorded as absent in a round, by membership."""
    return {judge.id: absence for judge, absence in list_seats(round_id) if absence is not None}


def release_judge(judge: Membership, *, reason: str, void_signed: bool, actor: Actor, now: datetime) -> int:
    """Take an absent judge's unsigned works away; signed sheets are kept, or voided with the reason. Commits.

    The judge is recorded as absent, so that nobody counts missing sheets as zero and no new work is proposed. Returns
    how many works need another judge now. Raises UserError without a reason.
    """
    round_ = _round_of(judge)
    hold(round_, judge)
    if round_.state == RoundState.CLOSED.value:
        raise InvalidTransition("Vòng chấm đã khóa nên phân công và phiếu không đổi được nữa.")
    if not reason.strip():
        raise UserError("Hãy ghi lý do, ví dụ: ốm, đi công tác.", field="reason")
    is_known = db.session.scalar(select(JudgeAbsence.id).where(JudgeAbsence.judge_id == judge.id)) is not None
    if not is_known:
        db.session.add(
            JudgeAbsence(judge_id=judge.id, reason=reason.strip(), at=now, actor_id=actor.account_id)
        )
    freed = _release(judge, reason=reason.strip(), void_signed=void_signed, now=now)
    if freed or not is_known:
        _log(judge, freed, reason=reason.strip(), void_signed=void_signed, actor=actor, now=now)
    db.session.commit()
    return freed


def return_judge(judge: Membership, *, actor: Actor, now: datetime) -> None:
    """The judge is back: the next proposal may give them works again, those that were taken away too. Commits."""
    round_ = _round_of(judge)
    hold(round_, judge)
    if round_.state == RoundState.CLOSED.value:
        raise InvalidTransition("Vòng chấm đã khóa nên phân công và phiếu không đổi được nữa.")
    gone = db.session.scalar(select(JudgeAbsence.id).where(JudgeAbsence.judge_id == judge.id))
    if gone is None:
        return
    db.session.execute(delete(JudgeAbsence).where(JudgeAbsence.judge_id == judge.id))
    audit.record(
        "judge:returned", actor=actor, now=now, kind="member", subject_id=judge.id,
        label=judge.account.display_name, contest_id=judge.contest_id,
    )  # fmt: skip
    db.session.commit()


def end_role(member: Membership, *, reason: str, actor: Actor, now: datetime) -> int:
    """End a role; a judge's unsigned works are freed for others, signed sheets keep counting. Commits.

    Returns how many works need another judge now. Raises UserError without a reason.
    """
    freed = 0
    if member.panel_id is not None and reason.strip():
        round_ = _round_of(member)
        hold(round_.contest, round_)
        if round_.state != RoundState.CLOSED.value:
            freed = _release(member, reason=reason.strip(), void_signed=False, now=now)
        if freed:
            _log(member, freed, reason=reason.strip(), void_signed=False, actor=actor, now=now)
    end_membership(member, actor=actor, now=now, reason=reason)
    return freed


def _round_of(judge: Membership) -> Round:
    return db.session.scalars(select(Round).join(Panel).where(Panel.id == judge.panel_id)).one()


def _release(judge: Membership, *, reason: str, void_signed: bool, now: datetime) -> int:
    """Take away what is not signed, or all with `void_signed`; the caller logs and commits."""
    freed = 0
    rows = db.session.scalars(
        select(Assignment)
        .where(Assignment.judge_id == judge.id, Assignment.state == "active")
        .order_by(Assignment.id)
    ).all()
    for a in rows:
        sheet = a.scoresheet
        if sheet is not None and sheet.state == SheetState.SIGNED.value and not void_signed:
            continue
        if sheet is not None and sheet.state != SheetState.VOID.value:
            sheet.state = next_sheet_state(SheetState(sheet.state), SheetAction.VOID).value
            sheet.void_reason = reason
        a.state, a.released_at, a.release_reason = "released", now, reason
        freed += 1
    return freed


def _log(
    judge: Membership, freed: int, *, reason: str, void_signed: bool, actor: Actor, now: datetime
) -> None:
    audit.record(
        "judge:released", actor=actor, now=now, kind="member", subject_id=judge.id,
        label=judge.account.display_name, contest_id=judge.contest_id, reason=reason,
        after={"released": freed, "signed_voided": void_signed},
    )  # fmt: skip
