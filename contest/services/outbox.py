"""Mails and jobs that follow a commit: queued in the caller's transaction, carried out later, each once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jinja2
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.unasked import NOTHING, Unasked
from contest.domain.vietnamese import nfc
from contest.models import Job, OutboxMail, db
from contest.models.database import add_once, hold
from contest.services import audit

# Stands for the site's address in stored bodies; replaced when a mail is shown or sent.
BASE = "%BASE%"
MAX_ATTEMPTS = 8  # then a job is given up
# A mail is tried with pauses from one minute to one hour, and given up after three days of a dead mail server.
LONGEST_PAUSE = timedelta(hours=1)
MAIL_ATTEMPTS = 78
# What is said of a mail whose link died before it left; nothing waits for it any more.
LINK_DEAD = "Không gửi nữa: liên kết trong thư đã được dùng, đã rút hoặc đã hết hạn."
# A mail leaves within seconds; after this long something is wrong.
STUCK_AFTER = timedelta(minutes=15)
REDACTED = "[liên kết riêng, không hiện ở đây]"

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).resolve().parents[2] / "templates" / "email"),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # plain-text mail; nothing here is ever rendered as HTML
)


def queue_mail(
    event: str,
    *,
    to: str,
    to_name: str = "",
    now: datetime,
    contest_id: int | None = None,
    dedupe_key: str | None = None,
    secret_path: str | None = None,
    **values: Any,
) -> bool:
    """Queue the mail `templates/email/<event>.txt`; the caller commits.

    The template's first line is the subject. It may use `{{ link }}`, which is `secret_path` under the
    site's address; the stored body shows it redacted. `dedupe_key` makes a repeated use case send once:
    False says that this mail was queued before. A mail with a link is known by the link (`links.mail_key`), so that
    the link is taken out when it dies.
    """
    template = _templates.get_template(f"{event}.txt")
    shown = template.render(link=REDACTED if secret_path else "", base=BASE, to_name=to_name, **values)
    secret = None
    if secret_path:
        secret = template.render(link=f"{BASE}{secret_path}", base=BASE, to_name=to_name, **values)
    subject, _, body = shown.partition("\n")
    return add_once(
        OutboxMail,
        contest_id=contest_id,
        event=event,
        dedupe_key=dedupe_key or f"{event}:{secrets.token_hex(12)}",
        to_address=to,
        to_name=_one_line(to_name),
        subject=_one_line(subject)[:300],
        body=body.strip() + "\n",
        secret_body=secret.partition("\n")[2].strip() + "\n" if secret else None,
        created_at=now,
        next_try_at=now,
    )


def queue_job(
    kind: str, *, key: str, payload: dict[str, Any], now: datetime, run_after: datetime | None = None
) -> None:
    """Queue a job once per `kind` and `key`; the caller commits. Handlers live in `contest.worker`."""
    add_once(
        Job,
        kind=kind,
        dedupe_key=f"{kind}:{key}",
        payload=payload,
        created_at=now,
        run_after=run_after or now,
    )


def open_jobs(kind: str) -> list[dict[str, Any]]:
    """What the jobs of a kind that are still to be done, and not given up, are about."""
    found = select(Job.payload).where(
        Job.kind == kind, Job.done_at.is_(None), Job.attempts < MAX_ATTEMPTS
    )  # fmt: skip
    return list(db.session.scalars(found))


def list_mails(
    contest_id: int | None, *, page: int = 1, page_size: int = 50, unasked: Unasked = NOTHING
) -> tuple[list[OutboxMail], int]:
    """A contest's mails (None: those of no contest), newest first, and how many there are; those about the works of
    `unasked` are left out, as they say whose the works are."""
    told = ~audit.speaks_of(unasked, OutboxMail.subject, OutboxMail.body)
    where = and_(OutboxMail.contest_id == contest_id, told)  # None asks for NULL
    total = db.session.scalar(select(func.count(OutboxMail.id)).where(where)) or 0
    rows = db.session.scalars(
        select(OutboxMail)
        .where(where)
        .order_by(OutboxMail.id.desc())
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    return list(rows), total


def find_mail(mail_id: int) -> OutboxMail | None:
    """A mail by its id."""
    return db.session.get(OutboxMail, mail_id)


def pause_after(attempts: int) -> timedelta:
    """How long a mail waits after so many attempts in vain: 1, 2, 4 … minutes, at last an hour."""
    return min(timedelta(seconds=30 * 2 ** min(attempts, 12)), LONGEST_PAUSE)


def send_again(mail: OutboxMail, *, actor: Actor, now: datetime) -> None:
    """Try a mail that did not leave at once and for another three days. Commits; a mail that waits anyway is left alone.

    Raises UserError when it has left, or when the link in it is gone.
    """
    hold(mail)
    if mail.sent_at is not None:
        raise UserError("Thư này đã gửi rồi.")
    if REDACTED in mail.body and mail.secret_body is None:
        raise UserError("Liên kết riêng trong thư này không còn. Hãy mời lại, hoặc xin liên kết mới.")
    if mail.error is None:
        return
    mail.attempts, mail.next_try_at, mail.error = 0, now, None
    audit.record(
        "mail:sent_again", actor=actor, now=now, kind="mail", subject_id=mail.id, label=mail.subject,
        contest_id=mail.contest_id, after={"email": mail.to_address},
    )  # fmt: skip
    db.session.commit()


def count_unsent(contest_id: int | None) -> int:
    """How many of a contest's mails (None: of no contest) have not left."""
    return (
        db.session.scalar(
            select(func.count(OutboxMail.id)).where(OutboxMail.contest_id == contest_id, _has_not_left())
        )
        or 0
    )


def stuck_count(contest_id: int, *, now: datetime) -> ScalarSelect[int]:
    """The number of a contest's mails that failed or should have left a while ago, as a part of a larger query."""
    return (
        select(func.count(OutboxMail.id))
        .where(
            OutboxMail.contest_id == contest_id,
            _has_not_left(),
            or_(OutboxMail.error.is_not(None), OutboxMail.next_try_at <= now - STUCK_AFTER),
        )
        .scalar_subquery()
    )


def _has_not_left() -> ColumnElement[bool]:
    """Mails that should still leave; not those whose link is dead."""
    return OutboxMail.sent_at.is_(None) & or_(OutboxMail.error.is_(None), OutboxMail.error != LINK_DEAD)


def _one_line(text: str) -> str:
    """No line breaks or control characters: a header cannot be smuggled in through a name or a title."""
    return "".join(c if c.isprintable() else " " for c in nfc(text)).strip()
