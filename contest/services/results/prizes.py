"""Prizes: what the slots give, what people change with a reason, what is still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.prizes import (
    Adjustment,
    Allocation,
    Award,
    FreedPlace,
    OpenTie,
    Slot,
    TieSettlement,
    distribute,
    given_by_people,
)
from contest.domain.ranking import Placing
from contest.domain.round_rules import check_slot, entry_slots
from contest.domain.rulebook import Rulebook
from contest.domain.rulebook.judging import Prize
from contest.models import Contest, PrizeAdjustment, Round, TieDecision, db
from contest.models.database import hold
from contest.services import audit
from contest.services.judging.reading import list_rounds, rulebook_in
from contest.services.results.collective import CollectivePrize, with_condition
from contest.services.results.credits import credits_of
from contest.services.results.decisions import drop_place_answers, keep_decision, tie_decisions
from contest.services.results.tallying import Board, load_places


@dataclass(frozen=True)
class CategoryPrizes:
    """One category: its slots, its places, who gets what."""

    key: str
    name: str
    slots: list[Slot]
    placings: list[Placing]
    allocation: Allocation
    left_empty: frozenset[str] = frozenset()

    def awards_in(self, tier: str) -> list[Award]:
        """The awards of one tier, best place first."""
        order = {p.entry: i for i, p in enumerate(self.placings)}
        found = [a for a in self.allocation.awards if a.tier == tier and a.category == self.key]
        return sorted(found, key=lambda a: order.get(a.entry, 999))

    def kept_in(self, tier: str) -> int:
        """How many places of a tier stay empty by decision."""
        key = (self.key, tier)
        return min(self.allocation.kept.get(key, 0), self.allocation.empty.get(key, 0))

    def open_in(self, tier: str) -> int:
        """How many freed places of a tier wait for a decision."""
        return sum(p.tier == tier and p.has_next for p in self.allocation.freed)


@dataclass(frozen=True)
class PrizeBoard:
    """All prizes of a contest as they stand, the adjustments included."""

    round: Round
    rulebook: Rulebook
    board: Board
    categories: list[CategoryPrizes]
    overall: list[Prize]
    overall_awards: list[Award]
    collective: list[PrizeAdjustment]
    adjustments: list[PrizeAdjustment]
    changes: list[Adjustment]
    settlements: list[TieSettlement]

    @property
    def open_ties(self) -> list[tuple[str, OpenTie]]:
        """(category key, tie) for every tie that people must settle."""
        return [(c.key, tie) for c in self.categories for tie in c.allocation.open_ties]

    @property
    def freed(self) -> list[FreedPlace]:
        """Places that people have freed and nobody has; those with works behind them wait for a decision."""
        return [place for c in self.categories for place in c.allocation.freed]

    @property
    def open_places(self) -> list[FreedPlace]:
        """The freed places of which people must still say whether the next works move up."""
        return [place for place in self.freed if place.has_next]

    @property
    def settled(self) -> list[TieDecision]:
        """People's decisions about equals that the prizes stand on."""
        used = {slot for c in self.categories for slot in c.allocation.settled}
        return [d for d in tie_decisions(self.round.id) if d.slot in used]

    def slot_words(self, slot: str) -> str:
        """A slot as people call it: "Báo in, Giải Ba"."""
        key, _, tier = slot.rpartition(" · ")
        category = self.rulebook.category(key)
        return f"{category.name}, {tier}" if category else tier

    @property
    def held(self) -> list[tuple[str, str]]:
        """(entry, tier) for every prize of a work."""
        own = [(a.entry, a.tier) for c in self.categories for a in c.allocation.awards]
        return own + [(a.entry, a.tier) for a in self.overall_awards]

    @property
    def given(self) -> dict[str, str]:
        """The prize that people have given a work instead of its own, by entry; "" when they took it away."""
        return {e: "" if g.kind == "remove" else g.tier for e, g in given_by_people(self.changes).items()}

    @property
    def awarded(self) -> set[str]:
        """The entries that hold a prize."""
        return {entry for entry, _ in self.held}


def final_round(contest: Contest) -> Round | None:
    """The last round, if it is closed."""
    rounds = list_rounds(contest.id, panels=False)
    return rounds[-1] if rounds and rounds[-1].state == "closed" else None


def prize_board(contest: Contest) -> PrizeBoard | None:
    """The prizes of a contest, or None before its last round is closed."""
    last = final_round(contest)
    if last is None:
        return None
    rulebook, board = rulebook_in(last), load_places(last)
    made = list_adjustments(contest.id)
    adjustments = [a for a in made if str(a.entry_id) not in board.gone]
    settlements = [
        TieSettlement(d.slot, tuple(str(e) for e in d.entry_ids), d.is_shared, d.reason)
        for d in tie_decisions(last.id)
    ]
    changes = [_as_change(a) for a in adjustments if a.kind != "collective"]
    categories = []
    for category in rulebook.categories:
        slots = entry_slots(rulebook, category.key)
        placings = board.standing(category.key)
        empty = (a.tier for a in changes if a.kind == "leave_empty" and a.category == category.key)
        found = distribute(category.key, placings, slots, changes, settlements)
        categories.append(
            CategoryPrizes(category.key, category.name, slots, placings, found, frozenset(empty))
        )
    return PrizeBoard(
        round=last,
        rulebook=rulebook,
        board=board,
        categories=categories,
        overall=[p for p in rulebook.prizes if p.kind == "entry" and p.per == "overall"],
        overall_awards=[
            g.award() for g in given_by_people(changes).values() if g.category == "" and g.kind != "remove"
        ],
        collective=[a for a in adjustments if a.kind == "collective"],
        adjustments=made,
        changes=changes,
        settlements=settlements,
    )


def _as_change(a: PrizeAdjustment) -> Adjustment:
    return Adjustment(
        a.kind,  # type: ignore[arg-type]
        a.tier,
        a.category_key or "",
        a.reason,
        str(a.entry_id) if a.entry_id else None,
        a.value_vnd,
    )


def collective_prizes(board: PrizeBoard) -> list[CollectivePrize]:
    """The collective prizes with a condition, and which agencies meet it as the prizes stand. At most one query."""
    if not any(p.kind == "collective" and p.condition for p in board.rulebook.prizes):
        return []
    agency = {c.entry: c.agency for c in credits_of(board.awarded)}
    return with_condition(board.rulebook, [(agency[entry], tier) for entry, tier in board.held])


def list_adjustments(contest_id: int) -> list[PrizeAdjustment]:
    """People's changes that hold, in the order they were made."""
    return list(
        db.session.scalars(
            select(PrizeAdjustment)
            .options(joinedload(PrizeAdjustment.actor))
            .where(PrizeAdjustment.contest_id == contest_id, PrizeAdjustment.undone_at.is_(None))
            .order_by(PrizeAdjustment.id)
        )
    )


def settle_tie(
    contest: Contest,
    *,
    slot: str,
    entry_ids: list[int],
    is_shared: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """People's answer to equals across the boundary of a slot: who gets it, or all share it. Commits."""
    hold(contest)
    if not reason.strip():
        raise UserError("Hãy ghi lý do, căn cứ của quyết định.", field="reason")
    board = prize_board(contest)
    tie = next((t for _, t in board.open_ties if t.slot == slot), None) if board else None
    if board is None or tie is None:
        raise UserError("Chỗ bằng điểm này không còn. Hãy tải lại trang.")
    if is_shared and not tie.may_share:
        raise UserError(
            "Thể lệ không cho nhiều tác phẩm chia nhau mức giải này. Hãy chọn tác phẩm nhận giải."
        )
    chosen = [int(e) for e in tie.entries] if is_shared else list(dict.fromkeys(entry_ids))
    if not is_shared and len(chosen) != tie.places:
        raise UserError(
            f"Còn {tie.places} giải: chọn đúng {tie.places} tác phẩm, hoặc cho tất cả cùng nhận.",
            field="entries",
        )
    if not {str(e) for e in chosen} <= set(tie.entries):
        raise UserError("Có tác phẩm không thuộc nhóm bằng điểm. Hãy tải lại trang.", field="entries")
    keep_decision(
        board.round, slot, entry_ids=chosen, is_shared=is_shared, reason=reason, actor=actor, now=now
    )
    _log(
        "prize:tie_settled",
        contest,
        slot,
        actor=actor,
        now=now,
        after={"entries": len(chosen), "shared": is_shared},
        reason=reason,
    )
    db.session.commit()


def adjust_prizes(
    contest: Contest,
    *,
    kind: str,
    tier: str,
    category_key: str,
    reason: str,
    actor: Actor,
    now: datetime,
    entry_id: int | None = None,
    recipient: str = "",
    recipient_unit_id: int | None = None,
    value_vnd: int | None = None,
    is_beyond: bool = False,
) -> PrizeAdjustment:
    """One change by people: leave a slot empty, move a work, add an extra or collective prize. Commits.

    What became of the place that an earlier change took the work out of is asked anew. `is_beyond` says that a collective prize is meant although its condition is not met. Raises UserError without a
    reason, before the last round is closed, or when it names what is not there.
    """
    hold(contest)
    board = prize_board(contest)
    if board is None:
        raise UserError("Vòng cuối chưa khóa nên chưa phân giải được.")
    if not reason.strip():
        raise UserError("Hãy ghi lý do; lý do được in trong danh sách đề nghị trao giải.", field="reason")
    check_slot(board.rulebook, kind, tier, category_key)
    if kind == "collective" and not recipient.strip():
        raise UserError("Hãy ghi tập thể nhận giải.", field="recipient")
    if kind in ("move", "extra", "remove") and str(entry_id) not in board.board.entries:
        raise UserError("Hãy chọn một tác phẩm đã qua vòng cuối.", field="entry")
    if kind in ("move", "extra") and str(entry_id) in board.board.gone:
        raise UserError("Tác phẩm này đã rút hoặc bị loại nên không nhận giải.", field="entry")
    if kind == "extra" and not tier.strip():
        raise UserError("Hãy ghi tên giải.", field="tier")
    after: dict[str, object] = {"tier": tier, "category": category_key}
    if kind == "collective" and _checked(board, tier, recipient, is_beyond=is_beyond):
        after["beyond"] = True
    if entry_id is not None and drop_place_answers(contest.id, entry_id, now=now):
        after["place_asked"] = True
    row = PrizeAdjustment(
        contest_id=contest.id, kind=kind, entry_id=entry_id, tier=tier.strip(), category_key=category_key,
        recipient=recipient.strip(), recipient_unit_id=recipient_unit_id, value_vnd=value_vnd, reason=reason.strip(),
        at=now, actor_id=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    label = board.board.titles.get(str(entry_id), recipient or tier)
    _log(
        f"prize:{kind}",
        contest,
        label,
        actor=actor,
        now=now,
        after=after,
        reason=reason,
    )
    db.session.commit()
    return row


def _checked(board: PrizeBoard, tier: str, recipient: str, *, is_beyond: bool) -> bool:
    """Whether a collective prize goes beyond its condition; when it does, it must have been said."""
    for found in collective_prizes(board):
        if found.prize.tier == tier and found.is_beyond(recipient):
            if not is_beyond:
                raise UserError(
                    f"{recipient.strip()} có {found.count_of(recipient)} tác phẩm đạt {found.need.tier} trở lên, thể lệ cần "
                    f"{found.need.count}. Nếu vẫn trao, đánh dấu “Trao ngoài điều kiện” và ghi lý do.",
                    field="is_beyond",
                )
            return True
    return False


def undo_adjustment(contest: Contest, adjustment_id: int, *, actor: Actor, now: datetime) -> None:
    """Take one change back, and what was decided about the place it had freed; the rows stay. Commits."""
    hold(contest)
    row = db.session.get(PrizeAdjustment, adjustment_id)
    if row is None or row.contest_id != contest.id or row.undone_at is not None:
        raise UserError("Thay đổi này đã được bỏ.")
    row.undone_at = now
    after: dict[str, object] = {"kind": row.kind}
    is_answer = row.kind in ("move_up", "keep_free")
    if row.entry_id is not None and not is_answer and drop_place_answers(contest.id, row.entry_id, now=now):
        after["place_asked"] = True
    _log("prize:undone", contest, row.tier, actor=actor, now=now, after=after, reason=row.reason)
    db.session.commit()


def warnings(board: PrizeBoard) -> list[str]:
    """What a careful organizer wants to know before publishing: works that left, floors not met, ceilings passed."""
    found = [
        f"“{board.board.titles[e]}” ({how.lower()} sau khi khóa vòng) không nhận giải; các tác phẩm sau được xét tiếp."
        for e, how in board.board.gone.items()
    ]
    for prize in board.rulebook.prizes:
        low = prize.quota.range[0] if prize.quota.range else prize.quota.exact or 0
        if prize.kind == "collective":
            if low and len(board.collective) < low:
                found.append(f"{prize.tier}: thể lệ có ít nhất {low} giải, đang có {len(board.collective)}.")
            continue
        if prize.kind != "entry" or prize.per != "category" or not low:
            continue
        for c in board.categories:
            given = len(c.awards_in(prize.tier))
            if given < low:
                found.append(f"{c.name}, {prize.tier}: thể lệ có ít nhất {low} giải, đang có {given}.")
    for c in board.categories:
        for slot in c.slots:
            given = sum(not a.is_extra for a in c.awards_in(slot.tier))
            if given > slot.ceiling:
                found.append(f"{c.name}, {slot.tier}: đang trao {given}, cơ cấu có {slot.ceiling}.")
    return found


def _log(
    action: str,
    contest: Contest,
    label: str,
    *,
    actor: Actor,
    now: datetime,
    after: dict[str, object],
    reason: str,
) -> None:
    audit.record(
        action, actor=actor, now=now, kind="prize", subject_id=contest.id, label=label, contest_id=contest.id, after=after,
        reason=reason.strip() or None,
    )  # fmt: skip
