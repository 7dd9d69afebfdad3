"""Passwords (argon2id) and the delay that answers guessing. Hashing happens before any database lock."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update

from contest.domain.errors import UserError
from contest.models import LoginDelay, db
from contest.models.database import add_once

# OWASP's second configuration: 19 MiB, two passes. At most two at once, so that a flood of guesses costs time, not memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_slots = threading.BoundedSemaphore(2)
_decoy = _hasher.hash("mật khẩu không của ai")

MIN_LENGTH = 10
MAX_LENGTH = 200
MEMORY = timedelta(hours=1)
LONGEST_DELAY = timedelta(minutes=15)


def hash_password(password: str) -> str:
    """An argon2id hash. Raises UserError when the password is too short or absurdly long."""
    if len(password) < MIN_LENGTH:
        raise UserError(
            f"Mật khẩu cần ít nhất {MIN_LENGTH} ký tự. Một câu ngắn dễ nhớ là tốt nhất.", field="password"
        )
    if len(password) > MAX_LENGTH:
        raise UserError(f"Mật khẩu dài quá {MAX_LENGTH} ký tự. Hãy chọn mật khẩu ngắn hơn.", field="password")
    with _slots:
        return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits. Takes as long when there is no account, so that the answer tells nothing."""
    with _slots:
        try:
            return _hasher.verify(stored or _decoy, password[:MAX_LENGTH]) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def claim_try(keys: dict[str, int], *, now: datetime) -> datetime | None:
    """Count one try under every key (key: tries that are free) before anything is checked; the caller commits.

    Returns when to try again where a key has to wait; then nothing is counted, nor kept of a key not seen before. After the
    free tries the wait is 2, 4, 8 … seconds up to 15 minutes, and an hour without a try forgets them. Tries sent at once are
    counted one after another.
    """
    rows = [_held(key, now=now) for key in keys]
    waits = [r.next_try_at for r in rows if r.next_try_at > now]
    if waits:
        for row in rows:
            if row.failures == 0:  # or who has to wait would fill the table with addresses
                db.session.delete(row)
        return max(waits)
    for row in rows:
        row.failures = 1 if now - row.last_failure_at > MEMORY else row.failures + 1
        row.last_failure_at = now
        beyond = row.failures - keys[row.key]
        if beyond > 0:
            row.next_try_at = now + min(timedelta(seconds=2 ** min(beyond, 12)), LONGEST_DELAY)
    return None


def _held(key: str, *, now: datetime) -> LoginDelay:
    """The row of a key, new where there is none, with nobody else counting on it; one taken away meanwhile is made anew."""
    while True:
        add_once(LoginDelay, key=key, failures=0, last_failure_at=now, next_try_at=now)
        row = db.session.get(LoginDelay, key, populate_existing=True, with_for_update=True)
        if row is not None:
            return row


def forget_old(*, now: datetime) -> None:
    """Take away the tries that count for nothing any more; the caller commits. What somebody is counting on just now stays,
    or the two could wait for each other."""
    old = (LoginDelay.last_failure_at < now - MEMORY, LoginDelay.next_try_at <= now)
    free = select(LoginDelay.key).where(*old).with_for_update(skip_locked=True)
    db.session.execute(delete(LoginDelay).where(LoginDelay.key.in_(free)))


def give_back(keys: dict[str, int]) -> None:
    """A try that was right counts for nothing; the caller commits. The first key is forgotten altogether."""
    first, *others = keys
    db.session.execute(delete(LoginDelay).where(LoginDelay.key == first))
    db.session.execute(
        update(LoginDelay)
        .where(LoginDelay.key.in_(others), LoginDelay.failures > 0)
        .values(failures=LoginDelay.failures - 1)
    )
