"""Balanced assignment: loads, conflicts, order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contest.domain.assignment import order_for, propose


@given(st.integers(1, 60), st.integers(3, 9), st.text(max_size=5))
def test_without_conflicts_loads_differ_by_at_most_one(entries: int, judges: int, seed: str) -> None:
    found = propose(range(entries), range(100, 100 + judges), per_entry=3, conflicts=set(), seed=seed)
    loads = [found.load(j) for j in range(100, 100 + judges)]
    assert max(loads) - min(loads) <= 1
    assert all(len(set(js)) == 3 for js in found.judges.values())


@given(st.sets(st.tuples(st.integers(100, 105), st.integers(0, 19)), max_size=60))
def test_conflicts_are_never_assigned(conflicts: set[tuple[int, int]]) -> None:
    found = propose(range(20), range(100, 106), per_entry=3, conflicts=conflicts, seed="s")
    for entry, judges in found.judges.items():
        assert not {(j, entry) for j in judges} & conflicts
        able = 6 - sum(e == entry for _, e in conflicts)
        assert len(judges) == min(3, able)
        assert found.short.get(entry, 0) == 3 - len(judges)


def test_standing_assignments_are_kept_and_completed() -> None:
    found = propose([1, 2], [10, 11, 12], per_entry=2, conflicts={(12, 1)}, seed="s", given={1: [10]})
    assert found.judges[1][0] == 10
    assert set(found.judges[1]) == {10, 11}


def test_whole_panel_leaves_out_only_conflicts() -> None:
    found = propose([1], [10, 11, 12], per_entry=None, conflicts={(11, 1)}, seed="s")
    assert set(found.judges[1]) == {10, 12}


def test_a_whole_panel_says_which_works_lack_the_judges_they_need() -> None:
    apart = {(11, 1), (12, 1), (12, 2)}
    found = propose([1, 2, 3], [10, 11, 12], per_entry=None, conflicts=apart, seed="s", at_least=2)
    assert found.short == {1: 1}
    kept = {1: [9]}  # signed by somebody who left
    found = propose([1, 2], [10, 11, 12], per_entry=None, conflicts=apart, seed="s", at_least=2, given=kept)
    assert found.short == {} and set(found.judges[1]) == {9, 10}


def test_order_is_stable_per_judge_and_differs_between_judges() -> None:
    entries = list(range(30))
    assert order_for(1, entries, seed="s") == order_for(1, entries, seed="s")
    assert order_for(1, entries, seed="s") != order_for(2, entries, seed="s")
