"""Ways around the rules of judging that must stay closed: twice in two seats, without the work, after the end, for oneself."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook

from contest.domain.errors import InvalidTransition, NotAllowed, UserError
from contest.domain.permissions import Role
from contest.models import Account, Entry, Membership, Round, db
from contest.services import exports
from contest.services.accounts import members
from contest.services.contests import versions
from contest.services.contests.reading import rulebook_of
from contest.services.judging import (
    absences,
    assigning,
    conflicts,
    panels,
    paper,
    scoring,
    signatures,
    watching,
)
from contest.services.judging import reading as judging
from contest.services.results import closing, prizes, shortlisting, tallying
from tests.cast import Stage, make_stage

WHOLE = {"discovery": "20", "relevance": "20", "craft": "20", "effect": "10"}


@pytest.fixture
def stage(context: Flask, now: datetime) -> Stage:
    return make_stage(context, now)


@pytest.fixture
def judged(stage: Stage) -> tuple[Stage, list[Entry], Round, list[Membership]]:
    """An open round with two works and three judges, all signed."""
    entries = stage.accepted(2)
    round_, judges = stage.panel()
    stage.open_round(round_)
    stage.judge_all(round_, {e.id: ["90", "85", "80"] for e in entries})
    return stage, entries, round_, judges


def test_who_comes_back_into_a_new_seat_counts_once(judged) -> None:
    stage, entries, round_, judges = judged
    absences.end_role(judges[1], reason="Thay người", actor=stage.actor("organizer"), now=stage.now)
    members.add_member(
        stage.contest, account=db.session.get_one(Account, judges[1].account_id), role=Role.JUDGE, actor=None, now=stage.now,
        panel=round_.panels[0],
    )  # fmt: skip
    db.session.commit()
    assert assigning.apply_plan(round_, actor=None, now=stage.now) == 0, "both works have this person's sheet"
    assert {len(t.sheets) for t in tallying.compute(round_).tallies()} == {3}


def test_a_work_that_was_taken_away_gets_no_sheet_on_paper(stage: Stage) -> None:
    stage.accepted(1)
    round_, judges = stage.panel()
    stage.open_round(round_)
    mine = next(a for a in judging.list_assignments(round_.id) if a.judge_id == judges[1].id)
    secretary = stage.actor("secretary")
    paper.enter_paper(mine, typed=WHOLE, base_version=0, scan=None, actor=secretary, now=stage.now)
    absences.release_judge(judges[1], reason="Ốm", void_signed=False, actor=secretary, now=stage.now)
    found = scoring.get_assignment(mine.public_id)
    assert found is not None and paper.get_for_typing(mine.public_id) is None
    with pytest.raises(UserError, match="Không có phiếu giấy"):
        paper.confirm_paper(found, base_version=1, actor=stage.actor("organizer"), now=stage.now)
    with pytest.raises(NotAllowed):
        scoring.save_sheet(found, typed=WHOLE, base_version=1, actor=stage.actor("judge1"), now=stage.now)
    assert [len(t.sheets) for t in tallying.compute(round_).tallies()] == [0]


def test_a_closed_round_changes_no_more(judged) -> None:
    stage, entries, round_, judges = judged
    chair, secretary = stage.actor("judge0"), stage.actor("secretary")
    final = judging.list_rounds(stage.contest.id)[1]
    final.state = "open"
    with pytest.raises(UserError, match="không được chấm trong vòng này"):
        watching.decide_divergence(final, entries[0], decision="x", actor=chair, now=stage.now)
    closing.close_round(round_, waive_unsigned=False, actor=chair, now=stage.now)
    assignment = judging.list_assignments(round_.id)[0]
    acts = (
        lambda: watching.decide_divergence(round_, entries[0], decision="Giữ", actor=chair, now=stage.now),
        lambda: panels.set_due(round_, due_at=stage.now + timedelta(days=3), actor=secretary, now=stage.now),
        lambda: conflicts.declare_conflict(assignment, reason="Quen", actor=chair, now=stage.now),
        lambda: absences.return_judge(judges[1], actor=secretary, now=stage.now),
    )
    for act in acts:
        with pytest.raises(InvalidTransition):
            act()


def test_nobody_reopens_the_own_sheet(judged) -> None:
    stage, _, round_, judges = judged
    sheets = {a.judge_id: a.scoresheet for a in judging.list_assignments(round_.id)}
    chairs, other = sheets[judges[0].id], sheets[judges[1].id]
    for sheet, who in ((chairs, "judge0"), (other, "organizer"), (other, "judge1")):
        with pytest.raises(NotAllowed):
            signatures.reopen_sheet(sheet, reason="Xem lại", actor=stage.actor(who), now=stage.now)
    signatures.reopen_sheet(chairs, reason="Ghi nhầm", actor=stage.actor("organizer"), now=stage.now)
    signatures.reopen_sheet(other, reason="Ghi nhầm", actor=stage.actor("judge0"), now=stage.now)
    assert (chairs.state, other.state) == ("draft", "draft")


def test_a_judge_is_made_chair_by_another_invitation(stage: Stage) -> None:
    _, judges = stage.panel()
    members.add_member(
        stage.contest, account=judges[1].account, role=Role.JUDGE, actor=None, now=stage.now,
        panel=judging.list_rounds(stage.contest.id)[0].panels[0], is_chair=True,
    )  # fmt: skip
    assert judges[1].is_chair and judges[0].is_chair


@pytest.mark.parametrize("blind", [True, False])
def test_the_table_of_a_blind_round_leads_to_no_dossier(context: Flask, now: datetime, blind: bool) -> None:
    stage = make_stage(context, now, rounds__0__blind=blind)
    stage.accepted(1)
    round_, _ = stage.panel()
    book = load_workbook(io.BytesIO(exports.table_workbook(round_)))
    heads = [cell.value for cell in next(book.active.iter_rows())]
    assert ("Mã biên nhận" in heads) is not blind and "Mã chấm" in heads


def test_a_round_with_a_panel_does_not_drop_out_of_the_rules(stage: Stage) -> None:
    stage.panel(position=1, name="Chung khảo")
    rulebook = rulebook_of(stage.contest)
    shorter = rulebook.model_copy(update={"rounds": rulebook.rounds[:1]})
    with pytest.raises(UserError, match="đã có hội đồng"):
        versions.sync_rounds(stage.contest, shorter, actor=None, now=stage.now)


def test_the_same_work_chosen_twice_is_one_choice(stage: Stage) -> None:
    entries = stage.accepted(4)
    for position, name in ((0, "Sơ khảo"), (1, "Chung khảo")):
        round_, _ = stage.panel(position=position, name=name)
        stage.open_round(round_)
        totals = ["95", "90", "85", "85"] if position == 0 else ["90", "80", "80", "80"]
        stage.judge_all(round_, {e.id: [t] * 3 for e, t in zip(entries, totals, strict=True)})
        closing.close_round(round_, waive_unsigned=False, actor=stage.actor("judge0"), now=stage.now)
        if position == 0:
            shortlisting.apply_shortlist(round_, actor=None, now=stage.now)
    board = prizes.prize_board(stage.contest)
    tie = next(t for _, t in board.open_ties if t.places > 1)
    with pytest.raises(UserError, match="chọn đúng"):
        prizes.settle_tie(
            stage.contest, slot=tie.slot, entry_ids=[int(tie.entries[0])] * tie.places, is_shared=False, reason="Hội đồng",
            actor=stage.actor("organizer"), now=stage.now,
        )  # fmt: skip
