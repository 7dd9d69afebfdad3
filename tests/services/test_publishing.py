"""Publications: immutable, at once or at an hour, corrected by a new one; told once, with their copies."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest.domain.errors import InvalidTransition, UserError
from contest.models import Entry, EntryFile, OutboxMail, PublishedWork, db
from contest.services import exports, media, outbox, registry
from contest.services.judging import reading as judging
from contest.services.results import closing, prizes, publishing
from contest.worker import drain
from tests.cast import Stage, png
from tests.finals import decided as decided  # the fixture


def publish(stage: Stage, **values):
    stage.make_copies()
    snapshot = publishing.preview(stage.contest).snapshot
    wanted = {
        "publish_at": None,
        "decision": "12-QĐ/BTC",
        "correction_note": "",
        "expected": publishing.digest_of(snapshot),
    } | values
    return publishing.publish(stage.contest, actor=stage.actor("organizer"), now=stage.now, **wanted)


def test_a_publication_is_a_snapshot_that_later_changes_do_not_touch(
    decided: tuple[Stage, list[int]], context: Flask
) -> None:
    stage, ids = decided
    made = publish(stage)
    assert stage.contest.state == "published"
    before = made.sha256
    work = db.session.scalars(select(PublishedWork).where(PublishedWork.entry_id == ids[0])).one()
    entry = db.session.get_one(Entry, ids[0])
    entry.submitted_version.title = "Đổi sau"
    db.session.commit()
    shown = publishing.visible(stage.contest.id, now=stage.now)
    assert (
        shown.sha256
        == before
        == publishing.digest_of({k: v for k, v in shown.snapshot.items() if k != "decision"})
    )
    assert work.content["title"] == "Tác phẩm 01"


def test_a_correction_is_a_new_snapshot_and_the_old_one_stays_readable(
    decided: tuple[Stage, list[int]],
) -> None:
    stage, ids = decided
    first = publish(stage)
    with pytest.raises(UserError, match="đính chính"):
        publish(stage)
    prizes.adjust_prizes(
        stage.contest,
        kind="remove",
        tier="",
        category_key="print",
        entry_id=ids[4],
        reason="Thu hồi",
        actor=stage.actor("organizer"),
        now=stage.now,
    )
    second = publish(stage, correction_note="Thu hồi một giải Ba.")
    assert [p.number for p in publishing.list_visible(stage.contest.id, now=stage.now)] == [2, 1]
    assert publishing.get_visible(stage.contest.id, 1, now=stage.now).sha256 == first.sha256 != second.sha256
    slugs = {
        w.entry_id: w.slug
        for w in db.session.scalars(select(PublishedWork).where(PublishedWork.publication_id == second.id))
    }
    earlier = {
        w.entry_id: w.slug
        for w in db.session.scalars(select(PublishedWork).where(PublishedWork.publication_id == first.id))
    }
    assert all(earlier[e] == s for e, s in slugs.items()), "a work keeps its address"


def test_what_changed_since_the_preview_is_not_published(decided: tuple[Stage, list[int]]) -> None:
    stage, ids = decided
    with pytest.raises(UserError, match="đã đổi"):
        publish(stage, expected="0" * 64)


def test_a_publication_set_to_an_hour_appears_at_that_hour_and_not_before(
    decided: tuple[Stage, list[int]],
) -> None:
    stage, _ = decided
    hour = stage.now + timedelta(hours=5)
    made = publish(stage, publish_at=hour)
    assert publishing.visible(stage.contest.id, now=hour - timedelta(microseconds=1)) is None
    assert publishing.get_work(stage.contest.id, "x", now=stage.now) is None
    assert publishing.visible(stage.contest.id, now=hour).id == made.id
    assert stage.contest.state == "judging"
    with pytest.raises(InvalidTransition):
        publish(stage, publish_at=hour)
    publishing.carry_out(made.id, now=hour - timedelta(seconds=1))
    assert stage.contest.state == "judging"
    publishing.carry_out(made.id, now=hour)
    publishing.carry_out(made.id, now=hour)
    assert stage.contest.state == "published"
    assert (
        len(db.session.scalars(select(OutboxMail).where(OutboxMail.event == "results_published")).all()) == 5
    )


def test_a_scheduled_publication_can_be_cancelled_before_its_hour_only(
    decided: tuple[Stage, list[int]],
) -> None:
    stage, _ = decided
    made = publish(stage, publish_at=stage.now + timedelta(hours=1))
    with pytest.raises(InvalidTransition):
        publishing.cancel_scheduled(made, actor=stage.actor("organizer"), now=stage.now + timedelta(hours=2))
    publishing.cancel_scheduled(made, actor=stage.actor("organizer"), now=stage.now)
    assert publishing.visible(stage.contest.id, now=stage.now + timedelta(hours=2)) is None


def test_the_winners_list_has_a_row_per_author_and_no_formula(decided: tuple[Stage, list[int]]) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    stage, ids = decided
    entry = db.session.get_one(Entry, ids[0])
    entry.submitted_version.authors[0].legal_name = "=HYPERLINK(1)"
    db.session.commit()
    rows = list(
        load_workbook(BytesIO(exports.winners_workbook(publish(stage)))).active.iter_rows(values_only=True)
    )
    assert len(rows) == 1 + 5
    assert rows[1][1] == "'=HYPERLINK(1)" and rows[1][6] == "Giải Nhất" and rows[1][11] == 10_000_000


def test_a_closed_round_below_an_open_later_one_cannot_be_reopened(decided: tuple[Stage, list[int]]) -> None:
    stage, _ = decided
    first, final = judging.list_rounds(stage.contest.id)
    with pytest.raises(InvalidTransition):
        closing.reopen_round(first, reason="Muộn rồi", actor=stage.actor("judge0"), now=stage.now)
    publish(stage)
    with pytest.raises(InvalidTransition):
        closing.reopen_round(final, reason="Muộn rồi", actor=stage.actor("judge0"), now=stage.now)


def test_the_worker_carries_the_publication_out(decided: tuple[Stage, list[int]], context: Flask) -> None:
    from contest.clock import utcnow
    from contest.models.database import begin_writing, end_writing

    stage, _ = decided
    publish(stage)
    end_writing()
    drain(context, now=utcnow())
    begin_writing()
    assert db.session.scalar(select(OutboxMail.id).where(OutboxMail.event == "results_published")) is not None


def test_nothing_is_published_while_copies_of_an_awarded_work_are_being_made(
    decided: tuple[Stage, list[int]], context: Flask
) -> None:
    from contest.clock import utcnow
    from contest.models import Job
    from contest.models.database import begin_writing, end_writing

    stage, _ = decided
    stage.make_copies()
    version = db.session.get_one(Entry, decided[1][0]).submitted_version
    file = media.keep(
        media.receive(
            io.BytesIO(png(shade=7)), storage=stage.storage, name="trang 2.png", allowed=("image",), limit=10**7
        ),
        actor=None, now=stage.now,
    )  # fmt: skip
    db.session.add(
        EntryFile(version_id=version.id, file_id=file.id, slot="published_page", position=2, covers=[])
    )
    db.session.commit()
    with pytest.raises(UserError, match="đang được làm: Tác phẩm 01"):
        publishing.preview(stage.contest)
    job = db.session.scalars(
        select(Job).where(Job.dedupe_key.startswith(f"renditions:{file.public_id}:"))
    ).one()
    job.attempts = outbox.MAX_ATTEMPTS
    db.session.commit()
    assert publishing.preview(stage.contest), "given up: nobody waits for it"
    job.attempts = 0
    db.session.commit()
    end_writing()
    drain(context, now=utcnow())
    begin_writing()
    assert publishing.preview(stage.contest)


def test_a_model_leads_to_each_published_work_about_it_once(decided: tuple[Stage, list[int]]) -> None:
    stage, ids = decided
    model = registry.create_exemplar(
        actor=None, now=stage.now, name="Già làng Phạm Văn Sốt", field="Kinh tế", subject_kind="individual",
        novelty="new", unit_name="Xã Ba Vinh",
    )  # fmt: skip
    for entry_id in ids[:2]:
        for portrayed in db.session.get_one(Entry, entry_id).submitted_version.exemplars:
            portrayed.exemplar_id = model.id
    db.session.commit()
    publish(stage)
    found = publishing.works_about(exemplar_id=model.id, now=stage.now)
    assert [w.entry_id for w, _ in found] == ids[:2]
    assert publishing.works_about(exemplar_id=model.id + 1, now=stage.now) == []
