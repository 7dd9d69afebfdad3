"""What the rulebook asks beyond places: conditions of collective prizes, and one prize for a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest.domain.errors import InvalidTransition, UserError
from contest.models import AuditEvent, db
from contest.services.entries.authors import AuthorInput
from contest.services.judging import reading as judging
from contest.services.results import decisions, prizes, publishing, several, shortlisting
from tests.cast import Stage, make_stage
from tests.finals import QUOTA, run_round

SHARED = AuthorInput(
    "Phạm Thị Hà", birth_year=1980, phone="0901234567", credit_role="writer", is_contact=True
)
*OTHERS, COLLECTIVE = QUOTA["prizes"]
CONDITIONAL = [*OTHERS, COLLECTIVE | {"condition": {"min_entries_at_tier": {"tier": "Giải Nhì", "count": 2}}}]


def finals(
    context: Flask, now: datetime, *, works: dict[str, Any], count: int = 3, **rules: Any
) -> tuple[Stage, list[int]]:
    """Works at 95, 93, 91 and so on, for one first, two second and two third prizes."""
    stage = make_stage(context, now, **QUOTA | {"rounds__0__shortlist": {"per_category": 9}} | rules)
    ids = [e.id for e in stage.accepted(count, **works)]
    totals = {entry_id: str(95 - 2 * i) for i, entry_id in enumerate(ids)}
    run_round(stage, 0, totals)
    shortlisting.apply_shortlist(
        judging.list_rounds(stage.contest.id)[0], actor=stage.actor("organizer"), now=now
    )
    run_round(stage, 1, totals, name="Chung khảo")
    stage.make_copies()
    return stage, ids


@pytest.fixture
def conditional(context: Flask, now: datetime) -> tuple[Stage, list[int]]:
    return finals(context, now, works={"agency_name": "Báo Quảng Ngãi"}, prizes=CONDITIONAL)


def give(stage: Stage, recipient: str, **said: Any) -> None:
    prizes.adjust_prizes(
        stage.contest, kind="collective", tier="Giải Tập thể", category_key="", recipient=recipient, reason="Đóng góp lớn",
        actor=stage.actor("organizer"), now=stage.now, **said,
    )  # fmt: skip


def agencies(stage: Stage) -> list[tuple[str, int]]:
    board = prizes.prize_board(stage.contest)
    assert board is not None
    return prizes.collective_prizes(board)[0].agencies


def test_awarded_works_at_the_tier_or_better_are_counted_as_the_prizes_stand(
    conditional: tuple[Stage, list[int]],
) -> None:
    stage, ids = conditional
    assert agencies(stage) == [("Báo Quảng Ngãi", 3)]
    for entry, tier in ((ids[1], "Giải Ba"), (ids[2], "Giải Ba")):
        prizes.adjust_prizes(
            stage.contest, kind="move", tier=tier, category_key="print", entry_id=entry, reason="Hội đồng",
            actor=stage.actor("organizer"), now=stage.now,
        )  # fmt: skip
    assert agencies(stage) == [("Báo Quảng Ngãi", 1)], "third prizes are below the tier"


def test_a_collective_prize_beyond_its_condition_must_be_said_and_is_marked(
    conditional: tuple[Stage, list[int]],
) -> None:
    stage, _ = conditional
    give(stage, "báo quảng ngãi")
    with pytest.raises(UserError, match="có 0 tác phẩm đạt Giải Nhì trở lên, thể lệ cần 2") as refused:
        give(stage, "Đài huyện Trà Bồng")
    assert refused.value.field == "is_beyond"
    give(stage, "Đài huyện Trà Bồng", is_beyond=True)
    snapshot = publishing.preview(stage.contest).snapshot
    assert [(c["recipient"], c["is_beyond"]) for c in snapshot["collective"]] == [
        ("báo quảng ngãi", False),
        ("Đài huyện Trà Bồng", True),
    ]
    given = select(AuditEvent).where(AuditEvent.action == "prize:collective").order_by(AuditEvent.id)
    logged = db.session.scalars(given).all()
    assert [e.after.get("beyond", False) for e in logged] == [False, True]


def test_without_a_condition_any_body_may_get_a_collective_prize(context: Flask, now: datetime) -> None:
    stage, _ = finals(context, now, works={})
    give(stage, "Đài huyện Trà Bồng")
    assert publishing.preview(stage.contest).snapshot["collective"][0]["is_beyond"] is False


@pytest.fixture
def one_each(context: Flask, now: datetime) -> tuple[Stage, list[int]]:
    rule = {"publication__several_prizes_per_person": False}
    return finals(context, now, works={"authors": [SHARED]}, **rule)


def listed(stage: Stage) -> list[several.SeveralPrizes]:
    board = prizes.prize_board(stage.contest)
    assert board is not None
    return several.list_several(board)


def test_somebody_with_several_prizes_stops_publishing_until_people_decide(
    one_each: tuple[Stage, list[int]],
) -> None:
    stage, ids = one_each
    found = listed(stage)
    assert [(s.name, dict(s.awards)) for s in found] == [
        (
            "Phạm Thị Hà",
            {str(ids[0]): "Giải Nhất", str(ids[1]): "Giải Nhì", str(ids[2]): "Giải Nhì"},
        )
    ]
    with pytest.raises(UserError, match="Phạm Thị Hà đang có nhiều giải"):
        publishing.preview(stage.contest)
    decide = {"person_id": found[0].person_id, "actor": stage.actor("organizer"), "now": stage.now}
    with pytest.raises(UserError, match="lý do"):
        several.let_stand(stage.contest, reason=" ", **decide)
    several.let_stand(stage.contest, reason="Hội đồng thống nhất", **decide)
    assert publishing.preview(stage.contest).snapshot["counts"]["prizes"] == 3
    assert db.session.scalar(select(AuditEvent.reason).where(AuditEvent.action == "prize:several_kept"))


def test_a_decision_about_a_person_is_taken_back_with_a_reason_until_results_are_made(
    one_each: tuple[Stage, list[int]],
) -> None:
    stage, _ = one_each
    person = {"person_id": listed(stage)[0].person_id, "actor": stage.actor("organizer"), "now": stage.now}
    several.let_stand(stage.contest, reason="Hội đồng thống nhất", **person)
    with pytest.raises(UserError, match="lý do"):
        several.ask_again(stage.contest, reason=" ", **person)
    several.ask_again(stage.contest, reason="Bấm nhầm", **person)
    assert [s.decision for s in listed(stage)] == [None]
    with pytest.raises(UserError, match="đang có nhiều giải"):
        publishing.preview(stage.contest)
    with pytest.raises(UserError, match="đã được bỏ"):
        several.ask_again(stage.contest, reason="Bấm hai lần", **person)
    logged = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "prize:several_undone")).all()
    assert [(e.subject_label, e.before, e.reason) for e in logged] == [
        ("Phạm Thị Hà", {"entries": 3, "decided": "Hội đồng thống nhất"}, "Bấm nhầm")
    ]
    several.let_stand(stage.contest, reason="Hội đồng biểu quyết lại", **person)
    publishing.publish(
        stage.contest, publish_at=None, decision="", correction_note="", expected="", actor=stage.actor("organizer"),
        now=stage.now,
    )  # fmt: skip
    with pytest.raises(InvalidTransition, match="đã công bố"):
        several.ask_again(stage.contest, reason="Muộn", **person)


def test_a_decision_about_a_person_is_not_one_about_equals(one_each: tuple[Stage, list[int]]) -> None:
    """The chair takes back what is decided about equals, but not what the organizer decides about people."""
    stage, _ = one_each
    organizer = stage.actor("organizer")
    several.let_stand(
        stage.contest, person_id=listed(stage)[0].person_id, reason="Hội đồng", actor=organizer, now=stage.now
    )
    kept = listed(stage)[0].decision
    assert kept is not None
    with pytest.raises(UserError, match="đã được bỏ"):
        decisions.undo_decision(
            judging.list_rounds(stage.contest.id)[1], kept.id, reason="x", actor=stage.actor("judge0"), now=stage.now
        )  # fmt: skip
    assert listed(stage)[0].decision is kept


def test_other_works_ask_for_another_decision_and_one_prize_for_none(
    one_each: tuple[Stage, list[int]],
) -> None:
    stage, ids = one_each
    organizer = stage.actor("organizer")
    several.let_stand(
        stage.contest, person_id=listed(stage)[0].person_id, reason="Hội đồng", actor=organizer, now=stage.now
    )
    for entry, left in ((ids[2], 1), (ids[1], 0)):
        prizes.adjust_prizes(
            stage.contest, kind="remove", tier="", category_key="print", entry_id=entry, reason="Nhường giải",
            actor=organizer, now=stage.now,
        )  # fmt: skip
        assert [s.decision for s in listed(stage)] == [None] * left
    assert publishing.preview(stage.contest).snapshot["counts"]["prizes"] == 1


def test_where_several_prizes_are_allowed_nothing_stops(context: Flask, now: datetime) -> None:
    stage, _ = finals(context, now, works={"authors": [SHARED]})
    assert len(listed(stage)) == 1
    assert publishing.preview(stage.contest).snapshot["counts"]["prizes"] == 3
