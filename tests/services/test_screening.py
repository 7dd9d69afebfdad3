"""Looking a dossier through: verdicts with evidence, the own finding above the machine's, files covered, dossiers found."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from flask import Flask

from contest.clock import today
from contest.domain.errors import UserError
from contest.domain.verdicts import Outcome
from contest.services import media
from contest.services.entries import drafting, files, reading
from contest.services.screening import deciding, findings
from contest.services.screening import reading as screening
from contest.storage.checker.kinds import Checked
from tests.cast import Stage, make_stage


def test_the_secretarys_own_finding_stands_above_the_machines(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    assert stage.verdict(entry, "subject").outcome is Outcome.LOOK
    findings.override_verdict(
        entry,
        rule="subject",
        outcome=Outcome.PASSED,
        note="Có trong danh sách xã gửi",
        actor=stage.actor("secretary"),
        now=now,
    )
    assert stage.verdict(entry, "subject").outcome is Outcome.PASSED


def test_the_declared_awards_stand_under_the_rule_that_asks_about_them(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    awards = [
        {"contest": "Giải Báo chí quốc gia", "organizer": "Hội Nhà báo", "level": "national", "year": 2025},
        {"contest": "Giải của tỉnh", "organizer": "", "level": "provincial", "year": 2024},
    ]
    entry = stage.entry(no_prior_awards=False, prior_awards=awards)
    found = stage.verdict(entry, "prior_awards")
    assert found.outcome is Outcome.LOOK
    assert found.evidence == (
        ("Giải quốc gia", "Giải Báo chí quốc gia, Hội Nhà báo, năm 2025"),
        ("Giải cấp tỉnh", "Giải của tỉnh, năm 2024"),
    )
    clear = stage.entry("coauthor", no_prior_awards=False, prior_awards=awards[1:])
    assert stage.verdict(clear, "prior_awards").outcome is Outcome.PASSED


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


CLEAN = {
    "eligibility__agency_confirmation": {"required": False},
    "eligibility__subject": {"exemplar_required": False},
}


def part(stage: Stage, **more) -> drafting.PartInput:
    day = today(stage.now) - timedelta(days=30)
    return drafting.PartInput(title="Kỳ 1", outlet_name="Báo Quảng Ngãi", published_on=day, **more)


def recording(stage: Stage, duration_ms: int | None) -> media.Received:
    """A sound as it comes out of the check: with its length, or without one where nothing could tell it."""
    stored = stage.storage.put(io.BytesIO(f"sound {duration_ms}".encode()), limit=1000)
    return media.Received(stored, Checked("audio", "audio/mpeg", "phat-thanh.mp3", duration_ms=duration_ms))


def broadcast(stage: Stage, duration_ms: int | None, *, who: str = "author", minutes: int | None = None):
    parts = [part(stage, minutes=minutes)]
    entry = stage.draft(who, title=f"Tiếng {duration_ms} {minutes}", media_type="radio", parts=parts)
    slot = files.slot_of(entry, "audio")
    files.add_file(entry, recording(stage, duration_ms), slot=slot, actor=stage.actor(who), now=stage.now)
    return stage.submit(entry, who)


def test_a_scan_whose_words_nobody_counted_waits_for_a_person(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now, **CLEAN)
    secretary = stage.actor("secretary")
    entry = stage.entry(parts=[part(stage)])
    found = stage.verdict(entry, "words")
    assert (found.outcome, found.finding) == (Outcome.LOOK, "chưa đo được, cần người xem")
    assert found.evidence == (("Kỳ 1", "chưa đo được, cần người xem"),)
    assert deciding.accept_clean(stage.contest, [entry.submitted_version_id], actor=secretary, now=now) == 0
    seen = {"rule": "words", "outcome": Outcome.PASSED, "note": "Đếm trên bản quét: khoảng 1.200 chữ"}
    findings.override_verdict(entry, **seen, actor=secretary, now=now)
    assert deciding.accept_clean(stage.contest, [entry.submitted_version_id], actor=secretary, now=now) == 1


def test_a_recording_whose_length_nothing_could_tell_waits_for_a_person(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now, **CLEAN)
    measured = broadcast(stage, 12 * 60_000)
    unmeasured = broadcast(stage, None, who="coauthor")
    said = broadcast(stage, None, who="stranger", minutes=12)
    assert stage.verdict(measured, "minutes").outcome is Outcome.PASSED
    for entry in (unmeasured, said):
        found = stage.verdict(entry, "minutes")
        assert found.outcome is Outcome.LOOK and "chưa đo được, cần người xem" in found.finding
        assert ("phat-thanh.mp3", "chưa đo được, cần người xem") in found.evidence
    assert ("Kỳ 1", "12 phút") in stage.verdict(said, "minutes").evidence, (
        "what its author says stands beside"
    )
    versions = [e.submitted_version_id for e in (measured, unmeasured, said)]
    assert deciding.accept_clean(stage.contest, versions, actor=stage.actor("secretary"), now=now) == 1
    assert measured.state == "accepted"
