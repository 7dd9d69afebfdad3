"""Links sent to people: made, looked at without being used, and used once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import literal, or_, select, update

from contest.domain.errors import UserError
from contest.models import AccessToken, Account, OutboxMail, db
from contest.services import outbox
from contest.services.accounts.actors import hash_token, new_token

LIVES = {
    "invite": timedelta(days=14),
    "confirm": timedelta(days=7),
    "reset": timedelta(hours=2),
    "email_change": timedelta(days=1),
}
MAIL_KEY = "link:"
GONE = "Liên kết này đã dùng rồi hoặc đã hết hạn. Hãy xin một liên kết mới."


def make_link(
    purpose: str,
    *,
    email: str,
    now: datetime,
    account: Account | None = None,
    contest_id: int | None = None,
    payload: dict[str, Any] | None = None,
    created_by_id: int | None = None,
) -> str:
    """A new token for a link; only its hash is kept. The caller commits."""
    token = new_token()
    db.session.add(
        AccessToken(
            token_hash=hash_token(token),
            purpose=purpose,
            account_id=account.id if account else None,
            contest_id=contest_id,
            email=email,
            payload=payload or {},
            created_by_id=created_by_id,
            created_at=now,
            expires_at=now + LIVES[purpose],
        )
    )
    return token


def mail_key(token: str) -> str:
    """The key of the mail that carries a link; it tells nothing of the link itself."""
    return f"{MAIL_KEY}{hash_token(token)}"


def forget_dead(*, now: datetime) -> None:
    """Take links that were used, revoked or are too old out of mails that have not left; the caller commits.

    A link in clear stands in the database only as long as it has to be sent.
    """
    dead = select(literal(MAIL_KEY) + AccessToken.token_hash).where(
        or_(
            AccessToken.used_at.is_not(None),
            AccessToken.revoked_at.is_not(None),
            AccessToken.expires_at <= now,
        )
    )
    db.session.execute(
        update(OutboxMail)
        .where(
            OutboxMail.secret_body.is_not(None),
            or_(OutboxMail.dedupe_key.in_(dead), OutboxMail.created_at <= now - max(LIVES.values())),
        )
        .values(secret_body=None, error=outbox.LINK_DEAD, attempts=outbox.MAIL_ATTEMPTS)
        .execution_options(synchronize_session=False)
    )


def look_at_link(token: str, purpose: str, *, now: datetime) -> AccessToken | None:
    """The row behind a link that can still be used, or None. Looking uses nothing: mail scanners open links."""
    row = db.session.scalar(
        select(AccessToken).where(AccessToken.token_hash == hash_token(token), AccessToken.purpose == purpose)
    )
    if row is None or row.used_at or row.revoked_at or row.expires_at <= now:
        return None
    return row


def use_link(token: str, purpose: str, *, now: datetime) -> AccessToken:
    """Use a link up; the caller commits. Raises UserError when it is gone, also when another click or taking it back comes first."""
    row = look_at_link(token, purpose, now=now)
    if row is None:
        raise UserError(GONE)
    still_good = (AccessToken.used_at.is_(None), AccessToken.revoked_at.is_(None))
    claimed = db.session.execute(
        update(AccessToken).where(AccessToken.id == row.id, *still_good).values(used_at=now)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        raise UserError(GONE)
    forget_dead(now=now)
    return row


def revoke_links(*, purpose: str, account_id: int, now: datetime) -> None:
    """Make older links of this purpose useless; the caller commits."""
    db.session.execute(
        update(AccessToken)
        .where(
            AccessToken.purpose == purpose,
            AccessToken.account_id == account_id,
            AccessToken.used_at.is_(None),
        )
        .values(revoked_at=now)
    )
    forget_dead(now=now)
