"""Who goes on to the next round: quota and floor by the rules, a tie at the cut by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from contest.domain.errors import InvalidTransition, UserError
from contest.domain.permissions import Actor
from contest.domain.round_rules import quota_of
from contest.domain.rounds import RoundState
from contest.domain.shortlist import Shortlist, shortlist
from contest.models import Round, RoundOutcome, TieDecision, db
from contest.models.database import hold
from contest.services import audit
from contest.services.judging.reading import next_round, rulebook_in
from contest.services.results.decisions import CUT, keep_decision, tie_decisions
from contest.services.results.tallying import Board, load_places


@dataclass(frozen=True)
class CategoryList:
    """The shortlist of one category: what the rules and the decisions give now, and who goes on.

    `chosen` is what was applied, works that left since included; before that, what is found. `decision` is the one about
    equals at the cut that made the list.
    """

    key: str
    name: str
    quota: int | None
    found: Shortlist
    chosen: tuple[str, ...]
    total: int
    decision: TieDecision | None = None


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

    @property
    def is_outdated(self) -> bool:
        """Whether the applied list is not what the rules and the decisions give now."""
        return any(set(c.chosen) != set(c.found.chosen) for c in self.categories)


def view_shortlist(round_: Round) -> ShortlistView:
    """The shortlists as they were applied, else as the rules and the decisions so far give them."""
    rulebook, board = rulebook_in(round_), load_places(round_)
    rules = rulebook.round(round_.key)
    floor = rules.shortlist.floor if rules and rules.shortlist else None
    decided = {d.slot: d for d in tie_decisions(round_.id)}
    applied = _applied(round_)
    categories = []
    for category in rulebook.categories:
        placings = board.standing(category.key)
        quota = quota_of(rulebook, round_.key, category.key)
        decision = decided.get(f"{CUT}{category.key}")
        wanted = tuple(str(e) for e in decision.entry_ids) if decision else ()
        found = shortlist(placings, quota=quota, floor=floor, decided=wanted)
        all_placed = [p.entry for p in board.placings.get(category.key, [])]
        chosen = found.chosen if applied is None else tuple(e for e in all_placed if e in applied)
        used = decision if set(wanted) & set(chosen) else None
        categories.append(
            CategoryList(category.key, category.name, quota, found, chosen, len(all_placed), used)
        )
    return ShortlistView(board, categories, applied is not None)


def listed_rounds(contest_id: int) -> set[int]:
    """The rounds of a contest whose list for the next one has been made."""
    query = (
        select(RoundOutcome.round_id)
        .join(Round, Round.id == RoundOutcome.round_id)
        .where(Round.contest_id == contest_id, RoundOutcome.is_shortlisted.is_not(None))
    )
    return set(db.session.scalars(query.distinct()))


def _applied(round_: Round) -> set[str] | None:
    """The entries that were fixed to go on, or None before that."""
    rows = db.session.execute(
        select(RoundOutcome.entry_id, RoundOutcome.is_shortlisted).where(
            RoundOutcome.round_id == round_.id, RoundOutcome.is_shortlisted.is_not(None)
        )
    ).all()
    return {str(r.entry_id) for r in rows if r.is_shortlisted} if rows else None


def decide_cut(
    round_: Round, *, category_key: str, entry_ids: list[int], reason: str, actor: Actor, now: datetime
) -> None:
    """People choose who of the equals at a cut goes on. Commits.

    Raises UserError without a reason, when nothing is open there or too many are chosen, InvalidTransition once the next
    round has begun.
    """
    hold(round_.contest, round_)
    later = next_round(round_)
    if later is None or later.state != RoundState.PENDING.value:
        raise InvalidTransition("Vòng sau đã mở nên danh sách không đổi được nữa.")
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
        round_, f"{CUT}{category_key}", entry_ids=entry_ids, is_shared=False, reason=reason, actor=actor, now=now
    )  # fmt: skip
    _log(
        "shortlist:cut_decided", round_, actor=actor, now=now, after={"category": category_key}, reason=reason
    )
    db.session.commit()


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
