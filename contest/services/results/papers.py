"""What the printed papers of judging and prizes hold."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from contest.models import (
    Assignment,
    Entry,
    EntryAuthor,
    EntryVersion,
    Round,
    Scoresheet,
    db,
)
from contest.services.judging.scoring import marks_of
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


def blank_sheets(round_: Round) -> dict[str, list[PaperSheet]]:
    """The works of every judge of a round in the judge's own order, without marks."""
    return _sheets(round_, signed=False)


def signed_sheets(round_: Round) -> dict[str, list[PaperSheet]]:
    """The signed sheets of a closed round by judge."""
    return _sheets(round_, signed=True)


def _sheets(round_: Round, *, signed: bool) -> dict[str, list[PaperSheet]]:
    query = (
        select(Assignment, Entry.judging_code, EntryVersion.title, EntryVersion.media_type)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(EntryVersion, EntryVersion.id == Entry.submitted_version_id)
        .options(
            joinedload(Assignment.judge),
            joinedload(Assignment.panel),
            selectinload(Assignment.scoresheet).selectinload(Scoresheet.marks),
        )
        .where(Assignment.round_id == round_.id)
        .order_by(Assignment.panel_id, Assignment.judge_id, Assignment.position)
    )
    groups: dict[str, list[PaperSheet]] = {}
    for a, code, title, media_type in db.session.execute(query).unique():
        sheet = a.scoresheet
        if signed != (sheet is not None and sheet.state == "signed") and signed:
            continue
        if not signed and a.state != "active":
            continue
        name = a.judge.account.display_name
        groups.setdefault(name, []).append(
            PaperSheet(
                name,
                a.panel.name,
                code or "",
                title,
                media_type,
                marks_of(sheet) if signed else {},
                sheet.source if sheet else "",
                sheet.comment if signed and sheet and sheet.comment_shared else "",
            )
        )
    return groups


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
