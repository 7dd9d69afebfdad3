"""The states of rounds and scoresheets."""

from __future__ import annotations

from contest.domain.labels import LabelEnum
from contest.domain.transitions import next_in


class RoundState(LabelEnum):
    """Where a round stands."""

    PENDING = "pending", "Chưa mở"
    OPEN = "open", "Đang chấm"
    CLOSED = "closed", "Đã khóa"


class RoundAction(LabelEnum):
    """What moves a round."""

    OPEN = "open", "Mở vòng chấm"
    CLOSE = "close", "Khóa vòng chấm"
    REOPEN = "reopen", "Mở lại vòng chấm"


class SheetState(LabelEnum):
    """Where a scoresheet stands."""

    DRAFT = "draft", "Đang chấm"
    SIGNED = "signed", "Đã ký"
    VOID = "void", "Không tính"


class SheetAction(LabelEnum):
    """What moves a scoresheet."""

    SIGN = "sign", "Ký"
    REOPEN = "reopen", "Mở lại phiếu"
    VOID = "void", "Bỏ phiếu"
    RESTORE = "restore", "Chấm tiếp phiếu đã bỏ"


ROUND_TRANSITIONS: dict[tuple[RoundState, RoundAction], RoundState] = {
    (RoundState.PENDING, RoundAction.OPEN): RoundState.OPEN,
    (RoundState.OPEN, RoundAction.CLOSE): RoundState.CLOSED,
    (RoundState.CLOSED, RoundAction.REOPEN): RoundState.OPEN,
}

SHEET_TRANSITIONS: dict[tuple[SheetState, SheetAction], SheetState] = {
    (SheetState.DRAFT, SheetAction.SIGN): SheetState.SIGNED,
    (SheetState.SIGNED, SheetAction.REOPEN): SheetState.DRAFT,
    (SheetState.DRAFT, SheetAction.VOID): SheetState.VOID,
    (SheetState.SIGNED, SheetAction.VOID): SheetState.VOID,
    (SheetState.VOID, SheetAction.RESTORE): SheetState.DRAFT,
}


def next_round_state(state: RoundState, action: RoundAction) -> RoundState:
    """The state of a round after an action; raises InvalidTransition."""
    return next_in(ROUND_TRANSITIONS, state, action)


def next_sheet_state(state: SheetState, action: SheetAction) -> SheetState:
    """The state of a sheet after an action; raises InvalidTransition."""
    return next_in(SHEET_TRANSITIONS, state, action)
