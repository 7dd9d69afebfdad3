"""The desk leads everybody only through doors that are open to them."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from contest.clock import utcnow
from contest.models.database import writing
from tests.cast import Stage, make_stage
from tests.finals import run_round
from tests.web.test_entries import sign_in


@pytest.fixture
def stage(app: Flask) -> Stage:
    with app.app_context(), writing():
        return make_stage(app, utcnow())


def main_of(page: str) -> str:
    return page.partition('<main id="content"')[2]


@pytest.mark.parametrize("who", ["organizer", "secretary"])
@pytest.mark.parametrize("state", ["empty", "waiting", "judging", "closed"])
def test_no_line_of_the_desk_leads_to_a_closed_door(app: Flask, stage: Stage, who: str, state: str) -> None:
    with app.app_context(), writing():
        stage.reload()
        if state == "waiting":
            stage.entry()
        if state == "judging":
            stage.accepted(2)
            round_, _ = stage.panel(judges=2)
            stage.open_round(round_)
        if state == "closed":
            ids = [e.id for e in stage.accepted(2)]
            run_round(stage, 0, dict(zip(ids, ["90", "80"], strict=True)))
    client = sign_in(app, who)
    found = set(re.findall(r'href="(/[^"]+)"', main_of(client.get("/contests/thu/desk").text)))
    assert len(found) > 3
    closed = [a for a in found if client.get(a.replace("&amp;", "&")).status_code >= 400]
    assert not closed


def test_only_the_secretary_is_asked_to_screen(app: Flask, stage: Stage) -> None:
    with app.app_context(), writing():
        stage.reload().entry()
    desks = {
        who: main_of(sign_in(app, who).get("/contests/thu/desk").text) for who in ("organizer", "secretary")
    }
    assert "/contests/thu/screening" in desks["secretary"] and "Sơ loại 1 hồ sơ" in desks["secretary"]
    assert "/contests/thu/dossiers?state=submitted" in desks["organizer"]
    assert "Sơ loại 1 hồ sơ" not in desks["organizer"]


def test_the_first_page_of_the_secretary_counts_what_waits(app: Flask, stage: Stage) -> None:
    client = sign_in(app, "secretary")
    assert "Sơ loại 1 hồ sơ" not in " ".join(main_of(client.get("/work").text).split())
    with app.app_context(), writing():
        stage.reload().entry()
    assert "Sơ loại 1 hồ sơ" in " ".join(main_of(client.get("/work").text).split())
