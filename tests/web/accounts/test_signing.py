"""Signing up, in and out; forgotten passwords; sessions that end when they should."""

from __future__ import annotations

import contextlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.models import Account, AuditEvent, LoginDelay, OutboxMail, SignIn, db
from contest.models.database import writing
from contest.services.accounts import signing
from contest.web import resume
from contest.worker import tidy
from tests.browsing import forms_of, send, stretch_waits, token_of, words_of

PASSWORD = "một câu ngắn dễ nhớ"


def sign_up(client: FlaskClient, email: str = "lan@baoquangngai.example", name: str = "Nguyễn Thị Lan"):
    return send(client, "/accounts/sign-up", name=name, email=email, password=PASSWORD)


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def link_in_mail(app: Flask, event: str) -> str:
    with app.app_context():
        mail = db.session.scalars(select(OutboxMail).where(OutboxMail.event == event)).one()
        assert mail.secret_body
        assert "%BASE%/accounts/" not in mail.body
        return mail.secret_body.split("%BASE%")[1].split()[0]


def test_sign_up_signs_in_and_waits_for_no_mail(app: Flask, client: FlaskClient) -> None:
    assert sign_up(client).status_code == 303
    page = client.get("/accounts/profile")
    assert page.status_code == 200
    assert "Nguyễn Thị Lan" in page.text
    assert "chưa xác nhận" in words_of(page)
    assert count(app, AuditEvent) == 2


def test_confirmation_needs_the_button_not_the_link(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    link = link_in_mail(app, "confirm_address")
    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200
    assert send(client, link).status_code == 303
    assert client.get(link).status_code == 404


def test_a_known_address_makes_no_second_account(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    other = app.test_client()
    answer = sign_up(other, email="LAN@baoquangngai.example", name="Người khác")
    assert answer.status_code == 422
    assert count(app, Account) == 1


def test_wrong_and_unknown_get_the_same_words(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    visitor = app.test_client()
    wrong = send(visitor, "/accounts/login", email="lan@baoquangngai.example", password="sai hoàn toàn")
    unknown = send(visitor, "/accounts/login", email="ai@baoquangngai.example", password="sai hoàn toàn")
    assert wrong.status_code == unknown.status_code == 422
    said = "Địa chỉ thư điện tử hoặc mật khẩu chưa đúng."
    assert said in wrong.text
    assert said in unknown.text


def test_guessing_makes_one_wait_but_locks_nobody_out(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    visitor = app.test_client()
    for _ in range(5):
        answer = send(visitor, "/accounts/login", email="lan@baoquangngai.example", password="sai hoàn toàn")
    stretch_waits(app)
    answer = send(visitor, "/accounts/login", email="lan@baoquangngai.example", password=PASSWORD)
    assert "Hãy đợi" in answer.text
    assert client.get("/accounts/profile").status_code == 200
    with app.app_context(), writing():
        elsewhere = signing.Origin("127.0.0.1", is_known_device=False)
        signing.begin_try("lan@baoquangngai.example", elsewhere, now=utcnow() + timedelta(minutes=16))


def test_guesses_elsewhere_do_not_make_the_owner_s_own_device_wait(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    client.post("/accounts/logout", data={"csrf_token": token_of(client, "/accounts/profile")})
    guesser = app.test_client()
    for _ in range(6):
        send(guesser, "/accounts/login", email="lan@baoquangngai.example", password="sai hoàn toàn")
    stretch_waits(app)
    assert (
        send(client, "/accounts/login", email="lan@baoquangngai.example", password=PASSWORD).status_code
        == 303
    )
    forged = app.test_client()
    forged.set_cookie("device", "lan@baoquangngai.example")
    answer = send(forged, "/accounts/login", email="lan@baoquangngai.example", password=PASSWORD)
    assert "Hãy đợi" in answer.text


def test_a_right_password_counts_for_nothing_against_the_network(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    for _ in range(signing.FREE_PER_NETWORK + 5):
        visitor = app.test_client()
        answer = send(visitor, "/accounts/login", email="lan@baoquangngai.example", password=PASSWORD)
        assert answer.status_code == 303


def test_guesses_sent_at_once_are_counted_one_by_one(app: Flask) -> None:
    """Each thread asks before any has been refused; only the free tries get through."""
    elsewhere = signing.Origin("10.1.2.3", is_known_device=False)
    now = utcnow()

    def guess(_: int) -> bool:
        with app.app_context(), writing():
            try:
                signing.begin_try("lan@baoquangngai.example", elsewhere, now=now)
            except UserError:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        through = sum(pool.map(guess, range(16)))
    assert through == signing.FREE_PER_ACCOUNT + 1


def test_sign_ups_from_one_network_slow_down(app: Flask) -> None:
    now = utcnow()
    with app.app_context():
        for host in range(signing.FREE_SIGN_UPS + 1):
            with writing():
                signing.begin_sign_up(f"10.1.2.{host % 250}", now=now)
        with writing(), pytest.raises(UserError, match="Hãy đợi"):
            signing.begin_sign_up("10.1.2.250", now=now)
        with writing():
            signing.begin_sign_up("10.1.3.1", now=now)


def test_logout_ends_a_copied_cookie(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    copied = client.get_cookie("session")
    assert copied is not None
    client.post("/accounts/logout", data={"csrf_token": token_of(client, "/accounts/profile")})
    thief = app.test_client()
    thief.set_cookie("session", copied.value)
    assert thief.get("/accounts/profile").status_code == 303


def test_logout_everywhere_leaves_this_device(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    tablet = app.test_client()
    send(tablet, "/accounts/login", email="lan@baoquangngai.example", password=PASSWORD)
    assert tablet.get("/accounts/profile").status_code == 200
    token = token_of(client, "/accounts/profile")
    assert client.post("/accounts/logout-everywhere", data={"csrf_token": token}).status_code == 303
    assert client.get("/accounts/profile").status_code == 200
    assert tablet.get("/accounts/profile").status_code == 303


def test_reset_signs_all_devices_out_and_works_once(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    visitor = app.test_client()
    assert send(visitor, "/accounts/forgot", email="lan@baoquangngai.example").status_code == 303
    assert send(visitor, "/accounts/forgot", email="ai@baoquangngai.example").status_code == 303
    link = link_in_mail(app, "reset_password")
    assert send(visitor, link, password="một câu khác dài", again="một câu khác dài").status_code == 303
    assert client.get("/accounts/profile").status_code == 303
    assert visitor.get(link).status_code == 404
    done = send(visitor, "/accounts/login", email="lan@baoquangngai.example", password="một câu khác dài")
    assert done.status_code == 303


def test_email_change_is_told_to_the_old_address_and_needs_the_new(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    send(client, "/accounts/email-change", email="lan@moi.example", password=PASSWORD)
    with app.app_context():
        told = set(db.session.scalars(select(OutboxMail.to_address)))
    assert {"lan@moi.example", "lan@baoquangngai.example"} <= told
    send(client, link_in_mail(app, "confirm_new_address"))
    with app.app_context():
        assert db.session.scalars(select(Account.email)).one() == "lan@moi.example"
    assert client.get("/accounts/profile").status_code == 303


def test_another_address_is_asked_for_with_the_password_only(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    for password, sentence in (("không phải mật khẩu", "Mật khẩu đang dùng chưa đúng."), ("", "")):
        refused = send(client, "/accounts/email-change", email="ke@gian.example", password=password)
        assert refused.status_code == 422 and sentence in words_of(refused)
        assert 'value="ke@gian.example"' in refused.text, "what was typed stays"
    with app.app_context():
        assert (
            db.session.scalar(select(OutboxMail.id).where(OutboxMail.to_address == "ke@gian.example")) is None
        )


@pytest.mark.parametrize(
    ("door", "typed"),
    [
        ("/accounts/email-change", {"email": "lan@moi.example", "password": "đoán mò"}),
        (
            "/accounts/password-change",
            {"old": "đoán mò", "password": PASSWORD[::-1], "again": PASSWORD[::-1]},
        ),
    ],
)
def test_guessing_the_own_password_in_a_stolen_session_makes_one_wait(
    app: Flask, client: FlaskClient, door: str, typed: dict[str, str]
) -> None:
    sign_up(client)
    for _ in range(5):
        send(client, door, **typed)
    stretch_waits(app)
    answer = send(client, door, **typed)
    assert answer.status_code == 422 and "tài khoản không bị khóa" in words_of(answer)
    right = {key: PASSWORD if said == "đoán mò" else said for key, said in typed.items()}
    assert "Hãy đợi" in words_of(send(client, door, **right)), "the right one waits as well"
    with app.app_context(), writing():
        db.session.execute(db.update(LoginDelay).values(next_try_at=utcnow() - timedelta(seconds=1)))
        db.session.commit()
    assert send(client, door, **right).status_code == 303, "after the wait the owner goes on"
    with app.app_context():
        left = select(LoginDelay.key).where(LoginDelay.key.startswith("own-password"))
        assert db.session.scalar(left) is None


def test_a_form_survives_an_expired_login(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    token = token_of(client, "/accounts/profile")
    with app.app_context(), writing():
        db.session.execute(db.update(SignIn).values(revoked_at=utcnow()))
        db.session.commit()
    data = {
        "csrf_token": token,
        "name": "Nguyễn Thị Lan Anh",
        "phone": "",
        "birth_year": "",
        "pen_names": "Lan Anh",
    }
    answer = client.post("/accounts/profile", data=data)
    assert answer.status_code == 401
    attributes, fields = forms_of(answer)[0]
    filled = dict(fields) | {"email": "lan@baoquangngai.example", "password": PASSWORD}
    resumed = client.post(attributes["action"], data=filled)
    assert resumed.status_code == 200
    attributes, fields = forms_of(resumed)[0]
    assert attributes["action"] == "/accounts/profile"
    assert client.post(attributes["action"], data=dict(fields)).status_code == 303
    assert "Nguyễn Thị Lan Anh" in client.get("/accounts/profile").text


def test_no_secret_travels_with_a_form_that_waits(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    token = token_of(client, "/accounts/profile")
    with app.app_context(), writing():
        db.session.execute(db.update(SignIn).values(revoked_at=utcnow()))
        db.session.commit()
    typed = {"old": PASSWORD, "password": "một câu khác dài", "again": "một câu khác dài"}
    answer = client.post("/accounts/password-change", data={"csrf_token": token} | typed)
    assert answer.status_code == 401
    with app.test_request_context():
        packed = dict(forms_of(answer)[0][1])["resume"]
        carried = resume.unpack(packed)
    assert carried == {"path": "/accounts/password-change", "fields": []}


def test_every_password_field_is_known_as_a_secret() -> None:
    fields = {
        name
        for path in sorted((Path(resume.__file__).parent).glob("*/forms.py"))
        for name in re.findall(r"(\w+) = PasswordField", path.read_text("utf-8"))
    }
    assert {"password", "old", "again"} <= fields <= resume.NOT_KEPT


def test_no_token_and_unknown_fields_change_nothing(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    assert client.post("/accounts/profile", data={"name": "Ai đó"}).status_code == 400
    answer = send(client, "/accounts/profile", is_operator="1")
    assert answer.status_code == 422
    foreign = client.post("/accounts/logout", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert client.get("/accounts/profile").status_code == 200


def test_next_leads_only_to_this_site(app: Flask, client: FlaskClient) -> None:
    from contest.web.addresses import safe_path

    for bad in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil",
        "",
        None,
    ):
        assert safe_path(bad) == "/work"
    assert safe_path("/c/quang-ngai?page=2") == "/c/quang-ngai?page=2"


def test_who_has_to_wait_fills_no_table_with_addresses(app: Flask, client: FlaskClient) -> None:
    now, origin = utcnow(), signing.Origin("10.9.8.7", is_known_device=False)
    with app.app_context(), writing():
        for i in range(200):
            with contextlib.suppress(UserError):
                signing.begin_try(f"ai{i}@kheo.example", origin, now=now)
    kept = count(app, LoginDelay)
    assert 10 < kept < 40, "the free tries of the network, and its own row"
    for later, left in ((now + timedelta(minutes=59), kept), (now + timedelta(hours=2), 0)):
        tidy(app, now=later)
        assert count(app, LoginDelay) == left


def test_a_wrong_address_and_a_short_password_are_told_at_once(app: Flask) -> None:
    answer = send(app.test_client(), "/accounts/sign-up", name="Nguyễn Thị Lan", email="lan@", password="123")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text and 'id="password-error"' in answer.text
