"""The states of a contest and whether it takes entries now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from contest.clock import end_of_day, start_of_day
from contest.domain.errors import InvalidTransition
from contest.domain.labels import LabelEnum
from contest.domain.rulebook import Rulebook
from contest.domain.transitions import next_in


class ContestState(LabelEnum):
    """Where a contest stands."""

    DRAFT = "draft", "Đang chuẩn bị"
    OPEN = "open", "Đang nhận tác phẩm"
    CLOSED = "closed", "Đã khóa nhận"
    JUDGING = "judging", "Đang chấm"
    PUBLISHED = "published", "Đã công bố"
    ARCHIVED = "archived", "Lưu trữ"


class ContestAction(LabelEnum):
    """What moves a contest."""

    OPEN = "open", "Mở cuộc thi"
    CLOSE = "close", "Khóa nhận tác phẩm"
    REOPEN = "reopen", "Mở lại việc nhận"
    START_JUDGING = "start_judging", "Bắt đầu chấm"
    PUBLISH = "publish", "Công bố"
    ARCHIVE = "archive", "Lưu trữ"


TRANSITIONS: dict[tuple[ContestState, ContestAction], ContestState] = {
    (ContestState.DRAFT, ContestAction.OPEN): ContestState.OPEN,
    (ContestState.OPEN, ContestAction.CLOSE): ContestState.CLOSED,
    (ContestState.OPEN, ContestAction.START_JUDGING): ContestState.JUDGING,
    (ContestState.CLOSED, ContestAction.REOPEN): ContestState.OPEN,
    (ContestState.CLOSED, ContestAction.START_JUDGING): ContestState.JUDGING,
    (ContestState.JUDGING, ContestAction.PUBLISH): ContestState.PUBLISHED,
    (ContestState.PUBLISHED, ContestAction.PUBLISH): ContestState.PUBLISHED,
    (ContestState.PUBLISHED, ContestAction.ARCHIVE): ContestState.ARCHIVED,
}


def next_state(state: ContestState, action: ContestAction) -> ContestState:
    """The state after an action; raises InvalidTransition."""
    return next_in(TRANSITIONS, state, action)


def is_extendable(state: ContestState) -> bool:
    """Whether a later deadline still lets works in: collecting has not begun, goes on, or may begin again."""
    still_to_come = {ContestState.DRAFT, ContestState.OPEN}
    return state in still_to_come or (state, ContestAction.REOPEN) in TRANSITIONS


def state_extended(state: ContestState) -> ContestState:
    """The state after an extension: a closed contest takes entries again. Raises InvalidTransition once judging has begun."""
    if not is_extendable(state):
        raise InvalidTransition(
            f"Cuộc thi ở trạng thái “{state.label}” nên không gia hạn nhận tác phẩm được nữa. "
            "Hồ sơ đến muộn do Tổ Thư ký nhập vào."
        )
    return TRANSITIONS.get((state, ContestAction.REOPEN), state)


@dataclass(frozen=True)
class Window:
    """The half-open instants in which entries are taken; `grace_until` for what was begun in time."""

    opens: datetime
    closes: datetime
    grace_until: datetime

    def accepts(self, now: datetime) -> bool:
        """Whether the server's clock at receipt lies in the window, grace included."""
        return self.opens <= now < self.grace_until


def submission_window(rulebook: Rulebook) -> Window:
    """An end day X ("đến hết ngày X") means before 00:00 of the day after, in Vietnam."""
    span = rulebook.windows.submitted
    closes = end_of_day(span.to)
    return Window(
        start_of_day(span.from_), closes, closes + timedelta(minutes=rulebook.windows.grace_minutes)
    )


def takes_entries(state: ContestState, rulebook: Rulebook, now: datetime) -> bool:
    """Open, and now lies in the window."""
    return state is ContestState.OPEN and submission_window(rulebook).accepts(now)


def takes_dossiers(state: ContestState) -> bool:
    """Whether dossiers may be typed in for others: paper comes by post after the deadline too, but not after the results."""
    return state in (ContestState.OPEN, ContestState.CLOSED, ContestState.JUDGING)
