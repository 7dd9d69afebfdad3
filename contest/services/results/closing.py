"""Closing a round: a preview of what is missing, the outcomes kept as they were computed, the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from contest.domain.contests import ContestState
from contest.domain.errors import InvalidTransition, UserError
from contest.domain.permissions import Actor
from contest.domain.ranking import Placing
from contest.domain.rounds import RoundAction, RoundState, next_round_state
from contest.domain.scoring import Tally, to_thousandths
from contest.models import Assignment, Publication, Round, RoundOutcome, TieDecision, db
from contest.models.database import hold
from contest.services import audit
from contest.services.contests.reading import state_of
from contest.services.judging.absences import absent_judges
from contest.services.judging.reading import list_assignments, next_round, rules_in
from contest.services.judging.watching import list_divergence_decisions
from contest.services.results.decisions import drop_place_answers
from contest.services.results.tallying import Board, compute


@dataclass(frozen=True)
class Closing:
    """What stands before closing a round."""

    board: Board
    unsigned: list[Assignment]
    too_few: list[Tally]
    undecided: list[Tally]
    decided: list[Tally]

    @property
    def without_earlier(self) -> list[Tally]:
        """Entries that are judged but lack the earlier round's value that counts; they get no place."""
        return [t for t in self.board.tallies() if t.value is None and t.own is not None]

    @property
    def may_close(self) -> bool:
        """Nothing blocks; unsigned sheets must still be waived in so many words."""
        return not self.too_few and not self.undecided


def preview_closing(round_: Round) -> Closing:
    """What is missing, which entries diverge without a decision. Nothing is written."""
    board = compute(round_)
    decisions = list_divergence_decisions(round_.id)
    absent = absent_judges(round_.id)
    tallies = board.tallies()
    minimum = rules_in(round_).min_sheets
    asked = [t for t in tallies if t.divergent or (t.own is None and len(t.sheets) >= minimum)]
    entries = {e.id for e in board.entries.values()}
    return Closing(
        board=board,
        unsigned=[
            a
            for a in list_assignments(round_.id)
            if a.state == "active"
            and a.entry_id in entries
            and a.judge_id not in absent
            and (a.scoresheet is None or a.scoresheet.state != "signed")
        ],
        too_few=[t for t in tallies if len(t.sheets) < minimum],
        undecided=[t for t in asked if int(t.entry) not in decisions],
        decided=[t for t in asked if int(t.entry) in decisions],
    )


def close_round(round_: Round, *, waive_unsigned: bool, actor: Actor | None, now: datetime) -> None:
    """Freeze a round: its outcomes are kept as computed now. Commits.

    Raises UserError while entries have too few sheets, diverge without a decision, or unsigned sheets are not waived.
    """
    hold(round_.contest, round_)
    after = next_round_state(RoundState(round_.state), RoundAction.CLOSE)
    found = preview_closing(round_)
    if found.too_few:
        raise UserError(
            f"Còn {len(found.too_few)} tác phẩm chưa đủ số phiếu đã ký. Chấm nốt hoặc phân công thêm giám khảo."
        )
    if found.undecided:
        raise UserError(
            f"Còn {len(found.undecided)} tác phẩm lệch điểm chưa có quyết định của Trưởng tiểu ban."
        )
    if found.unsigned and not waive_unsigned:
        raise UserError(
            f"Còn {len(found.unsigned)} phiếu chưa ký. Đánh dấu đồng ý không tính các phiếu này nếu vẫn khóa.",
            field="waive",
        )
    db.session.execute(delete(RoundOutcome).where(RoundOutcome.round_id == round_.id))
    for placings in found.board.placings.values():
        for placing in placings:
            db.session.add(_outcome(round_, placing.tally, placing))
    for tallies in found.board.unplaced.values():
        for tally in tallies:
            db.session.add(_outcome(round_, tally, None))
    round_.state, round_.closed_at = after.value, now
    _log("round:closed", round_, actor=actor, now=now, after={"unsigned": len(found.unsigned)})
    db.session.commit()


def _outcome(round_: Round, tally: Tally, placing: Placing | None) -> RoundOutcome:
    return RoundOutcome(
        round_id=round_.id,
        entry_id=int(tally.entry),
        category_key=tally.category,
        total_thousandths=None if tally.value is None else to_thousandths(tally.value),
        sheet_count=len(tally.sheets),
        place=placing.place if placing else None,
        tied=bool(placing and placing.tied_with),
        divergent=tally.divergent,
        reasons=list(tally.reasons),
        tie_reasons=list(placing.reasons) if placing else [],
    )


def reopen_round(round_: Round, *, reason: str, actor: Actor, now: datetime) -> None:
    """Open a closed round again, with a reason, while nothing stands on it. Commits."""
    hold(round_.contest, round_)
    if not reason.strip():
        raise UserError("Hãy ghi lý do mở lại vòng chấm.", field="reason")
    after = next_round_state(RoundState(round_.state), RoundAction.REOPEN)
    later = next_round(round_)
    if later is not None and later.state != RoundState.PENDING.value:
        raise InvalidTransition(f"Vòng “{later.name}” đã mở nên không mở lại được vòng này.")
    published = select(Publication.id).where(
        Publication.contest_id == round_.contest_id, Publication.cancelled_at.is_(None)
    )
    if state_of(round_.contest) is not ContestState.JUDGING or db.session.scalar(published.limit(1)):
        raise InvalidTransition("Kết quả đã được lập để công bố nên không mở lại được vòng chấm.")
    db.session.execute(delete(RoundOutcome).where(RoundOutcome.round_id == round_.id))
    db.session.execute(delete(TieDecision).where(TieDecision.round_id == round_.id))
    drop_place_answers(round_.contest_id, now=now)
    round_.state, round_.closed_at = after.value, None
    _log("round:reopened", round_, actor=actor, now=now, reason=reason.strip())
    db.session.commit()


def _log(
    action: str,
    round_: Round,
    *,
    actor: Actor | None,
    now: datetime,
    after: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        action, actor=actor, now=now, kind="round", subject_id=round_.id, label=round_.name,
        contest_id=round_.contest_id, after=after, reason=reason or None, round_id=round_.id,
    )  # fmt: skip
