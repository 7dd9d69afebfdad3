"""The judge's sheets: saved at once and often, never overwritten by an older page, signed when all is scored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from contest.domain.entries import EntryState
from contest.domain.errors import InvalidTransition, NotAllowed, StaleVersion, UserError
from contest.domain.permissions import Actor
from contest.domain.rounds import RoundState, SheetAction, SheetState, next_sheet_state
from contest.domain.scoring import Criterion, RoundRules, from_thousandths, read_mark, to_thousandths
from contest.models import (
    Assignment,
    Entry,
    EntryVersion,
    Mark,
    Membership,
    Round,
    Scoresheet,
    SheetSnapshot,
    db,
)
from contest.models.database import add_once, hold
from contest.services import audit
from contest.services.judging.reading import rules_in

STALE = "Phiếu này vừa được sửa ở tab hoặc máy khác. Hãy xem điểm mới rồi chọn giữ bên nào."


def get_assignment(public_id: str) -> Assignment | None:
    """An assignment with its round, entry, judge, sheet and marks: one query. The entry's row names nobody."""
    return db.session.scalars(_WHOLE_ASSIGNMENT, {"public_id": public_id}).unique().one_or_none()


# Asked for every save, so it is put together once.
_WHOLE_ASSIGNMENT = (
    select(Assignment)
    .options(
        joinedload(Assignment.round).joinedload(Round.contest),
        joinedload(Assignment.scoresheet).joinedload(Scoresheet.marks),
        joinedload(Assignment.entry),
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
    source: str = "screen",
) -> Scoresheet:
    """Store what was typed; an emptied field takes its mark away. Commits. Equal content stores nothing.

    Raises UserError with every mark out of range or step, StaleVersion when another tab saved since `base_version`,
    NotAllowed when the round is not open or the sheet is signed.
    """
    _check_open(assignment)
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
    db.session.commit()
    return sheet


def _stored(mark: Decimal | None) -> int | None:
    return None if mark is None else to_thousandths(mark)


def _check_open(assignment: Assignment) -> None:
    if assignment.round.state != RoundState.OPEN.value:
        raise NotAllowed("Vòng chấm không mở nên phiếu chưa được ghi.")
    if assignment.entry.state != EntryState.ACCEPTED.value:
        raise NotAllowed("Tác phẩm này đã được rút hoặc bị loại, không cần chấm nữa.")
    if assignment.scoresheet is not None and assignment.scoresheet.state != SheetState.DRAFT.value:
        raise NotAllowed("Phiếu đã ký nên không sửa được. Trưởng tiểu ban có thể mở lại phiếu.")


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
    version: int
    comment: str
    assigned_at: datetime
    place: int | None = None
    is_tied: bool = False


def list_own_sheets(judge: Membership, rules: RoundRules) -> list[OwnSheet]:
    """A judge's works with own marks and own places, in the judge's own order: two queries whatever their number."""
    is_own = (Assignment.judge_id == judge.id, Assignment.state == "active")
    rows = db.session.execute(
        select(
            Assignment.id, Assignment.public_id, Assignment.entry_id, Assignment.later_count, Assignment.created_at,
            Entry.judging_code, Entry.category_key, EntryVersion.title, EntryVersion.media_type,
            Scoresheet.state, Scoresheet.version, Scoresheet.comment,
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
            version=version or 0,
            comment=comment or "",
            assigned_at=at,
            place=None if total is None else places[total],
            is_tied=total is not None and counts[total] > 1,
        )
        for id_, public_id, entry_id, later_count, at, code, category, title, media_type, state, version, comment in rows
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


def sign_sheets(judge: Membership, round_: Round, *, actor: Actor, now: datetime) -> int:
    """Sign all sheets of a judge. Commits. Returns how many were signed now.

    Raises UserError with the codes still missing marks, NotAllowed when the round is not open.
    """
    hold(round_, *_sheets_of(judge).values())
    if round_.state != RoundState.OPEN.value:
        raise NotAllowed("Vòng chấm không mở nên chưa ký được.")
    sheets = list_own_sheets(judge, rules_in(round_))
    gaps = [s.code for s in sheets if s.total is None]
    if gaps:
        raise UserError(
            f"Còn {len(gaps)} tác phẩm chưa chấm đủ: {', '.join(gaps)}. Chấm nốt hoặc xin không chấm rồi ký."
        )
    held = _sheets_of(judge)
    signed = 0
    for own in sheets:
        sheet = held[own.id]
        if sheet.state != SheetState.DRAFT.value:
            continue
        sheet.state = next_sheet_state(SheetState.DRAFT, SheetAction.SIGN).value
        sheet.signed_at = now
        keep_snapshot(sheet, now=now)
        signed += 1
    if signed:
        audit.record(
            "scoresheet:signed", actor=actor, now=now, kind="member", subject_id=judge.id,
            label=judge.account.display_name, contest_id=judge.contest_id, after={"sheets": signed}, round_id=round_.id,
        )  # fmt: skip
    db.session.commit()
    return signed


def _sheets_of(judge: Membership) -> dict[int, Scoresheet]:
    """A judge's sheets with their marks, by assignment; in the order in which they are held."""
    rows = db.session.scalars(
        select(Scoresheet)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .options(selectinload(Scoresheet.marks))
        .where(Assignment.judge_id == judge.id)
        .order_by(Scoresheet.id)
    )
    return {sheet.assignment_id: sheet for sheet in rows}


def keep_snapshot(sheet: Scoresheet, *, now: datetime) -> None:
    """The numbers as they were signed; the caller commits."""
    db.session.add(
        SheetSnapshot(
            scoresheet_id=sheet.id,
            version=sheet.version,
            marks={m.criterion_key: m.thousandths for m in sheet.marks},
            signed_at=now,
        )  # fmt: skip
    )


def reopen_sheet(sheet: Scoresheet, *, reason: str, actor: Actor, now: datetime) -> None:
    """The chair lets a judge change a signed sheet, with a reason; the signed numbers are kept. Commits."""
    if not reason.strip():
        raise UserError("Hãy ghi lý do mở lại phiếu.", field="reason")
    assignment = sheet.assignment
    hold(assignment.round, sheet)
    if assignment.round.state != RoundState.OPEN.value:
        raise InvalidTransition("Vòng chấm đã khóa. Mở lại vòng trước khi mở lại phiếu.")
    sheet.state = next_sheet_state(SheetState(sheet.state), SheetAction.REOPEN).value
    snapshot = db.session.scalar(
        select(SheetSnapshot)
        .where(SheetSnapshot.scoresheet_id == sheet.id)
        .order_by(SheetSnapshot.version.desc())
        .limit(1)
    )
    if snapshot is not None:
        snapshot.reopened_at, snapshot.reopened_by_id, snapshot.reopen_reason = (
            now,
            actor.account_id,
            reason.strip(),
        )
    sheet.signed_at = None
    sheet.version += 1
    sheet.reopened_count += 1
    sheet.confirmed_by_id, sheet.confirmed_at = None, None
    audit.record(
        "scoresheet:reopened", actor=actor, now=now, kind="scoresheet", subject_id=sheet.id,
        label=f"{assignment.entry.judging_code} · {assignment.judge.account.display_name}",
        contest_id=assignment.contest_id, reason=reason.strip(), round_id=assignment.round_id,
    )  # fmt: skip
    db.session.commit()
