"""Every state can be reached, no table points out of itself, and what is not in a table is refused in Vietnamese."""

from __future__ import annotations

import pytest

from contest.domain import contests, entries, rounds
from contest.domain.errors import InvalidTransition
from contest.domain.transitions import next_in

TABLES = [
    (contests.TRANSITIONS, contests.ContestState, contests.ContestAction, contests.ContestState.DRAFT),
    (entries.TRANSITIONS, entries.EntryState, entries.EntryAction, entries.EntryState.DRAFT),
    (rounds.ROUND_TRANSITIONS, rounds.RoundState, rounds.RoundAction, rounds.RoundState.PENDING),
    (rounds.SHEET_TRANSITIONS, rounds.SheetState, rounds.SheetAction, rounds.SheetState.DRAFT),
]


@pytest.mark.parametrize(
    ("table", "states", "actions", "start"), TABLES, ids=lambda v: getattr(v, "__name__", "")
)
def test_every_state_is_reachable_and_every_action_used(table, states, actions, start) -> None:
    reached, frontier = {start}, [start]
    while frontier:
        here = frontier.pop()
        for (state, _), after in table.items():
            if state == here and after not in reached:
                reached.add(after)
                frontier.append(after)
    assert reached == set(states)
    assert {action for _, action in table} == set(actions)


@pytest.mark.parametrize(
    ("table", "states", "actions", "start"), TABLES, ids=lambda v: getattr(v, "__name__", "")
)
def test_what_stands_in_no_row_is_refused_with_the_state_in_words(table, states, actions, start) -> None:
    for state in states:
        for action in actions:
            if (state, action) not in table:
                with pytest.raises(InvalidTransition) as refused:
                    next_in(table, state, action)
                assert state.label in str(refused.value)
