"""Screening: verdicts with evidence, acts that are followed and never deleted, persons compared once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest.domain.errors import InvalidTransition, NotAllowed, UserError
from contest.domain.verdicts import Outcome
from contest.models import AuditEvent, EntryVersion, OutboxMail, ScreeningDecision, db
from contest.services.contests.reading import rulebook_of
from contest.services.entries import drafting, reading, receipts
from contest.services.entries.authors import AuthorInput
from contest.services.judging import assigning
from contest.services.screening import deciding, findings
from contest.services.screening import reading as screening
from tests.cast import Stage, make_stage


def verdict(stage: Stage, entry, rule: str):
    found = screening.screen_entries(stage.contest, [entry], now=stage.now)[0]
    return next(v for v in found.verdicts if v.rule == rule)


def test_accepting_puts_the_entry_into_the_category_of_its_media_type(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    deciding.accept_entry(entry, actor=stage.actor("secretary"), now=now)
    assert (entry.state, entry.category_key) == ("accepted", "print")
    kept = db.session.scalars(select(ScreeningDecision)).one()
    assert kept.action == "accept" and any(v["rule"] == "basics" for v in kept.verdicts)


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


def test_rejecting_tells_the_author_the_reason_and_can_be_undone(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    with pytest.raises(UserError):
        deciding.reject_entry(entry, reason="", article="", actor=stage.actor("secretary"), now=now)
    deciding.reject_entry(
        entry, reason="Đăng ngoài thời gian", article="Điều 4", actor=stage.actor("secretary"), now=now
    )
    assert (
        "Đăng ngoài thời gian"
        in db.session.scalars(select(OutboxMail).where(OutboxMail.event == "rejected")).one().body
    )
    deciding.undo_screening(entry, reason="Nhầm", actor=stage.actor("secretary"), now=now)
    assert entry.state == "submitted"
    assert [d.action for d in screening.list_decisions(entry.id)] == ["undo", "reject"]


def test_nothing_is_undone_or_moved_once_a_judge_has_the_work(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.accepted(1)[0]
    round_, _ = stage.panel()
    stage.open_round(round_)
    with pytest.raises(InvalidTransition):
        deciding.undo_screening(entry, reason="Muộn", actor=stage.actor("secretary"), now=now)
    with pytest.raises(InvalidTransition):
        deciding.move_category(
            entry, category_key="online", reason="Muộn", actor=stage.actor("secretary"), now=now
        )


def test_the_secretarys_own_finding_stands_above_the_machines(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    assert verdict(stage, entry, "subject").outcome is Outcome.LOOK
    findings.override_verdict(
        entry,
        rule="subject",
        outcome=Outcome.PASSED,
        note="Có trong danh sách xã gửi",
        actor=stage.actor("secretary"),
        now=now,
    )
    assert verdict(stage, entry, "subject").outcome is Outcome.PASSED


def test_suspected_equals_wait_for_the_secretary_and_are_decided_once(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    for i in range(3):
        stage.entry(
            title=f"Bài {i}",
            authors=[
                AuthorInput(
                    "Huỳnh Tấn Lực",
                    birth_year=1988,
                    phone="0905000001",
                    credit_role="writer",
                    is_contact=True,
                )
            ],
        )
    other = stage.entry(
        "stranger",
        title="Bài lạ",
        authors=[AuthorInput("Huỳnh Tấn Lực", birth_year=1988, phone="", credit_role="photo")],
    )
    assert verdict(stage, other, "per_person").outcome is Outcome.LOOK
    author, counted = screening.dossier(other, now=now).suspects[0]
    findings.find_persons(
        other,
        first_id=author.person_id,
        second_id=counted.row.person_id,
        is_same=True,
        actor=stage.actor("secretary"),
        now=now,
    )
    assert verdict(stage, other, "per_person").outcome is Outcome.FAILED
    findings.find_persons(
        other,
        first_id=author.person_id,
        second_id=counted.row.person_id,
        is_same=False,
        actor=stage.actor("secretary"),
        now=now,
    )
    assert verdict(stage, other, "per_person").outcome is Outcome.PASSED


def test_bulk_acceptance_takes_only_what_still_passes_every_rule(context: Flask, now: datetime) -> None:
    stage = make_stage(
        context,
        now,
        eligibility__agency_confirmation={"required": False},
        eligibility__subject={"exemplar_required": False},
    )
    clean = stage.entry()
    unclean = stage.entry(
        "coauthor",
        title="Khai giải",
        no_prior_awards=False,
        prior_awards=[{"contest": "Giải báo chí", "level": "national", "year": 2025}],
    )
    done = deciding.accept_clean(
        stage.contest, [clean.id, unclean.id], actor=stage.actor("secretary"), now=now
    )
    assert (done, clean.state, unclean.state) == (1, "accepted", "submitted")


def test_a_dossier_says_before_acceptance_which_category_it_goes_to(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    expected = rulebook_of(stage.contest).category_for("print", "phóng sự")
    [screened] = screening.screen_entries(stage.contest, [entry], now=now)
    assert screened.category == expected
    deciding.accept_entry(entry, actor=stage.actor("secretary"), now=now)
    assert entry.category_key == expected.key


def test_covers_are_fractions_of_a_page_and_nothing_else(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    file = reading.load_version(entry.submitted_version_id).files[0]
    for wrong in ([[1, 0, 0, 2, 0.1]], [["x"]], [[0, 0, 0, 0.1, 0.1]], [[1, 0.1]]):
        with pytest.raises(UserError):
            findings.clear_file(
                entry,
                file.file.public_id,
                covers=wrong,
                is_cleared=True,
                actor=stage.actor("secretary"),
                now=now,
            )
    findings.clear_file(
        entry,
        file.file.public_id,
        covers=[[1, 0, 0, 0.5, 0.1]],
        is_cleared=True,
        actor=stage.actor("secretary"),
        now=now,
    )
    assert reading.load_version(entry.submitted_version_id).files[0].cleared_at == now


def test_the_list_finds_without_diacritics_and_counts_pages(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    stage.entry()
    found, total = screening.list_dossiers(stage.contest.id, screening.DossierFilter(text="tieng CHIENG"))
    assert (len(found), total) == (1, 1)
    assert screening.list_dossiers(stage.contest.id, screening.DossierFilter(text="không có"))[1] == 0


def edit(stage: Stage, entry, title: str = "Tên sửa trong hạn"):
    """The author types a new title into the draft of the next version."""
    at = reading.current_version(entry)
    drafting.save_draft(
        entry, drafting.DraftInput(title=title), actor=stage.actor("author"), now=stage.now, base_number=at.number,
        base_revision=at.revision,
    )  # fmt: skip


def test_a_valid_work_handed_in_anew_within_the_window_is_screened_again(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    secretary = stage.actor("secretary")
    deciding.accept_entry(entry, actor=secretary, now=now)
    edit(stage, entry)
    assert entry.state == "accepted", "the accepted version counts until the new one is handed in"
    stage.submit(entry)
    assert [s.entry.id for s in screening.queue(stage.contest, now=now).waiting] == [entry.id]
    logged = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "entry:resubmitted")).one()
    assert (logged.before["state"], logged.after["state"]) == ("accepted", "submitted")
    deciding.accept_entry(entry, actor=secretary, now=now)
    kept = screening.list_decisions(entry.id)
    assert [d.action for d in kept] == ["accept", "accept"]
    assert len({d.version_id for d in kept}) == 2, "each about the version it was made on"


def test_a_valid_work_is_fixed_after_the_window_and_once_a_judge_has_it(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    deciding.accept_entry(entry, actor=stage.actor("secretary"), now=now)
    after_deadline = now + timedelta(days=20)
    assert drafting.may_edit(entry, now=now) and not drafting.may_edit(entry, now=after_deadline)
    edit(stage, entry)
    draft = reading.current_version(entry)
    round_, _ = stage.panel()
    assigning.apply_plan(round_, actor=None, now=now)
    with pytest.raises(NotAllowed):
        edit(stage, entry, "Sửa sau phân công")
    with pytest.raises(NotAllowed):
        stage.submit(entry)
    assert "đưa vào chấm nên không sửa được nữa" in receipts.terms(entry, is_editable=False, now=now)
    drafting.discard_changes(entry, actor=stage.actor("author"), now=now)
    assert entry.draft_version_id is None and db.session.get(EntryVersion, draft.id) is None
    assert reading.current_version(entry).title == "Tiếng chiêng"


def test_a_group_the_secretary_chose_stays_when_the_work_is_handed_in_anew(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    deciding.move_category(
        entry, category_key="online", reason="Đăng trên báo mạng", actor=stage.actor("secretary"), now=now
    )
    edit(stage, entry)
    stage.submit(entry)
    assert entry.category_key == "online"
    at = reading.current_version(entry)
    drafting.save_draft(
        entry, drafting.DraftInput(genre="ký sự"), actor=stage.actor("author"), now=now, base_number=at.number,
        base_revision=at.revision,
    )  # fmt: skip
    stage.submit(entry)
    assert entry.category_key == "print", "another genre is grouped by the rules again"
