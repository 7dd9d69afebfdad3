"""Paper dossiers: when they came and were posted decides whether they are in time, and both days can be put right."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest.clock import end_of_day, today
from contest.domain.errors import NotAllowed, UserError
from contest.models import AuditEvent, db
from contest.services.contests import creating, moving
from contest.services.contests.reading import rulebook_of
from contest.services.entries import drafting, receiving, submitting
from tests.cast import Stage, make_stage


def receive(stage: Stage, now: datetime, received_on=None, postmarked_on=None, key: str = "paper"):
    """A paper dossier begun by the clerk."""
    days = {"received_on": received_on, "postmarked_on": postmarked_on}
    return receiving.receive_dossier(stage.contest, **days, actor=stage.actor("clerk"), now=now, key=key)


def correct(stage: Stage, entry, now: datetime, received_on=None, postmarked_on=None) -> None:
    days = {"received_on": received_on, "postmarked_on": postmarked_on}
    receiving.correct_days(entry, **days, actor=stage.actor("secretary"), now=now)


def in_time(entry, now: datetime) -> bool:
    version = drafting.load_version(entry.draft_version_id)
    found = submitting.review(entry, version, now=now).verdicts
    return next(v for v in found if v.rule == "submitted").outcome.value == "passed"


def test_a_posted_dossier_without_a_day_of_receipt_came_on_the_day_it_is_typed_in(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    last = rulebook_of(stage.contest).windows.submitted.to
    for days, expected in ((5, True), (6, False), (50, False)):
        typed_in = end_of_day(last + timedelta(days=days - 1)) + timedelta(hours=1)
        entry = receive(stage, typed_in, postmarked_on=last, key=f"after {days}")
        assert entry.received_on == last + timedelta(days=days)
        assert in_time(entry, typed_in) is expected, days


def test_the_same_form_sent_again_changes_nothing_of_the_dossier(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    first, other = today(now) - timedelta(days=2), today(now) - timedelta(days=1)
    entry = receive(stage, now, received_on=first)
    version = drafting.load_version(entry.draft_version_id)
    version.unit_name = ""
    db.session.commit()
    stage.contest.state = "published"
    again = receive(stage, now, received_on=other, postmarked_on=first)
    assert again is entry
    assert (entry.received_on, entry.postmarked_on, version.unit_name) == (first, None, "")


def test_the_form_of_one_contest_begins_nothing_in_another(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    actor = stage.actor("author")
    first = drafting.start_entry(stage.contest, actor=actor, now=now, key="twice")
    second = creating.create_contest(rulebook=rulebook_of(stage.contest), actor=None, now=now, slug="khac")
    moving.open_contest(second, actor=None, now=now)
    made = drafting.start_entry(second, actor=actor, now=now, key="twice")
    assert made.contest_id == second.id and made is not first
    assert drafting.start_entry(second, actor=actor, now=now, key="twice") is made


def test_neither_day_lies_in_the_future(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    tomorrow = today(now) + timedelta(days=1)
    with pytest.raises(UserError) as refused:
        receive(stage, now, postmarked_on=tomorrow)
    assert refused.value.field == "postmarked_on"
    with pytest.raises(UserError) as refused:
        receive(stage, now, received_on=tomorrow)
    assert refused.value.field == "received_on"


def test_a_mistyped_day_is_put_right_and_the_log_shows_both(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    last = rulebook_of(stage.contest).windows.submitted.to
    late = end_of_day(last + timedelta(days=20))
    entry = receive(stage, late, postmarked_on=last - timedelta(days=1))
    assert not in_time(entry, late)
    for _ in range(2):
        correct(stage, entry, late, received_on=last + timedelta(days=2), postmarked_on=last)
    assert in_time(entry, late)
    [event] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "entry:days_corrected"))
    assert event.before == {
        "received": today(late).isoformat(),
        "postmarked": (last - timedelta(days=1)).isoformat(),
    }
    assert event.after == {
        "received": (last + timedelta(days=2)).isoformat(),
        "postmarked": last.isoformat(),
    }


def test_days_stay_as_they_are_when_they_cannot_be_or_the_results_are_out(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    day = today(now)
    entry = receive(stage, now, received_on=day, postmarked_on=day - timedelta(days=2))
    with pytest.raises(UserError):
        correct(stage, entry, now, received_on=day - timedelta(days=3), postmarked_on=day)
    stage.contest.state = "published"
    with pytest.raises(NotAllowed):
        correct(stage, entry, now, received_on=day)
    assert (entry.received_on, entry.postmarked_on) == (day, day - timedelta(days=2))
