"""When an entry came, and whether that was in time: the moment it was handed in, or the days of its paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contest.clock import local, today
from contest.domain.contests import submission_window
from contest.domain.rulebook import Rulebook
from contest.domain.vietnamese import format_date, format_datetime


@dataclass(frozen=True)
class Arrival:
    """How an entry stands to the window: in time, too early or too late, in words and with the days that say so."""

    is_early: bool
    is_late: bool
    words: str
    evidence: tuple[tuple[str, str], ...]


def arrival(
    rulebook: Rulebook,
    *,
    submitted_at: datetime | None,
    received_on: date | None,
    postmarked_on: date | None,
    now: datetime,
) -> Arrival:
    """Paper counts by its postmark if it arrives within the grace days, without one by the day of receipt; all else by the
    moment it was first handed in, `now` for a draft.

    A posted dossier without a day of receipt arrived on the day it was handed in here.
    """
    span = rulebook.windows.submitted
    limits = (("Nhận từ ngày", format_date(span.from_)), ("Hạn nộp, đến hết ngày", format_date(span.to)))
    if not (postmarked_on or received_on):
        window, at = submission_window(rulebook), submitted_at or now
        is_early = at < window.opens
        is_late = not is_early and not window.accepts(at)
        when = format_datetime(local(at))
        why = ": chưa đến thời gian nhận" if is_early else ": đã quá hạn" if is_late else ""
        words = f"{when}{why}" if submitted_at or why else ""
        return Arrival(is_early, is_late, words, (*limits, ("Nộp lúc", when)) if words else limits)
    return _on_paper(rulebook, received_on or today(submitted_at or now), postmarked_on, limits)


def _on_paper(
    rulebook: Rulebook, arrived: date, postmarked_on: date | None, limits: tuple[tuple[str, str], ...]
) -> Arrival:
    span, grace = rulebook.windows.submitted, rulebook.windows.postmark_grace_days
    sent = postmarked_on or arrived
    words = f"dấu bưu điện {format_date(sent)}" if postmarked_on else f"nhận ngày {format_date(sent)}"
    days = [("Hồ sơ giấy nhận ngày", format_date(arrived))]
    if postmarked_on:
        days = [
            ("Dấu bưu điện", format_date(postmarked_on)),
            *days,
            ("Có dấu bưu điện trong hạn thì nhận đến hết ngày", format_date(span.to + timedelta(days=grace))),
        ]
    is_early, is_late = sent < span.from_, sent > span.to
    if not is_early and not is_late and arrived > span.to + timedelta(days=grace):
        is_late, words = True, f"{words}, đến ngày {format_date(arrived)}, quá {grace} ngày"
    elif is_early or is_late:
        words += ": chưa đến thời gian nhận" if is_early else ": đã quá hạn"
    return Arrival(is_early, is_late, words, (*limits, *days))
