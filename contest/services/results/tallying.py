"""From signed sheets to tallies and places: columns, not objects, and the arithmetic of the ground floor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, null, select
from sqlalchemy.orm import aliased

from contest.domain.entries import EntryState
from contest.domain.ranking import Placing, rank
from contest.domain.round_rules import tie_chain
from contest.domain.rounds import RoundState
from contest.domain.scoring import (
    Criterion,
    RoundRules,
    Sheet,
    Tally,
    carry_over,
    from_thousandths,
    round_half_up,
    tally_entry,
)
from contest.models import (
    Account,
    Assignment,
    Entry,
    EntryVersion,
    Mark,
    Membership,
    Round,
    RoundOutcome,
    Scoresheet,
    db,
)
from contest.models.database import read_columns
from contest.services.judging.reading import judged_in, rulebook_in, rules_in


class BoardEntry(NamedTuple):
    """What the tables of a round show of an entry."""

    id: int
    public_id: str
    receipt_code: str | None
    judging_code: str | None
    category_key: str | None
    submitted_version_id: int | None
    state: str
    title: str


ENTRY = (
    Entry.id, Entry.public_id, Entry.receipt_code, Entry.judging_code, Entry.category_key, Entry.submitted_version_id,
    Entry.state, EntryVersion.title,
)  # fmt: skip


@dataclass(frozen=True)
class Board:
    """A round's placings and unplaced tallies by category, names and sheets for the tables.

    A closed round shows what was kept at closing, works that left since (`gone`: entry → how) included: places that have
    been signed do not move. Prizes and shortlists go to those `standing`.
    """

    round_id: int
    placings: dict[str, list[Placing]]
    unplaced: dict[str, list[Tally]]
    entries: dict[str, BoardEntry]

    @cached_property
    def judges(self) -> dict[str, str]:
        """The names of those who were given entries, asked for by the tables that show them."""
        rows = db.session.execute(
            select(Membership.id, Account.display_name)
            .join(Account, Account.id == Membership.account_id)
            .where(Membership.id.in_(select(Assignment.judge_id).where(Assignment.round_id == self.round_id)))
        )
        return {str(r.id): r.display_name for r in rows}

    @cached_property
    def titles(self) -> dict[str, str]:
        """The title of each entry."""
        return {name: e.title for name, e in self.entries.items()}

    @cached_property
    def gone(self) -> dict[str, str]:
        """How each entry left that is not accepted any more."""
        states = {name: EntryState(e.state) for name, e in self.entries.items()}
        return {name: state.label for name, state in states.items() if state is not EntryState.ACCEPTED}

    def tallies(self) -> list[Tally]:
        """All tallies."""
        placed = [p.tally for group in self.placings.values() for p in group]
        return placed + [t for group in self.unplaced.values() for t in group]

    def standing(self, category: str) -> list[Placing]:
        """The placings of a category without the works that left."""
        return [p for p in self.placings.get(category, []) if p.entry not in self.gone]


# Signed sheets by entry.
Sheets = Mapping[int, list[Sheet]]


def load_board(round_: Round) -> Board:
    """A round as it counts: what was kept at closing, or computed from what is signed now. A fixed number of queries."""
    sheets = signed_sheets(round_.id, rules_in(round_).criteria)
    return _kept(round_, sheets) if round_.state == RoundState.CLOSED.value else compute(round_, sheets)


def load_places(round_: Round) -> Board:
    """A closed round as it was kept, values and places without the sheets behind them: for lists and prizes."""
    return _kept(round_, {})


def signed_sheets(round_id: int, criteria: Sequence[Criterion]) -> dict[int, list[Sheet]]:
    """Signed sheets by entry, released judges' kept ones included: one query with a row a sheet, a column a criterion."""
    columns = [aliased(Mark) for _ in criteria]
    query = (
        select(Assignment.entry_id, Assignment.judge_id, *(m.thousandths for m in columns))
        .join(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(Assignment.round_id == round_id, Scoresheet.state == "signed", Assignment.state != "recused")
    )
    for mark, criterion in zip(columns, criteria, strict=True):
        query = query.outerjoin(
            mark, (mark.scoresheet_id == Scoresheet.id) & (mark.criterion_key == criterion.key)
        )
    keys = [c.key for c in criteria]
    sheets: dict[int, list[Sheet]] = defaultdict(list)
    for entry_id, judge_id, *values in sorted(read_columns(query), key=itemgetter(0, 1)):
        marks = {k: from_thousandths(v) for k, v in zip(keys, values, strict=True) if v is not None}
        sheets[entry_id].append(Sheet(str(judge_id), marks))
    return sheets


def _earlier(round_: Round, rules: RoundRules) -> ColumnElement[Any]:
    """A column: what the earlier round that the rules carry over gave the entry, as it was kept at its closing."""
    if rules.carried is None:
        return null()
    outcome, before = aliased(RoundOutcome), aliased(Round)
    return (
        select(outcome.total_thousandths)
        .join(before, before.id == outcome.round_id)
        .where(
            before.contest_id == round_.contest_id,
            before.key == rules.carried.round,
            outcome.entry_id == Entry.id,
        )
        .correlate(Entry)
        .scalar_subquery()
    )


def _published(thousandths: int | None, rules: RoundRules) -> Decimal | None:
    """A kept value as it is published."""
    return None if thousandths is None else round_half_up(from_thousandths(thousandths), rules.decimals)


def compute(round_: Round, sheets: Sheets | None = None) -> Board:
    """Tallies and places of a round from what is signed now; a fixed number of queries."""
    rules, chain = rules_in(round_), tie_chain(rulebook_in(round_))
    query = select(*ENTRY, _earlier(round_, rules)).join(
        EntryVersion, EntryVersion.id == Entry.submitted_version_id
    )
    rows = read_columns(judged_in(round_, query))
    sheets = signed_sheets(round_.id, rules.criteria) if sheets is None else sheets
    by_category: dict[str, list[Tally]] = defaultdict(list)
    entries = []
    for *columns, earlier in rows:
        entry = BoardEntry._make(columns)
        entries.append(entry)
        category = entry.category_key or ""
        own = tally_entry(str(entry.id), category, sheets.get(entry.id, []), rules)
        by_category[category].append(carry_over(own, _published(earlier, rules), rules))
    placings, unplaced = {}, {}
    for category, tallies in by_category.items():
        placings[category], unplaced[category] = rank(tallies, chain)
    return _board(round_, entries, placings, unplaced)


def _kept(round_: Round, sheets: Sheets) -> Board:
    """The outcomes as they were written at closing, with the sheets they came from."""
    rules = rules_in(round_)
    rows = db.session.execute(
        select(RoundOutcome, _earlier(round_, rules), *ENTRY)
        .join(Entry, Entry.id == RoundOutcome.entry_id)
        .join(EntryVersion, EntryVersion.id == Entry.submitted_version_id)
        .where(RoundOutcome.round_id == round_.id)
        .order_by(RoundOutcome.place, RoundOutcome.entry_id)
    ).all()
    outcomes = [(outcome, earlier, BoardEntry._make(columns)) for outcome, earlier, *columns in rows]
    may_share = any(link.kind == "shared" for link in tie_chain(rulebook_in(round_)))
    equals: dict[tuple[str, int | None], list[str]] = defaultdict(list)
    for outcome, *_ in outcomes:
        equals[(outcome.category_key, outcome.place)].append(str(outcome.entry_id))
    placings: dict[str, list[Placing]] = defaultdict(list)
    unplaced: dict[str, list[Tally]] = defaultdict(list)
    for outcome, earlier, entry in outcomes:
        category = outcome.category_key
        own = tally_entry(str(entry.id), category, sheets.get(entry.id, []), rules)
        tally = carry_over(own, _published(earlier, rules), rules)._replace(
            value=_published(outcome.total_thousandths, rules),
            divergent=outcome.divergent,
            reasons=tuple(outcome.reasons),
        )
        if outcome.place is None:
            unplaced[category].append(tally)
            continue
        others = tuple(e for e in equals[(category, outcome.place)] if e != tally.entry)
        placings[category].append(
            Placing(tally, outcome.place, others, tuple(outcome.tie_reasons), bool(others) and may_share)
        )
    return _board(round_, [e for *_, e in outcomes], dict(placings), dict(unplaced))


def _board(
    round_: Round,
    entries: Sequence[BoardEntry],
    placings: dict[str, list[Placing]],
    unplaced: dict[str, list[Tally]],
) -> Board:
    return Board(round_.id, placings, unplaced, {str(e.id): e for e in entries})
