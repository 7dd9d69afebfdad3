"""From signed sheets to tallies and places: columns, not objects, and the arithmetic of the ground floor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select

from contest.domain.entries import EntryState
from contest.domain.ranking import Placing, rank
from contest.domain.round_rules import tie_chain
from contest.domain.rounds import RoundState
from contest.domain.scoring import Sheet, Tally, from_thousandths, round_half_up, tally_entry
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
from contest.services.judging.reading import entries_in_round, rulebook_in, rules_in


@dataclass(frozen=True)
class Board:
    """A round's placings and unplaced tallies by category, names and sheets for the tables.

    A closed round shows what was kept at closing, works that left since (`gone`: entry → how) included: places that have
    been signed do not move. Prizes and shortlists go to those `standing`.
    """

    placings: dict[str, list[Placing]]
    unplaced: dict[str, list[Tally]]
    entries: dict[str, Entry]
    titles: dict[str, str]
    judges: dict[str, str]
    gone: dict[str, str]

    def tallies(self) -> list[Tally]:
        """All tallies."""
        placed = [p.tally for group in self.placings.values() for p in group]
        return placed + [t for group in self.unplaced.values() for t in group]

    def standing(self, category: str) -> list[Placing]:
        """The placings of a category without the works that left."""
        return [p for p in self.placings.get(category, []) if p.entry not in self.gone]


def load_board(round_: Round) -> Board:
    """A round as it counts: what was kept at closing, or computed from what is signed now. A fixed number of queries."""
    return _kept(round_) if round_.state == RoundState.CLOSED.value else compute(round_)


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
    chain = tie_chain(rulebook_in(round_))
    by_category: dict[str, list[Tally]] = defaultdict(list)
    for entry in entries:
        tally = tally_entry(str(entry.id), entry.category_key or "", sheets.get(entry.id, []), rules)
        by_category[entry.category_key or ""].append(tally)
    placings, unplaced = {}, {}
    for category, tallies in by_category.items():
        placings[category], unplaced[category] = rank(tallies, chain)
    return _board(round_, entries, placings, unplaced)


def _kept(round_: Round) -> Board:
    """The outcomes as they were written at closing, with the sheets they came from."""
    rows = db.session.execute(
        select(RoundOutcome, Entry)
        .join(Entry, Entry.id == RoundOutcome.entry_id)
        .where(RoundOutcome.round_id == round_.id)
        .order_by(RoundOutcome.place, RoundOutcome.entry_id)
    ).all()
    sheets, rules = signed_sheets(round_.id), rules_in(round_)
    may_share = any(link.kind == "shared" for link in tie_chain(rulebook_in(round_)))
    equals: dict[tuple[str, int | None], list[str]] = defaultdict(list)
    for outcome, _ in rows:
        equals[(outcome.category_key, outcome.place)].append(str(outcome.entry_id))
    placings: dict[str, list[Placing]] = defaultdict(list)
    unplaced: dict[str, list[Tally]] = defaultdict(list)
    for outcome, entry in rows:
        category = outcome.category_key
        computed = tally_entry(str(entry.id), category, sheets.get(entry.id, []), rules)
        tally = replace(
            computed,
            value=None
            if outcome.total_thousandths is None
            else round_half_up(from_thousandths(outcome.total_thousandths), rules.decimals),
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
    return _board(round_, [e for _, e in rows], dict(placings), dict(unplaced))


def _board(
    round_: Round,
    entries: Sequence[Entry],
    placings: dict[str, list[Placing]],
    unplaced: dict[str, list[Tally]],
) -> Board:
    return Board(
        placings,
        unplaced,
        {str(e.id): e for e in entries},
        _titles(entries),
        _judges(round_.id),
        {str(e.id): EntryState(e.state).label for e in entries if e.state != EntryState.ACCEPTED.value},
    )


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
