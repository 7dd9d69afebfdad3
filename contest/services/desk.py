"""The organizer's desk: who is waited for, entries per day against the deadline, what came from where, who judges how fast.

Everything is counted from a few wide queries, whatever the number of entries, judges and rounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from contest.clock import local, today
from contest.domain.contests import ContestState
from contest.domain.entries import EntryState
from contest.domain.rounds import RoundState
from contest.domain.rulebook import Rulebook
from contest.models import AuditEvent, Contest, Entry, EntryVersion, OrgUnit, Round, RulebookVersion, db
from contest.services.contests.reading import rulebook_at, state_of
from contest.services.judging.watching import JudgeProgress, progress
from contest.services.waiting import Outlook, Standing, look_out

DAYS_SHOWN = 42


@dataclass(frozen=True)
class Day:
    """Entries first submitted on one day."""

    day: date
    count: int


@dataclass(frozen=True)
class Desk:
    """Everything on the desk."""

    state: ContestState
    outlook: Outlook
    days: list[Day]
    last_year: list[int]
    last_year_total: int
    deadline: date
    total: int
    agencies: list[tuple[str, int]]
    media: list[tuple[str, int]]
    fields: list[tuple[str, int]]
    round: Round | None
    judges: list[JudgeProgress]
    recent: list[AuditEvent]

    @property
    def last_day(self) -> Day | None:
        """The busiest day when it is the last one shown, as it mostly is; worth saying in words."""
        last = self.days[-1] if self.days else None
        return last if last and last.count > max((d.count for d in self.days[:-1]), default=0) else None


@dataclass(frozen=True)
class Row:
    """What the desk needs of one entry."""

    id: int
    state: str
    first_submitted_at: datetime | None
    agency: str
    media: str
    field: str


def build(contest: Contest, *, sends_mail: bool, now: datetime) -> Desk:
    """The desk of a contest now. Mails count as stuck only where mail is sent at all."""
    versions = _rulebooks(contest)
    latest, before = (
        versions[contest.id],
        next((v for v in versions.values() if v.contest_id != contest.id), None),
    )
    rulebook = rulebook_at(latest)
    by_contest = _rows([contest.id] + ([before.contest_id] if before else []))
    rows = by_contest[contest.id]
    counts = Counter(r.state for r in rows)
    rounds = db.session.scalars(
        select(Round).where(Round.contest_id == contest.id).order_by(Round.position)
    ).all()
    current = next((r for r in rounds if r.state == RoundState.OPEN.value), None)
    judges = progress(current, now=now) if current else []
    deadline = rulebook.windows.submitted.to
    days = _days(rows, deadline, now=now)
    earlier = _per_day(by_contest[before.contest_id]) if before else Counter()
    names = {m.key: m.name for m in rulebook.media_types}
    shown = [r for r in rows if r.state not in ("draft", "withdrawn")]
    accepted = {r.id for r in rows if r.state == EntryState.ACCEPTED.value}
    standing = Standing(contest, counts, accepted, rounds, judges)
    outlook = look_out(standing, sends_mail=sends_mail, now=now)
    return Desk(
        state=state_of(contest),
        outlook=outlook,
        days=days,
        last_year=_aligned(earlier, rulebook_at(before), days, deadline) if before else [],
        last_year_total=earlier.total(),
        deadline=deadline,
        total=sum(n for s, n in counts.items() if s != "draft"),
        agencies=_top(_counts(r.agency for r in shown)),
        media=[(names.get(k, k), n) for k, n in _counts(r.media for r in shown)],
        fields=_counts(r.field for r in shown),
        round=current,
        judges=judges,
        recent=list(
            db.session.scalars(
                select(AuditEvent)
                .where(AuditEvent.contest_id == contest.id)
                .order_by(AuditEvent.id.desc())
                .limit(4)
            )
        ),
    )


def _rulebooks(contest: Contest) -> dict[int, RulebookVersion]:
    """The rulebook in force of this contest and of the one before it in the series."""
    earlier = (
        select(Contest.id)
        .where(
            Contest.series_id == contest.series_id,
            Contest.id < contest.id,
            Contest.state.in_(["published", "archived", "judging"]),
        )
        .order_by(Contest.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    other = aliased(RulebookVersion)
    newest = (
        select(func.max(other.number)).where(other.contest_id == RulebookVersion.contest_id).scalar_subquery()
    )
    found = db.session.scalars(
        select(RulebookVersion).where(
            or_(RulebookVersion.contest_id == contest.id, RulebookVersion.contest_id == earlier),
            RulebookVersion.number == newest,
        )
    )
    return {v.contest_id: v for v in found}


def _rows(contest_ids: Sequence[int]) -> dict[int, list[Row]]:
    """The entries by contest; agencies typed in many ways count as one once they are linked to the list."""
    found: dict[int, list[Row]] = {i: [] for i in contest_ids}
    agency = func.coalesce(OrgUnit.name, EntryVersion.agency_name)
    for r in db.session.execute(
        select(
            Entry.contest_id, Entry.id, Entry.state, Entry.first_submitted_at, agency, EntryVersion.media_type,
            EntryVersion.field,
        )
        .outerjoin(EntryVersion, EntryVersion.id == Entry.submitted_version_id)
        .outerjoin(OrgUnit, OrgUnit.id == EntryVersion.agency_id)
        .where(Entry.contest_id.in_(contest_ids))
    ):  # fmt: skip
        found[r[0]].append(Row(*r[1:]))
    return found


def _per_day(rows: Iterable[Row]) -> Counter[date]:
    return Counter(local(r.first_submitted_at).date() for r in rows if r.first_submitted_at)


def _days(rows: Sequence[Row], deadline: date, *, now: datetime) -> list[Day]:
    """Entries per day in the last weeks before the deadline, or before today when it is earlier.

    What came within the grace after the deadline counts to the last day.
    """
    end = min(deadline, today(now))
    start = end - timedelta(days=DAYS_SHOWN - 1)
    found = _per_day(rows)
    found[end] += found.pop(end + timedelta(days=1), 0)
    return [Day(day, found[day]) for day in (start + timedelta(days=i) for i in range(DAYS_SHOWN))]


def _aligned(earlier: Counter[date], rulebook: Rulebook, days: list[Day], deadline: date) -> list[int]:
    """Last year's counts on the days equally far from its own deadline."""
    last = rulebook.windows.submitted.to
    return [earlier[last - (deadline - d.day)] for d in days]


def _counts(values: Iterable[str | None]) -> list[tuple[str, int]]:
    """Most first; equals by name, so that the order does not change from one visit to the next."""
    return sorted(Counter(v for v in values if v).items(), key=lambda pair: (-pair[1], pair[0]))


def _top(rows: list[tuple[str, int]], count: int = 6) -> list[tuple[str, int]]:
    rest = rows[count:]
    return rows[:count] + ([(f"{len(rest)} cơ quan khác", sum(n for _, n in rest))] if rest else [])
