"""Who goes on to the next round: quota and floor by the rules, a tie at the cut by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.round_rules import quota_of
from contest.domain.rounds import RoundState
from contest.domain.shortlist import Shortlist, shortlist
from contest.models import Round, RoundOutcome, TieDecision, db
from contest.models.database import hold
from contest.services import audit
from contest.services.judging.reading import next_round, rulebook_in
from contest.services.results.tallying import Board, load_board, tie_decisions


@dataclass(frozen=True)
class CategoryList:
    """The shortlist of one category."""

    key: str
    name: str
    quota: int | None
    found: Shortlist
    total: int


@dataclass(frozen=True)
class ShortlistView:
    """The shortlists of a closed round."""

    board: Board
    categories: list[CategoryList]
    is_applied: bool

    @property
    def has_open_ties(self) -> bool:
        """Whether people must still choose at a cut."""
        return any(c.found.tied_at_cut for c in self.categories)


def view_shortlist(round_: Round) -> ShortlistView:
    """The shortlists as the rules and the decisions so far give them."""
    rulebook, board = rulebook_in(round_), load_board(round_)
    rules = rulebook.round(round_.key)
    floor = rules.shortlist.floor if rules and rules.shortlist else None
    decided = {
        d.slot.removeprefix("shortlist:"): [str(e) for e in d.entry_ids]
        for d in tie_decisions(round_.id)
        if d.slot.startswith("shortlist:")
    }
    categories = []
    for category in rulebook.categories:
        placings = board.standing(category.key)
        quota = quota_of(rulebook, round_.key, category.key)
        found = shortlist(placings, quota=quota, floor=floor, decided=decided.get(category.key, ()))
        categories.append(CategoryList(category.key, category.name, quota, found, len(placings)))
    applied = select(RoundOutcome.id).where(
        RoundOutcome.round_id == round_.id, RoundOutcome.is_shortlisted.is_not(None)
    )
    return ShortlistView(board, categories, db.session.scalar(applied.limit(1)) is not None)


def decide_cut(
    round_: Round, *, category_key: str, entry_ids: list[int], reason: str, actor: Actor, now: datetime
) -> None:
    """People choose who of the equals at a cut goes on. Commits. Raises UserError when too many are chosen."""
    hold(round_.contest, round_)
    if round_.state != RoundState.CLOSED.value:
        raise UserError("Hãy khóa vòng chấm trước khi chọn trong số bằng điểm.")
    if not reason.strip():
        raise UserError("Hãy ghi lý do chọn.", field="reason")
    found = next((c for c in view_shortlist(round_).categories if c.key == category_key), None)
    if found is None or not found.found.tied_at_cut:
        raise UserError("Nhóm này không còn chỗ bằng điểm nào cần quyết định.")
    if not entry_ids or len(entry_ids) > found.found.places:
        raise UserError(f"Chọn từ 1 đến {found.found.places} tác phẩm trong số bằng điểm.", field="entries")
    if not {str(e) for e in entry_ids} <= set(found.found.tied_at_cut):
        raise UserError("Có tác phẩm không thuộc nhóm bằng điểm. Hãy tải lại trang.", field="entries")
    keep_decision(
        round_, f"shortlist:{category_key}", entry_ids=entry_ids, is_shared=False, reason=reason, actor=actor, now=now
    )  # fmt: skip
    _log(
        "shortlist:cut_decided", round_, actor=actor, now=now, after={"category": category_key}, reason=reason
    )
    db.session.commit()


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
    """The decision about equals in one slot; it replaces one that a work's leaving has undone. The caller commits."""
    row = db.session.scalar(
        select(TieDecision).where(TieDecision.round_id == round_.id, TieDecision.slot == slot)
    )
    if row is None:
        row = TieDecision(contest_id=round_.contest_id, round_id=round_.id, slot=slot)
        db.session.add(row)
    row.entry_ids, row.is_shared, row.reason = entry_ids, is_shared, reason.strip()
    row.at, row.actor_id = now, actor.account_id


def apply_shortlist(round_: Round, *, actor: Actor | None, now: datetime) -> int:
    """Fix who goes on; the next round judges these. Commits. Returns how many go on.

    Raises UserError while the round is open, a tie at a cut is undecided, or the next round has begun.
    """
    hold(round_.contest, round_)
    if round_.state != RoundState.CLOSED.value:
        raise UserError("Hãy khóa vòng chấm trước khi lập danh sách vào vòng sau.")
    later = next_round(round_)
    if later is None:
        raise UserError("Đây là vòng cuối nên không có danh sách vào vòng sau.")
    if later.state != RoundState.PENDING.value:
        raise UserError("Vòng sau đã mở nên danh sách không đổi được nữa.")
    view = view_shortlist(round_)
    if view.has_open_ties:
        raise UserError("Còn chỗ bằng điểm ở ngưỡng chọn. Hãy quyết định trước.")
    chosen = {e for c in view.categories for e in c.found.chosen}
    for outcome in db.session.scalars(select(RoundOutcome).where(RoundOutcome.round_id == round_.id)):
        outcome.is_shortlisted = str(outcome.entry_id) in chosen
    _log("shortlist:applied", round_, actor=actor, now=now, after={"entries": len(chosen)})
    db.session.commit()
    return len(chosen)


def _log(
    action: str,
    round_: Round,
    *,
    actor: Actor | None,
    now: datetime,
    after: dict[str, object],
    reason: str = "",
) -> None:
    audit.record(
        action, actor=actor, now=now, kind="round", subject_id=round_.id, label=round_.name,
        contest_id=round_.contest_id, after=after, reason=reason or None, round_id=round_.id,
    )  # fmt: skip
