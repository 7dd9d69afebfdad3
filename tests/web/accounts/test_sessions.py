"""How long somebody stays signed in: staff for a working day and never on a machine left alone, judges for their round."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest.clock import utcnow
from contest.domain.permissions import Role
from contest.models import Account, SignIn, db
from contest.models.database import writing
from contest.services.accounts import actors, members, operating
from tests.browsing import forms_of, go_on, send, token_of
from tests.cast import PASSWORD, Stage, make_stage
from tests.web.test_access import sign_in


@pytest.fixture
def stage(app: Flask) -> Stage:
    with app.app_context(), writing():
        return make_stage(app, utcnow())


def leave(client: FlaskClient, minutes: int) -> None:
    """Nobody touches this browser for so long."""
    with client.session_transaction() as session:
        session["seen"] -= minutes * 60


def row_of(email: str) -> SignIn:
    found = select(SignIn).join(Account, Account.id == SignIn.account_id).where(Account.email == email)
    return db.session.scalars(found).one()


def days_left(app: Flask, email: str) -> float:
    with app.app_context():
        return (row_of(email).expires_at - utcnow()) / timedelta(days=1)


@pytest.mark.parametrize("who", ["organizer", "secretary", "operator"])
def test_staff_is_asked_again_after_half_an_hour_away(app: Flask, stage: Stage, who: str) -> None:
    client = sign_in(app, who)
    for _ in range(3):
        leave(client, 20)
        assert client.get("/work").status_code == 200, "reading is being there"
    leave(client, 31)
    assert client.get("/work").status_code == 303
    assert client.get("/work").status_code == 303, "looking again does not bring it back"


@pytest.mark.parametrize("who", ["author", "clerk"])
def test_others_are_not(app: Flask, stage: Stage, who: str) -> None:
    client = sign_in(app, who)
    leave(client, 3 * 24 * 60)
    assert client.get("/work").status_code == 200


def test_what_staff_typed_before_being_away_is_kept(app: Flask, stage: Stage) -> None:
    client = sign_in(app, "secretary")
    data = dict(forms_of(client.get("/accounts/profile"))[0][1]) | {"name": "Lê Thị Ngọc Ánh"}
    leave(client, 45)
    refused = client.post("/accounts/profile", data=data)
    assert refused.status_code == 401
    assert go_on(client, refused, "secretary", PASSWORD).status_code == 303
    assert "Lê Thị Ngọc Ánh" in client.get("/accounts/profile").text


def test_a_month_of_an_author_becomes_a_day_with_the_promotion(app: Flask, stage: Stage) -> None:
    for who in ("author", "coauthor"):
        sign_in(app, who)
        assert days_left(app, f"{who}@kheo.example") > 29
    with app.app_context(), writing():
        stage.reload()
        members.add_member(
            stage.contest, account=stage.people["author"], role=Role.ORGANIZER, actor=None, now=utcnow()
        )
        db.session.commit()
        operating.change_account(
            stage.people["coauthor"],
            is_disabled=False,
            is_operator=True,
            actor=stage.actor("operator"),
            now=utcnow(),
        )
    for who in ("author", "coauthor"):
        assert days_left(app, f"{who}@kheo.example") <= 0.5


def test_a_judge_stays_signed_in_while_judging(app: Flask, stage: Stage) -> None:
    with app.app_context(), writing():
        stage.reload().panel(judges=1)
    judge = sign_in(app, "judge0")
    with app.app_context(), writing():
        row = row_of("judge0@kheo.example")
        row.expires_at, row.last_seen_at = utcnow() + timedelta(days=2), utcnow() - timedelta(days=1)
        db.session.commit()
    leave(judge, 24 * 60)
    judge.post(
        "/accounts/text-size", data={"csrf_token": token_of(judge, "/accounts/profile"), "size": "large"}
    )
    assert days_left(app, "judge0@kheo.example") > 29


def test_an_author_s_month_is_counted_from_signing_in(app: Flask, stage: Stage) -> None:
    author = sign_in(app, "author")
    with app.app_context(), writing():
        row = row_of("author@kheo.example")
        row.expires_at, row.last_seen_at = utcnow() + timedelta(days=2), utcnow() - timedelta(days=1)
        db.session.commit()
    assert send(author, "/accounts/profile").status_code == 303
    assert days_left(app, "author@kheo.example") < 3


def test_staff_is_signed_in_for_a_working_day_at_most(app: Flask, stage: Stage) -> None:
    sign_in(app, "secretary")
    assert days_left(app, "secretary@kheo.example") <= actors.STAFF_HOURS / 24
