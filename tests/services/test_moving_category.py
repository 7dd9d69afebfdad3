"""Moving an entry into another category: it stays there while it is of the same kind."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask

from contest.domain.verdicts import Outcome
from contest.services.entries import drafting, reading
from contest.services.screening import deciding
from contest.services.screening import reading as screening
from tests.cast import Stage, make_stage


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
    assert stage.verdict(entry, "basics").finding.endswith("nhóm Báo điện tử")
    returned_and_answered(stage, entry, summary="Tóm tắt rõ hơn")
    assert entry.category_key == "online"
    assert stage.verdict(entry, "basics").outcome is Outcome.PASSED
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
    found = stage.verdict(entry, "basics")
    assert found.outcome is Outcome.LOOK and "Đã chuyển sang nhóm Báo điện tử" in found.finding
    deciding.move_category(entry, category_key="online", reason="Vẫn là bài mạng", actor=secretary, now=now)
    assert stage.verdict(entry, "basics").outcome is Outcome.PASSED
