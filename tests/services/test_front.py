"""The front page's facts: where today stands on the time line, what must be known, what was written about whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Flask

from contest.clock import start_of_day
from contest.services.contests import front
from contest.services.contests.reading import rulebook_of
from tests.cast import make_stage


def test_today_stands_inside_the_phase_that_runs(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    span = rulebook_of(stage.contest).windows.submitted
    half = span.from_ + (span.to - span.from_) / 2
    stops = front.build(stage.contest, now=start_of_day(half) + timedelta(hours=9)).milestones
    here = [(m.name, m.today) for m in stops if m.today is not None]
    assert len(here) == 1 and here[0][0] == "Nhận tác phẩm" and here[0][1] is not None
    assert 30 <= here[0][1] <= 60
    assert [m.state for m in stops if m.name == "Nhận tác phẩm"] == ["now"]


def test_today_moves_on_and_leaves_the_line_after_the_last_stop(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    rules = rulebook_of(stage.contest)
    start = start_of_day(rules.windows.submitted.from_)
    shares = []
    for days in (2, 20, 60):
        stops = front.build(stage.contest, now=start + timedelta(days=days)).milestones
        shares.append(next(m.today for m in stops if m.today is not None))
    assert shares == sorted(shares) and shares[0] < shares[-1]
    late = front.build(stage.contest, now=start + timedelta(days=2000)).milestones
    assert all(m.today is None and m.state == "past" for m in late)


def test_a_round_is_told_by_the_day_its_judging_ends(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now, rounds__0__due=date(2026, 11, 14))
    told = {m.name: m.dates for m in front.build(stage.contest, now=now).milestones}
    assert told["Sơ khảo"] == "đến hết 14/11/2026"


def test_the_rules_to_know_are_told_in_sentences(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    told = dict(front.build(stage.contest, now=now).key_rules)
    assert "đến hết ngày" in told["Hạn nộp"].lower()
    assert "30" in told["Tiêu chí"] and "Sơ khảo" in told and "Bằng điểm" in told


def test_a_prize_for_agencies_wears_no_medal(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    prizes = front.build(stage.contest, now=now).prizes
    assert [p.tier for p in prizes if p.is_collective] == ["Giải Tập thể"]
