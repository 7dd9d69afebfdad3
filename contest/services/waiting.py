"""What waits for whom in one contest, and what comes next: counts, each with the place where it is done.

Between two rounds the list for the later one comes before its panels. The marks of an open round are counted, never shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import ScalarSelect, case, func, null, select

from contest.domain.contests import ContestState
from contest.domain.entries import EntryState
from contest.domain.ranking import Placing
from contest.domain.round_rules import quota_of
from contest.domain.rounds import RoundState, SheetState
from contest.domain.scoring import Tally, from_thousandths, tally_entry
from contest.domain.shortlist import shortlist
from contest.models import (
    Assignment,
    Contest,
    Entry,
    Round,
    RoundOutcome,
    Scoresheet,
    SupplementRequest,
    db,
)
from contest.services import outbox
from contest.services.contests.reading import state_of
from contest.services.judging.reading import rulebook_in, rules_in
from contest.services.judging.watching import JudgeProgress, list_divergence_decisions
from contest.services.results.decisions import CUT, tie_decisions
from contest.services.results.prizes import prize_board
from contest.services.results.tallying import signed_sheets

Step = tuple[tuple[str, str] | None, str]


@dataclass(frozen=True)
class WaitLine:
    """One count of things that wait, as a link where there is a place for it; `late` colours it amber."""

    count: int
    words: str
    place: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Outlook:
    """Who is waited for, by group with its icon; the one red button, if any, and the sentence beside it."""

    waiting: list[tuple[str, str, list[WaitLine]]]
    action: tuple[str, str] | None
    next_step: str


@dataclass(frozen=True)
class Standing:
    """How a contest stands: its entries by state, those that are in, its rounds in order, the judges of the open one."""

    contest: Contest
    counts: Counter[str]
    accepted: AbstractSet[int]
    rounds: Sequence[Round]
    judges: Sequence[JudgeProgress]

    @property
    def current(self) -> Round | None:
        """The round that is judged now."""
        return next((r for r in self.rounds if r.state == RoundState.OPEN.value), None)

    @property
    def between(self) -> tuple[Round, Round] | None:
        """The round that has closed and the one after it, not opened yet."""
        return next(
            (
                (before, after)
                for before, after in pairwise(self.rounds)
                if before.state == RoundState.CLOSED.value and after.state == RoundState.PENDING.value
            ),
            None,
        )


def look_out(standing: Standing, *, sends_mail: bool, now: datetime) -> Outlook:
    """What waits for whom and what comes next. Mails count as stuck only where mail is sent at all."""
    contest, current, counts = standing.contest, standing.current, standing.counts
    asked = db.session.execute(
        select(
            _overdue(contest.id, now).label("overdue"),
            outbox.stuck_count(contest.id, now=now).label("stuck"),
            _on_paper(current).label("on_paper"),
            _left_short(current).label("short"),
        )
    ).one()
    is_judged = current is None and state_of(contest) is ContestState.JUDGING
    between = standing.between if is_judged else None
    board = prize_board(contest) if is_judged and not between else None
    cuts = _open_cuts(between[0], standing.accepted) if between else None
    ties = len(board.open_ties) if board else cuts or 0
    freed = len(board.open_places) if board else 0
    place = f"shortlist:{between[0].id}" if between else "results"
    organizer = [
        WaitLine(ties, "chỗ bằng điểm", place, bool(ties)),
        WaitLine(freed, "chỗ trống chờ quyết định", place, bool(freed)),
    ]
    if between and cuts is not None:
        organizer.append(WaitLine(1, f"danh sách vào {between[1].name} chưa lập", place))
    if sends_mail:
        organizer.append(WaitLine(asked.stuck, "thư gửi chưa được", "mails", bool(asked.stuck)))
    secretary = [
        WaitLine(counts["submitted"], "hồ sơ chờ sơ loại", "screening:submitted"),
        WaitLine(asked.overdue, "câu hỏi quá hạn trả lời", "screening:needs_supplement", bool(asked.overdue)),
    ]
    chair, judges = [], []
    if current is not None:
        secretary += [
            WaitLine(
                asked.short, "tác phẩm thiếu giám khảo do xin không chấm", f"assignment:{current.id}", bool(asked.short)
            ),
            WaitLine(asked.on_paper, "phiếu giấy chờ đối chiếu", "paper"),
        ]  # fmt: skip
        undecided = _undecided(current, standing.accepted)
        chair = [WaitLine(undecided, "tác phẩm lệch điểm", f"round:{current.id}", bool(undecided))]
        late = sum(j.is_late for j in standing.judges)
        judges = [
            WaitLine(
                sum(j.total - j.signed for j in standing.judges), "phiếu chưa ký", f"round:{current.id}"
            ),
            WaitLine(late, "người chậm tiến độ", f"assignment:{current.id}", bool(late)),
        ]
    authors = [
        WaitLine(counts["needs_supplement"], "hồ sơ chờ bổ sung", "screening:needs_supplement"),
        WaitLine(counts["draft"], "bản nháp chưa nộp"),
    ]
    waiting = [
        ("Chờ Ban Tổ chức", "award", organizer), ("Chờ Tổ Thư ký", "inbox", secretary), ("Chờ trưởng tiểu ban", "people", chair),
        ("Chờ giám khảo", "pencil", judges), ("Chờ tác giả", "person", authors),
    ]  # fmt: skip
    if board is not None:
        action, step = _after_last(ties, freed)
    elif between and cuts is not None:
        action, step = _before_next(between, cuts)
    else:
        action, step = _next(standing)
    return Outlook(waiting, action, step)


def _next(standing: Standing) -> Step:
    """What comes next outside the decisions about closed rounds."""
    state, counts, current = state_of(standing.contest), standing.counts, standing.current
    if state is ContestState.DRAFT:
        return ("Xem thể lệ, mở cuộc thi", "rulebook"), "Việc kế tiếp: xem lại thể lệ rồi mở cuộc thi."
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
        later = f" {standing.between[1].name}" if standing.between else ""
        return ("Phân công chấm", "rounds"), f"Việc kế tiếp: lập hội đồng và phân công chấm{later}."
    return None, "Đang chờ tác phẩm."


def _after_last(ties: int, freed: int) -> Step:
    """After the last round: prizes, then the publication."""
    if ties:
        return (
            f"Quyết định {ties} chỗ bằng điểm",
            "results",
        ), "Việc kế tiếp: quyết định các chỗ bằng điểm ở mức giải."
    if freed:
        return (
            f"Quyết định {freed} chỗ trống",
            "results",
        ), "Việc kế tiếp: quyết định chỗ của các tác phẩm đã được chuyển đi."
    return ("Xem trước, công bố", "publication"), "Việc kế tiếp: xem lại giải rồi công bố."


def _before_next(between: tuple[Round, Round], cuts: int) -> Step:
    """After an earlier round: who goes on, before anybody is asked to judge them."""
    before, after = between
    place, name = f"shortlist:{before.id}", after.name
    if cuts:
        return (
            f"Quyết định {cuts} chỗ bằng điểm",
            place,
        ), f"Việc kế tiếp: quyết định các chỗ bằng điểm ở ngưỡng vào {name}."
    return (f"Lập danh sách vào {name}", place), f"Việc kế tiếp: lập danh sách vào {name}."


def _open_cuts(round_: Round, accepted: AbstractSet[int]) -> int | None:
    """In how many categories equals at the cut wait for a decision; None when the list for the next round stands."""
    outcomes = db.session.execute(
        select(
            RoundOutcome.entry_id, RoundOutcome.category_key, RoundOutcome.place, RoundOutcome.total_thousandths,
            RoundOutcome.is_shortlisted,
        )
        .where(RoundOutcome.round_id == round_.id)
        .order_by(RoundOutcome.place, RoundOutcome.entry_id)
    ).all()  # fmt: skip
    if any(o.is_shortlisted is not None for o in outcomes):
        return None
    decided = {d.slot: [str(e) for e in d.entry_ids] for d in tie_decisions(round_.id)}
    rulebook = rulebook_in(round_)
    rules = rulebook.round(round_.key)
    floor = rules.shortlist.floor if rules and rules.shortlist else None
    placings: dict[str, list[Placing]] = {}
    for o in outcomes:
        if o.place is not None and o.entry_id in accepted:
            value = None if o.total_thousandths is None else from_thousandths(o.total_thousandths)
            tally = Tally(str(o.entry_id), o.category_key, {}, value, None)
            placings.setdefault(o.category_key, []).append(Placing(tally, o.place))
    return sum(
        bool(
            shortlist(
                placings.get(c.key, []),
                quota=quota_of(rulebook, round_.key, c.key),
                floor=floor,
                decided=decided.get(f"{CUT}{c.key}", ()),
            ).tied_at_cut
        )
        for c in rulebook.categories
    )


def _undecided(round_: Round, accepted: AbstractSet[int]) -> int:
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


def _on_paper(round_: Round | None) -> ScalarSelect[int]:
    """Sheets typed in from paper that wait for the second person."""
    return (
        select(func.count(Scoresheet.id))
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(
            Assignment.round_id == (round_.id if round_ else null()),
            Assignment.state == "active",
            Entry.state == EntryState.ACCEPTED.value,
            Scoresheet.source == "paper",
            Scoresheet.state == SheetState.DRAFT.value,
            Scoresheet.entered_by_id.is_not(None),
        )
        .scalar_subquery()
    )


def _left_short(round_: Round | None) -> ScalarSelect[int]:
    """Works from which a judge stepped back and which have fewer judges than the rules want.

    Where the whole panel judges, nobody is left to step in, so there the least number of sheets is what must be met.
    """
    rules = rulebook_in(round_).round(round_.key) if round_ else None
    need = 0
    if rules is not None:
        need = rules.min_sheets if rules.judges_per_entry == "panel" else int(rules.judges_per_entry)
    counts = (Assignment.state == "active") | (
        (Assignment.state == "released") & (Scoresheet.state == SheetState.SIGNED.value)
    )
    short = (
        select(Assignment.entry_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(
            Assignment.round_id == (round_.id if round_ else null()),
            Entry.state == EntryState.ACCEPTED.value,
        )
        .group_by(Assignment.entry_id)
        .having(
            func.sum(case((Assignment.state == "recused", 1), else_=0)) > 0,
            func.sum(case((counts, 1), else_=0)) < need,
        )
        .subquery()
    )
    return select(func.count()).select_from(short).scalar_subquery()
