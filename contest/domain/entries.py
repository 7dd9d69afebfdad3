"""The states of an entry. They end at screening; rounds and prizes are not built in."""

from __future__ import annotations

from contest.domain.labels import LabelEnum
from contest.domain.transitions import actions_in, next_in


class EntryState(LabelEnum):
    """Where an entry stands."""

    DRAFT = "draft", "Bản nháp"
    SUBMITTED = "submitted", "Đã nộp"
    NEEDS_SUPPLEMENT = "needs_supplement", "Chờ bổ sung"
    ACCEPTED = "accepted", "Hợp lệ"
    REJECTED = "rejected", "Không hợp lệ"
    WITHDRAWN = "withdrawn", "Đã rút"
    DISQUALIFIED = "disqualified", "Bị loại"


class EntryAction(LabelEnum):
    """What moves an entry."""

    SUBMIT = "submit", "Nộp"
    SUBMIT_INCOMPLETE = "submit_incomplete", "Nộp khi còn thiếu tệp"
    WITHDRAW = "withdraw", "Rút tác phẩm"
    ACCEPT = "accept", "Hợp lệ"
    RETURN = "return", "Yêu cầu bổ sung"
    REJECT = "reject", "Không hợp lệ"
    UNDO = "undo", "Hoàn lại sơ loại"
    DISQUALIFY = "disqualify", "Loại"
    CORRECT = "correct", "Đính chính"


_S, _A = EntryState, EntryAction

TRANSITIONS: dict[tuple[EntryState, EntryAction], EntryState] = {
    (_S.DRAFT, _A.SUBMIT): _S.SUBMITTED,
    (_S.DRAFT, _A.SUBMIT_INCOMPLETE): _S.NEEDS_SUPPLEMENT,
    (_S.DRAFT, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.SUBMITTED, _A.SUBMIT): _S.SUBMITTED,
    (_S.SUBMITTED, _A.SUBMIT_INCOMPLETE): _S.NEEDS_SUPPLEMENT,
    (_S.SUBMITTED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.SUBMITTED, _A.ACCEPT): _S.ACCEPTED,
    (_S.SUBMITTED, _A.RETURN): _S.NEEDS_SUPPLEMENT,
    (_S.SUBMITTED, _A.REJECT): _S.REJECTED,
    (_S.NEEDS_SUPPLEMENT, _A.SUBMIT): _S.SUBMITTED,
    (_S.NEEDS_SUPPLEMENT, _A.SUBMIT_INCOMPLETE): _S.NEEDS_SUPPLEMENT,
    (_S.NEEDS_SUPPLEMENT, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.NEEDS_SUPPLEMENT, _A.RETURN): _S.NEEDS_SUPPLEMENT,
    (_S.NEEDS_SUPPLEMENT, _A.ACCEPT): _S.ACCEPTED,
    (_S.NEEDS_SUPPLEMENT, _A.REJECT): _S.REJECTED,
    # Handed in anew while entries are taken: what was found valid is screened again.
    (_S.ACCEPTED, _A.SUBMIT): _S.SUBMITTED,
    (_S.ACCEPTED, _A.SUBMIT_INCOMPLETE): _S.NEEDS_SUPPLEMENT,
    (_S.ACCEPTED, _A.UNDO): _S.SUBMITTED,
    (_S.ACCEPTED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.ACCEPTED, _A.DISQUALIFY): _S.DISQUALIFIED,
    (_S.ACCEPTED, _A.CORRECT): _S.ACCEPTED,
    (_S.REJECTED, _A.UNDO): _S.SUBMITTED,
}

# Submitted once and not taken back: these count for limits and lists.
COUNTED = (_S.SUBMITTED, _S.NEEDS_SUPPLEMENT, _S.ACCEPTED)


def next_state(state: EntryState, action: EntryAction) -> EntryState:
    """The state after an action; raises InvalidTransition."""
    return next_in(TRANSITIONS, state, action)


def actions(state: EntryState) -> list[EntryAction]:
    """What can be done with an entry in this state."""
    return actions_in(TRANSITIONS, state)
