"""Who must not score what: found by comparing people and works, or declared by the judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest.domain.errors import UserError
from contest.domain.labels import LabelEnum
from contest.domain.permissions import Actor
from contest.domain.vietnamese import fold
from contest.models import (
    Account,
    Assignment,
    Conflict,
    DossierOpening,
    Entry,
    EntryAuthor,
    EntryVersion,
    Membership,
    OrgUnit,
    PersonFinding,
    Round,
    db,
)
from contest.models.database import ask_once, hold
from contest.services import audit


class ConflictKind(LabelEnum):
    """Why somebody must not score an entry."""

    DECLARED = "declared", "Tự khai"
    AGENCY = "agency", "Cùng cơ quan báo chí"
    UNIT = "unit", "Cùng đơn vị"
    AUTHOR = "author", "Là tác giả, đồng tác giả"
    DOSSIER = "dossier", "Đã mở hồ sơ có tên tác giả"


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
    versions = {
        v.entry_id: v
        for v in db.session.scalars(
            select(EntryVersion)
            .options(joinedload(EntryVersion.agency), joinedload(EntryVersion.unit))
            .where(EntryVersion.id.in_([e.submitted_version_id for e in entries]))
        )
    }
    authors: dict[int, list[EntryAuthor]] = {}
    by_version = {v.id: v.entry_id for v in versions.values()}
    units = [unit for v in versions.values() for unit in (v.agency, v.unit)]
    for a, unit in db.session.execute(
        select(EntryAuthor, OrgUnit)
        .outerjoin(OrgUnit, OrgUnit.id == EntryAuthor.unit_id)
        .where(EntryAuthor.version_id.in_(by_version))
    ):
        authors.setdefault(by_version[a.version_id], []).append(a)
        units.append(unit)
    listed = {u.id: {fold(u.name), fold(u.short_name)} for u in units if u is not None}
    same = _same_persons()
    found = []
    for judge in judges:
        for entry in entries:
            hit = _between(judge, versions[entry.id], authors.get(entry.id, []), same, opened, listed)
            if hit is not None:
                found.append(Found(judge.id, entry.id, *hit))
    return found


def _same_persons() -> set[tuple[int, int]]:
    rows = db.session.scalars(select(PersonFinding).where(PersonFinding.is_same.is_(True)))
    return {(r.first_id, r.second_id) for r in rows}


def _opened(round_: Round, judges: Sequence[Membership]) -> set[tuple[int, int]]:
    if not round_.is_blind:
        return set()
    rows = db.session.execute(
        select(DossierOpening.account_id, DossierOpening.entry_id).where(
            DossierOpening.account_id.in_([j.account_id for j in judges])
        )
    )
    return {(r.account_id, r.entry_id) for r in rows}


def _between(
    judge: Membership,
    version: EntryVersion,
    authors: Sequence[EntryAuthor],
    same: set[tuple[int, int]],
    opened: set[tuple[int, int]],
    listed: dict[int, set[str]],
) -> tuple[ConflictKind, str] | None:
    person = judge.account.person
    for a in authors:
        pair = (min(person.id, a.person_id or 0), max(person.id, a.person_id or 0))
        if a.person_id == person.id or pair in same:
            return ConflictKind.AUTHOR, a.legal_name
    if _is_same(person.agency_id, person.agency_name, version.agency_id, version.agency_name, listed):
        return ConflictKind.AGENCY, version.agency_name
    for unit_id, unit_name in [
        (version.unit_id, version.unit_name),
        *((a.unit_id, a.unit_name) for a in authors),
    ]:
        if _is_same(person.unit_id, person.unit_name, unit_id, unit_name, listed) or _is_same(
            judge.unit_id, judge.unit_name, unit_id, unit_name, listed
        ):
            return ConflictKind.UNIT, unit_name
    if (judge.account_id, version.entry_id) in opened:
        return ConflictKind.DOSSIER, "Vòng chấm kín"
    return None


def _is_same(
    first_id: int | None, first: str, second_id: int | None, second: str, listed: dict[int, set[str]]
) -> bool:
    """Whether the judge's unit is the work's: the same of the list, else as typed or as the list calls the work's."""
    if first_id and second_id:
        return first_id == second_id
    return bool(fold(first)) and fold(first) in {fold(second), *listed.get(second_id or 0, ())}


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


def known_conflicts(judge_ids: Sequence[int]) -> list[Conflict]:
    """The conflicts kept for some judges."""
    query = select(Conflict).where(Conflict.judge_id.in_(judge_ids)).order_by(Conflict.id)
    return ask_once(("conflicts", frozenset(judge_ids)), lambda: list(db.session.scalars(query)))


def declare_conflict(assignment: Assignment, *, reason: str, actor: Actor, now: datetime) -> None:
    """The judge steps back from one work; it leaves the list at once and the secretary is told. Commits.

    Raises UserError without a reason, or when the sheet is signed.
    """
    _recuse(assignment, reason=reason, actor=actor, now=now)
    db.session.commit()


def declare_first(
    judge: Membership, stepping_back: Mapping[int, str], *, actor: Actor, now: datetime
) -> None:
    """The first visit: rules and secrecy confirmed, conflicts named with reasons (by assignment). Commits."""
    query = select(Assignment).where(Assignment.judge_id == judge.id, Assignment.id.in_(stepping_back))
    for assignment in db.session.scalars(query.order_by(Assignment.id)):
        _recuse(assignment, reason=stepping_back[assignment.id], actor=actor, now=now)
    if judge.declared_at is None:
        judge.declared_at = now
        audit.record(
            "judge:declared", actor=actor, now=now, kind="member", subject_id=judge.id,
            label=judge.account.display_name, contest_id=judge.contest_id, after={"conflicts": len(stepping_back)},
        )  # fmt: skip
    db.session.commit()


def _recuse(assignment: Assignment, *, reason: str, actor: Actor, now: datetime) -> None:
    hold(assignment)
    if not reason.strip():
        raise UserError("Hãy ghi lý do xin không chấm.", field="reason")
    sheet = assignment.scoresheet
    if sheet is not None and sheet.state == "signed":
        raise UserError("Phiếu này đã ký. Hãy báo Trưởng tiểu ban mở lại phiếu trước.")
    assignment.state = "recused"
    assignment.released_at, assignment.release_reason = now, reason.strip()
    if not db.session.scalar(
        select(Conflict.id).where(
            Conflict.judge_id == assignment.judge_id, Conflict.entry_id == assignment.entry_id
        )
    ):
        db.session.add(
            Conflict(
                contest_id=assignment.contest_id,
                judge_id=assignment.judge_id,
                entry_id=assignment.entry_id,
                kind=ConflictKind.DECLARED.value,
                reason=reason.strip(),
                at=now,
            )  # fmt: skip
        )
    audit.record(
        "assignment:recused", actor=actor, now=now, kind="assignment", subject_id=assignment.id,
        label=assignment.entry.judging_code or "", contest_id=assignment.contest_id, reason=reason.strip(),
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
