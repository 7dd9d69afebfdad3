"""Places that people freed by giving their works another prize or none: who would move up, and what is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.prizes import Adjustment, FreedPlace, distribute
from contest.models import Contest, PrizeAdjustment, db
from contest.models.database import hold
from contest.services import audit
from contest.services.results.prizes import PrizeBoard, prize_board


@dataclass(frozen=True)
class Step:
    """A work that would move up: to which tier, from which one, "" when it has no prize now."""

    entry: str
    tier: str
    before: str


@dataclass(frozen=True)
class MovingUp:
    """What would happen if the works behind a freed place moved up; `ties` are the slots where equals would be asked about."""

    steps: tuple[Step, ...]
    ties: tuple[str, ...]


def if_moved_up(board: PrizeBoard, place: FreedPlace) -> MovingUp:
    """Who would get another prize if the works behind a freed place moved up. Nothing is written."""
    category = next(c for c in board.categories if c.key == place.category)
    answer = Adjustment("move_up", place.tier, place.category, "", place.entry)
    after = distribute(
        category.key, category.placings, category.slots, [*board.changes, answer], board.settlements
    )
    now = {a.entry: a.tier for a in category.allocation.awards}
    then = {a.entry: a.tier for a in after.awards}
    steps = (
        Step(p.entry, then[p.entry], now.get(p.entry, ""))
        for p in category.placings
        if p.entry in then and then[p.entry] != now.get(p.entry)
    )
    known = {t.slot for t in category.allocation.open_ties}
    return MovingUp(tuple(steps), tuple(t.slot for t in after.open_ties if t.slot not in known))


def decide_place(
    contest: Contest, *, entry_id: int, move_up: bool, reason: str, actor: Actor, now: datetime
) -> PrizeAdjustment:
    """What becomes of the place that a work was taken out of: the next works move up, or it stays empty. Commits.

    It is taken back like any other change. Raises UserError without a reason, or when the place is not free any more.
    """
    hold(contest)
    if not reason.strip():
        raise UserError("Hãy ghi lý do; lý do được in trong danh sách đề nghị trao giải.", field="reason")
    board = prize_board(contest)
    place = next((f for f in board.open_places if f.entry == str(entry_id)), None) if board else None
    if board is None or place is None:
        raise UserError("Chỗ này không còn chờ quyết định. Hãy tải lại trang.")
    row = PrizeAdjustment(
        contest_id=contest.id, kind="move_up" if move_up else "keep_free", entry_id=entry_id, tier=place.tier,
        category_key=place.category, reason=reason.strip(), at=now, actor_id=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    audit.record(
        f"prize:{row.kind}", actor=actor, now=now, kind="prize", subject_id=contest.id, label=board.board.titles[place.entry],
        contest_id=contest.id, after={"tier": place.tier, "category": place.category}, reason=reason.strip(),
    )  # fmt: skip
    db.session.commit()
    return row
