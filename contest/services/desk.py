"""The organizer's desk: who is waited for, entries per day against the deadline, what came from where, who judges how fast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from contest.clock import local, start_of_day, today
from contest.domain.contests import ContestState
from contest.models import (
    AuditEvent,
    Contest,
    Entry,
    EntryVersion,
    Round,
    SupplementRequest,
    db,
)
from contest.services import outbox
from contest.services.contests.reading import rulebook_of, state_of
from contest.services.judging.reading import list_rounds
from contest.services.judging.watching import JudgeProgress, list_divergence_decisions, progress
from contest.services.results.closing import preview_closing
from contest.services.results.prizes import prize_board

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


def build(contest: Contest, *, now: datetime) -> Desk:
    """The desk of a contest now."""
    rulebook = rulebook_of(contest)
    counts = _states(contest.id)
    rounds = list_rounds(contest.id)
    current = next((r for r in rounds if r.state == "open"), None)
    judges = progress(current, now=now) if current else []
    deadline = rulebook.windows.submitted.to
    days = _days(contest.id, deadline, now=now)
    before = _last_year(contest)
    names = {m.key: m.name for m in rulebook.media_types}
    media = _counts(contest.id, EntryVersion.media_type)
    waiting, action, step = _waiting(contest, counts, current, judges, rounds, now=now)
    return Desk(
        state=state_of(contest), next_step=step, action=action, waiting=waiting, days=days,
        last_year=_aligned(before, days, deadline), last_year_total=sum(c for _, c in before[1]) if before else 0, deadline=deadline,
        total=sum(n for s, n in counts.items() if s != "draft"), agencies=_top(_counts(contest.id, EntryVersion.agency_name)),
        media=[(names.get(k, k), n) for k, n in media], fields=_counts(contest.id, EntryVersion.field), round=current, judges=judges,
        recent=list(
            db.session.scalars(
                select(AuditEvent).where(AuditEvent.contest_id == contest.id).order_by(AuditEvent.id.desc()).limit(4)
            )
        ),
    )  # fmt: skip


def _states(contest_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(Entry.state, func.count(Entry.id)).where(Entry.contest_id == contest_id).group_by(Entry.state)
    )
    return {str(s): n for s, n in rows}


def _waiting(
    contest: Contest,
    counts: dict[str, int],
    current: Round | None,
    judges: list[JudgeProgress],
    rounds: object,
    *,
    now: datetime,
) -> tuple[list[tuple[str, str, list[WaitLine]]], tuple[str, str] | None, str]:
    answered = _overdue(contest.id, now)
    unsent = outbox.count_unsent(contest.id, now=now)
    secretary = [
        WaitLine(counts.get("submitted", 0), "hồ sơ chờ sơ loại", "screening"),
        WaitLine(answered, "câu hỏi quá hạn trả lời", "screening", bool(answered)),
    ]
    chair, slow = [], []
    if current is not None:
        found = preview_closing(current)
        undecided = [t for t in found.undecided if int(t.entry) not in list_divergence_decisions(current.id)]
        chair = [
            WaitLine(len(undecided), "tác phẩm lệch điểm", f"round:{current.id}", bool(undecided)),
            WaitLine(sum(j.recused for j in judges), "lượt xin không chấm", f"assignment:{current.id}"),
        ]
        late = sum(j.is_late for j in judges)
        slow = [
            WaitLine(sum(j.total - j.signed for j in judges), "phiếu chưa ký", f"round:{current.id}"),
            WaitLine(late, "người chậm tiến độ", f"assignment:{current.id}", bool(late)),
        ]
    board = prize_board(contest) if current is None and state_of(contest) is ContestState.JUDGING else None
    ties = len(board.open_ties) if board else 0
    organizer = [
        WaitLine(ties, "chỗ bằng điểm", "results", bool(ties)),
        WaitLine(unsent, "thư chưa gửi", "mails", bool(unsent)),
    ]
    authors = [
        WaitLine(counts.get("needs_supplement", 0), "hồ sơ chờ bổ sung", "screening"),
        WaitLine(counts.get("draft", 0), "bản nháp chưa nộp", "dossiers"),
    ]
    waiting = [
        ("Chờ Ban Tổ chức", "award", organizer), ("Chờ Tổ Thư ký", "inbox", secretary), ("Chờ trưởng tiểu ban", "people", chair),
        ("Chờ giám khảo", "pencil", slow), ("Chờ tác giả", "person", authors),
    ]  # fmt: skip
    return waiting, *_next(contest, counts, current, ties, board is not None)


def _overdue(contest_id: int, now: datetime) -> int:
    found = (
        select(func.count(SupplementRequest.id))
        .join(Entry, Entry.id == SupplementRequest.entry_id)
        .where(
            Entry.contest_id == contest_id,
            Entry.state == "needs_supplement",
            SupplementRequest.answered_at.is_(None),
            SupplementRequest.due_at <= now,
        )
    )
    return db.session.scalar(found) or 0


def _next(
    contest: Contest, counts: dict[str, int], current: Round | None, ties: int, has_board: bool
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
    if counts.get("submitted"):
        return (
            f"Sơ loại {counts['submitted']} hồ sơ",
            "screening",
        ), f"Việc kế tiếp: sơ loại {counts['submitted']} hồ sơ đang chờ."
    if current is not None:
        return ("Xem tiến độ chấm", f"round:{current.id}"), f"Việc kế tiếp: theo dõi {current.name}."
    if counts.get("accepted"):
        return ("Phân công chấm", "rounds"), "Việc kế tiếp: lập hội đồng và phân công chấm."
    return None, "Đang chờ tác phẩm."


def _days(contest_id: int, deadline: date, *, now: datetime) -> list[Day]:
    """Entries per day in the last weeks before the deadline, or before today when it is earlier."""
    end = min(deadline, today(now))
    start = end - timedelta(days=DAYS_SHOWN - 1)
    found: dict[date, int] = {}
    rows = db.session.scalars(
        select(Entry.first_submitted_at).where(
            Entry.contest_id == contest_id,
            Entry.first_submitted_at >= start_of_day(start),
            Entry.first_submitted_at < start_of_day(end + timedelta(days=2)),
        )
    )
    for at in rows:
        if at is not None:
            day = min(local(at).date(), end)
            found[day] = found.get(day, 0) + 1
    return [
        Day(start + timedelta(days=i), found.get(start + timedelta(days=i), 0)) for i in range(DAYS_SHOWN)
    ]


def _last_year(contest: Contest) -> tuple[date, list[tuple[date, int]]] | None:
    """The contest before in the series: its deadline and its entries per day."""
    earlier = db.session.scalar(
        select(Contest)
        .where(
            Contest.series_id == contest.series_id,
            Contest.id < contest.id,
            Contest.state.in_(["published", "archived", "judging"]),
        )
        .order_by(Contest.id.desc())
        .limit(1)
    )
    if earlier is None:
        return None
    counts: dict[date, int] = {}
    for at in db.session.scalars(
        select(Entry.first_submitted_at).where(
            Entry.contest_id == earlier.id, Entry.first_submitted_at.is_not(None)
        )
    ):
        if at is not None:
            counts[local(at).date()] = counts.get(local(at).date(), 0) + 1
    return rulebook_of(earlier).windows.submitted.to, sorted(counts.items())


def _aligned(
    before: tuple[date, list[tuple[date, int]]] | None, days: list[Day], deadline: date
) -> list[int]:
    """Last year's counts on the days equally far from its own deadline."""
    if before is None:
        return []
    last, counts = before
    by_distance = {(last - day).days: n for day, n in counts}
    return [by_distance.get((deadline - d.day).days, 0) for d in days]


def _counts(contest_id: int, column: object) -> list[tuple[str, int]]:
    rows = db.session.execute(
        select(column, func.count(Entry.id))  # type: ignore[call-overload]
        .select_from(Entry)
        .join(EntryVersion, EntryVersion.id == Entry.submitted_version_id)
        .where(Entry.contest_id == contest_id, Entry.state.not_in(["withdrawn"]))
        .group_by(column)
        .order_by(func.count(Entry.id).desc())
    )
    return [(str(k), n) for k, n in rows if k]


def _top(rows: list[tuple[str, int]], count: int = 6) -> list[tuple[str, int]]:
    rest = rows[count:]
    return rows[:count] + ([(f"{len(rest)} cơ quan khác", sum(n for _, n in rest))] if rest else [])
