"""Signatures: a judge signs all sheets at once, the chair lets one be changed again; every signed number is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from contest.domain.errors import InvalidTransition, NotAllowed, UserError
from contest.domain.permissions import Actor
from contest.domain.rounds import RoundState, SheetAction, SheetState, next_sheet_state
from contest.models import Assignment, Membership, Round, Scoresheet, SheetSnapshot, db
from contest.models.database import hold
from contest.services import audit
from contest.services.judging.reading import rules_in
from contest.services.judging.scoring import list_own_sheets


def sign_sheets(judge: Membership, round_: Round, *, actor: Actor, now: datetime) -> int:
    """Sign all sheets of a judge but those on paper, which a second person confirms. Commits. Returns how many now.

    Raises UserError with the codes still missing marks, NotAllowed when the round is not open.
    """
    hold(round_, *_sheets_of(judge).values())
    if round_.state != RoundState.OPEN.value:
        raise NotAllowed("Vòng chấm không mở nên chưa ký được.")
    sheets = list_own_sheets(judge, rules_in(round_))
    gaps = [s.code for s in sheets if s.total is None]
    if gaps:
        raise UserError(
            f"Còn {len(gaps)} tác phẩm chưa chấm đủ: {', '.join(gaps)}. Chấm nốt hoặc xin không chấm rồi ký."
        )
    held = _sheets_of(judge)
    signed = 0
    for own in sheets:
        sheet = held[own.id]
        if sheet.state != SheetState.DRAFT.value or own.waits_on_paper:
            continue
        sheet.state = next_sheet_state(SheetState.DRAFT, SheetAction.SIGN).value
        sheet.signed_at = now
        keep_snapshot(sheet, now=now)
        signed += 1
    if signed:
        audit.record(
            "scoresheet:signed", actor=actor, now=now, kind="member", subject_id=judge.id,
            label=judge.account.display_name, contest_id=judge.contest_id, after={"sheets": signed}, round_id=round_.id,
        )  # fmt: skip
    db.session.commit()
    return signed


def _sheets_of(judge: Membership) -> dict[int, Scoresheet]:
    """A judge's sheets with their marks, by assignment; in the order in which they are held."""
    rows = db.session.scalars(
        select(Scoresheet)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .options(selectinload(Scoresheet.marks))
        .where(Assignment.judge_id == judge.id)
        .order_by(Scoresheet.id)
    )
    return {sheet.assignment_id: sheet for sheet in rows}


def keep_snapshot(sheet: Scoresheet, *, now: datetime) -> None:
    """The numbers as they were signed; the caller commits."""
    db.session.add(
        SheetSnapshot(
            scoresheet_id=sheet.id,
            version=sheet.version,
            marks={m.criterion_key: m.thousandths for m in sheet.marks},
            signed_at=now,
        )  # fmt: skip
    )


def may_reopen(judge: Membership, round_: Round, *, actor: Actor) -> bool:
    """The chair reopens the sheets of others; the chair's own, signed before the others' were seen, only the organizer."""
    if judge.account_id == actor.account_id:
        return False
    return round_.id in actor.chaired_rounds or judge.is_chair


def reopen_sheet(sheet: Scoresheet, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let a judge change a signed sheet, with a reason; the signed numbers are kept. Commits.

    Raises NotAllowed for one's own sheet, and for a sheet that the chair reopens; UserError without a reason.
    """
    assignment = sheet.assignment
    if not may_reopen(assignment.judge, assignment.round, actor=actor):
        raise NotAllowed("Phiếu của Trưởng tiểu ban do Ban Tổ chức mở lại, phiếu khác do Trưởng tiểu ban.")
    if not reason.strip():
        raise UserError("Hãy ghi lý do mở lại phiếu.", field="reason")
    hold(assignment.round, sheet)
    if assignment.round.state != RoundState.OPEN.value:
        raise InvalidTransition("Vòng chấm đã khóa. Mở lại vòng trước khi mở lại phiếu.")
    sheet.state = next_sheet_state(SheetState(sheet.state), SheetAction.REOPEN).value
    snapshot = db.session.scalar(
        select(SheetSnapshot)
        .where(SheetSnapshot.scoresheet_id == sheet.id)
        .order_by(SheetSnapshot.version.desc())
        .limit(1)
    )
    if snapshot is not None:
        snapshot.reopened_at, snapshot.reopened_by_id, snapshot.reopen_reason = (
            now,
            actor.account_id,
            reason.strip(),
        )
    sheet.signed_at = None
    sheet.version += 1
    sheet.reopened_count += 1
    sheet.entered_by_id, sheet.confirmed_by_id, sheet.confirmed_at = None, None, None
    audit.record(
        "scoresheet:reopened", actor=actor, now=now, kind="scoresheet", subject_id=sheet.id,
        label=f"{assignment.entry.judging_code} · {assignment.judge.account.display_name}",
        contest_id=assignment.contest_id, reason=reason.strip(), round_id=assignment.round_id,
    )  # fmt: skip
    db.session.commit()
