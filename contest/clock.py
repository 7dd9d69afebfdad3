"""Time: UTC inside, Asia/Ho_Chi_Minh at the edge. Everything but the edge takes `now` as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def utcnow() -> datetime:
    """The instant now, aware, in UTC."""
    return datetime.now(UTC)


def start_of_day(day: date) -> datetime:
    """The instant a day begins in Vietnam."""
    return datetime.combine(day, time.min, VIETNAM).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The instant at which "đến hết ngày X" is over: the start of the day after. Windows are half-open."""
    return start_of_day(day + timedelta(days=1))


def local(instant: datetime) -> datetime:
    """An instant as people in Vietnam read it."""
    return instant.astimezone(VIETNAM)


def today(now: datetime) -> date:
    """The calendar day in Vietnam at `now`."""
    return local(now).date()
