"""Files that nothing refers to are forgotten after two weeks, with their copies and bytes; what anything refers to stays."""

from __future__ import annotations

import io
from collections.abc import Set
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from contest.clock import utcnow
from contest.models import Job, Rendition, SiteSettings, StoredFile, db
from contest.models.database import begin_writing, end_writing
from contest.services import media
from contest.services.contests import moving, site
from contest.services.entries import files, reading
from contest.services.judging import paper, scoring
from contest.services.judging import reading as judging
from contest.worker import drain, plan_day
from tests.cast import Stage, make_stage, png

LATER = media.UNUSED_AFTER + timedelta(seconds=1)


def send(stage: Stage, shade: int) -> media.Received:
    body = io.BytesIO(png(shade=shade))
    return media.receive(body, storage=stage.storage, name="phiếu.png", allowed=("image",), limit=10**7)


def left_scan(stage: Stage, shade: int = 10) -> StoredFile:
    """A scan sent with a form that was refused and never sent again."""
    return paper.keep_scan(send(stage, shade), actor=stage.actor("secretary"), now=stage.now)


def names(stage: Stage) -> set[int]:
    return set(db.session.scalars(select(StoredFile.id)))


def work(app: Flask, now: datetime) -> None:
    """The worker's jobs, outside the lock of the test."""
    end_writing()
    drain(app, now=now)
    begin_writing()


def bytes_kept(stage: Stage) -> Set[str]:
    return dict(stage.storage.keys()).keys()


def test_a_scan_left_in_a_form_is_forgotten_with_its_copies_and_bytes(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    before = bytes_kept(stage)
    left_scan(stage)
    stage.make_copies()
    assert len(bytes_kept(stage)) > len(before) + 1, "the scan and copies of it"
    assert media.forget_unused(now=now + media.UNUSED_AFTER) == 0, "not before two weeks are over"
    assert media.forget_unused(now=now + LATER) == 1
    assert names(stage) == set() and db.session.scalars(select(Rendition)).all() == []
    work(context, now + LATER)
    assert bytes_kept(stage) == before
    assert media.forget_unused(now=now + LATER) == 0, "a second time changes nothing"


def test_a_file_taken_out_of_a_draft_is_forgotten_and_those_of_versions_stay(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    author = stage.actor("author")
    wrong = files.add_file(
        entry, send(stage, 30), slot=files.slot_of(entry, "agency_confirmation"), actor=author, now=now
    )
    handed_in = reading.load_version(entry.submitted_version_id).files[0]
    wrong_id, kept_id = wrong.file_id, handed_in.file_id
    assert media.forget_unused(now=now + LATER) == 0, "in a draft"
    files.remove_file(entry, wrong.file.public_id, actor=author, now=now)
    files.remove_file(entry, handed_in.file.public_id, actor=author, now=now)
    assert media.forget_unused(now=now + LATER) == 1
    assert wrong_id not in names(stage) and kept_id in names(stage), (
        "the version that was handed in keeps its own"
    )


def test_signed_rules_and_scans_of_sheets_stay_also_when_others_took_their_place(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    stage.accepted(1)
    round_, _ = stage.panel(judges=1)
    stage.open_round(round_)
    [assignment] = judging.list_assignments(round_.id)
    marks = {"discovery": "27", "relevance": "21", "craft": "19", "effect": "14"}
    for version, shade in enumerate((40, 50)):
        scan = left_scan(stage, shade)
        found = scoring.get_assignment(assignment.public_id)
        paper.enter_paper(
            found, typed=marks, base_version=version, scan=scan, actor=stage.actor("secretary"), now=now
        )
    for shade in (60, 70):
        file = media.keep(send(stage, shade), actor=stage.actor("organizer"), now=now)
        moving.attach_rules(stage.contest, file, actor=stage.actor("organizer"), now=now)
    everything = names(stage)
    assert media.forget_unused(now=now + LATER) == 0 and names(stage) == everything


def test_the_picture_of_the_site_stays_and_the_one_before_goes(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    operator = stage.actor("operator")
    db.session.add(SiteSettings(id=1, name="Trang báo chí", updated_at=now))
    first, second = left_scan(stage, 80), left_scan(stage, 90)
    stage.make_copies()
    for file in (first, second):
        db.session.refresh(file)
        site.change_mark(file, actor=operator, now=now)
    gone, kept = first.id, second.id
    assert media.forget_unused(now=now + LATER) == 1
    assert gone not in names(stage) and kept in names(stage)


def test_a_new_file_gets_its_copies_also_under_the_number_of_one_forgotten(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    old = left_scan(stage).public_id
    work(context, now)
    media.forget_unused(now=now + LATER)
    new = left_scan(stage, 20).public_id
    jobs = db.session.scalars(select(Job).where(Job.kind == "renditions").order_by(Job.id)).all()
    assert [j.dedupe_key for j in jobs] == [f"renditions:{old}:", f"renditions:{new}:"]


def test_the_clean_up_is_planned_once_a_day_and_the_worker_does_it(context: Flask) -> None:
    now = utcnow()
    stage = make_stage(context, now)
    old, fresh = left_scan(stage), left_scan(stage, 20)
    old.created_at = now - LATER
    stage.make_copies()
    kept = fresh.id
    db.session.commit()
    end_writing()
    for _ in range(2):
        plan_day(context, now=now)
    begin_writing()
    assert len(db.session.scalars(select(Job).where(Job.kind == "unused_files")).all()) == 1
    work(context, now + timedelta(days=1))
    assert names(stage) == {kept}
