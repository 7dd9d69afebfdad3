"""The hands behind the outbox: threads that send mails and run jobs, each once, wherever they run.

A row is claimed by a lease in its own short transaction; a worker that dies leaves a lease that runs out.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from flask import Flask
from sqlalchemy import or_, select

from contest.clock import start_of_day, today, utcnow
from contest.config import MailSettings, Settings
from contest.domain.errors import UserError
from contest.models import Job, OutboxMail, db
from contest.models.database import writing
from contest.services import outbox
from contest.services.accounts import links, passwords, persons
from contest.services.outbox import BASE, MAIL_ATTEMPTS, MAX_ATTEMPTS

LEASE = timedelta(minutes=20)  # longer than the copies of a film may take, or two workers make them
PAUSE_SECONDS = 1.0
TIDY_EVERY = timedelta(minutes=10)
# Jobs of every day and the hour in Vietnam at which they run.
DAILY = {"judge_reminders": 8, "unused_files": 3}

Handler = Callable[[dict[str, Any], Flask], None]
log = logging.getLogger("contest.worker")


def handlers() -> dict[str, Handler]:
    """The kinds of jobs there are."""
    from contest.jobs import HANDLERS

    return HANDLERS


def start_threads(app: Flask, count: int = 2) -> list[threading.Thread]:
    """Start daemon threads that work until the process ends."""
    threads = [
        threading.Thread(target=_work_forever, args=(app,), daemon=True, name=f"job-{i}")
        for i in range(count)
    ]
    for thread in threads:
        thread.start()
    return threads


def _work_forever(app: Flask) -> None:
    pause = threading.Event()
    planned: date | None = None
    tidied: datetime | None = None
    while True:
        try:
            if planned != today(utcnow()):
                planned = plan_day(app, now=utcnow())
            if tidied is None or utcnow() - tidied > TIDY_EVERY:
                tidied = tidy(app, now=utcnow())
            if not work_once(app, now=utcnow()):
                pause.wait(PAUSE_SECONDS)
        except Exception:
            log.exception("worker")
            pause.wait(PAUSE_SECONDS * 5)


def plan_day(app: Flask, *, now: datetime) -> date:
    """Queue what happens once a day, whoever asks and however often. Returns the day that is planned."""
    day = today(now)
    with app.app_context(), writing():
        for kind, hour in DAILY.items():
            outbox.queue_job(
                kind, key=str(day), payload={}, now=now, run_after=start_of_day(day) + timedelta(hours=hour)
            )
        db.session.commit()
    return day


def tidy(app: Flask, *, now: datetime) -> datetime:
    """Take links that have died out of mails that wait, forget old tries to sign in, and take away what cut uploads left
    behind. Returns when that was.
    """
    app.extensions["storage"].sweep()
    with app.app_context(), writing():
        links.forget_dead(now=now)
        passwords.forget_old(now=now)
        db.session.commit()
    return now


def work_once(app: Flask, *, now: datetime) -> bool:
    """Run one job or send one mail; False when nothing is due."""
    with app.app_context():
        job_id = _claim(Job, now)
        if job_id is not None:
            _run_job(app, job_id)
            return True
        mail_id = _claim_mail(app, now)
        if mail_id is not None:
            _send_mail(app, mail_id, now)
            return True
    return False


def drain(app: Flask, *, now: datetime, limit: int = 1000) -> int:
    """Work until nothing is due; for tests and commands. Returns how many were done."""
    done = 0
    while done < limit and work_once(app, now=now):
        done += 1
    return done


def _claim(kind: type[Job], now: datetime) -> int | None:
    due = (
        select(kind)
        .where(kind.done_at.is_(None), kind.run_after <= now, kind.attempts < MAX_ATTEMPTS)
        .where(or_(kind.lease_until.is_(None), kind.lease_until < now))
        .order_by(kind.run_after, kind.id)
        .limit(1)
    )
    if db.session.scalar(due.with_only_columns(kind.id)) is None:
        db.session.rollback()
        return None
    with writing():
        row = db.session.scalar(due.with_for_update(skip_locked=True))
        if row is None:
            return None
        row.lease_until = now + LEASE
        row.attempts += 1
        db.session.commit()
        return row.id


def _claim_mail(app: Flask, now: datetime) -> int | None:
    settings: Settings = app.config["SETTINGS"]
    if not settings.sends_mail:
        return None
    due = (
        select(OutboxMail)
        .where(
            OutboxMail.sent_at.is_(None), OutboxMail.next_try_at <= now, OutboxMail.attempts < MAIL_ATTEMPTS
        )
        .where(or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until < now))
        .order_by(OutboxMail.next_try_at, OutboxMail.id)
        .limit(1)
    )
    if db.session.scalar(due.with_only_columns(OutboxMail.id)) is None:
        db.session.rollback()
        return None
    with writing():
        row = db.session.scalar(due.with_for_update(skip_locked=True))
        if row is None:
            return None
        row.lease_until = now + LEASE
        row.attempts += 1
        db.session.commit()
        return row.id


def _run_job(app: Flask, job_id: int) -> None:
    job = db.session.get_one(Job, job_id)
    kind, payload, attempts = job.kind, dict(job.payload), job.attempts
    db.session.rollback()
    error = None
    try:
        handlers()[kind](payload, app)
    except Exception as failure:
        log.exception("job %s %s", kind, job_id)
        error = f"{type(failure).__name__}: {failure}"[:2000]
    finally:
        db.session.rollback()
    with writing():
        job = db.session.get_one(Job, job_id)
        job.error, job.lease_until = error, None
        if error is None:
            job.done_at = utcnow()
        else:
            job.run_after = utcnow() + timedelta(seconds=2**attempts)
        db.session.commit()


def _send_mail(app: Flask, mail_id: int, now: datetime) -> None:
    settings: Settings = app.config["SETTINGS"]
    mail = db.session.get_one(OutboxMail, mail_id)
    attempts, error = mail.attempts, None
    try:
        message = compose(mail, settings)
    except UserError:
        attempts, error, message = MAIL_ATTEMPTS, f"Địa chỉ người nhận chưa đúng: {mail.to_address}", None
    db.session.rollback()
    if message is not None:
        try:
            _deliver(message, settings.mail)
        except (OSError, smtplib.SMTPException) as failure:
            error = f"{type(failure).__name__}: {failure}"[:500]
    with writing():
        mail = db.session.get_one(OutboxMail, mail_id)
        mail.error, mail.lease_until, mail.attempts = error, None, attempts
        if error is None:
            mail.sent_at = now
        else:
            mail.next_try_at = now + outbox.pause_after(attempts)
        if error is None or attempts >= MAIL_ATTEMPTS:
            mail.secret_body = None
        db.session.commit()


def compose(mail: OutboxMail, settings: Settings) -> EmailMessage:
    """The message as it leaves: plain text, links under the site's configured address, one recipient.

    Raises UserError when the stored address is not exactly one.
    """
    message = EmailMessage()
    message["Subject"] = mail.subject
    message["From"] = settings.mail.sender
    message["To"] = Address(addr_spec=persons.normal_email(mail.to_address))
    message["Message-ID"] = f"<{mail.dedupe_key.replace(':', '.')}.{mail.id}@kheo>"
    message.set_content((mail.secret_body or mail.body).replace(BASE, settings.base_url))
    return message


def _deliver(message: EmailMessage, mail: MailSettings) -> None:
    with smtplib.SMTP(mail.host, mail.port, timeout=20) as server:
        server.ehlo()
        if mail.starttls:
            server.starttls(context=ssl.create_default_context())
        if mail.user:
            server.login(mail.user, mail.password)
        server.send_message(message)
