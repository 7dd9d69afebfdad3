"""Judging in the sample: panels, assignment, and sheets filled by judges with their own habits."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from contest.clock import start_of_day
from contest.domain.permissions import Role
from contest.domain.vietnamese import format_decimal
from contest.models import Assignment, Contest, Membership, Panel, Round, db
from contest.models.database import writing
from contest.sample.cast import Cast
from contest.services.accounts import actors, members
from contest.services.judging import assigning, conflicts, panels, scoring
from contest.services.judging import reading as judging


def set_up(contest: Contest, cast: Cast, *, at: datetime) -> Round:
    """The preliminary round: two panels, nine judges, assigned and open."""
    with writing():
        round_ = judging.list_rounds(contest.id)[0]
        for name, categories, seats in (
            ("Tiểu ban Báo in, báo điện tử", ["print", "online"], cast.judges[:5]),
            ("Tiểu ban Phát thanh, truyền hình", ["radio", "tv"], cast.judges[5:]),
        ):
            panel = panels.create_panel(round_, name=name, categories=categories, actor=None, now=at)
            seat(contest, panel, seats, at=at)
            db.session.refresh(round_, ["panels"])
        assigning.apply_plan(round_, actor=None, now=at)
        panels.open_round(round_, actor=None, now=at)
        return round_


def seat(contest: Contest, panel: Panel, seats: list, *, at: datetime) -> None:
    """Judges of a panel, the first its chair; the caller commits."""
    for i, account in enumerate(seats):
        members.add_member(
            contest, account=account, role=Role.JUDGE, actor=None, now=at, panel=panel, is_chair=i == 0
        )
    db.session.commit()


def merit_of(entry_id: int) -> float:
    """How good a work is in the sample's world, the same for everybody."""
    return random.Random(f"merit {entry_id}").gauss(0.78, 0.07)


def fill(judge: Membership, share: float, *, at: datetime, generous: float, odd: int = -1) -> None:
    """Score a share of a judge's works. `odd` is a place in the list scored far from everybody else."""
    actor = actors.load_actor(judge.account)
    rows = db.session.scalars(
        select(Assignment)
        .where(Assignment.judge_id == judge.id, Assignment.state == "active")
        .order_by(Assignment.position)
    ).all()
    dice = random.Random(f"judge {judge.id}")
    if rows:
        conflicts.declare(judge, {}, actor=actor, now=at)
    for i, assignment in enumerate(rows[: round(len(rows) * share)]):
        found = scoring.get_assignment(assignment.public_id)
        assert found is not None
        rules = judging.rules_in(found.round)
        level = 0.42 if i == odd else merit_of(found.entry_id) + generous + dice.gauss(0, 0.025)
        typed = {c.key: _mark(level + dice.gauss(0, 0.03), c.maximum, c.step) for c in rules.criteria}
        note = "Tư liệu chắc, nhân vật rõ; phần kết hơi vội." if i % 5 == 2 else ""
        scoring.save_sheet(
            found,
            typed=typed,
            base_version=0,
            actor=actor,
            now=at + timedelta(minutes=17 * i),
            comment=note,
            comment_shared=False,
        )


def _mark(level: float, maximum: Decimal, step: Decimal) -> str:
    value = min(maximum, max(Decimal(0), Decimal(str(round(float(maximum) * level / float(step)))) * step))
    return format_decimal(value)


def sign(judge: Membership, round_: Round, *, at: datetime) -> None:
    """Sign all of a judge's sheets."""
    scoring.sign_sheets(judge, round_, actor=actors.load_actor(judge.account), now=at)


def run(contest: Contest, cast: Cast, *, last: date, now: datetime) -> None:
    """The round under way: two judges have signed, most are half through, one is slow, one stepped back once."""
    begin = start_of_day(last + timedelta(days=8))
    round_ = set_up(contest, cast, at=begin)
    shares = (0.55, 0.3, 1.0, 1.0, 1.0, 0.7, 0.6, 1.0, 0.2)
    for i, judge in enumerate(judging.judges_of(round_.id)):
        with writing():
            judge = db.session.get_one(Membership, judge.id)
            fill(
                judge, shares[i % 9], at=begin + timedelta(days=2, hours=i), generous=(-0.02, 0.0, 0.03)[i % 3],
                odd=1 if i == 4 else -1,
            )  # fmt: skip
            if i in (2, 3, 4, 7):
                sign(judge, db.session.get_one(Round, round_.id), at=begin + timedelta(days=9, hours=i))
            if i == 5:
                _step_back(judge, at=begin + timedelta(days=1))


def _step_back(judge: Membership, *, at: datetime) -> None:
    assignment = db.session.scalars(
        select(Assignment)
        .where(Assignment.judge_id == judge.id, Assignment.state == "active")
        .order_by(Assignment.position.desc())
    ).first()
    if assignment is not None:
        conflicts.declare_conflict(
            assignment,
            reason="Nhận ra giọng người thân trong tác phẩm",
            actor=actors.load_actor(judge.account),
            now=at,
        )
