"""The page of a log as it was asked for: the filter of the address, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from contest.clock import end_of_day, start_of_day
from contest.domain.unasked import NOTHING, Unasked
from contest.services import audit
from contest.web.asked import AskedDay, day_asked, page_asked


@dataclass(frozen=True)
class AskedLog:
    """A filter as typed, the page of events it finds, and the acts to choose from."""

    wanted: audit.AuditFilter
    since: AskedDay
    until: AskedDay
    found: audit.AuditPage
    actions: list[str]
    withheld_any: bool = False


def log_asked(contest_id: int | None, *, unasked: Unasked = NOTHING) -> AskedLog:
    """The log of a contest, or with None of what was done outside contests, under the filter of the address."""
    since, until = day_asked("since"), day_asked("until")
    wanted = audit.AuditFilter(
        action=request.args.get("action", "")[:80], actor=request.args.get("who", "")[:100], text=request.args.get("q", "")[:100],
        since=start_of_day(since.day) if since.day else None, until=end_of_day(until.day) if until.day else None,
        page=page_asked(),
    )  # fmt: skip
    return AskedLog(
        wanted, since, until, audit.list_events(contest_id, wanted, unasked=unasked),
        audit.list_actions(contest_id), bool(unasked),
    )  # fmt: skip
