"""From closed rounds to winners: shortlists, ties, prizes changed by people, publications that never change."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from contest.domain.errors import InvalidTransition, UserError
from contest.models import Contest, Entry, EntryFile, OutboxMail, PublishedWork, RoundOutcome, db
from contest.services import exports, media, outbox, registry
from contest.services.judging import assigning
from contest.services.judging import reading as judging
from contest.services.results import closing, prizes, publishing, shortlisting, tallying
from contest.services.screening import deciding
from contest.worker import drain
from tests.cast import Stage, make_stage, png

QUOTA = {
    "rounds__0__shortlist": {"per_category": 5, "floor": 70},
    "prizes": [
        {"tier": "Giải Nhất", "quota": {"at_most": 1}, "value_vnd": 10_000_000},
        {"tier": "Giải Nhì", "quota": {"at_most": 2}},
        {"tier": "Giải Ba", "quota": {"at_most": 2}},
        {"tier": "Giải Tập thể", "per": "overall", "kind": "collective", "quota": {"range": [1, 2]}},
    ],
}


def run_round(
    stage: Stage, position: int, totals: dict[int, str], *, judges: int = 3, name: str = "Hội đồng"
) -> None:
    """One whole round in which every judge gives an entry the same total."""
    round_, _ = stage.panel(judges=judges, position=position, name=name)
    stage.open_round(round_)
    stage.judge_all(round_, {e: [t] * judges for e, t in totals.items()})
    closing.close_round(round_, waive_unsigned=False, actor=stage.actor("judge0"), now=stage.now)


@pytest.fixture
def decided(context: Flask, now: datetime) -> tuple[Stage, list[int]]:
    """Seven works; finals of five at 95; 93, 93; 92 and 91."""
    stage = make_stage(context, now, **QUOTA)
    ids = [e.id for e in stage.accepted(7)]
    run_round(stage, 0, dict(zip(ids, ["95", "93", "93", "92", "91", "80", "60"], strict=True)))
    shortlisting.apply_shortlist(
        judging.list_rounds(stage.contest.id)[0], actor=stage.actor("organizer"), now=now
    )
    run_round(stage, 1, dict(zip(ids[:5], ["95", "93", "93", "92", "91"], strict=True)), name="Chung khảo")
    return stage, ids


def winners(stage: Stage) -> dict[str, list[str]]:
    board = prizes.prize_board(db.session.get_one(Contest, stage.contest.id))
    assert board is not None
    found = next(c for c in board.categories if c.key == "print")
    return {s.tier: [board.board.titles[a.entry] for a in found.awards_in(s.tier)] for s in found.slots}


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
    leave(stage, ids[0])
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
        assigning.release_judge(
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


def publish(stage: Stage, **values):
    stage.make_copies()
    snapshot, _ = publishing.preview(stage.contest)
    wanted = {
        "publish_at": None,
        "decision": "12-QĐ/BTC",
        "correction_note": "",
        "expected": publishing.digest_of(snapshot),
    } | values
    return publishing.publish(stage.contest, actor=stage.actor("organizer"), now=stage.now, **wanted)


def test_a_publication_is_a_snapshot_that_later_changes_do_not_touch(
    decided: tuple[Stage, list[int]], context: Flask
) -> None:
    stage, ids = decided
    made = publish(stage)
    assert stage.contest.state == "published"
    before = made.sha256
    work = db.session.scalars(select(PublishedWork).where(PublishedWork.entry_id == ids[0])).one()
    entry = db.session.get_one(Entry, ids[0])
    entry.submitted_version.title = "Đổi sau"
    db.session.commit()
    shown = publishing.visible(stage.contest.id, now=stage.now)
    assert (
        shown.sha256
        == before
        == publishing.digest_of({k: v for k, v in shown.snapshot.items() if k != "decision"})
    )
    assert work.content["title"] == "Tác phẩm 01"


def test_a_correction_is_a_new_snapshot_and_the_old_one_stays_readable(
    decided: tuple[Stage, list[int]],
) -> None:
    stage, ids = decided
    first = publish(stage)
    with pytest.raises(UserError, match="đính chính"):
        publish(stage)
    with pytest.raises(UserError, match="không khác"):
        publish(stage, correction_note="Không đổi gì")
    prizes.adjust_prizes(
        stage.contest,
        kind="remove",
        tier="",
        category_key="print",
        entry_id=ids[4],
        reason="Thu hồi",
        actor=stage.actor("organizer"),
        now=stage.now,
    )
    second = publish(stage, correction_note="Thu hồi một giải Ba.")
    assert [p.number for p in publishing.list_visible(stage.contest.id, now=stage.now)] == [2, 1]
    assert publishing.get_visible(stage.contest.id, 1, now=stage.now).sha256 == first.sha256 != second.sha256
    slugs = {
        w.entry_id: w.slug
        for w in db.session.scalars(select(PublishedWork).where(PublishedWork.publication_id == second.id))
    }
    earlier = {
        w.entry_id: w.slug
        for w in db.session.scalars(select(PublishedWork).where(PublishedWork.publication_id == first.id))
    }
    assert all(earlier[e] == s for e, s in slugs.items()), "a work keeps its address"


def test_what_changed_since_the_preview_is_not_published(decided: tuple[Stage, list[int]]) -> None:
    stage, ids = decided
    with pytest.raises(UserError, match="đã đổi"):
        publish(stage, expected="0" * 64)


def test_a_publication_set_to_an_hour_appears_at_that_hour_and_not_before(
    decided: tuple[Stage, list[int]],
) -> None:
    stage, _ = decided
    hour = stage.now + timedelta(hours=5)
    made = publish(stage, publish_at=hour)
    assert publishing.visible(stage.contest.id, now=hour - timedelta(microseconds=1)) is None
    assert publishing.get_work(stage.contest.id, "x", now=stage.now) is None
    assert publishing.visible(stage.contest.id, now=hour).id == made.id
    assert stage.contest.state == "judging"
    with pytest.raises(InvalidTransition):
        publish(stage, publish_at=hour)
    publishing.carry_out(made.id, now=hour - timedelta(seconds=1))
    assert stage.contest.state == "judging"
    publishing.carry_out(made.id, now=hour)
    publishing.carry_out(made.id, now=hour)
    assert stage.contest.state == "published"
    assert (
        len(db.session.scalars(select(OutboxMail).where(OutboxMail.event == "results_published")).all()) == 5
    )


def test_a_scheduled_publication_can_be_cancelled_before_its_hour_only(
    decided: tuple[Stage, list[int]],
) -> None:
    stage, _ = decided
    made = publish(stage, publish_at=stage.now + timedelta(hours=1))
    with pytest.raises(InvalidTransition):
        publishing.cancel_scheduled(made, actor=stage.actor("organizer"), now=stage.now + timedelta(hours=2))
    publishing.cancel_scheduled(made, actor=stage.actor("organizer"), now=stage.now)
    assert publishing.visible(stage.contest.id, now=stage.now + timedelta(hours=2)) is None


def test_the_winners_list_has_a_row_per_author_and_no_formula(decided: tuple[Stage, list[int]]) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    stage, ids = decided
    entry = db.session.get_one(Entry, ids[0])
    entry.submitted_version.authors[0].legal_name = "=HYPERLINK(1)"
    db.session.commit()
    rows = list(
        load_workbook(BytesIO(exports.winners_workbook(publish(stage)))).active.iter_rows(values_only=True)
    )
    assert len(rows) == 1 + 5
    assert rows[1][1] == "'=HYPERLINK(1)" and rows[1][6] == "Giải Nhất" and rows[1][11] == 10_000_000


def test_the_table_of_marks_is_exact(decided: tuple[Stage, list[int]]) -> None:
    from contest.services.results.tallying import compute

    stage, ids = decided
    board = compute(judging.list_rounds(stage.contest.id)[0])
    by_entry = {p.entry: p for p in board.placings["print"]}
    assert by_entry[str(ids[0])].tally.value == Decimal("95.00")
    assert [by_entry[str(e)].place for e in ids[:4]] == [1, 2, 2, 4]
    assert exports.table_workbook(judging.list_rounds(stage.contest.id)[0])[:2] == b"PK"


def test_a_closed_round_below_an_open_later_one_cannot_be_reopened(decided: tuple[Stage, list[int]]) -> None:
    stage, _ = decided
    first, final = judging.list_rounds(stage.contest.id)
    with pytest.raises(InvalidTransition):
        closing.reopen_round(first, reason="Muộn rồi", actor=stage.actor("judge0"), now=stage.now)
    publish(stage)
    with pytest.raises(InvalidTransition):
        closing.reopen_round(final, reason="Muộn rồi", actor=stage.actor("judge0"), now=stage.now)


def test_the_worker_carries_the_publication_out(decided: tuple[Stage, list[int]], context: Flask) -> None:
    from contest.clock import utcnow
    from contest.models.database import begin_writing, end_writing

    stage, _ = decided
    publish(stage)
    end_writing()
    drain(context, now=utcnow())
    begin_writing()
    assert db.session.scalar(select(OutboxMail.id).where(OutboxMail.event == "results_published")) is not None


def test_nothing_is_published_while_copies_of_an_awarded_work_are_being_made(
    decided: tuple[Stage, list[int]], context: Flask
) -> None:
    from contest.clock import utcnow
    from contest.models import Job
    from contest.models.database import begin_writing, end_writing

    stage, _ = decided
    stage.make_copies()
    version = db.session.get_one(Entry, decided[1][0]).submitted_version
    file = media.keep(
        media.receive(
            io.BytesIO(png(shade=7)), storage=stage.storage, name="trang 2.png", allowed=("image",), limit=10**7
        ),
        actor=None, now=stage.now,
    )  # fmt: skip
    db.session.add(
        EntryFile(version_id=version.id, file_id=file.id, slot="published_page", position=2, covers=[])
    )
    db.session.commit()
    with pytest.raises(UserError, match="đang được làm: Tác phẩm 01"):
        publishing.preview(stage.contest)
    job = db.session.scalars(select(Job).where(Job.dedupe_key.startswith(f"renditions:{file.id}:"))).one()
    job.attempts = outbox.MAX_ATTEMPTS
    db.session.commit()
    assert publishing.preview(stage.contest), "given up: nobody waits for it"
    job.attempts = 0
    db.session.commit()
    end_writing()
    drain(context, now=utcnow())
    begin_writing()
    assert publishing.preview(stage.contest)


def test_a_model_leads_to_each_published_work_about_it_once(decided: tuple[Stage, list[int]]) -> None:
    stage, ids = decided
    model = registry.create_exemplar(
        actor=None, now=stage.now, name="Già làng Phạm Văn Sốt", field="Kinh tế", subject_kind="individual",
        novelty="new", unit_name="Xã Ba Vinh",
    )  # fmt: skip
    for entry_id in ids[:2]:
        for portrayed in db.session.get_one(Entry, entry_id).submitted_version.exemplars:
            portrayed.exemplar_id = model.id
    db.session.commit()
    publish(stage)
    found = publishing.works_about(exemplar_id=model.id, now=stage.now)
    assert [w.entry_id for w, _ in found] == ids[:2]
    assert publishing.works_about(exemplar_id=model.id + 1, now=stage.now) == []
