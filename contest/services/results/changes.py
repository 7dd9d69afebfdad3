"""What people changed or decided in the prizes: who, what and why, for the preview and the papers that are signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contest.domain.vietnamese import format_money
from contest.models import PrizeAdjustment, TieDecision
from contest.services.results.prizes import PrizeBoard
from contest.services.results.several import SeveralPrizes


@dataclass(frozen=True)
class Change:
    """One act of people that the prizes stand on."""

    at: datetime
    who: str
    what: str
    why: str


def list_changes(board: PrizeBoard, several: list[SeveralPrizes]) -> list[Change]:
    """Decisions about equals, changes and decisions about people with several prizes, in the order they were made."""
    found = [_change(d, _of_tie(board, d)) for d in board.settled]
    found += [
        _change(a, adjustment_words(board, a))
        for a in board.adjustments
        if str(a.entry_id) not in board.board.gone
    ]
    found += [_change(s.decision, f"{s.name} giữ cả {len(s.awards)} giải") for s in several if s.decision]
    return sorted(found, key=lambda c: c.at)


def _change(act: PrizeAdjustment | TieDecision, what: str) -> Change:
    return Change(act.at, act.actor.display_name, what, act.reason)


def _of_tie(board: PrizeBoard, decision: TieDecision) -> str:
    titles = ", ".join(f"“{board.board.titles.get(str(e), '')}”" for e in decision.entry_ids)
    verb = "cùng nhận" if decision.is_shared else "chọn"
    return f"Bằng điểm ở {board.slot_words(decision.slot)}: {verb} {titles}"


def adjustment_words(board: PrizeBoard, a: PrizeAdjustment) -> str:
    """One change as a sentence: the work, the prize, what became of it."""
    title = f"“{board.board.titles.get(str(a.entry_id), '')}”"
    tier = board.slot_words(f"{a.category_key} · {a.tier}") if a.category_key else a.tier
    worth = f" ({format_money(a.value_vnd)})" if a.value_vnd is not None else ""
    return {
        "move": f"Chuyển {title} vào {tier}",
        "leave_empty": f"Để trống {tier}",
        "remove": f"Không trao giải cho {title}",
        "extra": f"Thêm giải ngoài cơ cấu {tier}{worth} cho {title}",
        "collective": f"{tier}{worth} cho {a.recipient}",
        "move_up": f"Chỗ của {title} ở {tier}: các tác phẩm sau được xét lên",
        "keep_free": f"Chỗ của {title} ở {tier}: để trống",
    }[a.kind]
