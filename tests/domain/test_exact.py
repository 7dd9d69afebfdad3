"""The arithmetic of judging against fractions: what is published is the exact value rounded once, half up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.domain.ranking import TieLink, rank
from contest.domain.scoring import Criterion, DivergenceRule, RoundRules, Sheet, Tally, tally_entry

CRITERIA = tuple(Criterion(key, key, Decimal(10), step=Decimal("0.1")) for key in "xy")

# What judges give, in tenths: a sheet is a mark for each criterion.
sheet = st.tuples(st.integers(0, 100), st.integers(0, 100))
sheets = st.lists(sheet, min_size=1, max_size=7)


def tallied(name: str, marks: list[tuple[int, int]], **changes: object) -> Tally:
    found = RoundRules("r", "Vòng", CRITERIA, Decimal(0), Decimal(20), **changes)  # type: ignore[arg-type]
    given_ = [
        Sheet(f"j{i}", {c.key: Decimal(m) / 10 for c, m in zip(CRITERIA, pair, strict=True)})
        for i, pair in enumerate(marks)
    ]
    return tally_entry(name, "print", given_, found)


def totals(marks: list[tuple[int, int]]) -> list[Fraction]:
    return sorted(Fraction(x + y, 10) for x, y in marks)


def mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def middle(values: list[Fraction]) -> Fraction:
    return mean([values[(len(values) - 1) // 2], values[len(values) // 2]])


def inner(values: list[Fraction]) -> Fraction:
    return mean(values[1:-1] if len(values) >= 5 else values)


def published(value: Fraction, decimals: int) -> Fraction:
    return Fraction(floor(value * 10**decimals + Fraction(1, 2)), 10**decimals)


@pytest.mark.parametrize(("method", "exact"), [("mean", mean), ("median", middle), ("trimmed", inner)])
@given(marks=sheets, decimals=st.integers(0, 3))
def test_a_value_is_the_fraction_rounded_once(method, exact, marks, decimals) -> None:
    found = tallied("a", marks, method=method, decimals=decimals)
    assert Fraction(found.value) == published(exact(totals(marks)), decimals)


@given(marks=st.lists(sheet, min_size=2, max_size=7), limit=st.integers(0, 150))
def test_judges_differ_where_the_fractions_do(marks: list[tuple[int, int]], limit: int) -> None:
    values, bound = totals(marks), Fraction(limit, 10)
    spread = DivergenceRule(spread=Decimal(limit) / 10)
    assert tallied("a", marks, divergence=spread).divergent == (values[-1] - values[0] > bound)
    distance = DivergenceRule(from_mean=Decimal(limit) / 10)
    far = max(abs(v - mean(values)) for v in values)
    assert tallied("a", marks, divergence=distance).divergent == (far > bound)


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=4), max_size=12)
)
def test_places_follow_value_then_criterion_then_median(works: list[list[tuple[int, int]]]) -> None:
    chain = [TieLink("criterion", "x"), TieLink("higher_median")]
    placings, without = rank([tallied(f"{i:02}", marks) for i, marks in enumerate(works)], chain)
    figures = [
        (
            published(mean(totals(marks)), 2),
            published(mean([Fraction(x, 10) for x, _ in marks]), 2),
            middle(totals(marks)),
        )
        for marks in works
    ]
    assert not without
    assert [p.entry for p in placings] == sorted(
        (p.entry for p in placings), key=lambda name: ([-f for f in figures[int(name)]], name)
    )
    for p in placings:
        own = figures[int(p.entry)]
        assert p.place == 1 + sum(other > own for other in figures)
        assert p.tied_with == tuple(
            f"{i:02}" for i, other in enumerate(figures) if other == own and i != int(p.entry)
        )
