"""Links in mails: how many may be asked for, and when those already sent die."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.models import AccessToken, LoginDelay, OutboxMail, db
from contest.models.database import writing
from contest.services.accounts import signing
from contest.services.accounts.links import look_at_link
from tests.browsing import send, stretch_waits, token_of, words_of

PASSWORD, OTHER = "một câu ngắn dễ nhớ", "một câu khác dài"
LAN = "lan@baoquangngai.example"


@pytest.fixture
def lan(app: Flask) -> FlaskClient:
    """An author who has just opened an account."""
    client = app.test_client()
    assert (
        send(client, "/accounts/sign-up", name="Nguyễn Thị Lan", email=LAN, password=PASSWORD).status_code
        == 303
    )
    return client


def mails(app: Flask, event: str) -> list[OutboxMail]:
    with app.app_context():
        return list(
            db.session.scalars(select(OutboxMail).where(OutboxMail.event == event).order_by(OutboxMail.id))
        )


def links(app: Flask, event: str) -> list[str]:
    return [m.secret_body.split("%BASE%")[1].split()[0] for m in mails(app, event) if m.secret_body]


def waited(app: Flask) -> None:
    """An hour without a try."""
    with app.app_context(), writing():
        past = utcnow() - timedelta(hours=2)
        db.session.execute(db.update(LoginDelay).values(last_failure_at=past, next_try_at=past))
        db.session.commit()


# A slow machine gets past some of the first waits (2, 4, 8 s); never past ten of them.


def test_thirty_requests_for_a_reset_send_a_few_mails_and_always_say_the_same(
    app: Flask, lan: FlaskClient
) -> None:
    visitor, said = app.test_client(), set()
    for _ in range(30):
        answer = send(visitor, "/accounts/forgot", email=LAN)
        said.add(
            (answer.status_code, words_of(visitor.get(answer.headers["Location"])).count("đã được gửi tới"))
        )
    assert said == {(303, 1)}
    assert len(mails(app, "reset_password")) < 10
    waited(app)
    send(visitor, "/accounts/forgot", email=LAN)
    assert app.test_client().get(links(app, "reset_password")[-1]).status_code == 200


def test_many_addresses_from_one_network_slow_down(app: Flask, lan: FlaskClient) -> None:
    with app.app_context():
        for host in range(signing.FREE_MAILS_PER_NETWORK + 1):
            with writing():
                signing.ask_reset(f"ai{host}@bao.example", f"10.1.2.{host}", now=utcnow())
        with writing():
            signing.ask_reset(LAN, "10.1.2.250", now=utcnow())
    assert mails(app, "reset_password") == []
    with app.app_context(), writing():
        signing.ask_reset(LAN, "10.1.3.1", now=utcnow())
    assert len(mails(app, "reset_password")) == 1


def test_an_address_change_is_asked_for_a_few_times_only(app: Flask, lan: FlaskClient) -> None:
    def ask(i: int) -> TestResponse:
        return send(lan, "/accounts/email-change", email=f"nguoi{i}@khac.example", password=PASSWORD)

    assert {ask(i).status_code for i in range(signing.FREE_MAILS + 1)} == {303}
    stretch_waits(app)
    assert "Hãy đợi" in ask(9).text
    assert len(mails(app, "confirm_new_address")) < 10


def test_signing_up_again_and_again_does_not_flood_the_owner(app: Flask, lan: FlaskClient) -> None:
    for _ in range(10):
        send(app.test_client(), "/accounts/sign-up", name="Ai Đó", email=LAN, password=PASSWORD)
    assert len(mails(app, "account_exists")) < 10


def test_the_mail_that_confirms_is_sent_again_on_request(app: Flask, lan: FlaskClient) -> None:
    first = links(app, "confirm_address")[-1]
    for again in range(10):
        token = token_of(lan, "/accounts/profile")
        answer = lan.post("/accounts/confirmation", data={"csrf_token": token})
        assert answer.status_code == 303 or (again and "Hãy đợi" in answer.text)
    assert 2 <= len(mails(app, "confirm_address")) < 10
    assert app.test_client().get(first).status_code == 404
    assert send(app.test_client(), links(app, "confirm_address")[-1]).status_code == 303
    page = lan.get("/accounts/profile")
    assert "/accounts/confirmation" not in page.text
    token = token_of(lan, "/accounts/profile")
    assert "đã được xác nhận" in words_of(lan.post("/accounts/confirmation", data={"csrf_token": token}))


def change_password(client: FlaskClient) -> None:
    answer = send(client, "/accounts/password-change", old=PASSWORD, password=OTHER, again=OTHER)
    assert answer.status_code == 303


def test_a_new_password_kills_reset_links_and_moves_on_their_way(app: Flask, lan: FlaskClient) -> None:
    send(app.test_client(), "/accounts/forgot", email=LAN)
    send(lan, "/accounts/email-change", email="ke@gian.example", password=PASSWORD)
    reset, move = links(app, "reset_password")[-1], links(app, "confirm_new_address")[-1]
    change_password(lan)
    assert app.test_client().get(reset).status_code == 404
    assert app.test_client().get(move).status_code == 404


def test_a_reset_password_kills_a_move_on_its_way(app: Flask, lan: FlaskClient) -> None:
    send(lan, "/accounts/email-change", email="ke@gian.example", password=PASSWORD)
    send(app.test_client(), "/accounts/forgot", email=LAN)
    move = links(app, "confirm_new_address")[-1]
    send(app.test_client(), links(app, "reset_password")[-1], password=OTHER, again=OTHER)
    assert app.test_client().get(move).status_code == 404


def test_a_new_address_kills_reset_links_sent_to_the_old_one(app: Flask, lan: FlaskClient) -> None:
    send(app.test_client(), "/accounts/forgot", email=LAN)
    send(lan, "/accounts/email-change", email="lan@moi.example", password=PASSWORD)
    reset = links(app, "reset_password")[-1]
    assert send(app.test_client(), links(app, "confirm_new_address")[-1]).status_code == 303
    assert app.test_client().get(reset).status_code == 404


def test_nothing_else_is_counted(app: Flask, lan: FlaskClient) -> None:
    change_password(lan)
    with app.app_context():
        kinds = set(db.session.scalars(select(LoginDelay.key)))
    assert {k.split(":")[0] for k in kinds} == {"sign-up"}
    with app.app_context():
        assert db.session.scalar(select(func.count(OutboxMail.id))) == 1


def test_a_link_taken_back_while_it_is_being_used_is_gone(app: Flask, lan: FlaskClient) -> None:
    send(app.test_client(), "/accounts/forgot", email=LAN)
    token, now = links(app, "reset_password")[0].rsplit("/", 1)[1], utcnow()
    with app.app_context(), writing():
        seen = look_at_link(token, "reset", now=now)
        assert seen is not None
        elsewhere = db.update(AccessToken).where(AccessToken.id == seen.id).values(revoked_at=now)
        db.session.execute(elsewhere.execution_options(synchronize_session=False))
        with pytest.raises(UserError):
            signing.reset_password(token, password_hash="x", now=now)
