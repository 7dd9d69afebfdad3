"""What the receipt says, on the page, in the mail and as PDF: true on the day it is read."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from contest.clock import end_of_day, local
from contest.domain.vietnamese import format_date, format_datetime, format_last_day
from contest.models import Entry, OutboxMail, SupplementRequest, db
from contest.services.contests.reading import rulebook_of
from contest.services.entries import drafting, files, reading, receipts, receiving
from contest.services.entries.authors import AuthorInput
from contest.services.screening import deciding
from contest.services.screening import reading as screening
from contest.storage.checking import check_file
from tests.cast import Stage, make_stage


def pdf_words(body: bytes, folder: Path) -> str:
    """The text of a PDF on one line, as a reader sees it."""
    path = folder / "paper.pdf"
    path.write_bytes(body)
    return " ".join((check_file(path, name="paper.pdf", allowed=("pdf",)).text or "").split())


def receipt_words(entry: Entry, folder: Path, now: datetime) -> str:
    version = reading.load_version(entry.submitted_version_id)
    return pdf_words(receipts.receipt_pdf(entry, version, now=now), folder)


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
    due = format_last_day(local(asked(entry).due_at))
    mail = last_receipt_mail()
    assert "còn thiếu tệp" in mail.subject
    for words in (mail.body, receipt_words(entry, tmp_path, now)):
        assert "Trang báo đã đăng: Cần ít nhất 1 tệp" in words and due in words
    stage.add_page(entry)
    stage.submit(entry)
    assert "thiếu" not in last_receipt_mail().subject + last_receipt_mail().body
    assert "Cần bổ sung" not in receipt_words(entry, tmp_path, now)


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


def test_the_receipt_holds_the_work_its_people_its_hashes_and_lines_to_sign_on(
    context: Flask, now: datetime, tmp_path: Path
) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    version = reading.load_version(entry.submitted_version_id)
    words = receipt_words(entry, tmp_path, now)
    last = format_date(rulebook_of(stage.contest).windows.submitted.to)
    for shown in (
        "BIÊN NHẬN", stage.contest.name, entry.receipt_code, "Tiếng chiêng", "Phạm Thị Hà", "Báo Quảng Ngãi",
        format_datetime(local(now)), "bản nộp số 1", "trang 1.png", "NGƯỜI NỘP", "NGƯỜI NHẬN HỒ SƠ",
        f"Sửa, nộp lại hoặc rút được đến hết ngày {last}",
    ):  # fmt: skip
        assert shown in words, shown
    for sha in (version.content_hash, version.files[0].file.sha256):
        assert sha in words.replace(" ", "")
    assert "hết ngày" not in receipt_words(entry, tmp_path, now + timedelta(days=20)), (
        "not after the deadline"
    )


def test_a_dossier_typed_in_for_somebody_promises_no_editing_that_its_author_cannot_do(
    context: Flask, now: datetime, tmp_path: Path
) -> None:
    stage = make_stage(context, now)
    last = rulebook_of(stage.contest).windows.submitted.to
    late = end_of_day(last) + timedelta(days=1)
    actor = stage.actor("secretary")
    entry = receiving.receive_dossier(
        stage.contest, received_on=last, postmarked_on=last, actor=actor, now=late, key="paper"
    )
    mail = "nguoiviet@kheo.example"
    content = drafting.DraftInput(
        title="Chuyện giữ rừng", media_type="print", genre="phóng sự", field="Kinh tế", agency_name="Báo Quảng Ngãi",
        no_prior_awards=True, declarations=["authorship"], authors=[AuthorInput("Đinh Thị Nương", email=mail, is_contact=True)],
        parts=[drafting.PartInput(published_on=last - timedelta(days=40), text="chữ")],
    )  # fmt: skip
    drafting.save_draft(entry, content, actor=actor, now=late, base_number=1, base_revision=1)
    stage.add_page(entry, "secretary")
    stage.submit(entry, "secretary", at=late)
    words, sent = receipt_words(entry, tmp_path, late), last_receipt_mail()
    for told in (words, sent.body):
        assert "được nhập giúp tác giả" in told and "hết ngày" not in told
    assert f"Hồ sơ giấy nhận {format_date(last)}" in words and "Nhập bởi Lê Thị Ngọc" in words
    assert sent.to_address == mail and "/entries/" not in sent.body, (
        "the author has no account to open it with"
    )
    deciding.accept_entry(entry, actor=actor, now=late)
    assert "Không sửa được nữa" in receipt_words(entry, tmp_path, late)


def test_handing_in_again_after_the_deadline_wins_no_days_for_a_missing_file(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now, windows__supplement_days=15)
    entry = stage.submit(stage.draft())
    due = asked(entry).due_at
    at = now + timedelta(days=12)
    version = reading.current_version(entry)
    drafting.save_draft(
        entry, drafting.DraftInput(summary="Thêm một câu"), actor=stage.actor("author"), now=at,
        base_number=version.number, base_revision=version.revision,
    )  # fmt: skip
    stage.submit(entry, at=at)
    assert (entry.state, asked(entry).due_at) == ("needs_supplement", due)
