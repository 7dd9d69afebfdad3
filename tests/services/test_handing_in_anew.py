"""Handing in anew what was screened already."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest.domain.errors import NotAllowed
from contest.models import AuditEvent, EntryVersion, db
from contest.services.entries import drafting, reading, receipts
from contest.services.judging import assigning
from contest.services.screening import deciding
from contest.services.screening import reading as screening
from tests.cast import Stage, make_stage


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
