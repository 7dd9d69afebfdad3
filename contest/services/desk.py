"""The organizer's desk: who is waited for, entries per day against the deadline, what came from where, who judges how fast.

Everything is counted from a few wide queries, whatever the number of entries, judges and rounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.orm import aliased

from contest.clock import local, today
from contest.domain.contests import ContestState
from contest.domain.rulebook import Rulebook
from contest.domain.scoring import tally_entry
from contest.models import (
    AuditEvent,
    Contest,
    Entry,
    EntryVersion,
    OrgUnit,
    Round,
    RulebookVersion,
    SupplementRequest,
    db,
)
from contest.services import outbox
from contest.services.contests.reading import rulebook_at, state_of
from contest.services.judging.reading import rules_in
from contest.services.judging.watching import JudgeProgress, list_divergence_decisions, progress
from contest.services.results.prizes import prize_board
from contest.services.results.tallying import signed_sheets

DAYS_SHOWN = 42


@dataclass(frozen=True)
class WaitLine:
    """One count of things that wait, as a link; `late` colours it amber."""

    count: int
    words: str
    place: str
    is_late: bool = False


@dataclass(frozen=True)
class Day:
    """Entries first submitted on one day."""

    day: date
    count: int


@dataclass(frozen=True)
class Desk:
    """Everything on the desk."""

    state: ContestState
    next_step: str
    action: tuple[str, str] | None
    waiting: list[tuple[str, str, list[WaitLine]]]
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
        return last if last and last.count and last.count == max(d.count for d in self.days) else None


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
    current = db.session.scalar(
        select(Round)
        .where(Round.contest_id == contest.id, Round.state == "open")
        .order_by(Round.position)
        .limit(1)
    )
    judges = progress(current, now=now) if current else []
    deadline = rulebook.windows.submitted.to
    days = _days(rows, deadline, now=now)
    earlier = _per_day(by_contest[before.contest_id]) if before else Counter()
    names = {m.key: m.name for m in rulebook.media_types}
    shown = [r for r in rows if r.state not in ("draft", "withdrawn")]
    waiting, action, step = _waiting(contest, rows, current, judges, sends_mail=sends_mail, now=now)
    return Desk(
        state=state_of(contest),
        next_step=step,
        action=action,
        waiting=waiting,
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


def _waiting(
    contest: Contest,
    rows: Sequence[Row],
    current: Round | None,
    judges: list[JudgeProgress],
    *,
    sends_mail: bool,
    now: datetime,
) -> tuple[list[tuple[str, str, list[WaitLine]]], tuple[str, str] | None, str]:
    counts = Counter(r.state for r in rows)
    overdue, stuck = db.session.execute(
        select(
            _overdue(contest.id, now).label("overdue"), outbox.stuck_count(contest.id, now=now).label("stuck")
        )
    ).one()
    secretary = [
        WaitLine(counts["submitted"], "hồ sơ chờ sơ loại", "screening:submitted"),
        WaitLine(overdue, "câu hỏi quá hạn trả lời", "screening:needs_supplement", bool(overdue)),
    ]
    chair, slow = [], []
    if current is not None:
        undecided = _undecided(current, {r.id for r in rows if r.state == "accepted"})
        chair = [
            WaitLine(undecided, "tác phẩm lệch điểm", f"round:{current.id}", bool(undecided)),
            WaitLine(sum(j.recused for j in judges), "lượt xin không chấm", f"assignment:{current.id}"),
        ]
        late = sum(j.is_late for j in judges)
        slow = [
            WaitLine(sum(j.total - j.signed for j in judges), "phiếu chưa ký", f"round:{current.id}"),
            WaitLine(late, "người chậm tiến độ", f"assignment:{current.id}", bool(late)),
        ]
    board = prize_board(contest) if current is None and state_of(contest) is ContestState.JUDGING else None
    ties = len(board.open_ties) if board else 0
    organizer = [WaitLine(ties, "chỗ bằng điểm", "results", bool(ties))]
    if sends_mail:
        organizer.append(WaitLine(stuck, "thư gửi chưa được", "mails", bool(stuck)))
    authors = [
        WaitLine(counts["needs_supplement"], "hồ sơ chờ bổ sung", "screening:needs_supplement"),
        WaitLine(counts["draft"], "bản nháp chưa nộp", "dossiers"),
    ]
    waiting = [
        ("Chờ Ban Tổ chức", "award", organizer), ("Chờ Tổ Thư ký", "inbox", secretary), ("Chờ trưởng tiểu ban", "people", chair),
        ("Chờ giám khảo", "pencil", slow), ("Chờ tác giả", "person", authors),
    ]  # fmt: skip
    return waiting, *_next(contest, counts, current, ties, board is not None)


def _undecided(round_: Round, accepted: set[int]) -> int:
    """How many entries diverge, or come to no value, without the chair's decision."""
    rules = rules_in(round_)
    decided = list_divergence_decisions(round_.id)
    tallies = [
        tally_entry(str(entry), "", sheets, rules)
        for entry, sheets in signed_sheets(round_.id, rules.criteria).items()
        if entry in accepted and entry not in decided
    ]
    return sum(t.divergent or (t.value is None and len(t.sheets) >= rules.min_sheets) for t in tallies)


def _overdue(contest_id: int, now: datetime) -> ScalarSelect[int]:
    return (
        select(func.count(SupplementRequest.id))
        .join(Entry, Entry.id == SupplementRequest.entry_id)
        .where(
            Entry.contest_id == contest_id,
            Entry.state == "needs_supplement",
            SupplementRequest.answered_at.is_(None),
            SupplementRequest.due_at <= now,
        )
        .scalar_subquery()
    )


def _next(
    contest: Contest, counts: Counter[str], current: Round | None, ties: int, has_board: bool
) -> tuple[tuple[str, str] | None, str]:
    """The one red button and the sentence beside it."""
    state = state_of(contest)
    if state is ContestState.DRAFT:
        return ("Xem thể lệ, mở cuộc thi", "rulebook"), "Việc kế tiếp: xem lại thể lệ rồi mở cuộc thi."
    if ties:
        return (
            f"Quyết định {ties} chỗ bằng điểm",
            "results",
        ), "Việc kế tiếp: quyết định các chỗ bằng điểm ở mức giải."
    if has_board:
        return ("Xem trước, công bố", "publication"), "Việc kế tiếp: xem lại giải rồi công bố."
    if state is ContestState.PUBLISHED:
        return None, "Kết quả đã công bố."
    if counts["submitted"]:
        return (
            f"Sơ loại {counts['submitted']} hồ sơ",
            "screening:submitted",
        ), f"Việc kế tiếp: sơ loại {counts['submitted']} hồ sơ đang chờ."
    if current is not None:
        return ("Xem tiến độ chấm", f"round:{current.id}"), f"Việc kế tiếp: theo dõi vòng {current.name}."
    if counts["accepted"]:
        return ("Phân công chấm", "rounds"), "Việc kế tiếp: lập hội đồng và phân công chấm."
    return None, "Đang chờ tác phẩm."


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
