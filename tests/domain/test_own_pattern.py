"""A judge's own habit: a hint for a mark unlike the others, never for a work that is simply better."""

from __future__ import annotations

from decimal import Decimal as D

from contest.domain.own_pattern import far_marks, habit_of
from contest.domain.scoring import Criterion

CRITERIA = (Criterion("idea", "Ý tưởng", D(50)), Criterion("craft", "Thể hiện", D(50)))


def steady(count: int) -> dict[str, dict[str, D]]:
    """Works of different worth, each with nearly the same share at both criteria."""
    return {f"A{i}": {"idea": D(20 + 3 * i), "craft": D(20 + 3 * i + i % 2)} for i in range(count)}


def test_a_steady_hand_gets_no_hint_however_good_or_bad_the_works_are() -> None:
    assert far_marks(steady(9), CRITERIA) == []


def test_one_mark_against_the_habit_is_named_with_what_is_usual() -> None:
    sheets = steady(9) | {"B1": {"idea": D(45), "craft": D(15)}}
    found = {(f.work, f.criterion, f.is_high) for f in far_marks(sheets, CRITERIA)}
    assert found == {("B1", "Ý tưởng", True), ("B1", "Thể hiện", False)}
    low = next(f for f in far_marks(sheets, CRITERIA) if not f.is_high)
    assert low.mark == 15 and low.usual > 25


def test_nobody_has_a_habit_after_a_few_works_and_unfinished_sheets_do_not_count() -> None:
    few = steady(4) | {"B1": {"idea": D(45), "craft": D(15)}}
    assert far_marks(few, CRITERIA) == []
    unfinished = {f"C{i}": {"idea": D(30)} for i in range(20)}
    assert far_marks(few | unfinished, CRITERIA) == []


def test_the_habit_is_the_mean_and_the_standard_deviation() -> None:
    assert habit_of([]) is None
    found = habit_of([D(2), D(4), D(4), D(4), D(5), D(5), D(7), D(9)])
    assert found is not None and (found.mean, found.deviation) == (5, 2)
