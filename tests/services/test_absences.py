"""Judges who fall ill, come back or leave: unsigned works go to others, signed sheets count on."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from contest.domain.errors import InvalidTransition, UserError
from contest.models import Assignment, AuditEvent, Membership, Round, RoundOutcome, Scoresheet, db
from contest.services.accounts import actors
from contest.services.judging import absences, assigning, scoring
from contest.services.judging import reading as judging
from contest.services.results import closing
from tests.cast import Stage, make_stage


def first_sheet(judge: Membership) -> Scoresheet:
    return db.session.scalars(
        select(Scoresheet)
        .join(Assignment)
        .where(Assignment.judge_id == judge.id)
        .order_by(Assignment.entry_id)
    ).first()


def signed_by_all(stage: Stage, round_: Round) -> None:
    rows = judging.list_assignments(round_.id)
    stage.judge_all(round_, {a.entry_id: ["90", "85", "80"] for a in rows})


def states(judge: Membership) -> list[tuple[str, str]]:
    """(assignment, sheet) of every work a judge was ever given."""
    rows = db.session.scalars(
        select(Assignment).where(Assignment.judge_id == judge.id).order_by(Assignment.entry_id)
    )
    return [(a.state, a.scoresheet.state if a.scoresheet else "") for a in rows]


def release(stage: Stage, judge: Membership, **more: object) -> int:
    return absences.release_judge(
        judge,
        **{"reason": "Ốm", "void_signed": False, "actor": stage.actor("secretary"), "now": stage.now} | more,
    )


def test_signed_sheets_of_an_ill_judge_count_as_a_judge_of_the_work(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    stage.accepted(4)
    round_, judges = stage.panel(judges=4)
    stage.open_round(round_)
    signed_by_all(stage, round_)
    assert release(stage, judges[3]) == 0
    assert assigning.plan_round(round_).changes == 0, "three signed sheets are there already"
    assert assigning.apply_plan(round_, actor=None, now=now) == 0


@pytest.mark.parametrize("rule", [3, "panel"])
@pytest.mark.parametrize("void_signed", [False, True])
def test_a_judge_who_is_back_gets_the_works_again_with_their_marks(
    context: Flask, now: datetime, rule: int | str, void_signed: bool
) -> None:
    stage = make_stage(context, now, rounds__0__judges_per_entry=rule)
    stage.accepted(3)
    round_, judges = stage.panel()
    stage.open_round(round_)
    signed_by_all(stage, round_)
    scoring.reopen_sheet(first_sheet(judges[2]), reason="Xem lại", actor=stage.actor("judge0"), now=now)
    freed = release(stage, judges[2], void_signed=void_signed)
    assert freed == (3 if void_signed else 1)
    assert assigning.plan_round(round_).changes == 0, "nobody else is left in the panel"
    absences.return_judge(judges[2], actor=stage.actor("secretary"), now=now)
    absences.return_judge(judges[2], actor=stage.actor("secretary"), now=now)
    assert assigning.apply_plan(round_, actor=None, now=now, expected=freed) == freed
    assert assigning.apply_plan(round_, actor=None, now=now) == 0
    assert sorted(states(judges[2])) == sorted(
        [("active", "draft")] * freed + [("active", "signed")] * (3 - freed)
    )
    judge = actors.load_actor(judges[2].account)
    assert scoring.sign_sheets(judges[2], round_, actor=judge, now=now) == freed, "the marks are there still"
    closing.close_round(round_, waive_unsigned=False, actor=stage.actor("judge0"), now=now)
    assert {o.sheet_count for o in db.session.scalars(select(RoundOutcome))} == {3}


def test_a_judge_whose_role_ends_leaves_signed_sheets_and_frees_the_rest(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now, rounds__0__judges_per_entry="panel", rounds__0__min_sheets=2)
    stage.accepted(2)
    round_, judges = stage.panel()
    stage.open_round(round_)
    signed_by_all(stage, round_)
    chair = stage.actor("judge0")
    scoring.reopen_sheet(first_sheet(judges[2]), reason="Xem lại", actor=chair, now=now)
    with pytest.raises(UserError):
        absences.end_role(judges[2], reason=" ", actor=stage.actor("organizer"), now=now)
    assert absences.end_role(judges[2], reason="Thay người", actor=stage.actor("organizer"), now=now) == 1
    assert sorted(states(judges[2])) == [("active", "signed"), ("released", "void")]
    found = closing.preview_closing(round_)
    assert found.unsigned == [] and found.may_close, "nobody without a name is waited for"
    assert sorted(len(t.sheets) for t in found.board.tallies()) == [2, 3]
    assert assigning.plan_round(round_).changes == 0
    released = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "judge:released")).one()
    assert released.reason == "Thay người" and released.after["released"] == 1


def test_nothing_is_assigned_any_more_once_the_round_is_closed(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    stage.accepted(2)
    round_, _ = stage.panel()
    stage.open_round(round_)
    signed_by_all(stage, round_)
    closing.close_round(round_, waive_unsigned=False, actor=stage.actor("judge0"), now=now)
    with pytest.raises(InvalidTransition):
        assigning.apply_plan(round_, actor=None, now=now)


def test_an_ill_judges_signed_sheets_stay_and_the_rest_goes_to_others(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    stage.accepted(4)
    round_, judges = stage.panel(judges=4)
    stage.open_round(round_)
    held = len(scoring.list_own_sheets(judges[3], judging.rules_in(round_)))
    freed = absences.release_judge(
        judges[3], reason="Ốm", void_signed=False, actor=stage.actor("secretary"), now=now
    )
    assert freed == held
    assert assigning.apply_plan(round_, actor=None, now=now) == held
    assert all(
        j != judges[3].id
        for js in assigning.plan_round(round_).panels[0].proposal.judges.values()
        for j in js
    )
