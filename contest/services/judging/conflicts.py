"""Who must not score what: found by comparing people and works, or declared by the judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union
from sqlalchemy.orm import joinedload

from contest.domain.errors import InvalidTransition, UserError
from contest.domain.labels import LabelEnum
from contest.domain.permissions import Actor
from contest.domain.rounds import RoundState
from contest.models import (
    Account,
    Assignment,
    Conflict,
    DossierOpening,
    Entry,
    EntryAuthor,
    EntryVersion,
    Membership,
    PersonFinding,
    Round,
    db,
)
from contest.models.database import ask_once, hold
from contest.services import audit
from contest.services.judging.affiliations import House, house, list_kin, named_by


class ConflictKind(LabelEnum):
    """Why somebody must not score an entry."""

    DECLARED = "declared", "Tự khai"
    PROFILE = "profile", "Theo hồ sơ cá nhân"
    AGENCY = "agency", "Cùng cơ quan báo chí"
    UNIT = "unit", "Cùng đơn vị"
    AUTHOR = "author", "Là tác giả, đồng tác giả"
    DOSSIER = "dossier", "Đã mở hồ sơ có tên tác giả"


BLIND = "Vòng chấm kín"


@dataclass(frozen=True)
class Found:
    """One judge and one entry that must stay apart."""

    judge_id: int
    entry_id: int
    kind: ConflictKind
    reason: str


def find_conflicts(round_: Round, judges: Sequence[Membership], entries: Sequence[Entry]) -> list[Found]:
    """Conflicts the rows tell: own agency, own unit, co-author, and in blind rounds an opened dossier."""
    return _compare(judges, entries, _opened(round_, judges))


def _compare(
    judges: Sequence[Membership], entries: Sequence[Entry], opened: set[tuple[int, int]]
) -> list[Found]:
    works = _works(entries)
    own = {j.id: list(named_by(j)) for j in judges}
    kin = list_kin(
        {unit_id for named in own.values() for _, unit_id in named if unit_id}
        | {unit_id for w in works.values() for *_, unit_id in w.named if unit_id}
    )
    houses = {i: [(press, house(name, unit, kin)) for press, name, unit in w.named] for i, w in works.items()}
    same = _same_persons()
    found = []
    for judge in judges:
        mine = [house(name, unit_id, kin) for name, unit_id in own[judge.id]]
        for entry in entries:
            hit = _as_author(judge, works[entry.id].authors, same) or _by_house(mine, houses[entry.id])
            if hit is None and (judge.account_id, entry.id) in opened:
                hit = ConflictKind.DOSSIER, BLIND
            if hit is not None:
                found.append(Found(judge.id, entry.id, *hit))
    return found


@dataclass
class _Work:
    """Who made a work, and (is the press agency, name, unit) of every house it comes from."""

    authors: list[tuple[int | None, str]]
    named: list[tuple[bool, str, int | None]]


def _works(entries: Sequence[Entry]) -> dict[int, _Work]:
    """What conflicts look at in each entry: columns of one query."""
    v, a = EntryVersion, EntryAuthor
    rows = db.session.execute(
        select(
            v.entry_id, v.agency_name, v.agency_id, v.unit_name, v.unit_id,
            a.person_id, a.legal_name, a.unit_name.label("own_name"), a.unit_id.label("own_unit"),
        )
        .outerjoin(a, a.version_id == v.id)
        .where(v.id.in_([e.submitted_version_id for e in entries]))
        .order_by(v.id, a.position)
    )  # fmt: skip
    works: dict[int, _Work] = {}
    for r in rows:
        of_all = [(True, r.agency_name, r.agency_id), (False, r.unit_name, r.unit_id)]
        work = works.setdefault(r.entry_id, _Work([], of_all))
        if r.legal_name is not None:
            work.authors.append((r.person_id, r.legal_name))
            work.named.append((False, r.own_name, r.own_unit))
    return works


def _same_persons() -> set[tuple[int, int]]:
    rows = db.session.scalars(select(PersonFinding).where(PersonFinding.is_same.is_(True)))
    return {(r.first_id, r.second_id) for r in rows}


def _opened(round_: Round, judges: Sequence[Membership]) -> set[tuple[int, int]]:
    """(account, entry) of those who read a dossier with its names, or typed it in for its author; of blind rounds only."""
    if not round_.is_blind:
        return set()
    accounts = [j.account_id for j in judges]
    rows: Iterable[Any] = db.session.execute(
        union(
            select(DossierOpening.account_id, DossierOpening.entry_id).where(
                DossierOpening.account_id.in_(accounts)
            ),
            select(Entry.entered_by_id, Entry.id).where(
                Entry.contest_id == round_.contest_id, Entry.entered_by_id.in_(accounts)
            ),
        )
    )
    return {(account_id, entry_id) for account_id, entry_id in rows}


Hit = tuple[ConflictKind, str]


def _as_author(
    judge: Membership, authors: Sequence[tuple[int | None, str]], same: set[tuple[int, int]]
) -> Hit | None:
    own = judge.account.person_id
    for person_id, name in authors:
        pair = (min(own, person_id or 0), max(own, person_id or 0))
        if person_id == own or pair in same:
            return ConflictKind.AUTHOR, name
    return None


def _by_house(mine: Sequence[House], of_work: Sequence[tuple[bool, House]]) -> Hit | None:
    for is_press, theirs in of_work:
        if any(own.is_same(theirs) for own in mine):
            return ConflictKind.AGENCY if is_press else ConflictKind.UNIT, theirs.name
    return None


def keep_conflicts(round_: Round, found: Sequence[Found], *, now: datetime) -> None:
    """Rows for conflicts not known yet; the caller commits."""
    known = {
        (c.judge_id, c.entry_id)
        for c in db.session.scalars(select(Conflict).where(Conflict.contest_id == round_.contest_id))
    }
    for f in found:
        if (f.judge_id, f.entry_id) not in known:
            db.session.add(
                Conflict(
                    contest_id=round_.contest_id,
                    judge_id=f.judge_id,
                    entry_id=f.entry_id,
                    kind=f.kind.value,
                    reason=f.reason,
                    at=now,
                )  # fmt: skip
            )


@dataclass(frozen=True)
class Known:
    """A conflict that was kept, as it bears on one seat of the judge."""

    judge_id: int
    entry_id: int
    kind: ConflictKind
    reason: str
    at: datetime
    is_own: bool
    code: str = ""

    @property
    def stays(self) -> bool:
        """Whether it rests on the judge's own word, which holds; others are looked for anew each time."""
        return self.kind in (ConflictKind.DECLARED, ConflictKind.PROFILE)


def known_conflicts(judges: Sequence[Membership]) -> list[Known]:
    """The conflicts kept for some judges; what somebody declared in another seat of the contest counts here as well."""
    seats = {(j.contest_id, j.account_id): j.id for j in judges}
    query = (
        select(Conflict, Membership.account_id, Entry.judging_code)
        .join(Membership, Membership.id == Conflict.judge_id)
        .join(Entry, Entry.id == Conflict.entry_id)
        .where(
            Conflict.contest_id.in_({j.contest_id for j in judges}),
            Membership.account_id.in_([j.account_id for j in judges]),
        )
        .order_by(Conflict.id)
    )
    question = ("conflicts", frozenset(j.id for j in judges))
    rows = ask_once(question, lambda: db.session.execute(query).all())
    found = []
    for c, account_id, code in rows:
        seat, kind = seats.get((c.contest_id, account_id)), ConflictKind(c.kind)
        known = Known(seat or 0, c.entry_id, kind, c.reason, c.at, c.judge_id == seat, code or "")
        if seat is not None and (known.is_own or known.stays):
            found.append(known)
    return found


def declare_conflict(assignment: Assignment, *, reason: str, actor: Actor, now: datetime) -> None:
    """The judge steps back from one work; it leaves the list at once and the secretary is told. Commits.

    Raises UserError without a reason, or when the sheet is signed.
    """
    recuse(assignment, ConflictKind.DECLARED, reason=reason, actor=actor, now=now)
    db.session.commit()


def declare(judge: Membership, stepping_back: Mapping[int, str], *, actor: Actor, now: datetime) -> None:
    """Rules and secrecy confirmed, conflicts named with reasons (by assignment): first, and when works came since. Commits.

    Raises UserError without a reason, or when a sheet is signed.
    """
    own = (Assignment.judge_id == judge.id, Assignment.state == "active")
    newest = db.session.scalar(select(func.max(Assignment.created_at)).where(*own))
    query = select(Assignment).where(*own, Assignment.id.in_(stepping_back)).order_by(Assignment.id)
    for assignment in db.session.scalars(query).all():
        recuse(assignment, ConflictKind.DECLARED, reason=stepping_back[assignment.id], actor=actor, now=now)
    if judge.declared_at is None or (newest is not None and newest > judge.declared_at):
        judge.declared_at = now
        audit.record(
            "judge:declared", actor=actor, now=now, kind="member", subject_id=judge.id,
            label=judge.account.display_name, contest_id=judge.contest_id, after={"conflicts": len(stepping_back)},
        )  # fmt: skip
    db.session.commit()


def recuse(
    assignment: Assignment, kind: ConflictKind, *, reason: str, actor: Actor | None, now: datetime
) -> None:
    """Take one work from its judge for a conflict, kept and logged; the caller commits.

    Raises UserError without a reason, or when the sheet is signed, InvalidTransition when the round is closed.
    """
    hold(assignment.round, assignment, *([assignment.scoresheet] if assignment.scoresheet else []))
    reason = reason.strip()
    if not reason:
        raise UserError("Hãy ghi lý do xin không chấm.", field="reason")
    if assignment.round.state == RoundState.CLOSED.value:
        raise InvalidTransition("Vòng chấm đã khóa nên danh sách chấm không đổi được nữa.")
    sheet = assignment.scoresheet
    if sheet is not None and sheet.state == "signed":
        raise UserError("Phiếu này đã ký. Hãy báo Trưởng tiểu ban mở lại phiếu trước.")
    why = reason if kind is ConflictKind.DECLARED else f"{kind.label}: {reason}"
    assignment.state = "recused"
    assignment.released_at, assignment.release_reason = now, why[:1000]
    kept = db.session.scalar(
        select(Conflict).where(
            Conflict.judge_id == assignment.judge_id, Conflict.entry_id == assignment.entry_id
        )
    )
    if kept is None:
        kept = Conflict(
            contest_id=assignment.contest_id, judge_id=assignment.judge_id, entry_id=assignment.entry_id
        )
        db.session.add(kept)
    kept.kind, kept.reason, kept.at = kind.value, reason, now
    audit.record(
        "assignment:recused", actor=actor, now=now, kind="assignment", subject_id=assignment.id,
        label=assignment.entry.judging_code or "", contest_id=assignment.contest_id, reason=why,
        round_id=assignment.round_id,
    )  # fmt: skip


def list_conflicted(entry: Entry) -> list[tuple[Assignment, Found]]:
    """The assignments of an entry to judges it is too close to as it is credited now, those of closed rounds included."""
    query = (
        select(Assignment)
        .options(
            joinedload(Assignment.round),
            joinedload(Assignment.scoresheet),
            joinedload(Assignment.judge).joinedload(Membership.account).joinedload(Account.person),
        )
        .where(Assignment.entry_id == entry.id, Assignment.state == "active")
        .order_by(Assignment.round_id, Assignment.judge_id)
    )
    given = db.session.scalars(query).all()
    found = {f.judge_id: f for f in _compare([a.judge for a in given], [entry], set())}
    return [(a, found[a.judge_id]) for a in given if a.judge_id in found]
