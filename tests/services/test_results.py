"""From closed rounds to winners: shortlists, ties, prizes changed by people, works that leave."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from contest.domain.errors import InvalidTransition, UserError
from contest.models import AuditEvent, Entry, RoundOutcome, TieDecision, db
from contest.services import exports
from contest.services.judging import absences, watching
from contest.services.judging import reading as judging
from contest.services.results import closing, decisions, prizes, publishing, shortlisting, tallying
from contest.services.screening import deciding
from tests.cast import Stage, make_stage
from tests.finals import QUOTA, run_round, winners
from tests.finals import decided as decided  # the fixture


def test_quota_and_floor_choose_who_goes_on(decided: tuple[Stage, list[int]]) -> None:
    stage, ids = decided
    first, final = judging.list_rounds(stage.contest.id)
    chosen = {e.id for e in judging.entries_in_round(final)}
    assert chosen == set(ids[:5])
    outcomes = {
        o.entry_id: o
        for o in db.session.scalars(select(RoundOutcome).where(RoundOutcome.round_id == first.id))
    }
    assert outcomes[ids[5]].is_shortlisted is False and outcomes[ids[6]].is_shortlisted is False


def test_prizes_follow_the_places(decided: tuple[Stage, list[int]]) -> None:
    stage, _ = decided
    assert winners(stage) == {
        "Giải Nhất": ["Tác phẩm 01"],
        "Giải Nhì": ["Tác phẩm 02", "Tác phẩm 03"],
        "Giải Ba": ["Tác phẩm 04", "Tác phẩm 05"],
    }


def test_a_tie_at_the_cut_is_asked_and_answered_with_a_reason(context: Flask, now: datetime) -> None:
    stage = make_stage(
        context, now, rounds__0__shortlist={"per_category": 2}, ties={"chain": ["chair", "shared"]}
    )
    ids = [e.id for e in stage.accepted(3)]
    run_round(stage, 0, dict(zip(ids, ["90", "80", "80"], strict=True)))
    first = judging.list_rounds(stage.contest.id)[0]
    organizer = stage.actor("organizer")
    with pytest.raises(UserError, match="bằng điểm"):
        shortlisting.apply_shortlist(first, actor=organizer, now=now)
    with pytest.raises(UserError):
        shortlisting.decide_cut(
            first, category_key="print", entry_ids=[ids[0]], reason="Lạc", actor=organizer, now=now
        )
    shortlisting.decide_cut(
        first, category_key="print", entry_ids=[ids[2]], reason="Đề tài vùng sâu", actor=organizer, now=now
    )
    assert shortlisting.apply_shortlist(first, actor=organizer, now=now) == 2


def test_a_tie_across_a_prize_boundary_stops_until_people_decide(context: Flask, now: datetime) -> None:
    stage = make_stage(
        context,
        now,
        rounds__0__shortlist={"per_category": 9},
        ties={"chain": ["shared"]},
        prizes=QUOTA["prizes"],
    )
    ids = [e.id for e in stage.accepted(4)]
    totals = dict(zip(ids, ["95", "90", "90", "90"], strict=True))
    run_round(stage, 0, totals)
    shortlisting.apply_shortlist(judging.list_rounds(stage.contest.id)[0], actor=None, now=now)
    run_round(stage, 1, totals, name="Chung khảo")
    organizer = stage.actor("organizer")
    with pytest.raises(UserError, match="bằng điểm"):
        publishing.preview(stage.contest)
    board = prizes.prize_board(stage.contest)
    slot = board.open_ties[0][1].slot
    with pytest.raises(UserError, match="chọn đúng 2"):
        prizes.settle_tie(
            stage.contest,
            slot=slot,
            entry_ids=[ids[1]],
            is_shared=False,
            reason="x",
            actor=organizer,
            now=now,
        )
    prizes.settle_tie(
        stage.contest,
        slot=slot,
        entry_ids=ids[1:3],
        is_shared=False,
        reason="Hội đồng biểu quyết",
        actor=organizer,
        now=now,
    )
    assert winners(stage)["Giải Nhì"] == ["Tác phẩm 02", "Tác phẩm 03"]
    assert winners(stage)["Giải Ba"] == ["Tác phẩm 04"]


def tied_finals(context: Flask, now: datetime, chain: list[str]) -> tuple[Stage, list[int]]:
    """Four works in the finals at 95; 90, 90, 90, for one first and two second prizes."""
    stage = make_stage(
        context, now, rounds__0__shortlist={"per_category": 9}, ties={"chain": chain}, prizes=QUOTA["prizes"]
    )
    ids = [e.id for e in stage.accepted(4)]
    totals = dict(zip(ids, ["95", "90", "90", "90"], strict=True))
    run_round(stage, 0, totals)
    shortlisting.apply_shortlist(judging.list_rounds(stage.contest.id)[0], actor=None, now=now)
    run_round(stage, 1, totals, name="Chung khảo")
    return stage, ids


def test_a_prize_is_shared_only_where_the_rules_say_so(context: Flask, now: datetime) -> None:
    stage, ids = tied_finals(context, now, ["chair"])
    share = {"slot": "print · Giải Nhì", "entry_ids": [], "is_shared": True, "reason": "Cùng hay"}
    with pytest.raises(UserError, match="không cho"):
        prizes.settle_tie(stage.contest, actor=stage.actor("judge0"), now=now, **share)
    assert winners(stage)["Giải Nhì"] == []


def test_a_settled_tie_is_asked_again_when_a_chosen_work_leaves(context: Flask, now: datetime) -> None:
    stage, ids = tied_finals(context, now, ["chair"])
    choice = {"slot": "print · Giải Nhì", "is_shared": False, "actor": stage.actor("judge0"), "now": now}
    prizes.settle_tie(stage.contest, entry_ids=ids[1:3], reason="Đề tài", **choice)
    assert winners(stage)["Giải Nhì"] == ["Tác phẩm 02", "Tác phẩm 03"]
    leave(stage, ids[1])
    assert winners(stage)["Giải Nhì"] == ["Tác phẩm 03", "Tác phẩm 04"], "two equals are left for two places"
    prizes.adjust_prizes(
        stage.contest, kind="remove", tier="", category_key="print", entry_id=ids[2], reason="Thu hồi",
        actor=stage.actor("organizer"), now=now,
    )  # fmt: skip
    assert winners(stage)["Giải Nhì"] == ["Tác phẩm 04"]


def test_a_decision_about_a_prize_is_taken_back_with_a_reason_until_results_are_made(
    context: Flask, now: datetime
) -> None:
    stage, ids = tied_finals(context, now, ["chair"])
    final = judging.list_rounds(stage.contest.id)[1]
    chair = {"actor": stage.actor("judge0"), "now": now}

    def settle(*entries: int) -> TieDecision:
        prizes.settle_tie(
            stage.contest,
            slot="print · Giải Nhì",
            entry_ids=list(entries),
            is_shared=False,
            reason="Đề tài",
            **chair,
        )
        return prizes.prize_board(stage.contest).settled[0]

    wrong = settle(ids[1], ids[2])
    awards = prizes.prize_board(stage.contest).categories[0].awards_in("Giải Nhì")
    assert [a.reason for a in awards] == ["Bằng điểm, theo quyết định: Đề tài"] * 2
    with pytest.raises(UserError, match="lý do"):
        decisions.undo_decision(final, wrong.id, reason=" ", **chair)
    decisions.undo_decision(final, wrong.id, reason="Bấm nhầm", **chair)
    assert len(prizes.prize_board(stage.contest).open_ties) == 1 and winners(stage)["Giải Nhì"] == []
    with pytest.raises(UserError, match="đã được bỏ"):
        decisions.undo_decision(final, wrong.id, reason="Bấm hai lần", **chair)
    logged = select(AuditEvent).where(AuditEvent.action == "prize:decision_undone")
    assert [(e.before, e.reason) for e in db.session.scalars(logged)] == [
        ({"entries": 2, "decided": "Đề tài"}, "Bấm nhầm")
    ]
    right = settle(ids[2], ids[3])
    stage.make_copies()
    publishing.publish(
        stage.contest, publish_at=now + timedelta(hours=1), decision="", correction_note="", expected="",
        actor=stage.actor("organizer"), now=now,
    )  # fmt: skip
    with pytest.raises(InvalidTransition, match="hẹn giờ"):
        decisions.undo_decision(final, right.id, reason="Muộn", **chair)


def leave(stage: Stage, entry_id: int) -> None:
    """The agency takes a work back in writing."""
    deciding.record_withdrawal(
        db.session.get_one(Entry, entry_id), reason="Công văn 12 của cơ quan", actor=stage.actor("secretary"),
        now=stage.now,
    )  # fmt: skip


def test_a_work_that_leaves_after_closing_keeps_its_place_and_gets_no_prize(
    decided: tuple[Stage, list[int]],
) -> None:
    stage, ids = decided
    final = judging.list_rounds(stage.contest.id)[1]
    before = tallying.load_board(final).placings["print"]
    judged = [(p.scored, p.total) for p in watching.progress(final, now=stage.now)]
    leave(stage, ids[0])
    assert [(p.scored, p.total) for p in watching.progress(final, now=stage.now)] == judged
    board = tallying.load_board(final)
    assert board.placings["print"] == before, "what was signed does not move"
    assert board.gone == {str(ids[0]): "Đã rút"}
    assert prizes.prize_board(stage.contest).open_ties[0][1].slot == "print · Giải Nhất", (
        "the next two are equal"
    )
    prizes.adjust_prizes(
        stage.contest, kind="leave_empty", tier="Giải Nhất", category_key="print", reason="Hội đồng thống nhất",
        actor=stage.actor("organizer"), now=stage.now,
    )  # fmt: skip
    assert winners(stage)["Giải Nhì"] == ["Tác phẩm 02", "Tác phẩm 03"]
    assert any("Tác phẩm 01" in w for w in prizes.warnings(prizes.prize_board(stage.contest)))
    with pytest.raises(UserError, match="đã rút"):
        prizes.adjust_prizes(
            stage.contest, kind="move", tier="Giải Nhất", category_key="print", entry_id=ids[0], reason="x",
            actor=stage.actor("organizer"), now=stage.now,
        )  # fmt: skip


def test_the_kept_board_says_what_was_computed_at_closing(context: Flask, now: datetime) -> None:
    stage, _ = tied_finals(context, now, ["higher_median", "shared"])
    for round_ in judging.list_rounds(stage.contest.id):
        computed, kept = tallying.compute(round_), tallying.load_board(round_)
        assert kept.placings == computed.placings
        assert all(not group for group in computed.unplaced.values()) and kept.unplaced == {}


def test_nobody_s_sheets_are_taken_away_once_the_round_is_closed(decided: tuple[Stage, list[int]]) -> None:
    stage, _ = decided
    final = judging.list_rounds(stage.contest.id)[1]
    judge = judging.judges_of(final.id)[0]
    with pytest.raises(InvalidTransition, match="đã khóa"):
        absences.release_judge(
            judge, reason="Ốm", void_signed=True, actor=stage.actor("organizer"), now=stage.now
        )


def test_people_leave_empty_move_and_add_each_with_a_reason_and_take_it_back(
    decided: tuple[Stage, list[int]],
) -> None:
    stage, ids = decided
    organizer, now = stage.actor("organizer"), stage.now
    change = {"contest": stage.contest, "actor": organizer, "now": now, "category_key": "print"}
    with pytest.raises(UserError):
        prizes.adjust_prizes(kind="leave_empty", tier="Giải Nhất", reason=" ", **change)
    made = prizes.adjust_prizes(kind="leave_empty", tier="Giải Nhất", reason="Chưa xứng tầm", **change)
    assert winners(stage)["Giải Nhất"] == []
    assert winners(stage)["Giải Nhì"] == ["Tác phẩm 01"], "the best work competes for the next tier"
    assert prizes.prize_board(stage.contest).open_ties[0][1].places == 1, "two equals for the one place left"
    prizes.undo_adjustment(stage.contest, made.id, actor=organizer, now=now)
    prizes.adjust_prizes(
        kind="move", tier="Giải Nhất", entry_id=ids[1], reason="Hội đồng thống nhất", **change
    )
    assert sorted(winners(stage)["Giải Nhất"]) == ["Tác phẩm 01", "Tác phẩm 02"]
    assert any("cơ cấu có 1" in w for w in prizes.warnings(prizes.prize_board(stage.contest)))
    prizes.adjust_prizes(
        kind="collective",
        tier="Giải Tập thể",
        recipient="Báo Quảng Ngãi",
        reason="Nhiều tác phẩm",
        **(change | {"category_key": ""}),
    )
    with pytest.raises(UserError):
        prizes.adjust_prizes(kind="move", tier="Giải Lạ", entry_id=ids[1], reason="x", **change)


def test_the_table_of_marks_is_exact(decided: tuple[Stage, list[int]]) -> None:
    from contest.services.results.tallying import compute

    stage, ids = decided
    board = compute(judging.list_rounds(stage.contest.id)[0])
    by_entry = {p.entry: p for p in board.placings["print"]}
    assert by_entry[str(ids[0])].tally.value == Decimal("95.00")
    assert [by_entry[str(e)].place for e in ids[:4]] == [1, 2, 2, 4]
    assert exports.table_workbook(judging.list_rounds(stage.contest.id)[0])[:2] == b"PK"


def test_an_earlier_round_counts_in_the_final_one_and_decides_places(context: Flask, now: datetime) -> None:
    carried = {"round": "preliminary", "weight": "0.5"}
    stage = make_stage(context, now, **QUOTA, rounds__1__carry_over=carried)
    ids = [e.id for e in stage.accepted(2)]
    run_round(stage, 0, dict(zip(ids, ["80", "95"], strict=True)))
    first, final = judging.list_rounds(stage.contest.id)
    shortlisting.apply_shortlist(first, actor=stage.actor("organizer"), now=now)
    run_round(stage, 1, dict(zip(ids, ["92", "90"], strict=True)), name="Chung khảo")
    board = tallying.load_board(final)
    assert [(p.tally.value, p.tally.earlier) for p in board.placings["print"]] == [
        (Decimal("92.50"), Decimal("95.00")),
        (Decimal("86.00"), Decimal("80.00")),
    ]
    assert board.placings == tallying.compute(final).placings, "what is kept is what was computed"
    assert winners(stage)["Giải Nhất"] == ["Tác phẩm 02"]
    sheet = load_workbook(BytesIO(exports.table_workbook(final))).active
    columns = list(zip(*sheet.iter_rows(values_only=True), strict=True))
    assert next(c for c in columns if "Kết quả Sơ khảo" in c)[-2:] == (95, 80)


def test_without_an_earlier_value_a_work_has_no_place_and_the_round_still_closes(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now, **QUOTA, rounds__1__carry_over={"round": "preliminary", "weight": "0.5"})
    ids = [e.id for e in stage.accepted(2)]
    totals = dict(zip(ids, ["80", "95"], strict=True))
    run_round(stage, 0, totals)
    first, final = judging.list_rounds(stage.contest.id)
    shortlisting.apply_shortlist(first, actor=stage.actor("organizer"), now=now)
    outcomes = select(RoundOutcome).where(RoundOutcome.round_id == first.id, RoundOutcome.entry_id == ids[1])
    db.session.scalars(outcomes).one().total_thousandths = None
    run_round(stage, 1, totals, name="Chung khảo")
    board = tallying.load_board(final)
    assert [p.entry for p in board.placings["print"]] == [str(ids[0])]
    assert board.unplaced["print"][0].value is None
    assert board.unplaced["print"][0].reasons == ("Chưa có kết quả Sơ khảo để cộng vào",)
    assert closing.preview_closing(final).without_earlier[0].entry == str(ids[1])
