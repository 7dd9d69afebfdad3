"""What the printed papers of judging and prizes hold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from contest.domain.rounds import SheetState
from contest.domain.scoring import from_thousandths
from contest.models import (
    Account,
    Assignment,
    Entry,
    EntryAuthor,
    EntryVersion,
    Mark,
    Membership,
    Panel,
    Round,
    Scoresheet,
    db,
)
from contest.services.results.prizes import PrizeBoard


@dataclass(frozen=True)
class PaperSheet:
    """One sheet on paper, blank or signed. `note` is there when its judge lets the panel read it; others stay the judge's."""

    judge: str
    panel: str
    code: str
    title: str
    media_type: str
    marks: dict[str, Decimal]
    source: str
    note: str = ""


def blank_sheets(round_: Round) -> list[list[PaperSheet]]:
    """The works of every judge of a round in the judge's own order, without marks; a list for each judge."""
    return _sheets(round_, signed=False)


def signed_sheets(round_: Round) -> list[list[PaperSheet]]:
    """The signed sheets of a closed round, a list for each judge: two may bear one name."""
    return _sheets(round_, signed=True)


def _sheets(round_: Round, *, signed: bool) -> list[list[PaperSheet]]:
    wanted = Scoresheet.state == SheetState.SIGNED.value if signed else Assignment.state == "active"
    query = (
        select(
            Assignment.judge_id,
            Account.display_name.label("judge"),
            Panel.name.label("panel"),
            Entry.judging_code,
            EntryVersion.title,
            EntryVersion.media_type,
            Scoresheet.id,
            Scoresheet.source,
            Scoresheet.comment,
            Scoresheet.comment_shared,
        )
        .select_from(Assignment)
        .join(Membership, Membership.id == Assignment.judge_id)
        .join(Account, Account.id == Membership.account_id)
        .join(Panel, Panel.id == Assignment.panel_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(EntryVersion, EntryVersion.id == Entry.submitted_version_id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(Assignment.round_id == round_.id, wanted)
        .order_by(Assignment.panel_id, Assignment.judge_id, Assignment.position, Assignment.id)
    )
    marks = _signed_marks(round_) if signed else {}
    groups: dict[int, list[PaperSheet]] = {}
    for r in db.session.execute(query):
        note = r.comment if signed and r.comment_shared else ""
        groups.setdefault(r.judge_id, []).append(
            PaperSheet(
                r.judge, r.panel, r.judging_code or "", r.title, r.media_type, marks.get(r.id, {}), r.source or "", note
            )
        )  # fmt: skip
    return list(groups.values())


def _signed_marks(round_: Round) -> dict[int, dict[str, Decimal]]:
    """The marks of every signed sheet of a round by criterion."""
    rows = db.session.execute(
        select(Mark.scoresheet_id, Mark.criterion_key, Mark.thousandths)
        .join(Scoresheet, Scoresheet.id == Mark.scoresheet_id)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .where(Assignment.round_id == round_.id, Scoresheet.state == SheetState.SIGNED.value)
        .order_by(Mark.id)
    )
    marks: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for sheet_id, key, thousandths in rows:
        marks[sheet_id][key] = from_thousandths(thousandths)
    return marks


def bylines(board: PrizeBoard) -> dict[str, tuple[str, str]]:
    """(authors with pen names, agency) of every entry that holds a prize."""
    versions = {
        e.submitted_version_id: name
        for name, e in board.board.entries.items()
        if name in board.awarded and e.submitted_version_id
    }
    people: dict[str, list[str]] = {}
    for a in db.session.scalars(
        select(EntryAuthor)
        .where(EntryAuthor.version_id.in_(versions))
        .order_by(EntryAuthor.version_id, EntryAuthor.position)
    ):
        shown = f"{a.legal_name} ({a.pen_name})" if a.pen_name else a.legal_name
        people.setdefault(versions[a.version_id], []).append(shown)
    rows = db.session.execute(
        select(EntryVersion.id, EntryVersion.agency_name).where(EntryVersion.id.in_(versions))
    )
    return {versions[r.id]: (", ".join(people.get(versions[r.id], [])), r.agency_name) for r in rows}
