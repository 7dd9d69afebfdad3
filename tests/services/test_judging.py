"""Judging: who may score what, sheets never overwritten, signatures, paper, judges who fall ill, closing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from contest.clock import end_of_day
from contest.domain.errors import NotAllowed, StaleVersion, UserError
from contest.domain.scoring import Criterion, check_mark, read_mark
from contest.models import (
    Assignment,
    AuditEvent,
    Mark,
    OutboxMail,
    RoundOutcome,
    Scoresheet,
    SheetSnapshot,
    db,
)
from contest.services import work
from contest.services.accounts import actors
from contest.services.judging import assigning, blind, conflicts, paper, scoring, signatures, watching
from contest.services.judging import reading as judging
from contest.services.results import closing
from contest.services.screening import findings
from tests.cast import Stage, make_stage


def first_of(stage: Stage, judge) -> Assignment:
    row = db.session.scalars(
        select(Assignment).where(Assignment.judge_id == judge.id).order_by(Assignment.position)
    ).first()
    found = scoring.get_assignment(row.public_id)
    assert found is not None
    return found


def full(stage: Stage, assignment: Assignment) -> dict[str, str]:
    return {c.key: "10" for c in judging.rules_in(assignment.round).criteria}


def save(stage: Stage, assignment: Assignment, typed: dict[str, str], version: int = 0, **more):
    return scoring.save_sheet(
        assignment,
        typed=typed,
        base_version=version,
        actor=actors.load_actor(assignment.judge.account),
        now=stage.now,
        **more,
    )


@pytest.fixture
def judged(context: Flask, now: datetime):
    stage = make_stage(context, now)
    entries = stage.accepted(4)
    round_, judges = stage.panel()
    stage.open_round(round_)
    return stage, entries, round_, judges


def test_the_proposal_gives_every_work_its_judges_and_evens_the_load(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    stage.accepted(7)
    round_, judges = stage.panel(judges=4)
    plan = assigning.plan_round(round_)
    loads = [plan.panels[0].proposal.load(j.id) for j in judges]
    assert sum(loads) == 21 and max(loads) - min(loads) <= 1
    assert assigning.apply_plan(round_, actor=None, now=now, expected=21) == 21
    assert assigning.apply_plan(round_, actor=None, now=now) == 0
    with pytest.raises(UserError):
        assigning.apply_plan(round_, actor=None, now=now, expected=21)


def test_own_agency_own_unit_and_co_authors_stay_apart(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entries = stage.accepted(3)
    round_, judges = stage.panel(judges=4)
    judges[0].account.person.agency_name = "báo quảng ngãi"
    judges[1].unit_name = "Hội Nhà báo tỉnh"
    entries[0].submitted_version.unit_name = "Hội Nhà báo tỉnh"
    entries[1].submitted_version.authors[0].person_id = judges[2].account.person_id
    db.session.flush()
    found = conflicts.find_conflicts(round_, judges, entries)
    assert {(f.judge_id, f.entry_id, f.kind.value) for f in found} == {
        *((judges[0].id, e.id, "agency") for e in entries),
        (judges[1].id, entries[0].id, "unit"),
        (judges[2].id, entries[1].id, "author"),
    }
    chosen = assigning.plan_round(round_).panels[0].proposal.judges
    assert all((f.judge_id not in chosen[f.entry_id]) for f in found)


def test_a_mark_is_kept_exactly_and_the_log_never_says_it(judged) -> None:
    stage, _, _, judges = judged
    assignment = first_of(stage, judges[0])
    save(stage, assignment, {"discovery": "8,5", "relevance": ""})
    assert scoring.marks_of(assignment.scoresheet) == {"discovery": Decimal("8.5")}
    assert db.session.scalars(select(Mark)).one().thousandths == 8500
    events = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "scoresheet:saved").order_by(AuditEvent.id)
    ).all()
    assert [e.after for e in events] == [{"changed": "discovery"}]
    assert "8" not in str(events[0].after) and "8500" not in str(events[0].before)


@pytest.mark.parametrize("typed", ["31", "-1", "NaN", "1e3", "tám", "8,53", "Infinity", "8..5", "9" * 40])
def test_marks_out_of_range_or_step_are_refused_and_nothing_is_kept(judged, typed: str) -> None:
    stage, _, _, judges = judged
    assignment = first_of(stage, judges[0])
    with pytest.raises(UserError) as refused:
        save(stage, assignment, {"discovery": typed})
    assert refused.value.field == "discovery"
    assert db.session.scalar(select(Mark.id)) is None


def test_a_strange_criterion_is_refused(judged) -> None:
    stage, _, _, judges = judged
    with pytest.raises(UserError):
        save(stage, first_of(stage, judges[0]), {"score_total": "99"})


def test_the_database_itself_refuses_a_mark_beyond_its_ceiling(judged) -> None:
    stage, _, _, judges = judged
    save(stage, first_of(stage, judges[0]), {"discovery": "8"})
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE marks SET thousandths = 30001"))
    db.session.rollback()


@given(st.text(max_size=12))
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_in_range_and_on_a_step_or_refused(typed: str) -> None:
    criterion = Criterion("c", "Tiêu chí", Decimal(30), step=Decimal("0.5"))
    try:
        mark = read_mark(typed, criterion)
    except UserError:
        return
    check_mark(mark, criterion)
    assert 0 <= mark <= 30 and mark % Decimal("0.5") == 0


def test_a_second_tab_is_told_and_nothing_is_overwritten(judged) -> None:
    stage, _, _, judges = judged
    assignment = first_of(stage, judges[0])
    save(stage, assignment, {"discovery": "20"})
    with pytest.raises(StaleVersion):
        save(stage, assignment, {"discovery": "10"}, version=0)
    assert scoring.marks_of(assignment.scoresheet)["discovery"] == 20
    save(stage, assignment, {"discovery": "20"}, version=0)
    assert assignment.scoresheet.version == 1, "equal content stores nothing"


def test_later_comes_back_after_the_rest(judged) -> None:
    stage, _, round_, judges = judged
    rules = judging.rules_in(round_)
    sheets = scoring.list_own_sheets(judges[0], rules)
    first = scoring.next_unscored(sheets)
    scoring.put_off(scoring.get_assignment(first.public_id), now=stage.now)
    sheets = scoring.list_own_sheets(judges[0], rules)
    assert sheets[-1].code == first.code
    assert scoring.next_unscored(sheets).code != first.code


def test_signing_needs_every_work_and_locks_the_sheets(judged) -> None:
    stage, _, round_, judges = judged
    actor = actors.load_actor(judges[0].account)
    with pytest.raises(UserError, match="chưa chấm đủ"):
        signatures.sign_sheets(judges[0], round_, actor=actor, now=stage.now)
    for own in scoring.list_own_sheets(judges[0], judging.rules_in(round_)):
        save(stage, scoring.get_assignment(own.public_id), full(stage, scoring.get_assignment(own.public_id)))
    assert signatures.sign_sheets(judges[0], round_, actor=actor, now=stage.now) == 4
    assert signatures.sign_sheets(judges[0], round_, actor=actor, now=stage.now) == 0
    with pytest.raises(NotAllowed):
        save(stage, first_of(stage, judges[0]), {"discovery": "1"}, version=1)


def test_reopening_keeps_the_signed_numbers_and_needs_a_reason(judged) -> None:
    stage, _, round_, judges = judged
    for own in scoring.list_own_sheets(judges[0], judging.rules_in(round_)):
        save(stage, scoring.get_assignment(own.public_id), full(stage, scoring.get_assignment(own.public_id)))
    chair = actors.load_actor(judges[0].account)
    signatures.sign_sheets(judges[0], round_, actor=chair, now=stage.now)
    assignment, organizer = first_of(stage, judges[0]), stage.actor("organizer")
    with pytest.raises(UserError):
        signatures.reopen_sheet(assignment.scoresheet, reason=" ", actor=organizer, now=stage.now)
    signatures.reopen_sheet(assignment.scoresheet, reason="Bấm nhầm", actor=organizer, now=stage.now)
    save(stage, assignment, {"discovery": "25"}, version=assignment.scoresheet.version)
    kept = db.session.scalars(
        select(SheetSnapshot).where(SheetSnapshot.scoresheet_id == assignment.scoresheet.id)
    ).one()
    assert kept.marks["discovery"] == 10_000 and kept.reopen_reason == "Bấm nhầm"


def test_stepping_back_takes_the_work_away_at_once(judged) -> None:
    stage, _, round_, judges = judged
    assignment = first_of(stage, judges[0])
    conflicts.declare_conflict(
        assignment, reason="Người thân", actor=actors.load_actor(judges[0].account), now=stage.now
    )
    assert len(scoring.list_own_sheets(judges[0], judging.rules_in(round_))) == 3
    plan = assigning.plan_round(round_)
    assert judges[0].id not in plan.panels[0].proposal.judges[assignment.entry_id]


def test_paper_counts_only_after_a_second_person(judged) -> None:
    stage, _, _, judges = judged
    assignment = first_of(stage, judges[1])
    secretary, organizer = stage.actor("secretary"), stage.actor("organizer")
    with pytest.raises(UserError, match="còn thiếu"):
        paper.enter_paper(
            assignment, typed={"discovery": "20"}, base_version=0, scan=None, actor=secretary, now=stage.now
        )
    paper.enter_paper(
        assignment, typed=full(stage, assignment), base_version=0, scan=None, actor=secretary, now=stage.now
    )
    assert assignment.scoresheet.state == "draft"
    with pytest.raises(NotAllowed):
        paper.confirm_paper(assignment, base_version=1, actor=secretary, now=stage.now)
    paper.confirm_paper(assignment, base_version=1, actor=organizer, now=stage.now)
    assert (assignment.scoresheet.state, assignment.scoresheet.source) == ("signed", "paper")


def test_a_blind_round_waits_for_files_to_be_looked_through_and_loads_no_name(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now, rounds__0__blind=True)
    entries = stage.accepted(2)
    round_, judges = stage.panel()
    assert {e.id for e in assigning.plan_round(round_).uncleared} == {e.id for e in entries}
    stage.make_copies()
    for entry in entries:
        file = entry.submitted_version.files[0].file
        findings.clear_file(
            entry, file.public_id, covers=[], is_cleared=True, actor=stage.actor("secretary"), now=now
        )
    stage.open_round(round_)
    seen = repr(blind.see_entry(first_of(stage, judges[0])))
    for needle in ("Người Viết", "Báo Quảng Ngãi", "trang 1", "writer"):
        assert needle not in seen


def test_closing_waits_for_sheets_and_decisions_and_can_be_undone_with_a_reason(judged) -> None:
    stage, entries, round_, judges = judged
    chair = actors.load_actor(judges[0].account)
    with pytest.raises(UserError, match="chưa đủ số phiếu"):
        closing.close_round(round_, waive_unsigned=True, actor=chair, now=stage.now)
    totals = {e.id: ["90", "80", "85"] for e in entries}
    totals[entries[0].id] = ["95", "90", "40"]
    stage.judge_all(round_, totals)
    with pytest.raises(UserError, match="lệch điểm"):
        closing.close_round(round_, waive_unsigned=False, actor=chair, now=stage.now)
    watching.decide_divergence(round_, entries[0], decision="Giữ trung bình", actor=chair, now=stage.now)
    closing.close_round(round_, waive_unsigned=False, actor=chair, now=stage.now)
    kept = {o.entry_id: o for o in db.session.scalars(select(RoundOutcome))}
    assert kept[entries[0].id].total_thousandths == 75_000 and kept[entries[0].id].divergent
    assert kept[entries[1].id].total_thousandths == 85_000 and kept[entries[1].id].tied
    with pytest.raises(NotAllowed):
        stage.score(first_of(stage, judges[0]), "50", version=1)
    closing.reopen_round(round_, reason="Thiếu một phiếu", actor=chair, now=stage.now)
    assert db.session.scalar(select(RoundOutcome.id)) is None


def test_a_work_with_no_sheet_left_to_count_is_asked_about_and_then_gets_no_place(
    context: Flask, now: datetime
) -> None:
    rule = {"method": "outlier_filtered", "threshold": 2}
    stage = make_stage(context, now, rounds__0__aggregation=rule, rounds__0__min_sheets=2)
    apart, alike = stage.accepted(2)
    round_, _ = stage.panel(judges=2)
    stage.open_round(round_)
    stage.judge_all(round_, {apart.id: ["60", "90"], alike.id: ["80", "81"]})
    chair = stage.actor("judge0")
    with pytest.raises(UserError, match="chưa có quyết định"):
        closing.close_round(round_, waive_unsigned=False, actor=chair, now=now)
    watching.decide_divergence(round_, apart, decision="Không đủ cơ sở xếp hạng", actor=chair, now=now)
    closing.close_round(round_, waive_unsigned=False, actor=chair, now=now)
    kept = {o.entry_id: o for o in db.session.scalars(select(RoundOutcome))}
    assert kept[apart.id].place is None and kept[apart.id].total_thousandths is None
    assert kept[alike.id].place == 1


def test_reminders_leave_at_most_once_a_day(judged) -> None:
    stage, _, round_, _ = judged
    assert watching.remind_judges(round_, actor=stage.actor("secretary"), now=stage.now) == 3
    assert watching.remind_judges(round_, actor=stage.actor("secretary"), now=stage.now) == 0


def test_unsigned_sheets_count_for_nothing(judged) -> None:
    stage, entries, round_, judges = judged
    save(stage, first_of(stage, judges[0]), full(stage, first_of(stage, judges[0])))
    assert db.session.scalar(select(Scoresheet.id)) is not None
    assert all(not t.sheets for t in closing.preview_closing(round_).board.tallies())


def test_judges_behind_are_reminded_by_themselves_in_the_last_days_only(judged) -> None:
    stage, _, round_, judges = judged
    day = timedelta(days=1)
    round_.opened_at, round_.due_at = stage.now - 20 * day, stage.now + 10 * day
    db.session.commit()
    for own in scoring.list_own_sheets(judges[0], judging.rules_in(round_)):
        save(stage, scoring.get_assignment(own.public_id), full(stage, scoring.get_assignment(own.public_id)))
    assert watching.remind_the_slow(now=stage.now) == 0, "the end is far"
    near = stage.now + 8 * day
    assert watching.remind_the_slow(now=near) == 2, "who has scored all is not behind"
    assert watching.remind_the_slow(now=near) == 0, "once a day"
    assert watching.remind_the_slow(now=near + day) == 3, "on the last day also who has not signed"
    assert watching.remind_the_slow(now=stage.now + 11 * day) == 0, "after the end nobody is pressed"
    assert len(list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "round:reminded")))) == 2


def test_a_reminder_names_the_last_day_not_the_instant_after_it(judged) -> None:
    stage, _, round_, _ = judged
    round_.due_at = end_of_day(date(2027, 1, 15))
    db.session.commit()
    watching.remind_judges(round_, actor=stage.actor("secretary"), now=stage.now)
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.event == "judging_reminder")).first()
    assert "hết ngày 15/01/2027" in mail.body


def test_the_chair_sees_what_lies_apart_first_and_who_is_missing(judged) -> None:
    stage, entries, round_, judges = judged
    totals = {e.id: ["90", "80", "85"] for e in entries} | {entries[2].id: ["95", "90", "40"]}
    stage.judge_all(round_, totals)
    late = next(
        a
        for a in judging.list_assignments(round_.id)
        if a.entry_id == entries[0].id and a.judge_id == judges[1].id
    )
    signatures.reopen_sheet(
        late.scoresheet, reason="Bấm nhầm", actor=actors.load_actor(judges[0].account), now=stage.now
    )
    found = closing.preview_closing(round_)
    spreads = watching.list_spreads(found.board.tallies(), found.unsigned)
    assert spreads[0].tally.entry == str(entries[2].id) and spreads[0].spread == 55
    assert [s.missing for s in spreads if s.tally.entry == str(entries[0].id)] == [[judges[1].id]]
    seen_by_chair = watching.list_spreads(found.board.tallies(), found.unsigned, own={judges[1].id})
    assert [s.is_unseen for s in seen_by_chair] == [False, False, False, True], "not before the own signature"


def test_a_work_counts_as_scored_when_every_criterion_has_its_mark_and_it_is_still_in(judged) -> None:
    stage, entries, round_, judges = judged
    judge, actor = judges[1], stage.actor("judge1")

    def shown() -> tuple[tuple[int, int], tuple[int, int], bool]:
        row = next(p for p in watching.progress(round_, now=stage.now) if p.judge.id == judge.id)
        card = work.waiting_for(actor, now=stage.now).judging[0]
        return (row.scored, row.total), (card.scored, card.total), row.is_late

    day = timedelta(days=1)
    round_.opened_at, round_.due_at = stage.now - 9 * day, stage.now + day
    for own in scoring.list_own_sheets(judge, judging.rules_in(round_)):
        save(stage, scoring.get_assignment(own.public_id), {"discovery": "20"})
    assert shown() == ((0, 4), (0, 4), True), "one mark in each is not scored"
    near = stage.now + timedelta(hours=1)
    assert watching.remind_the_slow(now=near) == 3
    mail = db.session.scalars(
        select(OutboxMail).where(OutboxMail.event == "judging_reminder").order_by(OutboxMail.id)
    ).all()[1]
    assert "4 tác phẩm" in mail.body
    for own in scoring.list_own_sheets(judge, judging.rules_in(round_))[:3]:
        found = scoring.get_assignment(own.public_id)
        save(stage, found, full(stage, found), version=1)
    assert shown() == ((3, 4), (3, 4), False)
    left = next(s for s in scoring.list_own_sheets(judge, judging.rules_in(round_)) if s.total is None)
    next(e for e in entries if e.id == left.entry_id).state = "withdrawn"
    db.session.commit()
    assert shown() == ((3, 3), (3, 3), False), "what has left is not waited for"
