"""A judge's own list: sorted, filtered, with thumbnails; what to look at before signing; the receipt after it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from contest.domain.own_pattern import FarMark, Habit, far_marks, habit_of
from contest.domain.rounds import SheetState
from contest.domain.scoring import RoundRules, from_thousandths
from contest.domain.vietnamese import fold, format_decimal
from contest.models import (
    Account,
    Assignment,
    Entry,
    EntryFile,
    EntryVersion,
    Membership,
    Rendition,
    Round,
    Scoresheet,
    SheetSnapshot,
    db,
)
from contest.services.judging.reading import rulebook_in
from contest.services.judging.scoring import OwnSheet
from contest.services.media import cover_key

Test = Callable[[OwnSheet], bool]
FILTERS: dict[str, tuple[str, Test]] = {
    "all": ("Tất cả", lambda s: True),
    "unscored": ("Chưa chấm đủ", lambda s: s.total is None),
    "later": ("Đã để sau", lambda s: s.total is None and s.later_count > 0),
    "note": ("Có ghi chú", lambda s: bool(s.comment)),
    "tied": ("Bằng điểm", lambda s: s.is_tied),
    "reopened": ("Được mở lại", lambda s: s.is_reopened),
    "signed": ("Đã ký", lambda s: s.state == SheetState.SIGNED.value),
}


@dataclass(frozen=True)
class Wish:
    """How the judge wants to see the list."""

    sort: str = "total"
    upwards: bool = False
    show: str = "all"
    words: str = ""


def read_wish(query: Mapping[str, str], rules: RoundRules) -> Wish:
    """A wish from an address; what is not known falls back to the total, highest first."""
    sort = query.get("sort", "total")
    known = {"total", "code", "title"} | {c.key for c in rules.criteria}
    sort = sort if sort in known else "total"
    usual = "up" if sort in ("code", "title") else "down"
    show = query.get("show", "all")
    return Wish(
        sort,
        query.get("dir", usual) == "up",
        show if show in FILTERS else "all",
        query.get("q", "").strip()[:100],
    )


def count_filters(sheets: Sequence[OwnSheet]) -> list[tuple[str, str, int]]:
    """(key, words, how many) of every filter that would show something."""
    counted = [(key, words, sum(test(s) for s in sheets)) for key, (words, test) in FILTERS.items()]
    return [(key, words, n) for key, words, n in counted if n or key == "all"]


def arrange(sheets: Sequence[OwnSheet], wish: Wish) -> list[OwnSheet]:
    """The sheets as wished. Works without the figure that sorts stand last, whichever way it goes."""
    wanted = fold(wish.words)
    found = [
        s
        for s in sheets
        if FILTERS[wish.show][1](s) and (not wanted or wanted in fold(f"{s.code} {s.title}"))
    ]
    found.sort(key=lambda s: s.code)
    if wish.sort in ("code", "title"):
        found.sort(key=lambda s: fold(getattr(s, wish.sort)), reverse=not wish.upwards)
        return found

    def figure(s: OwnSheet) -> Decimal | None:
        return s.total if wish.sort == "total" else s.marks.get(wish.sort)

    scored = [s for s in found if figure(s) is not None]
    scored.sort(key=lambda s: figure(s) or Decimal(0), reverse=not wish.upwards)
    return scored + [s for s in found if figure(s) is None]


def given_since_declared(judge: Membership, sheets: Sequence[OwnSheet]) -> list[OwnSheet]:
    """Works that came after the judge last said which ones they must not score; none before the first time."""
    if judge.declared_at is None:
        return []
    return [s for s in sheets if s.assigned_at > judge.declared_at]


def thumbs(judge: Membership, round_: Round) -> dict[int, str]:
    """The thumbnail of each of a judge's works by entry, covered as its pages are: one query."""
    slots = [s.key for s in rulebook_in(round_).slots if s.judges_copy]
    rows = db.session.execute(
        select(
            Assignment.entry_id, EntryFile.covers, EntryFile.slot, EntryFile.position, Rendition.public_id,
            Rendition.cover_key,
        )
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(EntryFile, EntryFile.version_id == Entry.submitted_version_id)
        .join(Rendition, (Rendition.file_id == EntryFile.file_id) & (Rendition.role == "thumb"))
        .where(Assignment.judge_id == judge.id, Assignment.state == "active", EntryFile.slot.in_(slots))
        .where(EntryFile.cleared_at.is_not(None) if round_.is_blind else EntryFile.id.is_not(None))
    ).all()  # fmt: skip
    found: dict[int, str] = {}
    for r in sorted(rows, key=lambda r: (slots.index(r.slot), r.position)):
        if r.cover_key == (cover_key(r.covers) if round_.is_blind else ""):
            found.setdefault(r.entry_id, r.public_id)
    return found


@dataclass(frozen=True)
class Review:
    """What a judge looks over before signing; only own figures. `unsigned` are those a signature is still good for."""

    gaps: list[OwnSheet]
    tied: list[list[OwnSheet]]
    far: list[tuple[OwnSheet, FarMark]]
    habit: Habit | None
    spread: list[tuple[int, int]]
    signed: int
    unsigned: int
    on_paper: int


def review(sheets: Sequence[OwnSheet], rules: RoundRules) -> Review:
    """Gaps, works with equal totals, marks far from one's own pattern, and the spread of one's totals."""
    by_code = {s.code: s for s in sheets}
    equal: dict[Decimal, list[OwnSheet]] = {}
    for s in sheets:
        if s.is_tied and s.total is not None:
            equal.setdefault(s.total, []).append(s)
    far = far_marks({s.code: s.marks for s in sheets if s.total is not None}, rules.criteria)
    return Review(
        gaps=[s for s in sheets if s.total is None],
        tied=[equal[total] for total in sorted(equal, reverse=True)],
        far=[(by_code[f.work], f) for f in far],
        habit=habit_of([s.total for s in sheets if s.total is not None]),
        spread=_spread(sheets, rules),
        signed=sum(s.state == SheetState.SIGNED.value for s in sheets),
        unsigned=sum(s.state != SheetState.SIGNED.value and not s.waits_on_paper for s in sheets),
        on_paper=sum(s.waits_on_paper for s in sheets),
    )


def _spread(sheets: Sequence[OwnSheet], rules: RoundRules) -> list[tuple[int, int]]:
    """(lower bound of a tenth of the scale, how many own totals lie in it), without empty ends."""
    top = int(rules.scale_max) or 100
    width = max(1, top // 10)
    counts = dict.fromkeys(range(0, top, width), 0)
    for s in sheets:
        if s.total is not None:
            counts[min(int(s.total) // width * width, top - width)] += 1
    filled = [low for low, n in counts.items() if n]
    return [
        (low, n) for low, n in counts.items() if filled and min(filled) - width <= low <= max(filled) + width
    ]


@dataclass(frozen=True)
class Reopening:
    """Why a signed sheet is open again, and who opened it."""

    sheet: OwnSheet
    reason: str
    who: str
    at: datetime


def list_reopened(judge: Membership, sheets: Sequence[OwnSheet]) -> list[Reopening]:
    """The last reopening of each of these sheets that waits for another signature; asked only when there is one."""
    wanted = {s.id: s for s in sheets if s.is_reopened}
    if not wanted:
        return []
    rows = db.session.execute(
        select(
            Scoresheet.assignment_id,
            SheetSnapshot.reopen_reason,
            SheetSnapshot.reopened_at,
            Account.display_name,
        )
        .join(Scoresheet, Scoresheet.id == SheetSnapshot.scoresheet_id)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .join(Account, Account.id == SheetSnapshot.reopened_by_id)
        .where(Assignment.judge_id == judge.id, SheetSnapshot.reopened_at.is_not(None))
        .order_by(SheetSnapshot.version)
    ).all()
    found = {
        r.assignment_id: Reopening(
            wanted[r.assignment_id], r.reopen_reason or "", r.display_name, r.reopened_at
        )
        for r in rows
        if r.assignment_id in wanted and r.reopened_at is not None
    }
    return sorted(found.values(), key=lambda r: r.sheet.code)


@dataclass(frozen=True)
class SignedLine:
    """The numbers of one sheet as they were signed."""

    code: str
    title: str
    marks: dict[str, Decimal]
    total: Decimal
    signed_at: datetime
    note: str


@dataclass(frozen=True)
class Receipt:
    """What a judge signed; `check` is the same as long as no number changes."""

    lines: list[SignedLine]
    signed_at: datetime
    check: str


def receipt(judge: Membership) -> Receipt | None:
    """The signed numbers of a judge from what was kept at signing; None before anything was signed."""
    rows = db.session.execute(
        select(Entry.judging_code, EntryVersion.title, SheetSnapshot, Scoresheet.comment)
        .join(Scoresheet, Scoresheet.id == SheetSnapshot.scoresheet_id)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(EntryVersion, EntryVersion.id == Entry.submitted_version_id)
        .where(
            Assignment.judge_id == judge.id,
            Scoresheet.state == SheetState.SIGNED.value,
            SheetSnapshot.version == Scoresheet.version,
        )
        .order_by(Entry.judging_code)
    ).all()
    if not rows:
        return None
    lines = [_line(code or "", title, kept, note) for code, title, kept, note in rows]
    return Receipt(lines, max(line.signed_at for line in lines), _check_code(judge, lines))


def _line(code: str, title: str, kept: Any, note: str) -> SignedLine:
    marks = {key: from_thousandths(value) for key, value in kept.marks.items()}
    return SignedLine(code, title, marks, sum(marks.values(), Decimal(0)), kept.signed_at, note)


def _check_code(judge: Membership, lines: Sequence[SignedLine]) -> str:
    """Twelve signs out of every number on the receipt, in groups that can be read aloud."""
    words = [
        f"{line.code} {key}={format_decimal(mark)} {line.signed_at:%Y%m%d%H%M%S}"
        for line in lines
        for key, mark in sorted(line.marks.items())
    ]
    digest = hashlib.sha256("\n".join([str(judge.id), *words]).encode()).hexdigest().upper()
    return f"{digest[:4]}-{digest[4:8]}-{digest[8:12]}"
