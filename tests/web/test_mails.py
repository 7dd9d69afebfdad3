"""Mails on the screen: who reads which, where links are shown, what is sent again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest.clock import utcnow
from contest.config import MailSettings
from contest.models import AuditEvent, OutboxMail, db
from contest.models.database import writing
from contest.services import outbox
from tests.browsing import forms_of, send, token_of, words_of
from tests.cast import PASSWORD, Stage, make_stage
from tests.web.test_access import sign_in

OURS, CONTESTS = "/operate/mails", "/contests/thu/mails"


@pytest.fixture
def stage(app: Flask) -> Stage:
    with app.app_context(), writing():
        return make_stage(app, utcnow())


@pytest.fixture
def served(app: Flask) -> Iterator[Flask]:
    """Outside the demo, with a mail server."""
    settings = app.config["SETTINGS"]
    mail = MailSettings(host="thu.bao.example", user="kheo", password="RIENG", sender="ban@toc.example")
    app.config["SETTINGS"] = settings.with_changes(demo=False, mail=mail)
    yield app
    app.config["SETTINGS"] = settings


def ask_reset(app: Flask) -> tuple[FlaskClient, str]:
    """The stranger forgot the password; the browser, and the link on its way."""
    visitor = app.test_client()
    send(visitor, "/accounts/forgot", email="stranger@kheo.example")
    with app.app_context():
        mail = db.session.scalars(select(OutboxMail).where(OutboxMail.event == "reset_password")).one()
        assert mail.secret_body
        return visitor, mail.secret_body.split("%BASE%")[1].split()[0]


def fail_all(app: Flask) -> None:
    """A mail server that has refused so far."""
    with app.app_context(), writing():
        db.session.execute(db.update(OutboxMail).values(error="ConnectionRefusedError", attempts=78))
        db.session.commit()


def test_in_the_demo_the_operator_finds_the_link_and_the_reset_goes_on(app: Flask, stage: Stage) -> None:
    visitor, link = ask_reset(app)
    assert OURS in words_of(visitor.get("/accounts/login"))
    page = sign_in(app, "operator").get(OURS)
    assert f"http://localhost{link}" in page.text
    assert send(visitor, link, password="một câu khác dài", again="một câu khác dài").status_code == 303


def test_in_the_demo_whoever_changes_the_address_is_told_where_the_mail_is(app: Flask, stage: Stage) -> None:
    client = sign_in(app, "author")
    send(client, "/accounts/email-change", email="ha@moi.example", password=PASSWORD)
    assert OURS in words_of(client.get("/accounts/profile"))


def test_elsewhere_no_link_is_shown_and_nobody_is_led_there(served: Flask, stage: Stage) -> None:
    visitor, link = ask_reset(served)
    assert OURS not in visitor.get("/accounts/login").text
    page = sign_in(served, "operator").get(OURS)
    assert "Đặt lại mật khẩu" in page.text and outbox.REDACTED in page.text
    assert link not in page.text and link.rsplit("/", 1)[1] not in page.text


def test_a_contest_s_mails_hide_links_elsewhere_too(served: Flask, stage: Stage) -> None:
    organizer = sign_in(served, "organizer")
    invited = next(
        i
        for i, (_, fields) in enumerate(forms_of(organizer.get("/contests/thu/members")))
        if "role" in dict(fields)
    )
    send(
        organizer,
        "/contests/thu/members",
        form=invited,
        name="Người Mới",
        email="moi@kheo.example",
        role="clerk",
    )
    page = organizer.get(CONTESTS)
    assert "moi@kheo.example" in page.text and outbox.REDACTED in page.text
    assert "/accounts/invitation/" not in page.text


def test_contests_and_the_operator_read_their_own_mails_only(app: Flask, stage: Stage) -> None:
    ask_reset(app)
    with app.app_context(), writing():
        stage.reload().entry()
    organizer, operator = sign_in(app, "organizer"), sign_in(app, "operator")
    assert "Đặt lại mật khẩu" not in organizer.get(CONTESTS).text
    assert "Đặt lại mật khẩu" in operator.get(OURS).text
    assert "Biên nhận" in organizer.get(CONTESTS).text
    assert "Biên nhận 20" not in operator.get(OURS).text
    assert operator.get(CONTESTS).status_code == organizer.get(OURS).status_code == 404


def test_the_operator_sees_how_mail_leaves_but_not_its_password(served: Flask, stage: Stage) -> None:
    page = words_of(sign_in(served, "operator").get(OURS))
    assert "thu.bao.example:587" in page and "ban@toc.example" in page and "STARTTLS" in page
    assert "RIENG" not in page


def test_a_mail_that_failed_is_sent_again_by_its_readers_and_logged(served: Flask, stage: Stage) -> None:
    ask_reset(served)
    with served.app_context(), writing():
        stage.reload().entry()
    fail_all(served)
    with served.app_context():
        ids = dict(db.session.execute(select(OutboxMail.event, OutboxMail.id)).all())
    for who, path, door in (
        ("secretary", CONTESTS, f"/mails/{ids['receipt']}/send-again"),
        ("operator", OURS, f"{OURS}/{ids['reset_password']}/send-again"),
    ):
        client = sign_in(served, who)
        page = client.get(path)
        assert "Gửi lại ngay" in page.text and "Không tự gửi nữa" in words_of(page)
        assert door in [attributes.get("action") for attributes, _ in forms_of(page)]
        token = token_of(client, "/accounts/profile")
        for _ in range(2):
            assert client.post(door, data={"csrf_token": token}).status_code == 303
        assert "Gửi lại ngay" not in client.get(path).text
    with served.app_context():
        waiting = select(OutboxMail).where(OutboxMail.attempts == 0, OutboxMail.error.is_(None))
        assert len(db.session.scalars(waiting).all()) == 2
        logged = select(func.count(AuditEvent.id)).where(AuditEvent.action == "mail:sent_again")
        assert db.session.scalar(logged) == 2


def test_nobody_sends_mails_of_others_again(app: Flask, stage: Stage) -> None:
    ask_reset(app)
    with app.app_context(), writing():
        stage.reload().entry()
        ids = dict(db.session.execute(select(OutboxMail.event, OutboxMail.id)).all())
    for who, door in (
        ("operator", f"/mails/{ids['receipt']}/send-again"),
        ("author", f"/mails/{ids['receipt']}/send-again"),
        ("organizer", f"/mails/{ids['reset_password']}/send-again"),
        ("organizer", f"{OURS}/{ids['reset_password']}/send-again"),
        ("operator", f"{OURS}/{ids['receipt']}/send-again"),
    ):
        client = sign_in(app, who)
        token = token_of(client, "/accounts/profile")
        assert client.post(door, data={"csrf_token": token}).status_code == 404


@pytest.mark.parametrize("typed", ["lan@bao.example, ke@gian.example", "lan.bao.example", "lan@bao"])
def test_the_contact_of_a_dossier_is_one_address_or_is_asked_for_again(
    app: Flask, stage: Stage, typed: str
) -> None:
    with app.app_context(), writing():
        path = f"/entries/{stage.reload().draft('author').public_id}/people"
    author = sign_in(app, "author")
    answer = send(author, path, **{"authors-0-email": typed})
    assert answer.status_code == 422 and "Địa chỉ thư điện tử chưa đúng" in words_of(answer)
    assert typed in answer.text
    assert send(author, path, **{"authors-0-email": "Lan@bao.example"}).status_code == 303
