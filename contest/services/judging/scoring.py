"""The judge's sheets: saved at once and often, never overwritten by an older page; the judge's own list of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from contest.domain.entries import EntryState
from contest.domain.errors import NotAllowed, StaleVersion, UserError
from contest.domain.permissions import Actor
from contest.domain.rounds import RoundState, SheetState
from contest.domain.scoring import Criterion, RoundRules, from_thousandths, read_mark, to_thousandths
from contest.models import (
    Assignment,
    Entry,
    EntryVersion,
    Mark,
    Membership,
    Round,
    Scoresheet,
    db,
)
from contest.models.database import add_once
from contest.services import audit
from contest.services.judging.reading import rules_in

STALE = "Phiếu này vừa được sửa ở tab hoặc máy khác. Hãy xem điểm mới rồi chọn giữ bên nào."


def get_assignment(public_id: str) -> Assignment | None:
    """An assignment with its round, entry, judge, sheet and marks: one query. Nothing of the entry's row tells who made it."""
    return db.session.scalars(_WHOLE_ASSIGNMENT, {"public_id": public_id}).unique().one_or_none()


# What of an entry's row a judge's door loads; asking for more (receipt code, owner, when it came) is an error there.
FACELESS = (
    Entry.public_id, Entry.contest_id, Entry.state, Entry.judging_code, Entry.category_key, Entry.submitted_version_id,
)  # fmt: skip

# Asked for every save, so it is put together once.
_WHOLE_ASSIGNMENT = (
    select(Assignment)
    .options(
        joinedload(Assignment.round).joinedload(Round.contest),
        joinedload(Assignment.scoresheet).joinedload(Scoresheet.marks),
        joinedload(Assignment.entry).load_only(*FACELESS, raiseload=True),
        joinedload(Assignment.judge).lazyload(Membership.account),
    )
    .where(Assignment.public_id == bindparam("public_id"))
)


def marks_of(sheet: Scoresheet | None) -> dict[str, Decimal]:
    """The marks of a sheet by criterion; a criterion not scored is absent."""
    return {m.criterion_key: from_thousandths(m.thousandths) for m in sheet.marks} if sheet else {}


def save_sheet(
    assignment: Assignment,
    *,
    typed: Mapping[str, str],
    base_version: int,
    actor: Actor,
    now: datetime,
    comment: str | None = None,
    comment_shared: bool | None = None,
) -> Scoresheet:
    """Store what the judge typed, as `write_sheet` does. Commits. Raises what it raises."""
    sheet = write_sheet(
        assignment, typed=typed, base_version=base_version, actor=actor, now=now, comment=comment,
        comment_shared=comment_shared,
    )  # fmt: skip
    db.session.commit()
    return sheet


def write_sheet(
    assignment: Assignment,
    *,
    typed: Mapping[str, str],
    base_version: int,
    actor: Actor,
    now: datetime,
    comment: str | None = None,
    comment_shared: bool | None = None,
    source: str = "screen",
) -> Scoresheet:
    """The sheet with what was typed; an emptied field takes its mark away, equal content changes nothing. The caller commits.

    Raises UserError with every mark out of range or step, StaleVersion when another tab saved since `base_version`,
    NotAllowed when the round is not open, the sheet is signed, or a sheet typed in from paper is changed on the screen.
    """
    check_open(assignment)
    _check_source(assignment.scoresheet, source)
    rules = rules_in(assignment.round)
    wanted = read_marks(typed, rules)
    sheet = assignment.scoresheet or _first_sheet(assignment, now=now, source=source)
    held = marks_of(sheet)
    changed = [k for k, v in wanted.items() if held.get(k) != v]
    words = comment is not None and comment.strip() != sheet.comment
    switch = comment_shared is not None and comment_shared != sheet.comment_shared
    if not changed and not words and not switch:
        return sheet
    claimed = db.session.execute(
        update(Scoresheet)
        .where(
            Scoresheet.id == sheet.id,
            Scoresheet.version == base_version,
            Scoresheet.state == SheetState.DRAFT.value,
        )
        .values(version=base_version + 1, saved_at=now)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleVersion(STALE)
    set_committed_value(sheet, "version", base_version + 1)
    set_committed_value(sheet, "saved_at", now)
    if words:
        sheet.comment = (comment or "").strip()
    if switch:
        sheet.comment_shared = bool(comment_shared)
    _write_marks(sheet, {k: wanted[k] for k in changed}, rules)
    audit.record(
        "scoresheet:saved", actor=actor, now=now, kind="scoresheet", subject_id=sheet.id,
        label=assignment.entry.judging_code or "", contest_id=assignment.contest_id,
        after={"changed": ", ".join(changed + (["comment"] if words or switch else []))}, round_id=assignment.round_id,
        marks={k: [_stored(held.get(k)), _stored(wanted[k])] for k in changed},
    )  # fmt: skip
    return sheet


def _stored(mark: Decimal | None) -> int | None:
    return None if mark is None else to_thousandths(mark)


def check_open(assignment: Assignment) -> None:
    """Raises NotAllowed when the round is not open, the work has left it or this judge, or the sheet is signed."""
    if assignment.round.state != RoundState.OPEN.value:
        raise NotAllowed("Vòng chấm không mở nên phiếu chưa được ghi.")
    if assignment.entry.state != EntryState.ACCEPTED.value:
        raise NotAllowed("Tác phẩm này đã được rút hoặc bị loại, không cần chấm nữa.")
    if assignment.state != "active":
        raise NotAllowed("Tác phẩm này không còn được giao cho giám khảo này nên phiếu không được ghi.")
    if assignment.scoresheet is not None and assignment.scoresheet.state != SheetState.DRAFT.value:
        raise NotAllowed("Phiếu đã ký nên không sửa được. Trưởng tiểu ban có thể mở lại phiếu.")


def _check_source(sheet: Scoresheet | None, source: str) -> None:
    """What two people take from a paper sheet, the screen does not change in between."""
    if sheet is not None and sheet.version and sheet.source != source:
        raise NotAllowed(
            "Phiếu này nhập từ phiếu giấy nên không sửa trên máy. Có chỗ sai thì báo Tổ Thư ký nhập lại."
            if sheet.source == "paper"
            else "Giám khảo đã chấm tác phẩm này trên máy. Không nhập phiếu giấy đè lên."
        )


def read_marks(typed: Mapping[str, str], rules: RoundRules) -> dict[str, Decimal | None]:
    """Typed marks by criterion; "" is None. Raises UserError that names the first field and says all that is wrong."""
    known = {c.key: c for c in rules.criteria}
    stranger = next((key for key in typed if key not in known), None)
    if stranger is not None:
        raise UserError("Phiếu có tiêu chí lạ. Hãy tải lại trang.")
    wanted: dict[str, Decimal | None] = {}
    wrong: list[UserError] = []
    for key, text in typed.items():
        try:
            wanted[key] = read_mark(text, known[key]) if text.strip() else None
        except UserError as error:
            wrong.append(UserError(str(error), field=key))
    if wrong:
        raise UserError(" ".join(str(e) for e in wrong), field=wrong[0].field)
    return wanted


def _first_sheet(assignment: Assignment, *, now: datetime, source: str) -> Scoresheet:
    """The sheet of an assignment that had none; of two tabs that begin at once both get the same."""
    add_once(
        Scoresheet, assignment_id=assignment.id, state=SheetState.DRAFT.value, version=0, comment="", comment_shared=False,
        saved_at=now, source=source, reopened_count=0,
    )  # fmt: skip
    sheet = db.session.scalars(select(Scoresheet).where(Scoresheet.assignment_id == assignment.id)).one()
    set_committed_value(assignment, "scoresheet", sheet)
    return sheet


def _write_marks(sheet: Scoresheet, changed: Mapping[str, Decimal | None], rules: RoundRules) -> None:
    criteria: dict[str, Criterion] = {c.key: c for c in rules.criteria}
    rows = {m.criterion_key: m for m in sheet.marks}
    for key, value in changed.items():
        row = rows.get(key)
        if value is None:
            if row is not None:
                sheet.marks.remove(row)
            continue
        if row is None:
            row = Mark(criterion_key=key, floor=0, ceiling=0, thousandths=0)
            sheet.marks.append(row)
        row.floor, row.ceiling = to_thousandths(criteria[key].minimum), to_thousandths(criteria[key].maximum)
        row.thousandths = to_thousandths(value)


def put_off(assignment: Assignment, *, now: datetime) -> None:
    """Later: the work comes back after the rest. Commits."""
    assignment.later_count += 1
    db.session.commit()


@dataclass(frozen=True)
class OwnSheet:
    """One assignment in a judge's own list; all figures are the judge's own."""

    id: int
    public_id: str
    entry_id: int
    later_count: int
    code: str
    title: str
    media_type: str
    category_key: str
    marks: dict[str, Decimal]
    total: Decimal | None
    partial: Decimal
    state: str
    source: str
    version: int
    comment: str
    assigned_at: datetime
    reopened_count: int = 0
    place: int | None = None
    is_tied: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the judge may still change it on the screen; what was typed in from paper belongs to two others."""
        return self.state in ("", SheetState.DRAFT.value) and not self.waits_on_paper

    @property
    def is_reopened(self) -> bool:
        """Signed once, opened again since, and waiting for another signature."""
        return self.reopened_count > 0 and self.state == SheetState.DRAFT.value

    @property
    def waits_on_paper(self) -> bool:
        """Typed in from paper, and not confirmed by a second person yet."""
        return self.source == "paper" and self.version > 0 and self.state == SheetState.DRAFT.value


def list_own_sheets(judge: Membership, rules: RoundRules) -> list[OwnSheet]:
    """A judge's works with own marks and own places, in the judge's own order: two queries whatever their number."""
    is_own = (Assignment.judge_id == judge.id, Assignment.state == "active")
    rows = db.session.execute(
        select(
            Assignment.id, Assignment.public_id, Assignment.entry_id, Assignment.later_count, Assignment.created_at,
            Entry.judging_code, Entry.category_key, EntryVersion.title, EntryVersion.media_type,
            Scoresheet.state, Scoresheet.source, Scoresheet.version, Scoresheet.comment, Scoresheet.reopened_count,
        )
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(EntryVersion, EntryVersion.id == Entry.submitted_version_id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(*is_own, Entry.state == "accepted")
        .order_by(Assignment.later_count, Assignment.position)
    ).all()  # fmt: skip
    marks: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for assignment_id, key, value in db.session.execute(
        select(Scoresheet.assignment_id, Mark.criterion_key, Mark.thousandths)
        .join(Scoresheet, Scoresheet.id == Mark.scoresheet_id)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .where(*is_own)
    ):
        marks[assignment_id][key] = from_thousandths(value)
    keys = {c.key for c in rules.criteria}
    partials = {row.id: sum(marks[row.id].values(), Decimal(0)) for row in rows}
    totals = {id_: partial for id_, partial in partials.items() if keys <= marks[id_].keys()}
    counts, places = Counter(totals.values()), _places(totals.values())
    return [
        OwnSheet(
            id=id_,
            public_id=public_id,
            entry_id=entry_id,
            later_count=later_count,
            code=code or "",
            title=title,
            media_type=media_type,
            category_key=category or "",
            marks=marks[id_],
            total=(total := totals.get(id_)),
            partial=partials[id_],
            state=state or "",
            source=source or "screen",
            version=version or 0,
            comment=comment or "",
            assigned_at=at,
            reopened_count=reopened or 0,
            place=None if total is None else places[total],
            is_tied=total is not None and counts[total] > 1,
        )
        for id_, public_id, entry_id, later_count, at, code, category, title, media_type, state, source, version, comment, reopened in rows
    ]


def _places(totals: Iterable[Decimal]) -> dict[Decimal, int]:
    """The place of each total, best first; equal ones share it: 1, 2, 2, 4."""
    places: dict[Decimal, int] = {}
    for place, total in enumerate(sorted(totals, reverse=True), start=1):
        places.setdefault(total, place)
    return places


def next_unscored(sheets: list[OwnSheet], *, after: int | None = None) -> OwnSheet | None:
    """The work to score next: not complete, works put off last; after the current one, then from the start."""
    waiting = [s for s in sheets if s.total is None and s.state != SheetState.SIGNED.value]
    if not waiting:
        return None
    others = [s for s in waiting if s.id != after]
    ids = [s.id for s in sheets]
    at = ids.index(after) if after in ids else -1
    fresh = [s for s in others if s.later_count == 0]
    pool = fresh or others or waiting
    return next((s for s in pool if ids.index(s.id) > at), pool[0])
