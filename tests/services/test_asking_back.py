"""Asking the author: editing opens for the answer until a date, and an answer in time is in time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest.clock import local
from contest.domain.errors import UserError
from contest.domain.verdicts import Outcome
from contest.domain.vietnamese import format_datetime, format_last_day
from contest.models import AuditEvent, OutboxMail, db
from contest.services.entries import drafting, receiving, submitting
from contest.services.screening import deciding
from contest.services.screening import reading as screening
from tests.cast import make_stage


def test_returning_opens_the_entry_for_its_author_until_the_date(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    deciding.return_entry(
        entry,
        question="Gửi giấy xác nhận",
        due_at=now + timedelta(days=30),
        actor=stage.actor("secretary"),
        now=now,
    )
    after_deadline = now + timedelta(days=20)
    assert drafting.may_edit(entry, now=after_deadline)
    assert not drafting.may_edit(entry, now=now + timedelta(days=30))
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.event == "supplement_asked")).one()
    assert "Gửi giấy xác nhận" in mail.body
    stage.submit(entry, at=after_deadline)
    assert entry.state == "submitted"


def test_an_answer_in_time_counts_as_the_first_submission_even_after_the_deadline(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    stage.add_page(entry, slot="agency_confirmation")
    stage.submit(entry, at=now + timedelta(minutes=5))
    after_deadline = now + timedelta(days=20)
    deciding.return_entry(
        entry,
        question="Gửi bản rõ hơn",
        due_at=now + timedelta(days=30),
        actor=stage.actor("secretary"),
        now=now + timedelta(hours=1),
    )
    version = drafting.editable_version(entry, now=after_deadline)
    asked = submitting.review(entry, version, now=after_deadline)
    assert next(v for v in asked.verdicts if v.rule == "submitted").outcome is Outcome.PASSED
    stage.submit(entry, at=after_deadline)
    found = stage.verdict(entry, "submitted")
    assert (found.outcome, found.finding) == (Outcome.PASSED, format_datetime(local(now)))


def test_a_question_is_asked_again_with_a_later_date_even_when_it_is_overdue(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()

    def ask(question: str, due: datetime, at: datetime):
        return deciding.return_entry(
            entry, question=question, due_at=due, actor=stage.actor("secretary"), now=at
        )

    first = ask("Gửi giấy xác nhận", now + timedelta(days=3), now)
    overdue = now + timedelta(days=20)
    assert not drafting.may_edit(entry, now=overdue)
    later = now + timedelta(days=30)
    for _ in range(2):
        ask("Gửi giấy xác nhận, bản có dấu", later, overdue)
    assert drafting.may_edit(entry, now=overdue) and entry.state == "needs_supplement"
    assert (first.answered_at, first.answer) == (overdue, "Tổ Thư ký hỏi lại")
    found = screening.dossier(entry, now=overdue)
    assert [r.question for r in found.requests] == ["Gửi giấy xác nhận, bản có dấu", "Gửi giấy xác nhận"]
    assert found.waiting.due_at == later
    mails = db.session.scalars(
        select(OutboxMail.body).where(OutboxMail.event == "supplement_asked").order_by(OutboxMail.id)
    ).all()
    assert len(mails) == 2 and format_last_day(local(later)) in mails[1]
    event = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "entry:return").order_by(AuditEvent.id.desc())
    ).first()
    assert event.before["due"] == (now + timedelta(days=3)).isoformat()
    assert (event.after["due"], event.reason) == (later.isoformat(), "Gửi giấy xác nhận, bản có dấu")


def test_after_the_deadline_nothing_is_taken_again_unless_it_was_asked_for(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry = receiving.receive_dossier(
        stage.contest, received_on=None, postmarked_on=None, actor=stage.actor("secretary"), now=now, key="a"
    )
    stage.fill(entry, "secretary")
    stage.add_page(entry, "secretary")
    stage.submit(entry, "secretary")
    late = now + timedelta(days=20)
    drafting.editable_version(entry, now=late)
    with pytest.raises(UserError, match="đã quá hạn"):
        stage.submit(entry, "secretary", at=late)
