"""Two closed rounds and who won: what tests of results and of publications start from."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from contest.models import Contest, db
from contest.services.judging import reading as judging
from contest.services.results import closing, prizes, shortlisting
from tests.cast import Stage, make_stage

QUOTA = {
    "rounds__0__shortlist": {"per_category": 5, "floor": 70},
    "prizes": [
        {"tier": "Giải Nhất", "quota": {"at_most": 1}, "value_vnd": 10_000_000},
        {"tier": "Giải Nhì", "quota": {"at_most": 2}},
        {"tier": "Giải Ba", "quota": {"at_most": 2}},
        {"tier": "Giải Tập thể", "per": "overall", "kind": "collective", "quota": {"range": [1, 2]}},
    ],
}


def run_round(
    stage: Stage, position: int, totals: dict[int, str], *, judges: int = 3, name: str = "Hội đồng"
) -> None:
    """One whole round in which every judge gives an entry the same total."""
    round_, _ = stage.panel(judges=judges, position=position, name=name)
    stage.open_round(round_)
    stage.judge_all(round_, {e: [t] * judges for e, t in totals.items()})
    closing.close_round(round_, waive_unsigned=False, actor=stage.actor("judge0"), now=stage.now)


@pytest.fixture
def decided(context: Flask, now: datetime) -> tuple[Stage, list[int]]:
    """Seven works; finals of five at 95; 93, 93; 92 and 91."""
    stage = make_stage(context, now, **QUOTA)
    ids = [e.id for e in stage.accepted(7)]
    run_round(stage, 0, dict(zip(ids, ["95", "93", "93", "92", "91", "80", "60"], strict=True)))
    shortlisting.apply_shortlist(
        judging.list_rounds(stage.contest.id)[0], actor=stage.actor("organizer"), now=now
    )
    run_round(stage, 1, dict(zip(ids[:5], ["95", "93", "93", "92", "91"], strict=True)), name="Chung khảo")
    return stage, ids


def winners(stage: Stage) -> dict[str, list[str]]:
    board = prizes.prize_board(db.session.get_one(Contest, stage.contest.id))
    assert board is not None
    found = next(c for c in board.categories if c.key == "print")
    return {s.tier: [board.board.titles[a.entry] for a in found.awards_in(s.tier)] for s in found.slots}
