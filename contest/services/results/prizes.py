"""Prizes: what the slots give, what people change with a reason, what is still open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.prizes import (
    Adjustment,
    Allocation,
    Award,
    OpenTie,
    Slot,
    TieSettlement,
    adjust,
    allocate,
    open_slots,
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
from contest.services.results.decisions import keep_decision, tie_decisions
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

    @property
    def open_ties(self) -> list[tuple[str, OpenTie]]:
        """(category key, tie) for every tie that people must settle."""
        return [(c.key, tie) for c in self.categories for tie in c.allocation.open_ties]

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
    taken_out = {str(a.entry_id) for a in adjustments if a.kind in ("move", "extra") and a.category_key == ""}
    categories = []
    for category in rulebook.categories:
        slots = entry_slots(rulebook, category.key)
        placings = board.standing(category.key)
        mine = [
            _as_change(a) for a in adjustments if a.kind != "collective" and _concerns(a, category.key, board)
        ]
        computed = allocate(placings, open_slots(slots, mine), settlements)
        categories.append(
            CategoryPrizes(
                category.key, category.name, slots, placings, adjust(computed, mine),
                frozenset(a.tier for a in mine if a.kind == "leave_empty"),
            )
        )  # fmt: skip
    overall = [p for p in rulebook.prizes if p.kind == "entry" and p.per == "overall"]
    return PrizeBoard(
        round=last,
        rulebook=rulebook,
        board=board,
        categories=[_without(c, taken_out) for c in categories],
        overall=overall,
        overall_awards=[
            _as_change(a).award()
            for a in adjustments
            if a.category_key == "" and a.entry_id and a.kind in ("move", "extra")
        ],
        collective=[a for a in adjustments if a.kind == "collective"],
        adjustments=made,
    )


def _concerns(a: PrizeAdjustment, category: str, board: Board) -> bool:
    """Whether a change touches a category: the slot is there, or the entry competes there."""
    if a.category_key == category:
        return True
    entry = board.entries.get(str(a.entry_id)) if a.entry_id else None
    return entry is not None and entry.category_key == category and a.category_key != ""


def _as_change(a: PrizeAdjustment) -> Adjustment:
    return Adjustment(
        a.kind,  # type: ignore[arg-type]
        a.tier,
        a.category_key or "",
        a.reason,
        str(a.entry_id) if a.entry_id else None,
        a.value_vnd,
    )


def _without(c: CategoryPrizes, taken_out: set[str]) -> CategoryPrizes:
    if not taken_out:
        return c
    gone = [
        Adjustment("remove", "", c.key, "", e)
        for e in taken_out
        if any(a.entry == e for a in c.allocation.awards)
    ]
    return replace(c, allocation=adjust(c.allocation, gone)) if gone else c


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

    `is_beyond` says that a collective prize is meant although its condition is not met. Raises UserError without a
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
    """Take one change back; the row stays. Commits."""
    hold(contest)
    row = db.session.get(PrizeAdjustment, adjustment_id)
    if row is None or row.contest_id != contest.id or row.undone_at is not None:
        raise UserError("Thay đổi này đã được bỏ.")
    row.undone_at = now
    _log("prize:undone", contest, row.tier, actor=actor, now=now, after={"kind": row.kind}, reason=row.reason)
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
