"""Corrections of accepted entries: a version beside the one handed in, and nothing that was judged moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest.domain.errors import InvalidTransition, StaleVersion, UserError
from contest.domain.verdicts import Outcome
from contest.models import AuditEvent, Entry, EntryVersion, db
from contest.services.entries import drafting, reading
from contest.services.entries.authors import AuthorInput
from contest.services.entries.correcting import Credits
from contest.services.judging import conflicts, late_conflicts
from contest.services.judging import reading as judging
from contest.services.results import publishing, tallying
from contest.services.results.tallying import load_board
from contest.services.screening import deciding, findings
from tests.cast import Stage, make_stage
from tests.finals import decided as decided  # the fixture
from tests.services.test_publishing import publish

COAUTHOR = AuthorInput(
    "Đinh Văn Rế", pen_name="Rế Hrê", birth_year=1979, phone="0905111222", credit_role="photo"
)


def credited(entry: Entry) -> Credits:
    version = reading.load_version(entry.submitted_version_id or 0)
    authors = [
        AuthorInput(a.legal_name, a.pen_name, a.birth_year, a.phone, a.email, a.press_card, a.credit_role, is_contact=a.is_contact)
        for a in version.authors
    ]  # fmt: skip
    return Credits(version.title, version.agency_name, authors)


def correct(stage: Stage, entry: Entry, wanted: Credits, **said: Any) -> EntryVersion:
    number = db.session.get_one(EntryVersion, entry.submitted_version_id).number
    said = {
        "base_number": number,
        "reason": "Báo xác nhận",
        "now": stage.now,
        "actor": stage.actor("secretary"),
    } | said
    return late_conflicts.correct_entry(entry, wanted, **said).version


def test_a_coauthor_is_added_in_a_new_version_and_the_old_one_and_the_codes_stay(context: Flask, now) -> None:
    stage = make_stage(context, now)
    entry = stage.accepted(1)[0]
    before = db.session.get_one(EntryVersion, entry.submitted_version_id)
    codes, handed_in = (entry.receipt_code, entry.judging_code), before.submitted_at
    was = (before.number, before.content_hash, [a.legal_name for a in before.authors])
    wanted = credited(entry)
    made = correct(
        stage, entry, replace(wanted, authors=[*wanted.authors, COAUTHOR]), now=now + timedelta(days=9)
    )
    db.session.expire_all()
    assert [a.legal_name for a in made.authors] == ["Người Viết A0", "Đinh Văn Rế"]
    assert made.authors[1].person_id is not None
    assert entry.submitted_version_id == made.id and made.number == 2
    assert (entry.receipt_code, entry.judging_code, made.submitted_at) == (*codes, handed_in)
    assert made.content_hash and made.content_hash != was[1]
    assert [f.file_id for f in made.files] == [f.file_id for f in before.files]
    assert (before.number, before.content_hash, [a.legal_name for a in before.authors]) == was
    row = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "entry:corrected")).one()
    assert row.before["authors"] == "Người Viết A0, viết"
    assert row.after["authors"].endswith("; Đinh Văn Rế (Rế Hrê), ảnh") and row.reason == "Báo xác nhận"
    assert "title" not in row.after


def test_a_name_spelled_right_stays_the_same_person(context: Flask, now) -> None:
    stage = make_stage(context, now)
    entry = stage.accepted(1)[0]
    wanted = credited(entry)
    person = entry.submitted_version.authors[0].person_id
    made = correct(
        stage, entry, replace(wanted, authors=[replace(wanted.authors[0], legal_name="Người Viết Ân")])
    )
    assert [(a.legal_name, a.person_id) for a in made.authors] == [("Người Viết Ân", person)]


def test_what_cannot_be_corrected_is_refused(context: Flask, now) -> None:
    stage = make_stage(context, now)
    waiting = stage.entry()
    with pytest.raises(InvalidTransition, match="Đã nộp"):
        correct(stage, waiting, replace(credited(waiting), title="Khác"))
    deciding.accept_entry(waiting, actor=stage.actor("secretary"), now=now)
    wanted = replace(credited(waiting), title="Tiếng chiêng đêm")
    with pytest.raises(UserError, match="lý do"):
        correct(stage, waiting, wanted, reason=" ")
    with pytest.raises(UserError, match="ít nhất một tác giả"):
        correct(stage, waiting, replace(wanted, authors=[]))
    with pytest.raises(UserError, match="Chưa có gì khác"):
        correct(stage, waiting, credited(waiting))
    first = correct(stage, waiting, wanted)
    assert correct(stage, waiting, wanted, base_number=1).id == first.id, "a repeated click"
    with pytest.raises(StaleVersion):
        correct(stage, waiting, replace(wanted, title="Khác nữa"), base_number=1)
    assert (
        len(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "entry:corrected")).all()) == 1
    )


def test_findings_of_screening_and_of_blind_reading_hold_for_the_corrected_version(
    context: Flask, now
) -> None:
    stage = make_stage(context, now)
    entry = stage.accepted(1)[0]
    stage.make_copies()
    file = reading.load_version(entry.submitted_version_id or 0).files[0]
    findings.clear_file(
        entry, file.file.public_id, covers=[], is_cleared=True, actor=stage.actor("secretary"), now=now
    )
    findings.override_verdict(
        entry,
        rule="per_person",
        outcome=Outcome.PASSED,
        note="Đã hỏi",
        actor=stage.actor("secretary"),
        now=now,
    )
    made = correct(stage, entry, replace(credited(entry), title="Tên đúng"))
    assert [f.cleared_at for f in made.files] == [now]
    from contest.services.screening.reading import screen_entries

    verdicts = {v.rule: v for v in screen_entries(stage.contest, [entry], now=now)[0].verdicts}
    assert "Đã hỏi" in verdicts["per_person"].finding


def test_a_draft_that_was_never_handed_in_does_not_come_back_over_a_correction(context: Flask, now) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    version = reading.current_version(entry)
    drafting.save_draft(
        entry, drafting.DraftInput(title="Nháp dở"), actor=stage.actor("author"), now=now,
        base_number=version.number, base_revision=version.revision,
    )  # fmt: skip
    deciding.accept_entry(entry, actor=stage.actor("secretary"), now=now)
    made = correct(stage, entry, replace(credited(entry), title="Tên đúng"))
    assert entry.draft_version_id is None and made.number == 2
    assert reading.current_version(entry).title == "Tên đúng"


def test_a_corrected_author_who_has_signed_a_sheet_of_the_work_is_noticed(context: Flask, now) -> None:
    stage = make_stage(context, now)
    entry, other = stage.accepted(2)
    round_, judges = stage.panel()
    stage.open_round(round_)
    stage.judge_all(round_, {e.id: ["90", "80", "85"] for e in (entry, other)})
    assert conflicts.list_conflicted(entry) == []
    judge = judges[1].account.person
    judge.phone = COAUTHOR.phone
    wanted = credited(entry)
    added = replace(COAUTHOR, legal_name=judge.legal_name)
    correct(stage, entry, replace(wanted, authors=[*wanted.authors, added]))
    assert [(a.judge_id, f.kind) for a, f in conflicts.list_conflicted(entry)] == [
        (judges[1].id, conflicts.ConflictKind.AUTHOR)
    ]
    assert conflicts.list_conflicted(other) == []


def test_closed_rounds_stay_and_a_correction_of_the_publication_shows_the_names(
    decided: tuple[Stage, list[int]],
) -> None:
    stage, ids = decided
    first = publish(stage)
    final = judging.list_rounds(stage.contest.id)[1]
    places = {p.entry: (p.place, p.tally.value, p.tally.sheets) for p in load_board(final).placings["print"]}
    entry = db.session.get_one(Entry, ids[0])
    wanted = credited(entry)
    correct(stage, entry, replace(wanted, authors=[*wanted.authors, COAUTHOR]))
    assert {
        p.entry: (p.place, p.tally.value, p.tally.sheets)
        for p in tallying.load_board(final).placings["print"]
    } == places
    second = publish(stage, correction_note="Bổ sung đồng tác giả.")

    def names(number: int) -> list[str]:
        _, readable = publishing.readable(stage.contest.slug, now=stage.now)
        shown = next(p for p in readable if p.number == number)
        return [
            a["name"]
            for a in next(c for c in shown.snapshot["categories"] if c["works"])["works"][0]["authors"]
        ]

    assert (names(first.number), names(second.number)) == (
        ["Người Viết A0"],
        ["Người Viết A0", "Đinh Văn Rế"],
    )


def test_a_correction_may_be_a_note_alone_but_not_twice(decided: tuple[Stage, list[int]]) -> None:
    stage, _ = decided
    publish(stage)
    second = publish(stage, correction_note="Số quyết định đúng là 13-QĐ/BTC.", decision="13-QĐ/BTC")
    assert second.number == 2
    with pytest.raises(UserError, match="đã được công bố"):
        publish(stage, correction_note="Số quyết định đúng là 13-QĐ/BTC.", decision="13-QĐ/BTC")
