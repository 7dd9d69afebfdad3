"""The page of a later deadline, and what the front page shows then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import today, utcnow
from contest.domain.contests import ContestAction
from contest.models.database import db, writing
from contest.services.contests import moving
from contest.services.contests.reading import get_contest, rulebook_of
from tests.browsing import send, words_of
from tests.cast import Stage, make_stage
from tests.web.test_access import sign_in

PATH = "/contests/thu/extend"


@pytest.fixture
def stage(app: Flask) -> Stage:
    with app.app_context(), writing():
        return make_stage(app, utcnow())


@pytest.fixture
def organizer(app: Flask, stage: Stage) -> FlaskClient:
    return sign_in(app, "organizer")


def day(stage: Stage, days: int) -> str:
    """So many days after the deadline of the rules, which is in ten days."""
    return f"{today(stage.now) + timedelta(days=10 + days):%d/%m/%Y}"


def test_the_front_page_shows_the_notice_and_counts_to_the_new_day(
    app: Flask, client: FlaskClient, stage: Stage, organizer: FlaskClient
) -> None:
    assert "còn 10 ngày" in words_of(client.get("/c/thu"))
    sent = send(organizer, PATH, new_day=day(stage, 4), reason="Bão số 9", document_number="7-TB/BTC")
    assert sent.status_code == 303
    page = words_of(client.get("/c/thu"))
    assert f"Gia hạn nhận tác phẩm đến hết ngày {day(stage, 4)}" in page
    assert "Bão số 9 (7-TB/BTC)" in page and "còn 14 ngày" in page


def test_a_day_before_the_old_one_stands_beside_its_field_and_nothing_is_lost(
    stage: Stage, organizer: FlaskClient
) -> None:
    answer = send(organizer, PATH, new_day=day(stage, -1), reason="Bão số 9", document_number="7-TB/BTC")
    assert answer.status_code == 422
    assert 'id="new_day-error">Ngày mới phải sau hạn đang có' in answer.text
    assert "Bão số 9" in answer.text and "7-TB/BTC" in answer.text


def test_a_closed_contest_is_open_again(app: Flask, stage: Stage, organizer: FlaskClient) -> None:
    send(organizer, "/contests/thu/rulebook", to="/contests/thu/close", reason="Hết hạn")
    assert PATH in organizer.get("/contests/thu/rulebook").text
    assert "sẽ nhận lại tác phẩm" in words_of(organizer.get(PATH))
    assert send(organizer, PATH, new_day=day(stage, 4), reason="Bão số 9").status_code == 303
    assert "Đang nhận tác phẩm" in words_of(organizer.get("/contests/thu/rulebook"))


def test_in_a_contest_being_judged_the_page_says_why_not(
    app: Flask, stage: Stage, organizer: FlaskClient
) -> None:
    with app.app_context(), writing():
        moving.move_contest(stage.reload().contest, ContestAction.START_JUDGING, actor=None, now=stage.now)
        db.session.commit()
    assert PATH not in organizer.get("/contests/thu/rulebook").text
    answer = send(organizer, PATH, new_day=day(stage, 4), reason="Bão số 9")
    assert answer.status_code == 409 and "không gia hạn nhận tác phẩm được nữa" in words_of(answer)
    with app.app_context():
        found = get_contest("thu")
        assert found is not None
        assert rulebook_of(found).windows.submitted.to == today(stage.now) + timedelta(days=10)
