"""The desk: what it counts, how little it asks the database, and which mails are worth a worry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest.clock import end_of_day, utcnow
from contest.models import Assignment, OutboxMail, db
from contest.models.database import writing
from contest.services import desk, outbox
from contest.services.accounts import actors
from contest.services.contests import creating
from contest.services.contests.reading import rulebook_of
from contest.services.entries import submitting
from contest.services.judging import assigning, conflicts, paper, scoring
from contest.services.judging import reading as judging
from contest.services.results import shortlisting
from contest.services.screening import deciding
from tests.browsing import Statements, send
from tests.cast import PASSWORD, Stage, make_stage
from tests.finals import run_round

STATEMENTS_OF_THE_DESK = 12


def lines(stage: Stage, **changes) -> dict[str, int]:
    found = desk.build(stage.contest, **({"sends_mail": True, "now": stage.now} | changes))
    return {line.words: line.count for _, _, group in found.outlook.waiting for line in group}


@pytest.mark.parametrize("moment", ["judged", "closed", "listed"])
def test_the_desk_is_read_with_few_statements_at_every_moment_of_judging(app: Flask, moment: str) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        ids = [e.id for e in stage.accepted(3)]
        if moment == "judged":
            round_, _ = stage.panel()
            stage.open_round(round_)
        else:
            run_round(stage, 0, dict(zip(ids, ["90", "80", "75"], strict=True)))
        if moment == "listed":
            shortlisting.apply_shortlist(judging.list_rounds(stage.contest.id)[0], actor=None, now=stage.now)
    client = app.test_client()
    assert (
        send(client, "/accounts/login", email="organizer@kheo.example", password=PASSWORD).status_code == 303
    )
    with Statements(app) as seen:
        assert client.get("/contests/thu/desk").status_code == 200
    assert len(seen) <= STATEMENTS_OF_THE_DESK, seen


def test_a_mail_is_a_worry_only_when_it_failed_or_is_late_and_mail_is_sent_at_all(
    context: Flask, now
) -> None:
    stage = make_stage(context, now)
    for mail in db.session.scalars(select(OutboxMail)):
        mail.sent_at = now
    outbox.queue_mail(
        "judging_reminder", to="a@kheo.example", now=now, contest_id=stage.contest.id, contest_name="T", round_name="S",
        left=1, unsigned=1, due="",
    )  # fmt: skip
    db.session.commit()
    assert lines(stage)["thư gửi chưa được"] == 0
    assert lines(stage, now=now + timedelta(hours=1))["thư gửi chưa được"] == 1
    db.session.scalars(select(OutboxMail).where(OutboxMail.sent_at.is_(None))).one().error = "refused"
    db.session.commit()
    assert lines(stage)["thư gửi chưa được"] == 1
    assert "thư gửi chưa được" not in lines(stage, sends_mail=False)


def test_what_came_from_where_counts_submitted_works_only(context: Flask, now) -> None:
    stage = make_stage(context, now)
    stage.entry()
    stage.draft("stranger", title="Nháp")
    found = desk.build(stage.contest, sends_mail=False, now=now)
    assert found.total == 1 and found.agencies == [("Báo Quảng Ngãi", 1)]
    assert lines(stage)["hồ sơ chờ sơ loại"] == 1 and lines(stage)["bản nháp chưa nộp"] == 1
    assert sum(d.count for d in found.days) == 1 and found.days[-1].count == 1


@pytest.mark.parametrize(("totals", "waits"), [(["95", "90", "40"], 1), (["85", "84", "83"], 0)])
def test_a_diverging_work_waits_for_the_chair(context: Flask, now, totals: list[str], waits: int) -> None:
    stage = make_stage(context, now)
    entry = stage.accepted(1)[0]
    round_, _ = stage.panel()
    stage.open_round(round_)
    stage.judge_all(round_, {entry.id: totals})
    assert lines(stage)["tác phẩm lệch điểm"] == waits and lines(stage)["phiếu chưa ký"] == 0


def test_between_two_rounds_equals_at_the_cut_come_first_then_the_list_then_the_panels(
    context: Flask, now
) -> None:
    stage = make_stage(context, now, rounds__0__shortlist={"per_category": 2, "floor": 50})
    ids = [e.id for e in stage.accepted(4)]
    run_round(stage, 0, dict(zip(ids, ["95", "90", "90", "80"], strict=True)))
    first, later = judging.list_rounds(stage.contest.id)[:2]
    place, listed = f"shortlist:{first.id}", f"danh sách vào {later.name} chưa lập"

    def next_action() -> tuple[str, str] | None:
        return desk.build(stage.contest, sends_mail=False, now=now).outlook.action

    assert lines(stage)["chỗ bằng điểm"] == 1 and lines(stage)[listed] == 1
    assert next_action() == ("Quyết định 1 chỗ bằng điểm", place)
    organizer = stage.actor("organizer")
    shortlisting.decide_cut(
        first, category_key="print", entry_ids=[ids[1]], reason="Bàn tại họp", actor=organizer, now=now
    )
    assert lines(stage)["chỗ bằng điểm"] == 0 and next_action() == (f"Lập danh sách vào {later.name}", place)
    shortlisting.apply_shortlist(first, actor=organizer, now=now)
    assert listed not in lines(stage) and next_action() == ("Phân công chấm", "rounds")


def test_who_stepped_back_waits_for_the_secretary_until_somebody_else_has_the_work(
    context: Flask, now
) -> None:
    words = "tác phẩm thiếu giám khảo do xin không chấm"
    stage = make_stage(context, now)
    stage.accepted(2)
    round_, judges = stage.panel(judges=4)
    stage.open_round(round_)
    mine = (
        select(Assignment.public_id).where(Assignment.judge_id == judges[1].id).order_by(Assignment.position)
    )
    found = scoring.get_assignment(db.session.scalars(mine).first())
    assert lines(stage)[words] == 0
    conflicts.declare_conflict(
        found, reason="Người thân", actor=actors.load_actor(judges[1].account), now=now
    )
    groups = {title: [line.words for line in group] for title, _, group in _desk(stage).outlook.waiting}
    assert lines(stage)[words] == 1 and words in groups["Chờ Tổ Thư ký"]
    assigning.apply_plan(round_, actor=None, now=now)
    assert lines(stage)[words] == 0


def test_paper_waits_for_the_second_person_and_drafts_lead_nowhere(context: Flask, now) -> None:
    stage = make_stage(context, now)
    stage.accepted(1)
    round_, judges = stage.panel()
    stage.open_round(round_)
    row = db.session.scalars(select(Assignment).where(Assignment.judge_id == judges[2].id)).one()
    found = scoring.get_assignment(row.public_id)
    typed = {c.key: "10" for c in judging.rules_in(round_).criteria}
    assert lines(stage)["phiếu giấy chờ đối chiếu"] == 0
    paper.enter_paper(found, typed=typed, base_version=0, scan=None, actor=stage.actor("secretary"), now=now)
    assert lines(stage)["phiếu giấy chờ đối chiếu"] == 1
    paper.confirm_paper(found, base_version=1, actor=stage.actor("organizer"), now=now)
    assert lines(stage)["phiếu giấy chờ đối chiếu"] == 0
    places = {line.words: line.place for _, _, group in _desk(stage).outlook.waiting for line in group}
    assert places["phiếu giấy chờ đối chiếu"] == "paper" and places["bản nháp chưa nộp"] == ""


def _desk(stage: Stage) -> desk.Desk:
    return desk.build(stage.contest, sends_mail=False, now=stage.now)


def test_what_came_is_counted_by_media_type_and_by_field_most_first(context: Flask, now) -> None:
    stage = make_stage(context, now)
    stage.entry()
    stage.entry("coauthor", title="Lúa mới", field="Văn hóa - xã hội")
    online = stage.entry("stranger", title="Trên mạng", media_type="online", field="Văn hóa - xã hội")
    withdrawn = stage.entry(title="Đã rút", media_type="online")
    submitting.withdraw_entry(withdrawn, actor=stage.actor("author"), now=now, reason="Gửi nhầm")
    found = desk.build(stage.contest, sends_mail=False, now=now)
    assert found.media == [("Báo in", 2), ("Báo điện tử", 1)]
    assert found.fields == [("Văn hóa - xã hội", 2), ("Kinh tế", 1)]
    deciding.accept_entry(online, actor=stage.actor("secretary"), now=now)
    assert desk.build(stage.contest, sends_mail=False, now=now).media == found.media


def test_the_year_before_stands_on_the_days_equally_far_from_its_own_deadline(context: Flask, now) -> None:
    stage = make_stage(context, now)  # ten days before the deadline
    stage.entry()
    stage.entry("coauthor", title="Lúa mới")
    account = stage.people["organizer"]
    later = creating.copy_contest(stage.contest, actor=stage.actor("organizer"), now=now, organizer=account)
    last = rulebook_of(later).windows.submitted.to
    at_the_end = end_of_day(last) - timedelta(hours=1)
    assert desk.build(later, sends_mail=False, now=at_the_end).last_year == [], "not judged yet"
    stage.contest.state = "published"
    found = desk.build(later, sends_mail=False, now=at_the_end)
    expected = [2 if d.day == last - timedelta(days=10) else 0 for d in found.days]
    assert found.last_year == expected and sum(expected) == found.last_year_total == 2
    assert (found.total, found.days[-1].day) == (0, last)


def test_the_last_day_is_the_busiest_only_when_no_day_before_had_as_many(context: Flask, now) -> None:
    found = _desk(make_stage(context, now))
    assert found.last_day is None, "nothing has come yet"
    day = found.deadline
    for counts, said in (((1, 2), True), ((2, 2), False), ((3, 2), False), ((2,), True)):
        days = [desk.Day(day + timedelta(days=i), count) for i, count in enumerate(counts)]
        assert (replace(found, days=days).last_day == days[-1]) is said, counts


def test_a_question_is_overdue_once_its_last_day_is_over_and_not_when_asked_again(
    context: Flask, now
) -> None:
    stage = make_stage(context, now)
    entry, due = stage.entry(), now + timedelta(days=2)
    ask = {"question": "Gửi trang 2", "actor": stage.actor("secretary")}
    deciding.return_entry(entry, due_at=due, now=now, **ask)
    words = "câu hỏi quá hạn trả lời"
    assert lines(stage, now=due - timedelta(seconds=1))[words] == 0
    assert lines(stage, now=due)[words] == 1
    assert lines(stage, now=due)["hồ sơ chờ bổ sung"] == 1
    deciding.return_entry(entry, due_at=due + timedelta(days=2), now=due, **ask)
    assert lines(stage, now=due)[words] == 0
