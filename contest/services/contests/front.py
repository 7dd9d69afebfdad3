"""What the public front page shows, decided here so that the template only loops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select, text

from contest.clock import local, today
from contest.domain.contests import ContestState, Window, submission_window, takes_entries
from contest.domain.rulebook import Rulebook, Section, describe
from contest.domain.rulebook.words import key_rules, limits, media_words, who_may_enter
from contest.domain.vietnamese import format_date, weekday
from contest.models import Contest, Entry, RulebookVersion, db
from contest.models.database import Instant, ReadyQuestion
from contest.services.contests.reading import list_versions, rulebook_of, state_of


@dataclass(frozen=True)
class Milestone:
    """One stop of the time line; `state` is past, now or future.

    `today` says how far today lies on the way to the next stop, in hundredths; None when it lies elsewhere.
    """

    name: str
    dates: str
    state: str
    today: int | None


@dataclass(frozen=True)
class PrizeLine:
    """One tier as the front page lists it; a collective prize goes to agencies and wears no medal."""

    rank: int
    tier: str
    count: str
    value: int | None
    is_collective: bool


@dataclass(frozen=True)
class Front:
    """Everything on the front page."""

    state: ContestState
    rulebook: Rulebook
    window: Window
    is_open: bool
    days_left: int
    closes_words: str
    milestones: list[Milestone]
    who: list[str]
    bounds: list[str]
    media: list[tuple[str, str, str]]
    prizes: list[PrizeLine]
    prize_count: int
    prize_total: int
    key_rules: list[tuple[str, str]]
    summary: list[Section]
    rules_pages: int | None
    notices: list[RulebookVersion]
    received: int | None


@dataclass(frozen=True)
class Shown:
    """What decides which kept page a visitor gets: one lean statement."""

    contest_id: int
    state: str
    version: tuple[object, ...]
    publication_id: int | None


_SHOWN = ReadyQuestion(
    text(
        "SELECT c.id, c.state, c.public_version, s.updated_at,"
        " (SELECT p.id FROM publications p WHERE p.contest_id = c.id AND p.publish_at <= :now AND p.cancelled_at IS NULL"
        " ORDER BY p.number DESC LIMIT 1)"
        " FROM contests c LEFT JOIN site_settings s ON s.id = 1 WHERE c.slug = :slug"
    ).bindparams(bindparam("now", type_=Instant()))
)


def shown_now(slug: str, *, now: datetime) -> Shown | None:
    """Which state of a contest's public pages holds now, or None when there is no such contest."""
    row = _SHOWN.first(slug=slug, now=now)
    return Shown(row[0], row[1], (row[2], str(row[3])), row[4]) if row is not None else None


def build(contest: Contest, *, now: datetime) -> Front:
    """The front page of a contest now."""
    rulebook = rulebook_of(contest)
    window = submission_window(rulebook)
    last = rulebook.windows.submitted.to
    prizes, count, total = _prizes(rulebook)
    received = None
    if rulebook.publication.show_received_count:
        received = db.session.scalar(
            select(func.count(Entry.id)).where(
                Entry.contest_id == contest.id, Entry.first_submitted_at.is_not(None)
            )
        )
    return Front(
        state=state_of(contest),
        rulebook=rulebook,
        window=window,
        is_open=takes_entries(state_of(contest), rulebook, now),
        days_left=(last - today(now)).days,
        closes_words=f"đến hết {weekday(last)}, {format_date(last)}",
        milestones=_milestones(contest, rulebook, today(now)),
        who=who_may_enter(rulebook),
        bounds=limits(rulebook),
        media=[(m.key, m.name, media_words(m)) for m in rulebook.media_types],
        prizes=prizes,
        prize_count=count,
        prize_total=total,
        key_rules=key_rules(rulebook),
        summary=describe(rulebook),
        rules_pages=contest.rules_file.page_count if contest.rules_file else None,
        notices=[v for v in list_versions(contest.id) if v.notice],
        received=received,
    )


def _milestones(contest: Contest, rulebook: Rulebook, day: date) -> list[Milestone]:
    w = rulebook.windows
    opened = local(contest.opened_at).date() if contest.opened_at else w.submitted.from_
    begun = min(opened, w.submitted.from_)
    stops = [
        ("Phát động", begun, begun, _span(begun, begun)),
        ("Nhận tác phẩm", w.submitted.from_, w.submitted.to, _span(w.submitted.from_, w.submitted.to)),
    ]
    if w.judged:
        stops.append(("Chấm", w.judged.from_, w.judged.to, _span(w.judged.from_, w.judged.to)))
    stops += [(r.name, r.due, r.due, f"đến hết {format_date(r.due)}") for r in rulebook.rounds if r.due]
    if w.awarded:
        stops.append(("Trao giải", w.awarded, w.awarded, _span(w.awarded, w.awarded)))
    stops.sort(key=lambda stop: stop[1])
    # The way from a stop leads to the next one's start; from the last one to its own end.
    ends = [start for _, start, _, _ in stops[1:]] + [stops[-1][2]]
    here = max((i for i, (_, start, _, _) in enumerate(stops) if start <= day), default=None)
    if here is not None and here == len(stops) - 1 and day > ends[here]:
        here = None
    return [
        Milestone(
            name,
            dates,
            _place(start, end, day),
            _hundredths(start, ends[i], day) if i == here else None,
        )
        for i, (name, start, end, dates) in enumerate(stops)
    ]


def _hundredths(start: date, end: date, day: date) -> int:
    """How far a day lies on the way between two days; kept off the dots themselves."""
    return min(94, max(6, (day - start).days * 100 // max(1, (end - start).days)))


def _span(start: date, end: date) -> str:
    if start == end:
        return format_date(start)
    begin = f"{start:%d/%m}" if start.year == end.year else format_date(start)
    return f"{begin} đến hết {format_date(end)}"


def _place(start: date, end: date, day: date) -> str:
    if day > end:
        return "past"
    return "now" if day >= start else "future"


def _prizes(rulebook: Rulebook) -> tuple[list[PrizeLine], int, int]:
    lines, count, total = [], 0, 0
    for rank, prize in enumerate(rulebook.prizes, start=1):
        groups = len(rulebook.categories) if prize.per == "category" else 1
        most = (
            sum(prize.quota.ceiling_for(c.key) for c in rulebook.categories)
            if groups > 1
            else prize.quota.ceiling
        )
        value = rulebook.prize_value(prize)
        count += most
        total += most * (value or 0)
        words = f"{prize.quota.range[0]}–{prize.quota.range[1]} giải" if prize.quota.range else f"{most} giải"
        lines.append(PrizeLine(min(rank, 4), prize.tier, words, value, prize.kind == "collective"))
    return lines, count, total
