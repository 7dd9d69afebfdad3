"""A paper dossier that came too late: the secretary records it as such, screening decides, the minutes tell."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest.clock import end_of_day
from contest.domain.errors import UserError
from contest.domain.verdicts import Outcome
from contest.domain.vietnamese import format_date
from contest.models import AuditEvent, Entry, OutboxMail, db
from contest.services.contests import extending
from contest.services.contests.reading import rulebook_of
from contest.services.entries import arriving, drafting, reading, receipts, receiving, submitting
from contest.services.entries.authors import AuthorInput
from contest.services.screening import deciding, findings
from contest.services.screening import reading as screening
from tests.cast import Stage, make_stage


def last_day(stage: Stage) -> date:
    return rulebook_of(stage.contest).windows.submitted.to


def late_paper(stage: Stage, who: str = "secretary", days: int = 5) -> Entry:
    """A dossier that came so many days after the deadline, as far as its cover says: the work and its author."""
    stage.now = end_of_day(last_day(stage) + timedelta(days=20))
    came = last_day(stage) + timedelta(days=days)
    entry = receiving.receive_dossier(
        stage.contest, received_on=came, postmarked_on=None, actor=stage.actor(who), now=stage.now, key=f"late {days}"
    )  # fmt: skip
    writer = AuthorInput("Nguyễn Đến Muộn", email="muon@kheo.example", is_contact=True)
    version = reading.current_version(entry)
    cover = drafting.DraftInput(
        title="Chuyện bản xa", media_type="print", genre="phóng sự", field="Kinh tế", authors=[writer]
    )
    numbers = {"base_number": version.number, "base_revision": version.revision}
    drafting.save_draft(entry, cover, actor=stage.actor(who), now=stage.now, **numbers)
    return entry


def hand_in(stage: Stage, entry: Entry, who: str = "secretary", *, takes_late: bool = True) -> Entry:
    at = reading.current_version(entry)
    submitting.submit_entry(
        entry, actor=stage.actor(who), now=stage.now, base_number=at.number, base_revision=at.revision,
        takes_late=takes_late,
    )  # fmt: skip
    return entry


def recorded(stage: Stage) -> Entry:
    return hand_in(stage, late_paper(stage))


def deadline(stage: Stage, entry: Entry):
    [screened] = screening.screen_entries(stage.contest, [entry], now=stage.now)
    return next(v for v in screened.verdicts if v.rule == "submitted")


def test_a_late_dossier_is_recorded_as_late_with_what_its_cover_says(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now, windows__article="Điều 4")
    entry = recorded(stage)
    assert entry.state == "submitted" and entry.receipt_code
    last, came = last_day(stage), format_date(last_day(stage) + timedelta(days=5))
    late = f"nhận ngày {came}: đã quá hạn; hạn nộp đến hết ngày {format_date(last)}, Điều 4"
    assert arriving.late_words(entry, now=stage.now) == late
    found = deadline(stage, entry)
    assert (found.outcome, found.article) == (Outcome.FAILED, "Điều 4")
    assert ("Hạn nộp, đến hết ngày", format_date(last)) in found.evidence
    assert ("Hồ sơ giấy nhận ngày", came) in found.evidence
    [event] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "entry:recorded_late"))
    assert event.after["late"] == late and event.subject_label == entry.receipt_code


def test_the_receipt_says_that_it_came_too_late(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = recorded(stage)
    [mail] = db.session.scalars(select(OutboxMail).where(OutboxMail.event == "receipt"))
    assert "nhận quá hạn" in mail.subject and "Nhận quá hạn: nhận ngày" in mail.body
    assert mail.to_address == "muon@kheo.example" and receipts.LATE in mail.body
    assert receipts.progress(entry, now=stage.now)[0][0] == "Đã ghi nhận, quá hạn"
    assert receipts.terms(entry, is_editable=True, now=stage.now).startswith(receipts.LATE)


def test_what_came_in_time_says_nothing_of_being_late(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    assert arriving.late_words(entry, now=now + timedelta(days=90)) == ""
    [mail] = db.session.scalars(select(OutboxMail).where(OutboxMail.event == "receipt"))
    assert "quá hạn" not in mail.subject + mail.body
    assert [e.action for e in db.session.scalars(select(AuditEvent)) if "late" in e.action] == []


def test_who_the_work_is_by_and_what_it_is_must_be_said(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = late_paper(stage)
    version = reading.current_version(entry)
    numbers = {"base_number": version.number, "base_revision": version.revision}
    nobody = drafting.DraftInput(title="", authors=[])
    drafting.save_draft(entry, nobody, actor=stage.actor("secretary"), now=stage.now, **numbers)
    with pytest.raises(UserError, match="tên tác phẩm.*Chưa có tác giả"):
        hand_in(stage, entry)


def test_clerks_and_authors_stay_bound_by_the_deadline(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    for entry, who in ((late_paper(stage, "clerk"), "clerk"), (late_paper(stage, days=6), "secretary")):
        with pytest.raises(UserError, match="đã quá hạn"):
            hand_in(stage, entry, who, takes_late=False)
        assert entry.state == "draft"


def test_too_early_is_not_too_late(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = late_paper(stage)
    early = rulebook_of(stage.contest).windows.submitted.from_ - timedelta(days=1)
    receiving.correct_days(
        entry, received_on=early, postmarked_on=None, actor=stage.actor("secretary"), now=stage.now
    )
    with pytest.raises(UserError, match="chưa đến thời gian nhận"):
        hand_in(stage, entry)


def test_a_late_dossier_is_suggested_for_rejection_and_stands_in_the_minutes(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now, windows__article="Điều 4")
    entry = recorded(stage)
    [waiting] = screening.queue(stage.contest, now=stage.now).waiting
    assert (waiting.entry, waiting.suggestion) == (entry, "reject")
    deciding.reject_entry(
        entry, reason="Đến quá hạn", article="Điều 4", actor=stage.actor("secretary"), now=stage.now
    )
    rows, _ = screening.list_dossiers(stage.contest.id, screening.DossierFilter(), everything=True)
    assert [e for e, _ in rows] == [entry]
    assert list(arriving.late_among([entry], now=stage.now)) == [entry.id]
    assert screening.last_decisions(stage.contest.id)[entry.id].reason == "Đến quá hạn"


def test_it_is_accepted_only_with_a_reason(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry, secretary = recorded(stage), stage.actor("secretary")
    assert deciding.accept_clean(stage.contest, [entry.submitted_version_id], actor=secretary, now=now) == 0
    with pytest.raises(UserError, match="Nộp đến hết .*đã quá hạn") as refused:
        deciding.accept_entry(entry, note="  ", actor=secretary, now=stage.now)
    assert refused.value.field == "note" and entry.state == "submitted"
    why = "Bão chia cắt đường, Ban Tổ chức đồng ý"
    deciding.accept_entry(entry, note=why, actor=secretary, now=stage.now)
    assert entry.state == "accepted"
    assert screening.why_accepted(screening.last_decisions(stage.contest.id)[entry.id]) == why
    [event] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "entry:accept"))
    assert event.reason == why


def test_a_finding_laid_over_the_rule_is_the_reason_too(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry, secretary = recorded(stage), stage.actor("secretary")
    over = {"rule": "submitted", "outcome": Outcome.PASSED, "note": "Bưu điện xác nhận gửi trong hạn"}
    findings.override_verdict(entry, **over, actor=secretary, now=stage.now)
    deciding.accept_entry(entry, actor=secretary, now=stage.now)
    kept = screening.last_decisions(stage.contest.id)[entry.id]
    assert "Bưu điện xác nhận gửi trong hạn" in screening.why_accepted(kept)
    assert arriving.late_words(entry, now=stage.now), "it came late all the same, and the papers say both"


def test_days_put_right_and_a_later_deadline_make_it_come_in_time(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = recorded(stage)
    last, secretary = last_day(stage), stage.actor("secretary")
    receiving.correct_days(
        entry, received_on=last + timedelta(days=2), postmarked_on=last, actor=secretary, now=stage.now
    )
    assert arriving.late_words(entry, now=stage.now) == ""
    assert deadline(stage, entry).outcome is Outcome.PASSED
    receiving.correct_days(
        entry, received_on=last + timedelta(days=2), postmarked_on=None, actor=secretary, now=stage.now
    )
    assert arriving.late_words(entry, now=stage.now)
    extending.extend_deadline(
        stage.contest, new_day=last + timedelta(days=40), reason="Bão lũ", document_number="", actor=stage.actor("organizer"),
        now=stage.now,
    )  # fmt: skip
    assert arriving.late_words(entry, now=stage.now) == ""
