"""From signed sheets to tallies and places: columns, not objects, and the arithmetic of the ground floor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from contest.domain.ranking import Placing, rank
from contest.domain.round_rules import tie_chain
from contest.domain.scoring import Sheet, Tally, from_thousandths, tally_entry
from contest.models import (
    Account,
    Assignment,
    Entry,
    EntryVersion,
    Mark,
    Membership,
    Round,
    Scoresheet,
    TieDecision,
    db,
)
from contest.services.judging.reading import entries_in_round, rulebook_in, rules_in


@dataclass(frozen=True)
class Board:
    """A round computed: placings and unplaced tallies by category, names and sheets for the tables."""

    placings: dict[str, list[Placing]]
    unplaced: dict[str, list[Tally]]
    entries: dict[str, Entry]
    titles: dict[str, str]
    judges: dict[str, str]

    def tallies(self) -> list[Tally]:
        """All tallies."""
        placed = [p.tally for group in self.placings.values() for p in group]
        return placed + [t for group in self.unplaced.values() for t in group]


def signed_sheets(round_id: int) -> dict[int, list[Sheet]]:
    """Signed sheets by entry, released judges' kept ones included: one query of columns."""
    rows = db.session.execute(
        select(Assignment.entry_id, Assignment.judge_id, Mark.criterion_key, Mark.thousandths)
        .join(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .join(Mark, Mark.scoresheet_id == Scoresheet.id)
        .where(Assignment.round_id == round_id, Scoresheet.state == "signed", Assignment.state != "recused")
    )
    marks: dict[tuple[int, int], dict[str, Decimal | None]] = defaultdict(dict)
    for entry_id, judge_id, key, value in rows:
        marks[(entry_id, judge_id)][key] = from_thousandths(value)
    sheets: dict[int, list[Sheet]] = defaultdict(list)
    for (entry_id, judge_id), found in sorted(marks.items()):
        sheets[entry_id].append(Sheet(str(judge_id), found))
    return sheets


def compute(round_: Round) -> Board:
    """Tallies and places of a round from what is signed now; a fixed number of queries."""
    entries = entries_in_round(round_)
    sheets, rules = signed_sheets(round_.id), rules_in(round_)
    chain, orders = tie_chain(rulebook_in(round_)), chair_orders(round_)
    by_category: dict[str, list[Tally]] = defaultdict(list)
    for entry in entries:
        tally = tally_entry(str(entry.id), entry.category_key or "", sheets.get(entry.id, []), rules)
        by_category[entry.category_key or ""].append(tally)
    placings, unplaced = {}, {}
    for category, tallies in by_category.items():
        placings[category], unplaced[category] = rank(tallies, chain, orders)
    return Board(placings, unplaced, {str(e.id): e for e in entries}, _titles(entries), _judges(round_.id))


def chair_orders(round_: Round) -> list[list[str]]:
    """The chair's decided orders among equals."""
    rows = db.session.scalars(
        select(TieDecision).where(TieDecision.round_id == round_.id, TieDecision.slot.startswith("order:"))
    )
    return [[str(e) for e in r.entry_ids] for r in rows]


def _titles(entries: Sequence[Entry]) -> dict[str, str]:
    rows = db.session.execute(
        select(EntryVersion.entry_id, EntryVersion.title).where(
            EntryVersion.id.in_([e.submitted_version_id for e in entries])
        )
    )
    return {str(r.entry_id): r.title for r in rows}


def _judges(round_id: int) -> dict[str, str]:
    rows = db.session.execute(
        select(Membership.id, Account.display_name)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.id.in_(select(Assignment.judge_id).where(Assignment.round_id == round_id)))
    )
    return {str(r.id): r.display_name for r in rows}
