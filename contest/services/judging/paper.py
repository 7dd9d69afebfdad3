"""Paper sheets: typed in by one person with the scan beside, confirmed by another. Sheets scored on the screen are not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from contest.domain.entries import EntryState
from contest.domain.errors import NotAllowed, StaleVersion, UserError
from contest.domain.permissions import Actor
from contest.domain.rounds import RoundState, SheetAction, SheetState, next_sheet_state
from contest.domain.scoring import RoundRules, read_mark
from contest.models import Account, Assignment, AuditEvent, Entry, Round, Scoresheet, StoredFile, db
from contest.models.database import hold
from contest.services import audit, media
from contest.services.judging.reading import rules_in
from contest.services.judging.scoring import (
    check_open,
    get_assignment,
    read_marks,
    write_sheet,
)
from contest.services.judging.signatures import keep_snapshot

SCAN_KINDS = ("pdf", "image")
NOTHING_WAITS = "Không có phiếu giấy nào chờ xác nhận ở đây."


def get_for_typing(public_id: str) -> Assignment | None:
    """An assignment whose sheet is on paper or not begun; one that its judge scores on the screen, or has no more, is not there."""
    found = get_assignment(public_id)
    if found is None or found.state != "active":
        return None
    sheet = found.scoresheet
    return found if sheet is None or sheet.source == "paper" or not sheet.version else None


def get_typed_in(public_id: str) -> Assignment | None:
    """An assignment whose sheet was typed in from paper, or None."""
    found = get_assignment(public_id)
    return found if found and found.scoresheet and found.scoresheet.source == "paper" else None


def is_waiting(sheet: Scoresheet | None) -> bool:
    """Whether a sheet is typed in and waits for the second person."""
    return bool(
        sheet and sheet.source == "paper" and sheet.entered_by_id and sheet.state == SheetState.DRAFT.value
    )


def may_be_read(assignment: Assignment) -> bool:
    """Whether somebody compares the sheet now, or its round has closed; marks are read at no other time."""
    return is_waiting(assignment.scoresheet) or assignment.round.state == RoundState.CLOSED.value


def _scores_it_too(actor: Actor) -> ColumnElement[bool]:
    """The person has a sheet of their own for the same entry in the same round, still to be signed."""
    own, sheet = aliased(Assignment), aliased(Scoresheet)
    signed = exists().where(sheet.assignment_id == own.id, sheet.state == SheetState.SIGNED.value)
    return exists().where(
        own.round_id == Assignment.round_id,
        own.entry_id == Assignment.entry_id,
        own.judge_id.in_(actor.judge_ids),
        own.state == "active",
        ~signed,
    )


def is_hidden_from(actor: Actor, assignment: Assignment) -> bool:
    """Whether the person judges the same entry and has not signed: another's marks come after the own signature."""
    if not actor.judge_ids or assignment.round.state != RoundState.OPEN.value:
        return False
    query = select(Assignment.id).where(Assignment.id == assignment.id, _scores_it_too(actor))
    return db.session.scalar(query) is not None


def keep_scan(received: media.Received, *, actor: Actor, now: datetime) -> StoredFile:
    """The scan of a sheet, kept even when the marks typed beside it are refused. Commits."""
    scan = media.keep(received, actor=actor, now=now)
    db.session.commit()
    return scan


def own_scan(public_id: str, *, actor: Actor) -> StoredFile | None:
    """A scan this person sent before, or None."""
    return db.session.scalar(
        select(StoredFile).where(
            StoredFile.public_id == public_id,
            StoredFile.uploaded_by_id == actor.account_id,
            StoredFile.kind.in_(SCAN_KINDS),
        )
    )


def enter_paper(
    assignment: Assignment,
    *,
    typed: Mapping[str, str],
    base_version: int,
    scan: StoredFile | None,
    actor: Actor,
    now: datetime,
) -> Scoresheet:
    """Type a whole paper sheet in; it counts once a second person has confirmed it. Commits.

    Raises UserError when a criterion is missing or wrong, NotAllowed when it is confirmed or its judge has begun on the
    screen.
    """
    hold(assignment.round)
    sheet = assignment.scoresheet
    if sheet is not None and sheet.confirmed_by_id is not None:
        raise NotAllowed("Phiếu giấy này đã được xác nhận. Trưởng tiểu ban có thể mở lại phiếu.")
    rules = rules_in(assignment.round)
    missing = [c.name for c in rules.criteria if not typed.get(c.key, "").strip()]
    if missing:
        raise UserError(f"Phiếu giấy cần đủ điểm: còn thiếu {', '.join(missing)}.")
    read_marks(typed, rules)
    sheet = write_sheet(
        assignment, typed=typed, base_version=base_version, actor=actor, now=now, source="paper"
    )
    sheet.source = "paper"
    sheet.entered_by_id = actor.account_id
    if scan is not None:
        sheet.scan_id = scan.id
    _log(
        "scoresheet:typed_in",
        assignment,
        sheet,
        actor=actor,
        now=now,
        after={"scan": scan.sha256 if scan else None},
    )
    db.session.commit()
    return sheet


def confirm_paper(assignment: Assignment, *, base_version: int, actor: Actor, now: datetime) -> None:
    """A second person compared the sheet with the paper; it counts as signed. Commits. A repeated click changes nothing.

    Raises NotAllowed for the person who typed it, or when the round is not open or the work has left; StaleVersion when
    it was typed in again since it was looked at.
    """
    sheet = _held(assignment)
    if sheet.state == SheetState.SIGNED.value and sheet.confirmed_by_id == actor.account_id:
        return
    if not is_waiting(sheet):
        raise UserError(NOTHING_WAITS)
    check_open(assignment)
    if sheet.entered_by_id == actor.account_id:
        raise NotAllowed("Người nhập phiếu không tự xác nhận. Hãy nhờ người thứ hai đối chiếu.")
    if sheet.version != base_version:
        raise StaleVersion("Phiếu vừa được nhập lại. Hãy đối chiếu các con số mới rồi xác nhận.")
    sheet.state = next_sheet_state(SheetState.DRAFT, SheetAction.SIGN).value
    sheet.signed_at = sheet.confirmed_at = now
    sheet.confirmed_by_id = actor.account_id
    keep_snapshot(sheet, now=now)
    _log("scoresheet:confirmed", assignment, sheet, actor=actor, now=now)
    db.session.commit()


def return_paper(assignment: Assignment, *, reason: str, actor: Actor, now: datetime) -> None:
    """The second person found a difference: the sheet goes back, and nobody confirms it before it is typed in again. Commits."""
    sheet = _held(assignment)
    if not is_waiting(sheet):
        raise UserError(NOTHING_WAITS)
    check_open(assignment)
    if not reason.strip():
        raise UserError("Hãy ghi chỗ khác với phiếu giấy.", field="reason")
    sheet.entered_by_id = None
    _log("scoresheet:sent_back", assignment, sheet, actor=actor, now=now, reason=reason.strip())
    db.session.commit()


def sent_back(assignments: Sequence[Assignment]) -> dict[int, str]:
    """Why sheets were sent back that have not been typed in again, by assignment."""
    sheets = {
        a.scoresheet.id: a.id
        for a in assignments
        if a.scoresheet and a.scoresheet.source == "paper" and a.scoresheet.version and not a.scoresheet.entered_by_id
    }  # fmt: skip
    if not sheets:
        return {}
    told = db.session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.action == "scoresheet:sent_back",
            AuditEvent.subject_kind == "scoresheet",
            AuditEvent.subject_id.in_(sheets),
        )
        .order_by(AuditEvent.id)
    )
    return {sheets[e.subject_id]: e.reason for e in told if e.subject_id is not None and e.reason}


def wrong_marks(typed: Mapping[str, str], rules: RoundRules) -> dict[str, str]:
    """What is wrong with each typed mark of a whole sheet, by criterion."""
    found = {}
    for criterion in rules.criteria:
        text = typed.get(criterion.key, "").strip()
        try:
            if not text:
                raise UserError("Còn thiếu điểm này.")
            read_mark(text, criterion)
        except UserError as error:
            found[criterion.key] = str(error)
    return found


def _held(assignment: Assignment) -> Scoresheet:
    """The sheet as it stands now, with nobody else changing it."""
    if assignment.scoresheet is None:
        raise UserError(NOTHING_WAITS)
    hold(assignment.round, assignment.entry, assignment.scoresheet)
    return assignment.scoresheet


def _log(
    action: str,
    assignment: Assignment,
    sheet: Scoresheet,
    *,
    actor: Actor,
    now: datetime,
    after: dict[str, object] | None = None,
    reason: str | None = None,
) -> None:
    audit.record(
        action, actor=actor, now=now, kind="scoresheet", subject_id=sheet.id,
        label=f"{assignment.entry.judging_code} · {assignment.judge.account.display_name}",
        contest_id=assignment.contest_id, after=after, reason=reason, round_id=assignment.round_id,
    )  # fmt: skip


def list_for_paper(contest_id: int, *, actor: Actor) -> list[Assignment]:
    """Assignments of open rounds not begun on the screen and not confirmed on paper, without those hidden from the person."""
    return list(
        db.session.scalars(
            select(Assignment)
            .join(Round, Round.id == Assignment.round_id)
            .join(Entry, Entry.id == Assignment.entry_id)
            .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
            .options(
                joinedload(Assignment.scoresheet),
                joinedload(Assignment.entry),
                joinedload(Assignment.round),
                joinedload(Assignment.panel),
                joinedload(Assignment.judge),
            )
            .where(
                Assignment.contest_id == contest_id,
                Round.state == RoundState.OPEN.value,
                Assignment.state == "active",
                Entry.state == EntryState.ACCEPTED.value,
                or_(
                    Scoresheet.id.is_(None),
                    Scoresheet.version == 0,
                    (Scoresheet.source == "paper") & (Scoresheet.state == SheetState.DRAFT.value),
                ),
                *([~_scores_it_too(actor)] if actor.judge_ids else []),
            )
            .order_by(Assignment.judge_id, Assignment.entry_id)
        ).unique()
    )


def name_of(account_id: int | None) -> str:
    """The name of an account, or nothing."""
    account = db.session.get(Account, account_id) if account_id else None
    return account.display_name if account else ""


def scan_of(sheet: Scoresheet | None) -> StoredFile | None:
    """The scan of a paper sheet, or None."""
    return db.session.get(StoredFile, sheet.scan_id) if sheet and sheet.scan_id else None
