"""Screening: verdicts with evidence, acts that are followed and never deleted, persons compared once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest.clock import local
from contest.domain.errors import InvalidTransition, NotAllowed, UserError
from contest.domain.verdicts import Outcome
from contest.domain.vietnamese import format_datetime, format_last_day
from contest.models import AuditEvent, EntryVersion, OutboxMail, ScreeningDecision, db
from contest.services.contests.reading import rulebook_of
from contest.services.entries import drafting, reading, receipts, receiving, submitting
from contest.services.entries.authors import AuthorInput
from contest.services.judging import assigning, late_conflicts
from contest.services.judging import reading as judging
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
    found = verdict(stage, entry, "submitted")
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


def returned_and_answered(stage: Stage, entry, **changes) -> None:
    """The secretary asks, the author changes something and hands in again."""
    ask = {"question": "Bổ sung", "due_at": stage.now + timedelta(days=5)}
    deciding.return_entry(entry, **ask, actor=stage.actor("secretary"), now=stage.now)
    version = reading.current_version(entry)
    drafting.save_draft(
        entry,
        drafting.DraftInput(**changes),
        actor=stage.actor("author"),
        now=stage.now,
        base_number=version.number,
        base_revision=version.revision,
    )
    stage.submit(entry, at=stage.now + timedelta(days=1))


def test_a_moved_entry_stays_in_its_category_when_it_is_handed_in_again(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    secretary = stage.actor("secretary")
    deciding.move_category(entry, category_key="online", reason="Bài đăng mạng", actor=secretary, now=now)
    assert verdict(stage, entry, "basics").finding.endswith("nhóm Báo điện tử")
    returned_and_answered(stage, entry, summary="Tóm tắt rõ hơn")
    assert entry.category_key == "online"
    assert verdict(stage, entry, "basics").outcome is Outcome.PASSED
    deciding.accept_entry(entry, actor=secretary, now=now)
    assert (entry.state, entry.category_key) == ("accepted", "online")
    [moved] = screening.list_moves(stage.contest.id)
    assert (moved.from_category, moved.to_category, moved.reason) == ("print", "online", "Bài đăng mạng")


def test_a_moved_entry_of_another_genre_goes_by_the_rules_again_and_is_looked_at(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    secretary = stage.actor("secretary")
    deciding.move_category(entry, category_key="online", reason="Bài đăng mạng", actor=secretary, now=now)
    returned_and_answered(stage, entry, genre="ghi chép")
    assert entry.category_key == "print" and screening.list_moves(stage.contest.id) == []
    found = verdict(stage, entry, "basics")
    assert found.outcome is Outcome.LOOK and "Đã chuyển sang nhóm Báo điện tử" in found.finding
    deciding.move_category(entry, category_key="online", reason="Vẫn là bài mạng", actor=secretary, now=now)
    assert verdict(stage, entry, "basics").outcome is Outcome.PASSED


def test_an_accepted_entry_is_disqualified_with_the_reason_its_author_reads(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    [entry] = stage.accepted(1)
    secretary = stage.actor("secretary")
    with pytest.raises(UserError):
        deciding.disqualify_entry(entry, reason=" ", actor=secretary, now=now)
    deciding.disqualify_entry(entry, reason="Sao chép bài đã đăng", actor=secretary, now=now)
    assert entry.state == "disqualified"
    assert screening.list_decisions(entry.id)[0].reason == "Sao chép bài đã đăng"
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.event == "rejected")).one()
    assert "Sao chép bài đã đăng" in mail.body
    waiting = stage.entry(title="Bài chờ")
    with pytest.raises(InvalidTransition):
        deciding.disqualify_entry(waiting, reason="Chưa nhận", actor=secretary, now=now)


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
    late_conflicts.find_persons(
        other,
        first_id=author.person_id,
        second_id=counted.row.person_id,
        is_same=True,
        actor=stage.actor("secretary"),
        now=now,
    )
    assert verdict(stage, other, "per_person").outcome is Outcome.FAILED
    late_conflicts.find_persons(
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
        stage.contest,
        [clean.submitted_version_id, unclean.submitted_version_id],
        actor=stage.actor("secretary"),
        now=now,
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
    for wrong in ([[1, 0, 0, 2, 0.1]], [[1, 10**400, 0, 0, 0]], [["x"]], [[0, 0, 0, 0.1, 0.1]], [[1, 0.1]]):
        with pytest.raises(UserError):
            findings.clear_file(
                entry,
                file.file.public_id,
                covers=wrong,
                is_cleared=True,
                actor=stage.actor("secretary"),
                now=now,
            )
    stage.make_copies()
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


def test_finding_that_an_author_is_a_judge_takes_the_work_from_them(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entries = stage.accepted(2)
    round_, judges = stage.panel(judges=2)
    stage.open_round(round_)
    author = entries[0].submitted_version.authors[0]
    pair = {"first_id": author.person_id, "second_id": judges[0].account.person_id}
    for is_same, recused in ((False, 0), (True, 1), (True, 0)):
        found = late_conflicts.find_persons(
            entries[0], **pair, is_same=is_same, actor=stage.actor("secretary"), now=now
        )
        assert found == recused
    states = {(a.judge_id, a.entry_id): a.state for a in judging.list_assignments(round_.id)}
    assert [pair for pair, state in states.items() if state != "active"] == [(judges[0].id, entries[0].id)]


def test_the_declared_awards_stand_under_the_rule_that_asks_about_them(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    awards = [
        {"contest": "Giải Báo chí quốc gia", "organizer": "Hội Nhà báo", "level": "national", "year": 2025},
        {"contest": "Giải của tỉnh", "organizer": "", "level": "provincial", "year": 2024},
    ]
    entry = stage.entry(no_prior_awards=False, prior_awards=awards)
    found = verdict(stage, entry, "prior_awards")
    assert found.outcome is Outcome.LOOK
    assert found.evidence == (
        ("Giải quốc gia", "Giải Báo chí quốc gia, Hội Nhà báo, năm 2025"),
        ("Giải cấp tỉnh", "Giải của tỉnh, năm 2024"),
    )
    clear = stage.entry("coauthor", no_prior_awards=False, prior_awards=awards[1:])
    assert verdict(stage, clear, "prior_awards").outcome is Outcome.PASSED


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


def test_only_people_of_the_contest_are_compared_and_one_of_them_is_an_author_here(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry, other = stage.entry(), stage.entry("coauthor", title="Bài khác")
    [here], [there] = (
        reading.load_version(e.submitted_version_id).authors for e in (entry, other)
    )  # fmt: skip
    outsider = stage.people["operator"].person_id
    secretary = stage.people["secretary"].person_id
    for first, second in (
        (here.person_id, outsider),
        (there.person_id, secretary),
        (here.person_id, here.person_id),
    ):
        with pytest.raises(UserError, match="Không còn hai người này"):
            late_conflicts.find_persons(
                entry, first_id=first, second_id=second, is_same=True, actor=stage.actor("secretary"), now=now
            )
    late_conflicts.find_persons(
        entry, first_id=here.person_id, second_id=secretary, is_same=False, actor=stage.actor("secretary"), now=now
    )  # fmt: skip
