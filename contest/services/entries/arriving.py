"""When an entry came, and what is said of one that came too late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from contest.domain.arrival import Arrival, arrival
from contest.domain.vietnamese import format_date
from contest.models import Entry
from contest.services.contests.reading import rulebook_of


def arrival_of(entry: Entry, *, now: datetime) -> Arrival:
    """How an entry stands to the deadline as the rules are now; a draft as if it were handed in now."""
    return arrival(
        rulebook_of(entry.contest), submitted_at=entry.first_submitted_at, received_on=entry.received_on,
        postmarked_on=entry.postmarked_on, now=now,
    )  # fmt: skip


def late_words(entry: Entry, *, now: datetime) -> str:
    """When an entry that came too late came, and until when it should have come; nothing when it came in time."""
    came = arrival_of(entry, now=now)
    if not came.is_late:
        return ""
    windows = rulebook_of(entry.contest).windows
    article = f", {windows.article}" if windows.article else ""
    return f"{came.words}; hạn nộp đến hết ngày {format_date(windows.submitted.to)}{article}"


def late_among(entries: Iterable[Entry], *, now: datetime) -> dict[int, str]:
    """Those of some entries that came too late, by id, with when they came."""
    words = ((entry.id, late_words(entry, now=now)) for entry in entries)
    return {entry_id: late for entry_id, late in words if late}
