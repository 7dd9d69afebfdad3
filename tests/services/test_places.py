"""A work that people take out of its place leaves it free, in words, until they say what becomes of it."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from contest.domain.errors import UserError
from contest.models import AuditEvent, PrizeAdjustment, db
from contest.services.judging import reading as judging
from contest.services.results import changes, closing, places, prizes, publishing
from contest.services.results.prizes import PrizeBoard
from tests.cast import Stage
from tests.finals import QUOTA, winners
from tests.services.test_prize_conditions import finals
from tests.services.test_results import leave, tied_finals

WHOLE = {"tier": "Giải Đặc biệt", "per": "overall", "quota": {"at_most": 1}}
RULES = {"prizes": [WHOLE, *QUOTA["prizes"]]}
AS_RULED = {
    "Giải Nhất": ["Tác phẩm 01"],
    "Giải Nhì": ["Tác phẩm 02", "Tác phẩm 03"],
    "Giải Ba": ["Tác phẩm 04", "Tác phẩm 05"],
}


@pytest.fixture
def staged(context: Flask, now: datetime) -> tuple[Stage, list[int]]:
    """The finals of six works, for one first, two second and two third prizes and one of the whole contest."""
    return finals(context, now, works={}, count=6, **RULES)


def board(stage: Stage) -> PrizeBoard:
    found = prizes.prize_board(stage.contest)
    assert found is not None
    return found


def change(stage: Stage, kind: str, entry: int, tier: str = "", category: str = "") -> PrizeAdjustment:
    return prizes.adjust_prizes(
        stage.contest, kind=kind, tier=tier, category_key=category, entry_id=entry, reason="Hội đồng thống nhất",
        actor=stage.actor("organizer"), now=stage.now,
    )  # fmt: skip


def decide(stage: Stage, entry: int, *, move_up: bool, reason: str = "Giữ cơ cấu") -> PrizeAdjustment:
    return places.decide_place(
        stage.contest, entry_id=entry, move_up=move_up, reason=reason, actor=stage.actor("organizer"), now=stage.now
    )  # fmt: skip


def undo(stage: Stage, row: PrizeAdjustment) -> None:
    prizes.undo_adjustment(stage.contest, row.id, actor=stage.actor("organizer"), now=stage.now)


def waiting(stage: Stage) -> list[tuple[str, str]]:
    """(title, tier) of each place that waits for a decision."""
    found = board(stage)
    return [(found.board.titles[p.entry], p.tier) for p in found.open_places]


def logged(action: str) -> list[tuple[str, dict[str, object], str | None]]:
    rows = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
    ).all()
    return [(e.subject_label, e.after, e.reason) for e in rows]


def test_a_work_moved_to_the_whole_contest_leaves_a_place_that_stops_publishing(
    staged: tuple[Stage, list[int]],
) -> None:
    stage, ids = staged
    change(stage, "move", ids[0], "Giải Đặc biệt")
    assert winners(stage) == AS_RULED | {"Giải Nhất": []}, "nobody moves by itself"
    assert waiting(stage) == [("Tác phẩm 01", "Giải Nhất")]
    with pytest.raises(UserError, match="Còn 1 chỗ trống chưa quyết định"):
        publishing.preview(stage.contest)


def test_people_let_the_next_works_move_up_and_take_it_back(staged: tuple[Stage, list[int]]) -> None:
    stage, ids = staged
    change(stage, "move", ids[0], "Giải Đặc biệt")
    before = board(stage)
    moving = places.if_moved_up(before, before.open_places[0])
    assert [(before.board.titles[s.entry], s.tier, s.before) for s in moving.steps] == [
        ("Tác phẩm 02", "Giải Nhất", "Giải Nhì"),
        ("Tác phẩm 04", "Giải Nhì", "Giải Ba"),
        ("Tác phẩm 06", "Giải Ba", ""),
    ], "it is told before it is done"
    with pytest.raises(UserError, match="lý do"):
        decide(stage, ids[0], move_up=True, reason=" ")
    row = decide(stage, ids[0], move_up=True)
    assert winners(stage) == {
        "Giải Nhất": ["Tác phẩm 02"],
        "Giải Nhì": ["Tác phẩm 03", "Tác phẩm 04"],
        "Giải Ba": ["Tác phẩm 05", "Tác phẩm 06"],
    }
    assert publishing.preview(stage.contest).snapshot["counts"]["prizes"] == 6
    with pytest.raises(UserError, match="không còn chờ"):
        decide(stage, ids[0], move_up=False)
    undo(stage, row)
    assert waiting(stage) == [("Tác phẩm 01", "Giải Nhất")] and winners(stage)["Giải Nhất"] == []
    after = {"tier": "Giải Nhất", "category": "print"}
    assert logged("prize:move_up") == [("Tác phẩm 01", after, "Giữ cơ cấu")]
    assert logged("prize:undone") == [("Giải Nhất", {"kind": "move_up"}, "Giữ cơ cấu")]


def test_people_leave_the_place_empty_and_the_papers_say_why(staged: tuple[Stage, list[int]]) -> None:
    stage, ids = staged
    change(stage, "move", ids[1], "Giải Đặc biệt")
    decide(stage, ids[1], move_up=False, reason="Chưa có tác phẩm xứng tầm")
    assert winners(stage) == AS_RULED | {"Giải Nhì": ["Tác phẩm 03"]} and waiting(stage) == []
    assert board(stage).categories[0].kept_in("Giải Nhì") == 1
    said = [(c.what, c.why) for c in changes.list_changes(board(stage), [])]
    assert said[-1] == (
        "Chỗ của “Tác phẩm 02” ở Báo in, Giải Nhì: để trống",
        "Chưa có tác phẩm xứng tầm",
    )
    assert publishing.preview(stage.contest).snapshot["counts"]["prizes"] == 5


def test_another_change_of_the_work_asks_about_its_place_again(staged: tuple[Stage, list[int]]) -> None:
    stage, ids = staged
    moved = change(stage, "move", ids[0], "Giải Đặc biệt")
    decide(stage, ids[0], move_up=True)
    undo(stage, moved)
    assert winners(stage) == AS_RULED and waiting(stage) == [], (
        "with the change goes what was decided about it"
    )
    change(stage, "remove", ids[0])
    assert winners(stage)["Giải Nhất"] == [] and waiting(stage) == [("Tác phẩm 01", "Giải Nhất")]
    decide(stage, ids[0], move_up=False)
    change(stage, "move", ids[0], "Giải Ba", "print")
    assert waiting(stage) == [("Tác phẩm 01", "Giải Nhất")]
    assert [after.get("place_asked") for _, after, _ in logged("prize:undone")] == [True]
    assert [after.get("place_asked") for _, after, _ in logged("prize:move")] == [None, True]


def test_equals_behind_a_freed_place_are_asked_about(context: Flask, now: datetime) -> None:
    stage, ids = tied_finals(context, now, ["chair"])
    chair = {"actor": stage.actor("judge0"), "now": now}
    settle = {"contest": stage.contest, "is_shared": False, "reason": "Đề tài", **chair}
    prizes.settle_tie(slot="print · Giải Nhì", entry_ids=ids[1:3], **settle)
    change(stage, "remove", ids[0])
    moving = places.if_moved_up(board(stage), board(stage).open_places[0])
    assert moving.ties == ("print · Giải Nhất",)
    decide(stage, ids[0], move_up=True)
    with pytest.raises(UserError, match="bằng điểm"):
        publishing.preview(stage.contest)
    prizes.settle_tie(slot="print · Giải Nhất", entry_ids=ids[3:4], **settle)
    assert winners(stage)["Giải Nhất"] == ["Tác phẩm 04"]
    assert winners(stage)["Giải Nhì"] == ["Tác phẩm 02", "Tác phẩm 03"]


def test_a_work_that_leaves_the_contest_takes_the_question_about_its_place_along(
    staged: tuple[Stage, list[int]],
) -> None:
    stage, ids = staged
    change(stage, "move", ids[0], "Giải Đặc biệt")
    decide(stage, ids[0], move_up=False)
    leave(stage, ids[0])
    assert winners(stage)["Giải Nhất"] == ["Tác phẩm 02"], (
        "works that leave are followed by the next by the rules"
    )
    assert waiting(stage) == [] and board(stage).overall_awards == []


def test_places_are_asked_about_anew_when_the_round_was_open_again(staged: tuple[Stage, list[int]]) -> None:
    stage, ids = staged
    change(stage, "move", ids[0], "Giải Đặc biệt")
    decide(stage, ids[0], move_up=False)
    final = judging.list_rounds(stage.contest.id)[1]
    chair = {"actor": stage.actor("judge0"), "now": stage.now}
    closing.reopen_round(final, reason="Xem lại một phiếu", **chair)
    closing.close_round(final, waive_unsigned=False, **chair)
    assert waiting(stage) == [("Tác phẩm 01", "Giải Nhất")]


def test_a_work_has_one_prize_whatever_was_said_before(staged: tuple[Stage, list[int]]) -> None:
    stage, ids = staged
    change(stage, "move", ids[0], "Giải Đặc biệt")
    change(stage, "move", ids[0], "Giải Nhì", "print")
    assert [tier for entry, tier in board(stage).held if entry == str(ids[0])] == ["Giải Nhì"]
    change(stage, "move", ids[0], "Giải Đặc biệt")
    change(stage, "remove", ids[0])
    assert str(ids[0]) not in board(stage).awarded


def test_a_work_moved_to_another_category_is_published_once(context: Flask, now: datetime) -> None:
    stage, ids = finals(context, now, works={}, count=3, **RULES)
    change(stage, "move", ids[2], "Giải Nhì", "radio")
    shown = publishing.preview(stage.contest).snapshot["categories"]
    assert {c["key"]: [w["title"] for w in c["works"]] for c in shown if c["works"]} == {
        "print": ["Tác phẩm 01", "Tác phẩm 02"],
        "radio": ["Tác phẩm 03"],
    }
