"""One process at a time writes an SQLite database: the site, or a command while it is stopped.

The place is a lock on a file beside the database. The kernel gives it back when its holder ends, by kill -9 too; workers
that the server forks hold it with it. PostgreSQL arbitrates among writers by itself; there only starting takes a turn.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from contest.config import Settings, SettingsError
from contest.models import db

# A worker whose server was killed notices it within a second or two.
PATIENCE = 5.0
STEP = 0.1
# Any number that nothing else on the database takes for a lock.
START_KEY = 0x6B68656F

_held: dict[Path, int] = {}


class Occupied(SettingsError):
    """Another process has this database."""


def occupy(settings: Settings, *, patience: float = PATIENCE) -> None:
    """Hold the database for as long as this process lives. Raises Occupied when another process has it."""
    place = _place(settings)
    if place is None or place in _held:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < end:
                time.sleep(STEP)
                continue
            os.close(descriptor)
            raise Occupied(
                f"Trang đang chạy trên cơ sở dữ liệu {settings.sqlite_path}, và SQLite chỉ cho một tiến trình ghi. "
                "Hãy dừng trang (Ctrl+C hoặc dừng dịch vụ) rồi chạy lại lệnh này."
            ) from None
        _held[place] = descriptor
        return


@contextmanager
def alone(settings: Settings, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the database for a command; a process that has it already goes on. Raises Occupied."""
    place = _place(settings)
    had_it = place in _held
    occupy(settings, patience=patience)
    try:
        yield
    finally:
        if place is not None and not had_it:
            os.close(_held.pop(place))


@contextmanager
def one_start_at_a_time() -> Iterator[None]:
    """Machines that start at once on one PostgreSQL migrate and load one after another; SQLite has one process anyway."""
    if db.engine.dialect.name != "postgresql":
        yield
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # However long another machine loads: the time limits are for the pages.
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": START_KEY})
        try:
            yield
        finally:
            connection.invalidate()  # ends the line, and with it the lock and these settings


def _place(settings: Settings) -> Path | None:
    return settings.sqlite_path.with_suffix(".lock") if settings.sqlite_path else None
