"""What waits for a person: own entries, rounds to judge, panels to chair, contests to run. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from contest.domain.contests import ContestState, takes_dossiers, takes_entries
from contest.domain.entries import EntryState
from contest.domain.permissions import Actor
from contest.domain.rounds import SheetState
from contest.models import (
    Assignment,
    Contest,
    Entry,
    EntryVersion,
    Membership,
    Panel,
    Round,
    Scoresheet,
    db,
)
from contest.services.contests.reading import rulebook_of, state_of
from contest.services.entries.reading import list_own
from contest.services.judging.reading import marked_criteria, rules_in


@dataclass(frozen=True)
class JudgingCard:
    """One panel a person sits in: how much is scored and signed, until when, how many came since the declaration."""

    contest: Contest
    round: Round
    panel: Panel
    judge: Membership
    total: int
    scored: int
    signed: int
    since: int


@dataclass(frozen=True)
class StaffCard:
    """One contest a person runs or helps to run: dossiers that wait for screening, whether paper may be typed in."""

    contest: Contest
    to_screen: int
    takes_dossiers: bool


@dataclass(frozen=True)
class Waiting:
    """The first page of everybody."""

    entries: Sequence[tuple[Entry, EntryVersion, Contest]]
    open_contests: list[Contest]
    judging: list[JudgingCard]
    staff: list[StaffCard]


def waiting_for(actor: Actor, *, now: datetime) -> Waiting:
    """What waits for this person now."""
    return Waiting(
        entries=list_own(actor.account_id),
        open_contests=_open_contests(now),
        judging=_judging(actor),
        staff=_staff(actor),
    )


def _open_contests(now: datetime) -> list[Contest]:
    rows = db.session.scalars(
        select(Contest).where(Contest.state == ContestState.OPEN.value).order_by(Contest.id.desc())
    )
    return [c for c in rows if takes_entries(state_of(c), rulebook_of(c), now)]


def _staff(actor: Actor) -> list[StaffCard]:
    ids = {contest_id for contest_id, role in actor.roles if role in ("organizer", "secretary", "clerk")}
    if not ids:
        return []
    to_screen = (
        select(func.count(Entry.id))
        .where(Entry.contest_id == Contest.id, Entry.state == EntryState.SUBMITTED.value)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Contest, to_screen).where(Contest.id.in_(ids)).order_by(Contest.id.desc())
    )
    return [StaffCard(c, waiting, takes_dossiers(state_of(c))) for c, waiting in rows]


def _judging(actor: Actor) -> list[JudgingCard]:
    if not actor.judge_ids:
        return []
    rows = (
        db.session.execute(
            select(Membership, Panel, Round)
            .join(Panel, Panel.id == Membership.panel_id)
            .join(Round, Round.id == Panel.round_id)
            .options(joinedload(Round.contest), joinedload(Round.rulebook_version))
            .where(Membership.id.in_(actor.judge_ids))
            .order_by(Round.id.desc(), Membership.id)
        )
        .unique()
        .all()
    )
    sheets = _sheets(actor.judge_ids)
    return [
        JudgingCard(
            contest=round_.contest,
            round=round_,
            panel=panel,
            judge=judge,
            total=sum(s.count for s in sheets.get(judge.id, ())),
            scored=sum(s.count for s in sheets.get(judge.id, ()) if s.marked == _criteria(round_)),
            signed=sum(s.count for s in sheets.get(judge.id, ()) if s.state == SheetState.SIGNED.value),
            since=sum(s.count for s in sheets.get(judge.id, ()) if s.is_since),
        )
        for judge, panel, round_ in rows
    ]


def _criteria(round_: Round) -> int:
    """How many marks make a sheet complete; before a round opens none is."""
    return len(rules_in(round_).criteria) if round_.rulebook_version else -1


def _sheets(judge_ids: Collection[int]) -> dict[int, list[Any]]:
    """How many works each judge has to score: by how many criteria are marked, the state of the sheet, whether they came
    after the judge's declaration."""
    sheets = (
        select(
            Assignment.judge_id,
            marked_criteria().label("marked"),
            Scoresheet.state,
            (Assignment.created_at > Membership.declared_at).label("is_since"),
        )
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Membership, Membership.id == Assignment.judge_id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(
            Assignment.judge_id.in_(judge_ids),
            Assignment.state == "active",
            Entry.state == EntryState.ACCEPTED.value,
        )
        .subquery()
    )
    columns = (sheets.c.judge_id, sheets.c.marked, sheets.c.state, sheets.c.is_since)
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(select(*columns, func.count().label("count")).group_by(*columns)):
        found.setdefault(row.judge_id, []).append(row)
    return found
