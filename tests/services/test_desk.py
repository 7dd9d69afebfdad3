"""The desk: what it counts, how little it asks the database, and which mails are worth a worry."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest.clock import end_of_day, utcnow
from contest.models import OutboxMail, db
from contest.models.database import writing
from contest.services import desk, outbox
from contest.services.contests import creating
from contest.services.contests.reading import rulebook_of
from contest.services.entries import submitting
from contest.services.screening import deciding
from tests.browsing import Statements, send
from tests.cast import PASSWORD, Stage, make_stage

STATEMENTS_OF_THE_DESK = 12


def lines(stage: Stage, **changes) -> dict[str, int]:
    found = desk.build(stage.contest, **({"sends_mail": True, "now": stage.now} | changes))
    return {line.words: line.count for _, _, group in found.waiting for line in group}


def test_the_desk_is_read_with_few_statements_while_a_round_is_judged(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        stage.accepted(3)
        round_, _ = stage.panel()
        stage.open_round(round_)
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
