"""From draft to receipt: what is handed in is frozen, counted, and never overwritten."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest.clock import end_of_day
from contest.domain.errors import NotAllowed, StaleVersion, UserError
from contest.models import AuditEvent, EntryVersion, OutboxMail, SupplementRequest, db
from contest.services.contests.reading import rulebook_of
from contest.services.entries import drafting, reading, receipts, receiving, submitting
from contest.services.entries.authors import AuthorInput
from contest.services.entries.drafting import DraftInput
from tests.cast import make_stage


def test_submitting_freezes_a_version_gives_codes_and_queues_one_receipt(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    version = reading.load_version(entry.submitted_version_id)
    assert (entry.state, entry.receipt_code, version.number) == (
        "submitted",
        f"{rulebook_of(stage.contest).windows.submitted.to.year}-0001",
        1,
    )
    assert len(entry.judging_code) == 5 and "print" not in entry.receipt_code
    assert version.content_hash == submitting.content_hash(version)
    mails = db.session.scalars(select(OutboxMail).where(OutboxMail.event == "receipt")).all()
    assert [m.to_address for m in mails] == ["author@kheo.example"]
    assert entry.receipt_code in mails[0].subject


def test_a_second_click_hands_in_once(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.draft()
    stage.add_page(entry)
    version = reading.current_version(entry)
    for _ in range(2):
        submitting.submit_entry(
            entry,
            actor=stage.actor("author"),
            now=now,
            base_number=version.number,
            base_revision=version.revision,
        )
    assert db.session.scalar(select(func.count(OutboxMail.id)).where(OutboxMail.event == "receipt")) == 1
    assert (
        db.session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.action == "entry:submitted"))
        == 1
    )


def test_the_same_start_key_is_one_draft(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    one = drafting.start_entry(stage.contest, actor=stage.actor("author"), now=now, key="k")
    two = drafting.start_entry(stage.contest, actor=stage.actor("author"), now=now, key="k")
    assert one.id == two.id


def test_a_save_from_an_older_page_changes_nothing(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.draft()
    version = reading.current_version(entry)
    with pytest.raises(StaleVersion):
        drafting.save_draft(
            entry,
            DraftInput(title="Cũ"),
            actor=stage.actor("author"),
            now=now,
            base_number=version.number,
            base_revision=version.revision - 1,
        )
    assert reading.current_version(entry).title == "Tiếng chiêng"


def test_editing_after_submission_leaves_the_submitted_version_alone(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    first = reading.load_version(entry.submitted_version_id)
    drafting.save_draft(
        entry,
        DraftInput(title="Tên mới"),
        actor=stage.actor("author"),
        now=now,
        base_number=first.number,
        base_revision=first.revision,
    )
    assert reading.load_version(first.id).title == "Tiếng chiêng"
    assert reading.current_version(entry).title == "Tên mới"
    code = entry.receipt_code
    stage.submit(entry)
    assert (entry.receipt_code, reading.load_version(entry.submitted_version_id).number) == (code, 2)
    assert db.session.scalar(select(func.count(EntryVersion.id))) == 2


@pytest.mark.parametrize(("seconds", "taken"), [(-1, True), (0, False), (1, False)])
def test_the_servers_clock_decides_at_the_deadline(
    context: Flask, now: datetime, seconds: int, taken: bool
) -> None:
    stage = make_stage(context, now)
    entry = stage.draft()
    stage.add_page(entry)
    at = end_of_day(rulebook_of(stage.contest).windows.submitted.to) + timedelta(seconds=seconds)
    if taken:
        assert stage.submit(entry, at=at).state == "submitted"
    else:
        with pytest.raises(NotAllowed):
            stage.submit(entry, at=at)
        assert entry.state == "draft"


def test_what_is_missing_is_named_and_blocks(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.draft(declarations=[], no_prior_awards=None)
    stage.add_page(entry)
    with pytest.raises(UserError, match="Cam kết"):
        stage.submit(entry)
    assert entry.state == "draft"


def test_a_missing_required_file_in_time_becomes_a_question_with_a_date(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry = stage.submit(stage.draft())
    assert entry.state == "needs_supplement"
    asked = db.session.scalars(select(SupplementRequest)).one()
    assert "Trang báo đã đăng" in asked.question and asked.due_at > now
    stage.add_page(entry)
    stage.submit(entry)
    assert entry.state == "submitted"
    assert db.session.scalars(select(SupplementRequest)).one().answered_at is not None


def test_a_person_reaches_the_limit_through_co_authorship(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    shared = AuthorInput("Đinh Văn Rế", birth_year=1980, phone="0905000001", credit_role="photo")
    first = AuthorInput(
        "Phạm Thị Hà", birth_year=1980, phone="0905000002", credit_role="writer", is_contact=True
    )
    for i in range(3):
        stage.entry(title=f"Bài {i}", authors=[first, shared] if i == 0 else [shared, first])
    fourth = stage.draft("coauthor", title="Bài thứ tư", authors=[shared])
    stage.add_page(fourth, "coauthor")
    with pytest.raises(UserError, match="tối đa 3"):
        stage.submit(fourth, "coauthor")


def test_withdrawing_needs_a_reason_and_counts_no_more(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    with pytest.raises(UserError):
        submitting.withdraw_entry(entry, actor=stage.actor("author"), now=now, reason=" ")
    submitting.withdraw_entry(entry, actor=stage.actor("author"), now=now, reason="Gửi nhầm")
    assert entry.state == "withdrawn"
    with pytest.raises(UserError):
        submitting.withdraw_entry(entry, actor=stage.actor("author"), now=now, reason="Lần nữa")


def test_a_dossier_for_somebody_else_says_who_entered_it_and_when_it_was_posted(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    day = rulebook_of(stage.contest).windows.submitted.to
    late = end_of_day(day) + timedelta(days=2)
    entry = receiving.receive_dossier(
        stage.contest,
        received_on=day + timedelta(days=2),
        postmarked_on=day,
        actor=stage.actor("clerk"),
        now=late,
        key="paper",
    )
    assert entry.entered_for and entry.owner_id is None
    assert receipts.entered_by(entry) == "Huỳnh Tấn Đạt"
    with pytest.raises(UserError):
        receiving.receive_dossier(
            stage.contest,
            received_on=day,
            postmarked_on=day + timedelta(days=1),
            actor=stage.actor("clerk"),
            now=late,
            key="other",
        )


@pytest.mark.parametrize(("state", "may"), [("draft", False), ("open", True), ("closed", True), ("judging", True), ("published", False), ("archived", False)])  # fmt: skip
def test_paper_is_typed_in_until_the_results_and_not_after(
    context: Flask, now: datetime, state: str, may: bool
) -> None:
    stage = make_stage(context, now)
    begun = receiving.receive_dossier(
        stage.contest, received_on=None, postmarked_on=None, actor=stage.actor("clerk"), now=now, key="begun"
    )
    stage.contest.state = state
    assert drafting.may_edit(begun, now=now) is may
    if may:
        receiving.receive_dossier(
            stage.contest,
            received_on=None,
            postmarked_on=None,
            actor=stage.actor("clerk"),
            now=now,
            key="later",
        )
    else:
        with pytest.raises(NotAllowed):
            receiving.receive_dossier(
                stage.contest,
                received_on=None,
                postmarked_on=None,
                actor=stage.actor("clerk"),
                now=now,
                key="later",
            )


def test_the_receipt_is_a_pdf_with_the_hash_of_every_file(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    body = receipts.receipt_pdf(entry, reading.load_version(entry.submitted_version_id), now=now)
    assert body.startswith(b"%PDF-") and len(body) > 5_000


TYPED = [
    ("", "title"), ("", "media_type"), ("", "genre"), ("", "field"), ("", "summary"), ("", "agency_name"), ("", "unit_name"),
    ("", "no_prior_awards"), ("", "prior_awards"), ("", "declarations"),
    *(("authors", c) for c in ("legal_name", "pen_name", "birth_year", "phone", "email", "press_card", "credit_role", "nationality", "unit_name", "is_contact")),
    *(("parts", c) for c in ("title", "outlet_name", "published_on", "detail", "url", "minutes", "text")),
    *(("exemplars", c) for c in ("name", "unit_name")),
    *(("files", c) for c in ("slot", "position", "caption")),
]  # fmt: skip


def test_the_hash_of_a_version_changes_with_every_word_and_number_typed(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    version = reading.load_version(stage.entry().submitted_version_id)
    whole = submitting.content_hash(version)
    unseen = []
    for rows, column in TYPED:
        row = getattr(version, rows)[0] if rows else version
        kept = getattr(row, column)
        setattr(row, column, "đổi")
        if submitting.content_hash(version) == whole:
            unseen.append((rows, column))
        setattr(row, column, kept)
    assert unseen == [] and submitting.content_hash(version) == whole


def test_linking_names_to_the_list_leaves_the_hash_alone(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    version = reading.load_version(stage.entry().submitted_version_id)
    version.agency_id = version.authors[0].unit_id = version.exemplars[0].exemplar_id = 99
    assert submitting.content_hash(version) == version.content_hash
    db.session.rollback()
