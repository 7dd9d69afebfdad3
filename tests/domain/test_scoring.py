"""The arithmetic of judging against published and constructed figures, and its properties."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.domain.errors import UserError
from contest.domain.presets import panel_mean, third_decides, two_plus_one
from contest.domain.prizes import Slot, TieSettlement, allocate, count_at_tier
from contest.domain.ranking import TieLink, rank
from contest.domain.scoring import (
    Carried,
    Criterion,
    DivergenceRule,
    RoundRules,
    Sheet,
    carry_over,
    divergence,
    from_thousandths,
    mean,
    outlier_filtered,
    read_mark,
    round_half_up,
    tally_entry,
    to_thousandths,
    trimmed,
    weigh,
)
from contest.domain.shortlist import shortlist

ONE = Criterion("x", "Nội dung", D(100), step=D("0.5"))


def rules(**changes: object) -> RoundRules:
    base: dict[str, object] = {
        "key": "r", "name": "Vòng", "criteria": (ONE,), "scale_min": D(0), "scale_max": D(100),
    }  # fmt: skip
    return RoundRules(**{**base, **changes})  # type: ignore[arg-type]


def tally(entry: str, *totals: str, **changes: object):
    sheets = [Sheet(f"j{i}", {"x": D(t)}) for i, t in enumerate(totals)]
    return tally_entry(entry, "print", sheets, rules(**changes))


# Fixtures of section 6 of the domain paper.


@pytest.mark.parametrize(
    ("marks", "expected"), [(["8.0", "8.5", "9.0"], "8.50"), (["7.5", "8.0", "8.0"], "7.83")]
)
def test_mean_rounds_once_half_up(marks: list[str], expected: str) -> None:
    assert str(tally("a", *marks).value) == expected


def test_panel_mean_flags_spread_and_distance() -> None:
    rule = DivergenceRule(spread=D(3), from_mean=D(2))
    flagged = [D("9.5"), D("9.0"), D("6.0")]
    assert round_half_up(mean(flagged), 2) == D("8.17")
    assert len(divergence(flagged, rule)) == 2
    calm = [D("9.0"), D("8.0"), D("6.0")]
    assert round_half_up(mean(calm), 2) == D("7.67")
    assert divergence(calm, rule) == []
    assert panel_mean(flagged).needs == "chair"


def test_two_plus_one() -> None:
    assert two_plus_one([D("8.0"), D("6.5")]).value == D("7.25")
    assert two_plus_one([D("8.0"), D("6.0")]).needs == "third"
    assert two_plus_one([D("8.0"), D("6.0"), D("7.0")]).value == D("7.00")
    assert two_plus_one([D("9.0"), D("6.0"), D("7.5")]).needs == "joint"


def test_third_decides_at_exactly_twenty() -> None:
    assert third_decides([D(80), D(60)]).needs == "third"
    assert third_decides([D(80), D(60), D(71)]).value == D(71)
    assert third_decides([D(80), D(61)]).value == D("70.5")


# Vectors of the stage contest.


TENTHS = tuple(Criterion(k, k, D(1), step=D("0.1")) for k in "xyz")


def in_tenths(entry: str, *sheets: tuple[int, int, int]):
    """A tally from sheets whose three marks are so many tenths."""
    made = [
        Sheet(f"j{i}", {c.key: D(t) / 10 for c, t in zip(TENTHS, marks, strict=True)})
        for i, marks in enumerate(sheets)
    ]
    found = {"criteria": TENTHS, "decimals": 1, "divergence": DivergenceRule(spread=D("0.3"))}
    return tally_entry(entry, "print", made, rules(**found))


def test_three_times_a_tenth_is_three_tenths() -> None:
    thrice, once, more = in_tenths("a", (1, 1, 1)), in_tenths("b", (3, 0, 0)), in_tenths("c", (4, 0, 0))
    assert 0.1 + 0.1 + 0.1 != 0.3, "what binary fractions would make of it"
    assert [(p.entry, p.place, p.tied_with) for p in rank([thrice, once, more], [])[0]] == [
        ("c", 1, ()), ("a", 2, ("b",)), ("b", 2, ("a",)),
    ]  # fmt: skip
    assert not in_tenths("a", (1, 1, 1), (0, 0, 0)).divergent, "0.3 is not more than 0.3"
    assert in_tenths("a", (1, 1, 2), (0, 0, 0)).divergent
    half = in_tenths("a", (7, 1, 0), (7, 0, 0), (5, 0, 0), (4, 0, 0))
    assert half.value == D("0.6"), "2.4 over four sheets"
    assert in_tenths("a", (8, 0, 0), (7, 0, 0)).value == D("0.8"), "0.75 goes up"


@given(st.lists(st.tuples(*[st.integers(0, 10)] * 3), min_size=2, max_size=8))
def test_sums_of_tenths_rank_and_tie_as_whole_numbers_would(marks: list[tuple[int, int, int]]) -> None:
    placings, _ = rank([in_tenths(str(i), m) for i, m in enumerate(marks)], [])
    for p in placings:
        own = sum(marks[int(p.entry)])
        assert p.place == 1 + sum(sum(m) > own for m in marks)
        assert len(p.tied_with) == sum(sum(m) == own for m in marks) - 1


def test_v3_drops_the_outlier_in_one_pass() -> None:
    values = [D("9"), D("9"), D("8.5"), D("9.5"), D("6")]
    assert mean(values) == D("8.4")
    assert outlier_filtered(values, D(2)) == D("9")
    assert outlier_filtered([D(0), D(10)], D(2)) is None


@pytest.mark.parametrize("typed", ["5,5", "8,25", "NaN", "1e1", "sNaN", "-1", "", "10,5", "８"])
def test_v3d_refuses_marks_outside_range_or_between_steps(typed: str) -> None:
    with pytest.raises(UserError):
        read_mark(typed, Criterion("x", "Điểm", D(10), D(6), D("0.5")))


def test_a_mark_between_steps_names_its_neighbours() -> None:
    with pytest.raises(UserError, match="chọn 8,5 hoặc 9"):
        read_mark("8,53", Criterion("x", "Điểm", D(10)))
    assert read_mark("8,5", Criterion("x", "Điểm", D(10))) == D("8.5")


def test_v8_a_tie_across_the_boundary_stops() -> None:
    totals = {"a": "95", "b": "93", "c": "93", "d": "92", "e": "91", "f": "91", "g": "91"}
    placings, _ = rank([tally(k, v) for k, v in totals.items()], [])
    slots = [Slot("Nhất", "print", 1), Slot("Nhì", "print", 2), Slot("Ba", "print", 3)]
    found = allocate(placings, slots)
    assert [(a.entry, a.tier) for a in found.awards] == [
        ("a", "Nhất"),
        ("b", "Nhì"),
        ("c", "Nhì"),
        ("d", "Ba"),
    ]
    assert found.open_ties[0].entries == ("e", "f", "g")
    assert found.open_ties[0].places == 2
    settled = allocate(placings, slots, [TieSettlement("print · Ba", ("e", "g"))])
    assert settled.open_ties == ()
    assert {a.entry for a in settled.awards if a.tier == "Ba"} == {"d", "e", "g"}


def test_v11_an_absent_judge_is_not_a_zero() -> None:
    assert tally("a", "8", "8", "9", "9").value == D("8.50")


def test_missing_marks_and_too_few_sheets_give_no_value() -> None:
    two = (ONE, Criterion("y", "Hình thức", D(100)))
    sheet = Sheet("j", {"x": D(50), "y": None})
    assert tally_entry("a", "print", [sheet], rules(criteria=two)).value is None
    assert tally("a", "50", min_sheets=2).value is None
    assert "1 trên 2" in tally("a", "50", min_sheets=2).reasons[0]


def test_trimmed_needs_five_sheets() -> None:
    assert trimmed([D(0), D(50), D(50), D(100)]) == D(50)
    assert trimmed([D(0), D(60), D(60), D(60), D(100)]) == D(60)


def test_chain_parts_by_criterion_and_leaves_the_rest_to_the_chair() -> None:
    criteria = (Criterion("x", "A", D(50)), Criterion("y", "B", D(50)))

    def two(entry: str, x: str, y: str):
        return tally_entry(entry, "c", [Sheet("j", {"x": D(x), "y": D(y)})], rules(criteria=criteria))

    tallies = [two("a", "30", "20"), two("b", "20", "30"), two("c", "30", "20")]
    chain = [TieLink("criterion", "x", "A"), TieLink("chair")]
    placings, _ = rank(tallies, chain)
    assert [(p.entry, p.place, p.tied_with) for p in placings] == [
        ("a", 1, ("c",)),
        ("c", 1, ("a",)),
        ("b", 3, ()),
    ]
    assert "A" in placings[2].reasons[-1]
    assert not placings[0].may_share
    shared, _ = rank(tallies, [*chain, TieLink("shared")])
    assert [p.may_share for p in shared] == [True, True, False]


def test_shortlist_quota_is_a_ceiling_and_a_tie_at_the_cut_is_reported() -> None:
    placings, _ = rank([tally(n, v) for n, v in [("a", "90"), ("b", "80"), ("c", "80"), ("d", "60")]], [])
    assert shortlist(placings, quota=3, floor=D(70)).chosen == ("a", "b", "c")
    cut = shortlist(placings, quota=2, floor=D(70))
    assert (cut.chosen, cut.tied_at_cut, cut.places) == (("a",), ("b", "c"), 1)
    assert shortlist(placings, quota=2, floor=D(70), decided=["c"]).chosen == ("a", "c")


marks = st.integers(0, 200).map(lambda n: D(n) / 2)
sheets = st.lists(marks, min_size=1, max_size=9)


@given(sheets, st.randoms(use_true_random=False))
def test_order_of_judges_changes_nothing(values: list[D], random) -> None:
    shuffled = values[:]
    random.shuffle(shuffled)
    for method in ("mean", "median", "trimmed"):
        first, second = (tally("a", *map(str, v), method=method) for v in (values, shuffled))
        assert first.value == second.value


@given(sheets)
def test_aggregates_lie_between_lowest_and_highest(values: list[D]) -> None:
    for method in ("mean", "median", "trimmed"):
        found = tally("a", *map(str, values), method=method).value
        assert found is not None
        assert min(values) - D("0.005") <= found <= max(values) + D("0.005")


@given(st.integers(0, 100_000))
def test_thousandths_come_back(value: int) -> None:
    assert to_thousandths(from_thousandths(value)) == value


@given(
    st.lists(st.integers(0, 12), min_size=1, max_size=15), st.lists(st.integers(0, 4), min_size=1, max_size=4)
)
def test_prizes_never_exceed_quota_nor_split_ties(values: list[int], ceilings: list[int]) -> None:
    placings, _ = rank([tally(f"e{i:02}", str(v)) for i, v in enumerate(values)], [])
    slots = [Slot(f"t{i}", "print", c) for i, c in enumerate(ceilings)]
    found = allocate(placings, slots)
    given_to = [a.entry for a in found.awards]
    assert len(given_to) == len(set(given_to))
    for slot in slots:
        assert sum(a.tier == slot.tier for a in found.awards) <= slot.ceiling
    tier = {a.entry: a.tier for a in found.awards}
    for p in placings:
        for other in p.tied_with:
            assert tier.get(p.entry) == tier.get(other), "a tie was split without a decision"


# Values of an earlier round that count in a later one.

points = st.decimals(0, 100, places=2, allow_nan=False)
weights = st.decimals(0, 1, places=3, allow_nan=False)


def carrying(weight: str, *totals: str, earlier: str | None):
    found = rules(carried=Carried("first", "Sơ khảo", D(weight)))
    return carry_over(tally("a", *totals), None if earlier is None else D(earlier), found)


@given(points, points, weights)
def test_a_carried_value_lies_between_the_two_and_at_the_ends_is_one_of_them(
    own: D, earlier: D, weight: D
) -> None:
    assert min(own, earlier) <= weigh(own, earlier, weight) <= max(own, earlier)
    assert weigh(own, earlier, D(0)) == own
    assert weigh(own, earlier, D(1)) == earlier
    assert weigh(own, own, weight) == own


@given(points, points, weights)
def test_what_one_round_loses_in_weight_the_other_gains(own: D, earlier: D, weight: D) -> None:
    assert weigh(own, earlier, weight) == weigh(earlier, own, 1 - weight)


def test_a_carried_value_is_rounded_once() -> None:
    """7, 7, 8 give 7.333…; with 0.5 × 8.00 it is 7.6666…, so 7.67. From a rounded 7.33 it would be 7.665."""
    assert carrying("0.5", "7", "7", "8", earlier="8").value == D("7.67")
    assert carrying("0.3", "80", earlier="90").value == D("83.00")


def test_weight_zero_shows_the_earlier_value_and_counts_nothing() -> None:
    found = carrying("0", "80", earlier="90.5")
    assert (found.value, found.earlier) == (D("80.00"), D("90.5"))
    assert carrying("0", "80", earlier=None).value == D("80.00")


def test_without_the_earlier_value_there_is_none_and_the_reason_is_said() -> None:
    found = carrying("0.5", "80", earlier=None)
    assert found.value is None
    assert "Chưa có kết quả Sơ khảo" in found.reasons[0]
    assert carrying("1", earlier="90").value is None, "nobody has judged it in this round"


def test_equals_are_looked_for_among_carried_values() -> None:
    found = rules(carried=Carried("first", "Sơ khảo", D("0.5")))
    tallies = [
        carry_over(tally(entry, own), D(earlier), found)
        for entry, own, earlier in (("a", "90", "80"), ("b", "80", "90"), ("c", "88", "84"))
    ]
    placings, _ = rank(tallies, [TieLink("chair")])
    assert [(p.entry, p.place, p.tied_with) for p in placings] == [
        ("c", 1, ()),
        ("a", 2, ("b",)),
        ("b", 2, ("a",)),
    ]


def test_prizes_at_a_tier_or_better_are_counted_by_holder() -> None:
    held = [("Báo A", "Nhất"), ("Báo A", "Ba"), ("Báo B", "Ba"), ("Báo B", "Giải thêm")]
    tiers = ["Nhất", "Nhì", "Ba"]
    assert count_at_tier(tiers, "Nhì", held) == {"Báo A": 1, "Báo B": 0}
    assert count_at_tier(tiers, "Ba", held) == {"Báo A": 2, "Báo B": 1}
    assert count_at_tier(tiers, "Giải lạ", held) == {"Báo A": 0, "Báo B": 0}
