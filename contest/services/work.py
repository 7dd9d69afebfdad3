"""What waits for a person: own entries, rounds to judge, panels to chair, contests to run. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from contest.domain.contests import ContestState, takes_dossiers, takes_entries
from contest.domain.entries import EntryState
from contest.domain.permissions import Actor
from contest.models import Assignment, Contest, Entry, EntryVersion, Membership, Panel, Round, Scoresheet, db
from contest.services.contests.reading import rulebook_of, state_of
from contest.services.entries.reading import list_own


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
    counts = {
        row.judge_id: (row.total, int(row.scored or 0), int(row.signed or 0), int(row.since or 0))
        for row in db.session.execute(
            select(
                Assignment.judge_id,
                func.count(Assignment.id).label("total"),
                func.sum(case((Scoresheet.version > 0, 1), else_=0)).label("scored"),
                func.sum(case((Scoresheet.state == "signed", 1), else_=0)).label("signed"),
                func.sum(case((Assignment.created_at > Membership.declared_at, 1), else_=0)).label("since"),
            )
            .join(Membership, Membership.id == Assignment.judge_id)
            .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
            .where(Assignment.judge_id.in_(actor.judge_ids), Assignment.state == "active")
            .group_by(Assignment.judge_id)
        )
    }
    rows = db.session.execute(
        select(Membership, Panel, Round)
        .join(Panel, Panel.id == Membership.panel_id)
        .join(Round, Round.id == Panel.round_id)
        .options(joinedload(Round.contest))
        .where(Membership.id.in_(actor.judge_ids))
        .order_by(Round.id.desc())
    ).unique()
    return [JudgingCard(r.contest, r, p, m, *counts.get(m.id, (0, 0, 0, 0))) for m, p, r in rows]
