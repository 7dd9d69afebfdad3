"""What the receipt says, on the page, in the mail and as PDF: true on the day it is read."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from contest.clock import local
from contest.domain.vietnamese import format_datetime
from contest.models import Entry, OutboxMail, SupplementRequest, db
from contest.services.entries import drafting, files, reading, receipts
from contest.services.screening import deciding
from contest.services.screening import reading as screening
from contest.storage.checking import check_file
from tests.cast import Stage, make_stage


def pdf_words(body: bytes, folder: Path) -> str:
    """The text of a PDF on one line, as a reader sees it."""
    path = folder / "paper.pdf"
    path.write_bytes(body)
    return " ".join((check_file(path, name="paper.pdf", allowed=("pdf",)).text or "").split())


def receipt_words(entry: Entry, folder: Path) -> str:
    return pdf_words(receipts.receipt_pdf(entry, reading.load_version(entry.submitted_version_id)), folder)


def last_receipt_mail() -> OutboxMail:
    query = select(OutboxMail).where(OutboxMail.event == "receipt").order_by(OutboxMail.id.desc())
    return db.session.scalars(query).first()


def asked(entry: Entry) -> SupplementRequest:
    return db.session.scalars(
        select(SupplementRequest).where(SupplementRequest.answered_at.is_(None))
    ).one()  # fmt: skip


def test_what_is_missing_and_its_date_stand_in_the_mail_and_in_the_pdf_until_it_has_come(
    context: Flask, now: datetime, tmp_path: Path
) -> None:
    stage = make_stage(context, now)
    entry = stage.submit(stage.draft())
    due = format_datetime(local(asked(entry).due_at))
    mail = last_receipt_mail()
    assert "còn thiếu tệp" in mail.subject
    for words in (mail.body, receipt_words(entry, tmp_path)):
        assert "Trang báo đã đăng: Cần ít nhất 1 tệp" in words and due in words
    stage.add_page(entry)
    stage.submit(entry)
    assert "thiếu" not in last_receipt_mail().subject + last_receipt_mail().body
    assert "Cần bổ sung" not in receipt_words(entry, tmp_path)


def take_page_out(stage: Stage, entry: Entry) -> Entry:
    page = reading.current_version(entry).files[0].file.public_id
    files.remove_file(entry, page, actor=stage.actor("author"), now=stage.now)
    return stage.submit(entry)


def test_a_whole_work_handed_in_anew_without_its_file_waits_for_it_after_the_deadline_too(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now, windows__supplement_days=15)
    after_deadline = now + timedelta(days=12)
    entry = take_page_out(stage, stage.entry())
    assert entry.state == "needs_supplement"
    assert [s.entry.id for s in screening.queue(stage.contest, now=now).asked] == [entry.id]
    assert drafting.may_edit(entry, now=after_deadline)
    version = reading.current_version(entry)
    assert receipts.missing_at(entry, version) is asked(entry)


def test_a_valid_work_handed_in_anew_without_its_file_waits_for_it(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    deciding.accept_entry(entry, actor=stage.actor("secretary"), now=now)
    assert take_page_out(stage, entry).state == "needs_supplement"
