"""What people change in the prizes of a category, and what becomes of a place that they free."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contest.domain.prizes import Adjustment, Allocation, Slot, TieSettlement, allocate, distribute
from contest.domain.ranking import Placing
from contest.domain.scoring import Tally

SLOTS = [Slot("Nhất", "print", 1), Slot("Nhì", "print", 2), Slot("Ba", "print", 2)]
RANK = {"Nhất": 0, "Nhì": 1, "Ba": 2}
NOBODY = 9


def placed(*groups: str) -> list[Placing]:
    """Works in their order; letters of one group are equal: placed("a", "bc") is one first and two second."""
    found: list[Placing] = []
    for group in groups:
        place = len(found) + 1
        found += [
            Placing(Tally(e, "print", {}, Decimal(90), None), place, tuple(x for x in group if x != e))
            for e in group
        ]
    return found


def tiers(found: Allocation) -> dict[str, str]:
    """Tier → its works: {"Nhất": "a", "Nhì": "bc"}."""
    return {
        s.tier: "".join(sorted(a.entry for a in found.awards if a.tier == s.tier and a.category == "print"))
        for s in SLOTS
    }


def change(kind: str, entry: str | None, tier: str = "Giải chung", category: str = "") -> Adjustment:
    return Adjustment(kind, tier, category, "Hội đồng", entry)  # type: ignore[arg-type]


def answer(kind: str, entry: str, tier: str) -> Adjustment:
    return change(kind, entry, tier, "print")


ORDER = placed("a", "b", "c", "d", "e", "f", "g")
TO_ALL = change("move", "a")


def test_people_move_leave_empty_and_add() -> None:
    changes = [
        change("leave_empty", None, "Nhất", "print"),
        change("extra", "b", "Giải phụ", "print"),
        change("move", "c", "Ba", "print"),
    ]
    slots = [Slot("Nhất", "print", 1), Slot("Nhì", "print", 1), Slot("Ba", "print", 1)]
    found = distribute("print", placed("a", "b", "c"), slots, changes)
    assert {(a.entry, a.tier) for a in found.awards} == {("a", "Nhì"), ("b", "Giải phụ"), ("c", "Ba")}
    assert found.empty[("print", "Nhất")] == 0


def test_the_place_of_a_work_taken_to_the_whole_contest_stays_free_and_is_named() -> None:
    found = distribute("print", ORDER, SLOTS, [TO_ALL])
    assert tiers(found) == {"Nhất": "", "Nhì": "bc", "Ba": "de"}, "nobody moves by itself"
    [place] = found.freed
    assert (place.entry, place.tier, place.because, place.has_next) == ("a", "Nhất", TO_ALL, True)


def test_the_next_works_move_up_when_people_say_so() -> None:
    found = distribute("print", ORDER, SLOTS, [TO_ALL, answer("move_up", "a", "Nhất")])
    assert tiers(found) == {"Nhất": "b", "Nhì": "cd", "Ba": "ef"} and found.freed == ()


def test_a_place_left_empty_by_decision_stays_so() -> None:
    found = distribute("print", ORDER, SLOTS, [TO_ALL, answer("keep_free", "a", "Nhất")])
    assert tiers(found) == {"Nhất": "", "Nhì": "bc", "Ba": "de"} and found.freed == ()
    assert (found.empty[("print", "Nhất")], found.kept[("print", "Nhất")]) == (1, 1)


def test_a_decision_counts_for_nothing_once_the_work_is_back() -> None:
    for kind in ("move_up", "keep_free"):
        assert distribute("print", ORDER, SLOTS, [answer(kind, "a", "Nhất")]).awards == (
            allocate(ORDER, SLOTS).awards
        )


def test_equals_at_the_boundary_stop_and_ask_when_works_move_up() -> None:
    equal = placed("a", "bcd", "e")
    choice = TieSettlement("print · Nhì", ("b", "c"))
    before = distribute("print", equal, SLOTS, [TO_ALL], [choice])
    assert tiers(before) == {"Nhất": "", "Nhì": "bc", "Ba": "de"}
    found = distribute("print", equal, SLOTS, [TO_ALL, answer("move_up", "a", "Nhất")], [choice])
    assert [(t.slot, t.entries, t.places) for t in found.open_ties] == [
        ("print · Nhất", ("b", "c", "d"), 1)
    ], "what was decided about the second prize says nothing about the first"


def test_no_place_is_free_where_equals_share_more_works_than_places() -> None:
    shared = TieSettlement("print · Nhì", ("b", "c", "d"), is_shared=True)
    found = distribute("print", placed("a", "bcd", "e"), SLOTS, [change("move", "b")], [shared])
    assert tiers(found)["Nhì"] == "cd" and found.freed == ()


def test_a_work_that_gets_no_prize_or_another_one_frees_its_place_as_well() -> None:
    for taken in (change("remove", "b", ""), change("extra", "b", "Giải phụ", "print")):
        [place] = distribute("print", ORDER, SLOTS, [taken]).freed
        assert (place.entry, place.tier) == ("b", "Nhì")


def test_two_works_that_change_places_leave_none_free() -> None:
    swap = [change("move", "c", "Ba", "print"), change("move", "d", "Nhì", "print")]
    found = distribute("print", ORDER, SLOTS, swap)
    assert tiers(found) == {"Nhất": "a", "Nhì": "bd", "Ba": "ce"} and found.freed == ()


def test_a_work_moved_down_takes_a_place_there_while_others_move_up() -> None:
    moved = change("move", "a", "Ba", "print")
    assert tiers(distribute("print", ORDER, SLOTS, [moved])) == {"Nhất": "", "Nhì": "bc", "Ba": "ade"}
    found = distribute("print", ORDER, SLOTS, [moved, answer("move_up", "a", "Nhất")])
    assert tiers(found) == {"Nhất": "b", "Nhì": "cd", "Ba": "ae"}


def test_a_work_moved_to_another_category_is_listed_there_alone() -> None:
    moved = [change("move", "a", "Nhì", "radio")]
    here = distribute("print", ORDER, SLOTS, moved)
    there = distribute("radio", [], [Slot("Nhì", "radio", 2)], moved)
    assert "a" not in {a.entry for a in here.awards} and [f.entry for f in here.freed] == ["a"]
    assert [(a.entry, a.category) for a in there.awards] == [("a", "radio")]


def test_what_becomes_of_a_place_here_takes_none_from_another_category() -> None:
    moved = [change("move", "a", "Ba", "radio")]
    there = placed("u", "v"), [Slot("Nhất", "radio", 1), Slot("Ba", "radio", 1)]
    before = distribute("radio", *there, moved)
    assert {(a.entry, a.tier) for a in before.awards} == {("u", "Nhất"), ("v", "Ba"), ("a", "Ba")}
    for kind in ("move_up", "keep_free"):
        assert distribute("radio", *there, [*moved, answer(kind, "a", "Nhất")]) == before


def test_the_last_word_about_a_work_holds() -> None:
    found = distribute("print", ORDER, SLOTS, [TO_ALL, change("move", "a", "Nhì", "print")])
    assert tiers(found)["Nhì"] == "abc"
    assert distribute("print", ORDER, SLOTS, [TO_ALL, change("remove", "a", "")]).freed[0].because.kind == (
        "remove"
    )


def test_nothing_is_asked_where_nobody_stands_behind() -> None:
    found = distribute("print", placed("a", "b"), SLOTS, [change("move", "b")])
    assert [(f.entry, f.has_next) for f in found.freed] == [("b", False)]


@st.composite
def fields(draw: st.DrawFn) -> tuple[list[Placing], list[Slot], list[Adjustment]]:
    """Any works without equals, any places, and any of them taken out of the category."""
    works = "abcdefghij"[: draw(st.integers(0, 10))]
    slots = [Slot(t, "print", draw(st.integers(0, 3))) for t in RANK]
    gone = draw(st.lists(st.sampled_from(works), unique=True)) if works else []
    return placed(*works), slots, [change("move", e) for e in gone]


@given(fields())
def test_taking_works_out_moves_nobody_and_leaving_their_places_empty_neither(field: object) -> None:
    placings, slots, taken = field  # type: ignore[misc]
    gone = {t.entry for t in taken}
    expected = [a for a in allocate(placings, slots).awards if a.entry not in gone]
    changes = list(taken)
    while True:
        found = distribute("print", placings, slots, changes)
        assert list(found.awards) == expected
        if not found.freed:
            break
        changes.append(answer("keep_free", found.freed[0].entry, found.freed[0].tier))
    assert {c.entry for c in changes[len(taken) :]} == gone & {
        a.entry for a in allocate(placings, slots).awards
    }


@given(fields())
def test_moving_up_is_worse_for_nobody_and_ends_as_if_the_works_had_never_been_there(field: object) -> None:
    placings, slots, taken = field  # type: ignore[misc]
    gone = {t.entry for t in taken}
    changes, before = list(taken), distribute("print", placings, slots, taken)
    while before.freed:
        place = before.freed[0]
        changes.append(answer("move_up", place.entry, place.tier))
        after = distribute("print", placings, slots, changes)
        had, has = ({a.entry: RANK[a.tier] for a in f.awards} for f in (before, after))
        assert all(has.get(e, NOBODY) <= rank for e, rank in had.items())
        before = after
    left = [p for p in placings if p.entry not in gone]
    assert {(a.entry, a.tier) for a in before.awards} == {
        (a.entry, a.tier) for a in allocate(left, slots).awards
    }
