"""Paper sheets: typed in by one person with the scan beside, confirmed by another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest.domain.errors import NotAllowed, UserError
from contest.domain.permissions import Actor
from contest.domain.rounds import SheetAction, SheetState, next_sheet_state
from contest.models import Account, Assignment, Round, Scoresheet, StoredFile, db
from contest.services import audit
from contest.services.judging.reading import rules_in
from contest.services.judging.scoring import keep_snapshot, read_marks, save_sheet


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

    Raises UserError when a criterion is missing or wrong, or when the judge has begun on the screen.
    """
    rules = rules_in(assignment.round)
    missing = [c.name for c in rules.criteria if not typed.get(c.key, "").strip()]
    if missing:
        raise UserError(f"Phiếu giấy cần đủ điểm: còn thiếu {', '.join(missing)}.")
    read_marks(typed, rules)
    sheet = assignment.scoresheet
    if sheet is not None and sheet.source == "screen" and sheet.version > 0:
        raise UserError("Giám khảo đã chấm tác phẩm này trên máy. Không nhập phiếu giấy đè lên.")
    if sheet is not None and sheet.confirmed_by_id is not None:
        raise NotAllowed("Phiếu giấy này đã được xác nhận. Trưởng tiểu ban có thể mở lại phiếu.")
    sheet = save_sheet(
        assignment, typed=typed, base_version=base_version, actor=actor, now=now, source="paper"
    )
    sheet.source = "paper"
    sheet.entered_by_id = actor.account_id
    if scan is not None:
        sheet.scan_id = scan.id
    audit.record(
        "scoresheet:typed_in", actor=actor, now=now, kind="scoresheet", subject_id=sheet.id, label=_label(assignment),
        contest_id=assignment.contest_id, after={"scan": scan.sha256 if scan else None}, round_id=assignment.round_id,
    )  # fmt: skip
    db.session.commit()
    return sheet


def confirm_paper(assignment: Assignment, *, actor: Actor, now: datetime) -> None:
    """A second person compared the sheet with the paper; it counts as signed. Commits.

    Raises NotAllowed for the person who typed it.
    """
    sheet = assignment.scoresheet
    if sheet is None or sheet.source != "paper" or sheet.state != SheetState.DRAFT.value:
        raise UserError("Không có phiếu giấy nào chờ xác nhận ở đây.")
    if sheet.entered_by_id == actor.account_id:
        raise NotAllowed("Người nhập phiếu không tự xác nhận. Hãy nhờ người thứ hai đối chiếu.")
    sheet.state = next_sheet_state(SheetState.DRAFT, SheetAction.SIGN).value
    sheet.signed_at = sheet.confirmed_at = now
    sheet.confirmed_by_id = actor.account_id
    keep_snapshot(sheet, now=now)
    audit.record(
        "scoresheet:confirmed", actor=actor, now=now, kind="scoresheet", subject_id=sheet.id,
        label=_label(assignment), contest_id=assignment.contest_id, round_id=assignment.round_id,
    )  # fmt: skip
    db.session.commit()


def return_paper(assignment: Assignment, *, reason: str, actor: Actor, now: datetime) -> None:
    """The second person found a difference: the sheet goes back to be typed in again. Commits."""
    sheet = assignment.scoresheet
    if sheet is None or sheet.source != "paper" or sheet.state != SheetState.DRAFT.value:
        raise UserError("Không có phiếu giấy nào chờ xác nhận ở đây.")
    if not reason.strip():
        raise UserError("Hãy ghi chỗ khác với phiếu giấy.", field="reason")
    sheet.entered_by_id = None
    audit.record(
        "scoresheet:sent_back", actor=actor, now=now, kind="scoresheet", subject_id=sheet.id,
        label=_label(assignment), contest_id=assignment.contest_id, reason=reason.strip(), round_id=assignment.round_id,
    )  # fmt: skip
    db.session.commit()


def _label(assignment: Assignment) -> str:
    return f"{assignment.entry.judging_code} · {assignment.judge.account.display_name}"


def list_for_paper(contest_id: int) -> list[Assignment]:
    """Assignments of open rounds without a signed sheet, and paper sheets that wait for confirmation."""
    return list(
        db.session.scalars(
            select(Assignment)
            .join(Round, Round.id == Assignment.round_id)
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
                Round.state == "open",
                Assignment.state == "active",
                (Scoresheet.id.is_(None)) | (Scoresheet.version == 0) | (Scoresheet.source == "paper"),
            )
            .order_by(Assignment.judge_id, Assignment.entry_id)
        ).unique()
    )


def name_of(account_id: int | None) -> str:
    """The name of an account, or nothing."""
    account = db.session.get(Account, account_id) if account_id else None
    return account.display_name if account else ""


def scan_of(sheet: Scoresheet) -> StoredFile | None:
    """The scan of a paper sheet, or None."""
    return db.session.get(StoredFile, sheet.scan_id) if sheet.scan_id else None
