"""Passwords (argon2id) and the delay that answers guessing. Hashing happens before any database lock."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from contest.domain.errors import UserError
from contest.models import LoginDelay, db

# OWASP's second configuration: 19 MiB, two passes. At most two at once, so that a flood of guesses costs time, not memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_slots = threading.BoundedSemaphore(2)
_decoy = _hasher.hash("mật khẩu không của ai")

MIN_LENGTH = 10
MAX_LENGTH = 200
FREE_FAILURES = 4
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


def next_try_at(key: str, *, now: datetime) -> datetime | None:
    """When this key may try again, or None when now."""
    row = db.session.get(LoginDelay, key)
    return row.next_try_at if row and row.next_try_at > now else None


def note_failure(key: str, *, now: datetime) -> None:
    """Count a failure and lengthen the wait: 4 free, then 2, 4, 8 … seconds up to 15 minutes. The caller commits."""
    row = db.session.get(LoginDelay, key)
    if row is None or now - row.last_failure_at > timedelta(hours=1):
        row = db.session.merge(LoginDelay(key=key, failures=0, last_failure_at=now, next_try_at=now))
    row.failures += 1
    row.last_failure_at = now
    if row.failures > FREE_FAILURES:
        row.next_try_at = now + min(
            timedelta(seconds=2 ** min(row.failures - FREE_FAILURES, 12)), LONGEST_DELAY
        )


def clear_failures(key: str) -> None:
    """Forget the failures after a success; the caller commits."""
    row = db.session.get(LoginDelay, key)
    if row is not None:
        db.session.delete(row)
