"""Mails and jobs: each once, after the commit, through a real mail server; nothing waits for them."""

from __future__ import annotations

import email
import email.policy
import socket
from datetime import date, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from contest.clock import start_of_day, utcnow
from contest.config import MailSettings
from contest.domain.errors import UserError
from contest.models import Job, OutboxMail, Rendition, db
from contest.models.database import end_writing, writing
from contest.services import outbox
from contest.services.accounts import signing
from contest.storage import renditions
from contest.worker import LEASE, drain, plan_day, tidy, work_once
from tests.cast import make_stage


class Mailbox:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[str] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.got.append("\n".join([*(f"{k}: {v}" for k, v in message.items()), "", message.get_content()]))
        return "250 OK"


@pytest.fixture
def mailbox(app: Flask):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.with_changes(
        mail=MailSettings(host="127.0.0.1", port=port, sender="ban@toc.example", starttls=False), demo=False
    )
    yield box
    controller.stop()
    app.config["SETTINGS"] = settings


def queue(app: Flask, **values: object) -> None:
    with app.app_context(), writing():
        wanted = {"to": "lan@bao.example", "to_name": "Lan", "now": utcnow(), "code": "2026-0001", "title": "Tiếng chiêng", "contest_name": "Cuộc thi",
                  "version": 1, "sha256": "ab", "entry_path": "/entries/x", "missing": "", "late": "", "terms": "Có thể sửa."} | values  # fmt: skip
        outbox.queue_mail("receipt", **wanted)
        db.session.commit()


def secret(app: Flask) -> None:
    """A mail with a link of its own."""
    with app.app_context(), writing():
        outbox.queue_mail(
            "reset_password",
            to="a@b.example",
            to_name="A",
            now=utcnow(),
            secret_path="/accounts/reset/SECRET",
        )
        db.session.commit()


def test_a_mail_leaves_once_with_one_recipient_and_our_address(app: Flask, mailbox: Mailbox) -> None:
    queue(app, dedupe_key="one")
    queue(app, dedupe_key="one")
    drain(app, now=utcnow())
    drain(app, now=utcnow())
    assert len(mailbox.got) == 1
    assert "http://localhost/entries/x" in mailbox.got[0]
    with app.app_context():
        assert db.session.scalars(select(OutboxMail)).one().sent_at is not None


def test_a_title_cannot_smuggle_a_header(app: Flask, mailbox: Mailbox) -> None:
    queue(app, title="Tin\r\nBcc: all@bao.example\r\n\r\n<b>x", to_name="A\nB")
    drain(app, now=utcnow())
    head = mailbox.got[0].split("\n\n")[0]
    assert "Bcc:" not in [line[:4] for line in head.splitlines()]


def test_a_dead_mail_server_loses_nothing_and_is_tried_again(app: Flask, mailbox: Mailbox) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.with_changes(
        mail=MailSettings(host="127.0.0.1", port=9, starttls=False)
    )
    queue(app)
    now = utcnow()
    assert work_once(app, now=now) and not work_once(app, now=now)
    app.config["SETTINGS"] = settings
    drain(app, now=now + timedelta(hours=2))
    assert len(mailbox.got) == 1


def dead_server(app: Flask) -> None:
    """Nobody listens where mail should leave."""
    app.config["SETTINGS"] = app.config["SETTINGS"].with_changes(
        mail=MailSettings(host="127.0.0.1", port=9, starttls=False)
    )


def try_for(app: Flask, hours: float, *, since: datetime) -> int:
    """Let a worker look every ten minutes for so long; how often it tried."""
    tries = 0
    for minutes in range(0, int(hours * 60), 10):
        tries += drain(app, now=since + timedelta(minutes=minutes))
    return tries


def test_a_mail_server_dead_for_a_day_loses_nothing_without_anybody_s_help(
    app: Flask, mailbox: Mailbox
) -> None:
    alive = app.config["SETTINGS"]
    dead_server(app)
    queue(app)
    now = utcnow()
    assert try_for(app, 24, since=now) > 20
    app.config["SETTINGS"] = alive
    drain(app, now=now + timedelta(hours=25))
    assert len(mailbox.got) == 1


def test_after_three_days_a_mail_is_given_up_until_somebody_sends_it_again(
    app: Flask, mailbox: Mailbox
) -> None:
    alive = app.config["SETTINGS"]
    dead_server(app)
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        db.session.execute(db.delete(OutboxMail))
        db.session.execute(db.delete(Job))
        db.session.commit()
    queue(app)
    secret(app)
    now = utcnow()
    assert 60 < try_for(app, 71, since=now) / 2 < 80
    try_for(app, 24, since=now + timedelta(hours=71))
    app.config["SETTINGS"] = alive
    later = now + timedelta(days=5)
    assert drain(app, now=later) == 0 and mailbox.got == []
    with app.app_context(), writing():
        plain, linked = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
        assert linked.secret_body is None
        with pytest.raises(UserError, match="Liên kết riêng trong thư này không còn"):
            outbox.send_again(linked, actor=stage.actor("organizer"), now=later)
        outbox.send_again(plain, actor=stage.actor("organizer"), now=later)
    assert drain(app, now=later) == 1 and len(mailbox.got) == 1


def test_the_demo_sends_nothing_even_with_a_mail_server(app: Flask, mailbox: Mailbox) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].with_changes(demo=True)
    queue(app)
    assert not work_once(app, now=utcnow()) and mailbox.got == []


@pytest.mark.parametrize("address", ["a@x.example, b@y.example", "lan bao.example", ""])
def test_an_address_that_is_not_one_reaches_nobody_and_is_said(
    app: Flask, mailbox: Mailbox, address: str
) -> None:
    queue(app, to=address)
    drain(app, now=utcnow())
    assert mailbox.got == []
    with app.app_context():
        assert "Địa chỉ người nhận chưa đúng" in db.session.scalars(select(OutboxMail)).one().error
    assert drain(app, now=utcnow() + timedelta(days=1)) == 0


def test_without_a_server_mails_wait_and_nobody_else_does(app: Flask) -> None:
    queue(app)
    assert not work_once(app, now=utcnow())


def test_a_secret_link_is_kept_out_of_the_stored_mail_and_wiped_after_sending(
    app: Flask, mailbox: Mailbox
) -> None:
    secret(app)
    drain(app, now=utcnow())
    with app.app_context():
        mail = db.session.scalars(select(OutboxMail)).one()
        assert "SECRET" not in mail.body and mail.secret_body is None
    assert "SECRET" in mailbox.got[0]


def waiting_link(app: Flask) -> OutboxMail:
    with app.app_context():
        return db.session.scalars(select(OutboxMail).where(OutboxMail.event == "reset_password")).one()


def asked_reset(app: Flask) -> tuple[str, datetime]:
    """A reset asked for while no mail leaves: the link in the mail that waits, and when."""
    now = utcnow()
    with app.app_context(), writing():
        make_stage(app, now)
        signing.ask_reset("author@kheo.example", "10.1.2.3", now=now)
    body = waiting_link(app).secret_body
    assert body is not None
    return body.split("/accounts/reset/")[1].split()[0], now


def test_a_link_that_has_expired_stands_nowhere_any_more(app: Flask) -> None:
    token, now = asked_reset(app)
    tidy(app, now=now + timedelta(hours=1))
    assert token in str(waiting_link(app).secret_body)
    tidy(app, now=now + timedelta(hours=3))
    mail = waiting_link(app)
    assert mail.secret_body is None and mail.error == outbox.LINK_DEAD


def test_nor_one_that_was_used_and_its_mail_does_not_leave(app: Flask, mailbox: Mailbox) -> None:
    token, now = asked_reset(app)
    with app.app_context(), writing():
        signing.reset_password(token, password_hash="x", now=now)
    assert waiting_link(app).secret_body is None
    drain(app, now=now + timedelta(hours=1))
    assert not any("/accounts/reset/" in mail or outbox.REDACTED in mail for mail in mailbox.got)
    with app.app_context():
        assert outbox.count_unsent(None) == 0


def test_copies_are_made_once_by_whoever_claims_the_job(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        stage.entry()
    drain(app, now=utcnow())
    drain(app, now=utcnow() + timedelta(hours=1))
    with app.app_context():
        assert {r.role for r in db.session.scalars(select(Rendition))} == {"page", "thumb"}
        assert all(j.done_at for j in db.session.scalars(select(Job)))


def test_a_lease_keeps_two_workers_apart_and_runs_out(app: Flask) -> None:
    with app.app_context(), writing():
        outbox.queue_job("renditions", key="x", payload={"file_id": 0, "covers": []}, now=utcnow())
        db.session.commit()
        job = db.session.scalars(select(Job)).one()
        job.lease_until = utcnow() + timedelta(minutes=5)
        db.session.commit()
    assert not work_once(app, now=utcnow())
    assert work_once(app, now=utcnow() + timedelta(minutes=6))


def test_a_lease_outlasts_the_longest_job() -> None:
    assert LEASE.total_seconds() > renditions.SECONDS > renditions.FOR_PROGRAMS


def test_a_broken_job_says_why_and_waits_longer_each_time(app: Flask) -> None:
    with app.app_context(), writing():
        outbox.queue_job("renditions", key="y", payload={}, now=utcnow())
        db.session.commit()
    assert work_once(app, now=utcnow())
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        assert job.done_at is None and "KeyError" in job.error and job.run_after > utcnow()
    end_writing()


def test_the_days_work_is_planned_once_a_day_and_waits_for_its_hour(app: Flask) -> None:
    day = start_of_day(date(2026, 12, 8))
    for _ in range(2):
        assert plan_day(app, now=day + timedelta(hours=1)) == date(2026, 12, 8)
    hours = {hour: drain(app, now=day + timedelta(hours=hour)) for hour in (2, 4, 7, 9)}
    assert hours == {2: 0, 4: 1, 7: 0, 9: 1}, "the clean-up of files by night, the reminders in the morning"
    plan_day(app, now=day + timedelta(days=1))
    with app.app_context():
        jobs = db.session.scalars(select(Job).where(Job.kind == "judge_reminders").order_by(Job.id)).all()
        assert [j.done_at is not None for j in jobs] == [True, False]
