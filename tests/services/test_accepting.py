"""Accepting, rejecting, disqualifying: acts that are followed and never deleted."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from contest.domain.errors import InvalidTransition, UserError
from contest.models import OutboxMail, ScreeningDecision, db
from contest.services.contests.reading import rulebook_of
from contest.services.screening import deciding
from contest.services.screening import reading as screening
from tests.cast import make_stage


def test_accepting_puts_the_entry_into_the_category_of_its_media_type(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    deciding.accept_entry(entry, actor=stage.actor("secretary"), now=now)
    assert (entry.state, entry.category_key) == ("accepted", "print")
    kept = db.session.scalars(select(ScreeningDecision)).one()
    assert kept.action == "accept" and any(v["rule"] == "basics" for v in kept.verdicts)


def test_a_dossier_says_before_acceptance_which_category_it_goes_to(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entry = stage.entry()
    expected = rulebook_of(stage.contest).category_for("print", "phóng sự")
    [screened] = screening.screen_entries(stage.contest, [entry], now=now)
    assert screened.category == expected
    deciding.accept_entry(entry, actor=stage.actor("secretary"), now=now)
    assert entry.category_key == expected.key


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
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.event == "disqualified")).one()
    assert mail.subject == f"Tác phẩm {entry.receipt_code} không còn dự thi: Tác phẩm 01"
    assert "Sao chép bài đã đăng" in mail.body
    waiting = stage.entry(title="Bài chờ")
    with pytest.raises(InvalidTransition):
        deciding.disqualify_entry(waiting, reason="Chưa nhận", actor=secretary, now=now)
