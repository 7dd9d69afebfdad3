"""A later deadline: who is told, what the rules and the front page say then, and when it is too late for one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest.clock import end_of_day
from contest.domain.contests import ContestAction, ContestState, takes_entries
from contest.domain.errors import InvalidTransition, UserError
from contest.models import AuditEvent, OutboxMail, RulebookVersion, db
from contest.services.contests import extending, front, moving
from contest.services.contests.reading import latest_version, list_versions, rulebook_of, state_of
from contest.services.entries import drafting, receiving, submitting
from contest.services.entries.authors import AuthorInput
from contest.services.entries.reading import current_version
from tests.cast import Stage, account, make_stage


@pytest.fixture
def stage(context: Flask, now: datetime) -> Stage:
    return make_stage(context, now)


def deadline(stage: Stage) -> date:
    return rulebook_of(stage.contest).windows.submitted.to


def extend(stage: Stage, *, days: int = 5, **changes: object) -> RulebookVersion:
    given = {
        "new_day": deadline(stage) + timedelta(days=days), "reason": "Bão số 9", "document_number": "7-TB/BTC",
        "actor": stage.actor("organizer"), "now": stage.now,
    }  # fmt: skip
    return extending.extend_deadline(stage.contest, **given | changes)  # type: ignore[arg-type]


def told(stage: Stage) -> list[str]:
    mails = select(OutboxMail.to_address).where(OutboxMail.event == "deadline_extended")
    return sorted(db.session.scalars(mails))


def received(stage: Stage, contact: str) -> None:
    """A dossier the clerk enters for an author who has no account."""
    entry = receiving.receive_dossier(
        stage.contest,
        received_on=None,
        postmarked_on=None,
        actor=stage.actor("clerk"),
        now=stage.now,
        key=contact,
    )
    version = current_version(entry)
    drafting.save_draft(
        entry, drafting.DraftInput(authors=[AuthorInput("Hồ Văn Ngoan", email=contact, is_contact=True)]),
        actor=stage.actor("clerk"), now=stage.now, base_number=version.number, base_revision=version.revision,
    )  # fmt: skip


def test_everybody_with_something_to_hand_in_is_told_once(stage: Stage) -> None:
    stage.draft("author")
    stage.draft("author", title="Bài thứ hai")
    stage.entry("coauthor", title="Đã nộp")
    received(stage, "ngoan@xa.example")
    received(stage, "author@kheo.example")
    gone = stage.entry("stranger", title="Đã rút")
    submitting.withdraw_entry(gone, actor=stage.actor("stranger"), now=stage.now, reason="Gửi nhầm")
    extend(stage)
    everybody = ["author", "clerk", "coauthor"]
    assert told(stage) == sorted([f"{who}@kheo.example" for who in everybody] + ["ngoan@xa.example"])
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.to_address == "clerk@kheo.example")).one()
    assert "Bão số 9" in mail.body and f"{deadline(stage):%d/%m/%Y}" in mail.subject


def test_an_address_as_long_as_addresses_may_be_is_told(stage: Stage) -> None:
    long = "@".join(["a" * 60, ".".join(["b" * 60, "c" * 60, "d" * 60, "example"])])
    stage.people["far"] = account("Người Ở Xa", long, now=stage.now)
    stage.draft("far")
    extend(stage)
    assert told(stage) == [long]
    key = db.session.scalars(select(OutboxMail.dedupe_key)).one()
    assert len(key) <= 200


def test_it_is_a_new_version_with_reason_document_and_notice(stage: Stage) -> None:
    before = deadline(stage)
    version = extend(stage)
    assert (version.number, version.reason, version.document_number) == (2, "Bão số 9", "7-TB/BTC")
    assert deadline(stage) == before + timedelta(days=5)
    assert len(version.changes) == 1
    shown = front.build(stage.contest, now=stage.now)
    assert [n.notice for n in shown.notices] == [
        f"Gia hạn nhận tác phẩm đến hết ngày {deadline(stage):%d/%m/%Y}."
    ]
    assert shown.days_left == 15
    last_moment = end_of_day(deadline(stage)) - timedelta(seconds=1)
    assert takes_entries(state_of(stage.contest), rulebook_of(stage.contest), last_moment)
    logged = db.session.scalars(select(AuditEvent.reason).where(AuditEvent.action == "rulebook:changed"))
    assert list(logged) == ["Bão số 9"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"days": 0}, "new_day"), ({"days": -1}, "new_day"), ({"reason": "  "}, "reason")],
)
def test_no_earlier_day_and_never_without_a_reason(stage: Stage, changes: dict, field: str) -> None:
    stage.draft()
    with pytest.raises(UserError) as refused:
        extend(stage, **changes)
    db.session.rollback()
    assert refused.value.field == field
    assert latest_version(stage.contest.id).number == 1 and told(stage) == []


def test_a_day_that_has_passed_lets_nobody_in(stage: Stage) -> None:
    with pytest.raises(UserError, match="đã qua"):
        extend(stage, days=5, now=stage.now + timedelta(days=60))


def test_a_closed_contest_takes_entries_again(stage: Stage) -> None:
    moving.close_contest(stage.contest, actor=stage.actor("organizer"), now=stage.now, reason="Hết hạn")
    extend(stage)
    assert state_of(stage.contest) is ContestState.OPEN
    assert takes_entries(state_of(stage.contest), rulebook_of(stage.contest), stage.now)
    reopened = select(AuditEvent.reason).where(AuditEvent.action == "contest:reopen")
    assert list(db.session.scalars(reopened)) == ["Bão số 9"]


def test_once_judging_has_begun_nothing_is_extended_and_nobody_told(stage: Stage) -> None:
    stage.accepted(1)
    moving.move_contest(stage.contest, ContestAction.START_JUDGING, actor=None, now=stage.now)
    db.session.commit()
    with pytest.raises(InvalidTransition, match="Đang chấm"):
        extend(stage)
    db.session.rollback()
    assert len(list_versions(stage.contest.id)) == 1 and told(stage) == []
    assert (
        db.session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.action == "rulebook:changed"))
        == 0
    )
