"""Who stands at the door: from a cookie's token to an Actor with the roles held now."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import joinedload

from contest.domain.permissions import Actor, Role
from contest.models import Account, Membership, Panel, SignIn, SiteSettings, db

# What an actor needs to know of each role that is held now.
ROLE = (
    Membership.id, Membership.contest_id, Membership.role, Membership.panel_id, Membership.is_chair, Panel.round_id,
)  # fmt: skip
# Asked for every request of somebody who is signed in, so it is put together once.
_BY_TOKEN = (
    select(SignIn, *ROLE, SiteSettings)
    .outerjoin(Membership, (Membership.account_id == SignIn.account_id) & Membership.ended_at.is_(None))
    .outerjoin(Panel, Panel.id == Membership.panel_id)
    .outerjoin(SiteSettings, SiteSettings.id == 1)
    .options(joinedload(SiteSettings.mark))
    .where(SignIn.token_hash == bindparam("token_hash"))
)
# Who runs a contest is signed in for a working day, and not on a machine left alone; an author for a month; a judge for
# a month from the last mark, so for the whole round.
STAFF_HOURS = 12
STAFF_IDLE = timedelta(minutes=30)
AUTHOR_DAYS = 30
TOUCH_EVERY = timedelta(minutes=5)
STAFF_ROLES = {Role.ORGANIZER, Role.SECRETARY}


def hash_token(token: str) -> str:
    """What the database keeps of a token: its SHA-256, useless to whoever reads a backup."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """256 random bits for a link or a cookie."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Presence:
    """A live sign-in with its actor, and the name of the site that every page shows."""

    sign_in: SignIn
    actor: Actor
    site: SiteSettings | None


def find_presence(token: str, *, now: datetime) -> Presence | None:
    """The actor behind a cookie's token, or None when it is unknown, revoked or expired: one query."""
    rows = db.session.execute(_BY_TOKEN, {"token_hash": hash_token(token)}).all()
    sign_in = rows[0][0] if rows else None
    if sign_in is None or sign_in.revoked_at or sign_in.expires_at <= now or sign_in.account.is_disabled:
        return None
    actor = _as_actor(sign_in.account, [row for row in rows if row.id is not None])
    return Presence(sign_in, actor, rows[0].SiteSettings)


def load_actor(account: Account) -> Actor:
    """An account as an Actor: one query, whatever the number of contests."""
    rows = db.session.execute(
        select(*ROLE)
        .outerjoin(Panel, Panel.id == Membership.panel_id)
        .where(Membership.account_id == account.id, Membership.ended_at.is_(None))
    ).all()
    return _as_actor(account, rows)


def _as_actor(account: Account, rows: Sequence[Any]) -> Actor:
    return Actor(
        account_id=account.id,
        person_id=account.person_id,
        name=account.display_name,
        is_operator=account.is_operator,
        roles=frozenset((row.contest_id, row.role) for row in rows),
        judge_ids=frozenset(row.id for row in rows if row.role == Role.JUDGE),
        chaired_rounds=frozenset(row.round_id for row in rows if row.is_chair),
        preferences=dict(account.preferences or {}),
    )


def is_staff(actor: Actor) -> bool:
    """Whether the actor can be right or wrong in public: shorter sessions for these."""
    return actor.is_operator or any(role in STAFF_ROLES for _, role in actor.roles)


def is_left_alone(actor: Actor, *, seen: datetime, now: datetime) -> bool:
    """Whether staff was seen so long ago that somebody else may sit there now."""
    return is_staff(actor) and now - seen > STAFF_IDLE


def shorten_sign_ins(account_id: int, *, now: datetime) -> None:
    """Devices of somebody who has become staff stay signed in no longer than those of staff; the caller commits."""
    last = now + timedelta(hours=STAFF_HOURS)
    db.session.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None), SignIn.expires_at > last)
        .values(expires_at=last)
    )


def start_sign_in(account: Account, *, device: str, now: datetime) -> str:
    """A new sign-in row; returns the token for the cookie. The caller commits."""
    token = new_token()
    life = timedelta(hours=STAFF_HOURS) if is_staff(load_actor(account)) else timedelta(days=AUTHOR_DAYS)
    db.session.add(
        SignIn(
            token_hash=hash_token(token),
            account_id=account.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + life,
            device=device[:200],
        )
    )
    return token


def touch_sign_in(sign_in: SignIn, actor: Actor, *, now: datetime) -> None:
    """Note that the device is in use, at most every few minutes; that of a judge stays signed in. Commits."""
    if now - sign_in.last_seen_at < TOUCH_EVERY:
        return
    sign_in.last_seen_at = now
    if actor.judge_ids and not is_staff(actor):
        sign_in.expires_at = now + timedelta(days=AUTHOR_DAYS)
    db.session.commit()


def list_sign_ins(account_id: int, *, now: datetime) -> list[SignIn]:
    """The devices signed in now, newest first."""
    return list(
        db.session.scalars(
            select(SignIn)
            .where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None), SignIn.expires_at > now)
            .order_by(SignIn.last_seen_at.desc())
        )
    )


def end_sign_in(sign_in: SignIn, *, now: datetime) -> None:
    """Sign this device out; commits."""
    sign_in.revoked_at = now
    db.session.commit()


def revoke_all(account_id: int, *, now: datetime, keep: int | None = None) -> None:
    """Sign every device out except `keep`; the caller commits."""
    query = update(SignIn).where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None))
    if keep is not None:
        query = query.where(SignIn.id != keep)
    db.session.execute(query.values(revoked_at=now))
