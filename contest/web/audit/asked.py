"""The page of a log as it was asked for: the filter of the address, and what it finds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import request

from contest.clock import end_of_day, start_of_day
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
    hidden: Collection[int] = ()


def log_asked(contest_id: int | None, *, hidden: Collection[int] = ()) -> AskedLog:
    """The log of a contest, or with None of what was done outside contests, under the filter of the address; without
    what tells who made the works of `hidden`.
    """
    since, until = day_asked("since"), day_asked("until")
    wanted = audit.AuditFilter(
        action=request.args.get("action", "")[:80], actor=request.args.get("who", "")[:100], text=request.args.get("q", "")[:100],
        since=start_of_day(since.day) if since.day else None, until=end_of_day(until.day) if until.day else None,
        page=page_asked(),
    )  # fmt: skip
    found = audit.list_events(contest_id, wanted, hidden=hidden)
    return AskedLog(wanted, since, until, found, audit.list_actions(contest_id), hidden)
