"""Questions about rounds that several rooms of judging ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVarTuple

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from contest.domain.entries import EntryState
from contest.domain.round_rules import rules_of
from contest.domain.rulebook import Rulebook
from contest.domain.scoring import RoundRules
from contest.models import (
    Account,
    Assignment,
    Entry,
    JudgeAbsence,
    Mark,
    Membership,
    Panel,
    Round,
    RoundOutcome,
    Scoresheet,
    db,
)
from contest.models.database import ask_once
from contest.services.contests.reading import rulebook_at, rulebook_of

Columns = TypeVarTuple("Columns")


def get_round(round_id: int) -> Round | None:
    """A round with its contest, its panels and the rulebook it was opened with: one query."""
    query = (
        select(Round)
        .options(joinedload(Round.contest), joinedload(Round.rulebook_version), joinedload(Round.panels))
        .where(Round.id == round_id)
    )
    return db.session.scalars(query).unique().one_or_none()


def list_rounds(contest_id: int, *, panels: bool = True) -> Sequence[Round]:
    """The rounds of a contest in order, with their panels unless nobody looks at them."""
    query = select(Round).where(Round.contest_id == contest_id).order_by(Round.position)
    query = query.options(selectinload(Round.panels)) if panels else query
    return ask_once(("rounds", contest_id, panels), lambda: db.session.scalars(query).all())


def previous_round(round_: Round) -> Round | None:
    """The round before, or None for the first."""
    if round_.position == 0:
        return None
    return db.session.scalar(
        select(Round)
        .where(Round.contest_id == round_.contest_id, Round.position < round_.position)
        .order_by(Round.position.desc())
        .limit(1)
    )


def next_round(round_: Round) -> Round | None:
    """The round after, or None for the last."""
    query = (
        select(Round)
        .where(Round.contest_id == round_.contest_id, Round.position > round_.position)
        .order_by(Round.position)
        .limit(1)
    )
    return ask_once(("next round", round_.id), lambda: db.session.scalar(query))


def rulebook_in(round_: Round) -> Rulebook:
    """The rulebook a round is judged by: frozen at its opening, before that the one in force."""
    frozen = round_.rulebook_version
    return rulebook_at(frozen) if frozen is not None else rulebook_of(round_.contest)


def rules_in(round_: Round) -> RoundRules:
    """The arithmetic of a round."""
    return rules_of(rulebook_in(round_), round_.key)


def entries_in_round(round_: Round) -> Sequence[Entry]:
    """The entries to be judged: all accepted ones in the first round, the shortlisted ones later."""
    return db.session.scalars(judged_in(round_, select(Entry))).all()


def count_entries(round_: Round) -> int:
    """How many entries are to be judged."""
    entries = judged_in(round_, select(Entry.id)).subquery()
    return db.session.scalar(select(func.count()).select_from(entries)) or 0


def judged_in(round_: Round, query: Select[*Columns]) -> Select[*Columns]:
    """A query over entries held to those that are judged in a round, in the order of their numbers."""
    query = query.where(Entry.contest_id == round_.contest_id, Entry.state == EntryState.ACCEPTED.value)
    before = previous_round(round_)
    if before is not None:
        query = query.join(RoundOutcome, RoundOutcome.entry_id == Entry.id).where(
            RoundOutcome.round_id == before.id, RoundOutcome.is_shortlisted.is_(True)
        )
    return query.order_by(Entry.id)


def marked_criteria() -> ScalarSelect[int]:
    """A column beside a scoresheet: how many criteria have a mark. Complete is a sheet on which all of them have."""
    return (
        select(func.count(Mark.id))
        .where(Mark.scoresheet_id == Scoresheet.id)
        .correlate(Scoresheet)
        .scalar_subquery()
    )


def panel_for(round_: Round, category_key: str | None) -> Panel | None:
    """The panel that judges a category in a round; a panel without categories takes all."""
    named = next((p for p in round_.panels if category_key in p.categories), None)
    return named or next((p for p in round_.panels if not p.categories), None)


def list_seats(round_id: int) -> Sequence[tuple[Membership, JudgeAbsence | None]]:
    """Everybody who has sat in a panel of a round, also when the role has ended, and whether they are absent: one query."""
    query = (
        select(Membership, JudgeAbsence)
        .join(Panel, Panel.id == Membership.panel_id)
        .outerjoin(JudgeAbsence, JudgeAbsence.judge_id == Membership.id)
        .options(joinedload(Membership.account).joinedload(Account.person))
        .where(Panel.round_id == round_id)
        .order_by(Membership.panel_id, Membership.id)
    )
    return ask_once(("seats", round_id), lambda: [(m, absence) for m, absence in db.session.execute(query)])


def judges_of(round_id: int) -> list[Membership]:
    """The active judges of a round with their accounts and persons."""
    return [judge for judge, _ in list_seats(round_id) if judge.ended_at is None]


def list_assignments(round_id: int) -> Sequence[Assignment]:
    """All assignments of a round with their sheets, without marks: one query."""
    query = (
        select(Assignment)
        .options(joinedload(Assignment.scoresheet))
        .where(Assignment.round_id == round_id)
        .order_by(Assignment.entry_id, Assignment.judge_id)
    )
    return ask_once(("assignments", round_id), lambda: db.session.scalars(query).all())
