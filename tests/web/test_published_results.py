"""The public page of results: which winners stand where, what is said beside them, and the lists to take away."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import utcnow
from contest.models.database import writing
from contest.services.results import prizes
from tests.browsing import words_of
from tests.cast import Stage
from tests.finals import QUOTA
from tests.services.test_prize_conditions import finals
from tests.services.test_publishing import publish

SPECIAL = [{"tier": "Giải Đặc biệt", "per": "overall", "quota": {"at_most": 9}, "value_vnd": 20_000_000}]


def change(stage: Stage, **values: Any) -> None:
    known = {
        "category_key": "",
        "reason": "Hội đồng thống nhất",
        "actor": stage.actor("organizer"),
        "now": stage.now,
    }
    prizes.adjust_prizes(stage.contest, **known | values)


@pytest.fixture
def special(app: Flask) -> Stage:
    """Five works at the top of the contest, above all categories; two more without a prize."""
    with app.app_context(), writing():
        stage, ids = finals(app, utcnow(), count=7, works={}, prizes=SPECIAL + QUOTA["prizes"])
        for entry_id in ids[:5]:
            change(stage, kind="move", tier="Giải Đặc biệt", entry_id=entry_id)
        publish(stage)
        return stage


def titles(client: FlaskClient, query: str = "") -> list[str]:
    page = client.get(f"/c/thu/results{query}").text
    return [f"Tác phẩm {n:02}" for n in range(1, 8) if page.count(f"Tác phẩm {n:02}</a>") == 1]


def test_works_with_a_prize_of_the_whole_contest_are_never_lost(special: Stage, client: FlaskClient) -> None:
    everyone = [f"Tác phẩm {n:02}" for n in range(1, 6)]
    assert titles(client) == everyone, "each once, also the fifth that does not fit at the top"
    assert titles(client, "?category=print") == everyone
    assert titles(client, "?category=tv") == []
    assert titles(client, "?q=tac pham 01") == ["Tác phẩm 01"]
    assert 'Báo in <span class="figures quiet">5</span>' in words_of(client.get("/c/thu/results"))
