"""The one mechanism of states: a table of (state, action) -> state, asked by the one function that may move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from contest.domain.errors import InvalidTransition
from contest.domain.labels import LabelEnum

S = TypeVar("S", bound=LabelEnum)
A = TypeVar("A", bound=LabelEnum)


def next_in(table: Mapping[tuple[S, A], S], state: S, action: A) -> S:
    """The state after an action. Raises InvalidTransition in Vietnamese when the table has no such row."""
    found = table.get((state, action))
    if found is None:
        raise InvalidTransition(
            f"Không thể {action.label.lower()} khi đang ở trạng thái “{state.label}”. Hãy tải lại trang để xem trạng thái mới."
        )
    return found


def actions_in(table: Mapping[tuple[S, A], S], state: S) -> list[A]:
    """What can be done in a state, in the order of the table; draws the buttons."""
    return [action for (start, action) in table if start == state]
