"""What people decide where the numbers do not: equals at a cut or a prize, several prizes of one person. Kept for a
round under the name of the slot, and taken back while nothing stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, true
from sqlalchemy.orm import joinedload

from contest.domain.errors import InvalidTransition, UserError
from contest.domain.permissions import Actor
from contest.domain.rounds import RoundState
from contest.models import PrizeAdjustment, Publication, Round, RoundOutcome, TieDecision, db
from contest.models.database import ask_once, hold
from contest.services import audit
from contest.services.judging.reading import next_round
from contest.services.judging.watching import list_divergence_decisions

# Decisions at a cut stand beside those about prizes under this name and the category's.
CUT = "shortlist:"
# And those about a person under this name and the person's number.
SEVERAL = "several:"


def tie_decisions(round_id: int) -> Sequence[TieDecision]:
    """All that was decided in a round, with who decided."""
    query = (
        select(TieDecision)
        .options(joinedload(TieDecision.actor))
        .where(TieDecision.round_id == round_id)
        .order_by(TieDecision.id)
    )
    return ask_once(("tie decisions", round_id), lambda: db.session.scalars(query).all())


def said_about(round_id: int) -> dict[str, tuple[str, ...]]:
    """What people decided about each entry of a round, for its tables: where judges differed, and among equals."""
    said: dict[str, tuple[str, ...]] = {
        str(entry): (f"Lệch điểm, Trưởng tiểu ban quyết định: {d.decision}",)
        for entry, d in list_divergence_decisions(round_id).items()
    }
    for d in tie_decisions(round_id):
        if not d.slot.startswith(SEVERAL):
            where = " ở ngưỡng" if d.slot.startswith(CUT) else ""
            for entry in map(str, d.entry_ids):
                words = f"Bằng điểm{where}, theo quyết định: {d.reason}"
                said[entry] = (*said.get(entry, ()), words)
    return said


def keep_decision(
    round_: Round,
    slot: str,
    *,
    entry_ids: list[int],
    is_shared: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """The decision about one slot; it replaces one that a work's leaving has undone. The caller commits."""
    row = db.session.scalar(
        select(TieDecision).where(TieDecision.round_id == round_.id, TieDecision.slot == slot)
    )
    if row is None:
        row = TieDecision(contest_id=round_.contest_id, round_id=round_.id, slot=slot)
        db.session.add(row)
    row.entry_ids, row.is_shared, row.reason = entry_ids, is_shared, reason.strip()
    row.at, row.actor_id = now, actor.account_id


def undo_decision(round_: Round, decision_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a decision about equals back, so that it is asked again; the log keeps what it was. Commits.

    A list that was made with it is made anew. Raises UserError without a reason or when it was taken back already,
    InvalidTransition once the next round has begun, or the results are published or wait for their hour.
    """
    hold(round_.contest, round_)
    row = _standing(round_, decision_id, about_people=False)
    is_cut = row.slot.startswith(CUT)
    _take_back(
        round_, row, "shortlist:decision_undone" if is_cut else "prize:decision_undone",
        label=round_.name if is_cut else row.slot, reason=reason, actor=actor, now=now,
    )  # fmt: skip


def undo_several(
    round_: Round, decision_id: int, *, name: str, reason: str, actor: Actor, now: datetime
) -> None:
    """Take back that all prizes of one person stand, as `undo_decision` does with equals. Commits."""
    hold(round_.contest, round_)
    row = _standing(round_, decision_id, about_people=True)
    _take_back(round_, row, "prize:several_undone", label=name, reason=reason, actor=actor, now=now)


def _standing(round_: Round, decision_id: int, *, about_people: bool) -> TieDecision:
    row = db.session.get(TieDecision, decision_id)
    if row is None or row.round_id != round_.id or row.slot.startswith(SEVERAL) != about_people:
        raise UserError("Quyết định này đã được bỏ. Hãy tải lại trang.")
    return row


def _take_back(
    round_: Round, row: TieDecision, action: str, *, label: str, reason: str, actor: Actor, now: datetime
) -> None:
    if not reason.strip():
        raise UserError("Hãy ghi lý do bỏ quyết định.", field="reason")
    if row.slot.startswith(CUT):
        _unmake_list(round_)
    else:
        _check_unpublished(round_.contest_id)
    audit.record(
        action, actor=actor, now=now, kind="round", subject_id=round_.id, label=label, contest_id=round_.contest_id,
        round_id=round_.id, before={"entries": len(row.entry_ids), "decided": row.reason}, reason=reason.strip(),
    )  # fmt: skip
    db.session.delete(row)
    db.session.commit()


def drop_place_answers(contest_id: int, entry_id: int | None = None, *, now: datetime) -> bool:
    """Drop what was decided about the place a work, or any work, was taken out of, as what it was decided about is another
    now; whether there was anything. The caller commits."""
    answers = select(PrizeAdjustment).where(
        PrizeAdjustment.contest_id == contest_id,
        PrizeAdjustment.entry_id == entry_id if entry_id is not None else true(),
        PrizeAdjustment.kind.in_(("move_up", "keep_free")),
        PrizeAdjustment.undone_at.is_(None),
    )
    rows = db.session.scalars(answers).all()
    for row in rows:
        row.undone_at = now
    return bool(rows)


def _unmake_list(round_: Round) -> None:
    later = next_round(round_)
    if later is None or later.state != RoundState.PENDING.value:
        raise InvalidTransition("Vòng sau đã mở nên quyết định ở ngưỡng không bỏ được nữa.")
    for outcome in db.session.scalars(select(RoundOutcome).where(RoundOutcome.round_id == round_.id)):
        outcome.is_shortlisted = None


def _check_unpublished(contest_id: int) -> None:
    published = select(Publication.id).where(
        Publication.contest_id == contest_id, Publication.cancelled_at.is_(None)
    )
    if db.session.scalar(published.limit(1)) is not None:
        raise InvalidTransition(
            "Kết quả đã công bố hoặc đang hẹn giờ nên quyết định này không bỏ được nữa. Muốn đổi thì ghi ở phần thay đổi của "
            "Ban Tổ chức rồi công bố bản đính chính."
        )  # fmt: skip
