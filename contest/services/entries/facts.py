"""Gathering what the rules look at: an entry's version as plain facts, with a few queries for any number of authors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from contest.domain.entries import COUNTED
from contest.domain.facts import AuthorFacts, EntryFacts, OtherEntry, PartFacts
from contest.domain.vietnamese import fold
from contest.models import (
    Account,
    Entry,
    EntryAuthor,
    EntryVersion,
    Membership,
    Person,
    PersonFinding,
    ScreeningDecision,
    db,
)
from contest.models.database import ask_once


def word_count(text: str) -> int:
    """Words as Vietnamese newspapers count them: syllables between spaces."""
    return len(text.split())


def gather(entry: Entry, version: EntryVersion) -> EntryFacts:
    """The facts of a version: itself, plus the other counted entries and roles of its authors."""
    return gather_many(entry.contest_id, [(entry, version)])[entry.id]


def gather_many(contest_id: int, pairs: Sequence[tuple[Entry, EntryVersion]]) -> dict[int, EntryFacts]:
    """The facts of several entries of a contest by entry id: three queries whatever their number, one more when some
    were handed in again."""
    authors = [a for _, version in pairs for a in version.authors]
    around = _around(contest_id, authors)
    again = [e for e, v in pairs if v.submitted_at and v.submitted_at != e.first_submitted_at]
    moves = last_moves([e.id for e in again]) if again else {}
    return {entry.id: _facts(entry, version, around, moves.get(entry.id)) for entry, version in pairs}


@dataclass(frozen=True)
class Move:
    """The secretary's last move of an entry into another category, and what the entry was then."""

    category: str
    media_type: str
    genre: str

    def still_fits(self, version: EntryVersion) -> bool:
        """Whether a version is of the same kind as the one that was moved."""
        return (version.media_type, version.genre) == (self.media_type, self.genre)


def last_moves(entry_ids: Sequence[int]) -> dict[int, Move]:
    """The last move of each of these entries that was moved."""
    rows = db.session.execute(
        select(ScreeningDecision, EntryVersion.media_type, EntryVersion.genre)
        .join(EntryVersion, EntryVersion.id == ScreeningDecision.version_id)
        .where(ScreeningDecision.entry_id.in_(entry_ids), ScreeningDecision.action == "move")
        .order_by(ScreeningDecision.id)
    )
    return {d.entry_id: Move(d.to_category or "", media_type, genre) for d, media_type, genre in rows}


def _facts(entry: Entry, version: EntryVersion, around: _Around, move: Move | None) -> EntryFacts:
    minutes = _minutes(version)
    return EntryFacts(
        title=version.title,
        summary=version.summary,
        media_type=version.media_type,
        genre=version.genre,
        field=version.field,
        agency=version.agency_name,
        category=(entry.category_key or "") if version.id == entry.submitted_version_id else "",
        moved_before=move.category if move and not move.still_fits(version) else "",
        parts=tuple(
            PartFacts(p.title, p.outlet_name, p.published_on, p.url, word_count(p.text), p.minutes or minutes)
            for p in version.parts
        ),
        authors=tuple(around.author(entry, a) for a in version.authors),
        files=dict(Counter(f.slot for f in version.files)),
        declarations=tuple(version.declarations),
        no_prior_awards=version.no_prior_awards,
        prior_awards=version.awards,
        exemplars=len(version.exemplars),
        unlinked_exemplars=sum((e.exemplar_id if e.name else e.unit_id) is None for e in version.exemplars),
        # After the deadline only the answer to a question still open is taken, so the first submission counts for all.
        submitted_at=entry.first_submitted_at if version.submitted_at else None,
        received_on=entry.received_on,
        postmarked_on=entry.postmarked_on,
    )


def _minutes(version: EntryVersion) -> int | None:
    """The longest audio or video of the version in minutes, rounded up: what a part lasts unless it says otherwise."""
    lengths = [f.file.duration_ms for f in version.files if f.file.duration_ms]
    return -(-max(lengths) // 60_000) if lengths else None


@dataclass(frozen=True)
class Counted:
    """An author of another counted entry, as it bears on limits and on who may be the same person."""

    entry_id: int
    code: str
    genre: str
    row: EntryAuthor
    name_fold: str


class _Around:
    """What surrounds the authors of some entries: their other counted entries, findings about persons, roles."""

    def __init__(self, contest_id: int, authors: Sequence[EntryAuthor]) -> None:
        self.persons = {a.person_id for a in authors if a.person_id}
        self.counted = _counted(contest_id, self.persons, {fold(a.legal_name) for a in authors})
        self.findings = _findings(self.persons)
        self.roles = _roles(contest_id, self.persons)

    def author(self, entry: Entry, a: EntryAuthor) -> AuthorFacts:
        """One author with everything known around them."""
        same, suspects = self.others(entry, a)
        return AuthorFacts(
            name=a.legal_name,
            credit_role=a.credit_role,
            nationality=a.nationality,
            birth_year=a.birth_year,
            phone=a.phone,
            is_contact=a.is_contact,
            roles=tuple(sorted(self.roles.get(a.person_id or 0, ()))),
            others=tuple(OtherEntry(c.code, c.genre, c.row.credit_role) for c in same),
            suspects=tuple(
                (c.code, f"{c.row.legal_name}, {c.row.birth_year or 'không rõ năm sinh'}") for c in suspects
            ),
        )

    def others(self, entry: Entry, a: EntryAuthor) -> tuple[list[Counted], list[Counted]]:
        """Counted entries of the same person, and those of somebody who may be the same person."""
        same, suspects = [], []
        wanted = fold(a.legal_name)
        for c in self.counted:
            if c.entry_id == entry.id:
                continue
            pair = _pair(a.person_id, c.row.person_id)
            if (a.person_id and c.row.person_id == a.person_id) or self.findings.get(pair) is True:
                same.append(c)
            elif c.name_fold == wanted and pair not in self.findings and not _differ(a, c.row):
                suspects.append(c)
        return same, suspects


def _around(contest_id: int, authors: Sequence[EntryAuthor]) -> _Around:
    question = ("around", contest_id, frozenset(a.id for a in authors))
    return ask_once(question, lambda: _Around(contest_id, authors))


def suspects_of(entry: Entry, version: EntryVersion) -> list[tuple[EntryAuthor, Counted]]:
    """Pairs that may be one person: an author here, and the author of another counted entry."""
    around = _around(entry.contest_id, version.authors)
    return [(a, c) for a in version.authors for c in around.others(entry, a)[1]]


def _pair(first: int | None, second: int | None) -> tuple[int, int]:
    return min(first or 0, second or 0), max(first or 0, second or 0)


def _counted(contest_id: int, persons: set[int], folds: set[str]) -> list[Counted]:
    rows = db.session.execute(
        select(EntryAuthor, EntryVersion.genre, Entry.id, Entry.receipt_code, Person.name_fold)
        .join(EntryVersion, EntryVersion.id == EntryAuthor.version_id)
        .join(Entry, Entry.submitted_version_id == EntryVersion.id)
        .outerjoin(Person, Person.id == EntryAuthor.person_id)
        .where(Entry.contest_id == contest_id, Entry.state.in_([s.value for s in COUNTED]))
        .where(or_(EntryAuthor.person_id.in_(persons), Person.name_fold.in_(folds)))
        .order_by(Entry.id)
    ).all()
    return [
        Counted(entry_id, code or "", genre, row, name or "") for row, genre, entry_id, code, name in rows
    ]


def _differ(first: EntryAuthor, second: EntryAuthor) -> bool:
    """Whether birth years say that two people of one name are two."""
    return bool(first.birth_year and second.birth_year and first.birth_year != second.birth_year)


def _findings(persons: set[int]) -> dict[tuple[int, int], bool]:
    rows = db.session.scalars(
        select(PersonFinding).where(
            or_(PersonFinding.first_id.in_(persons), PersonFinding.second_id.in_(persons))
        )
    )
    return {(r.first_id, r.second_id): r.is_same for r in rows}


def _roles(contest_id: int, persons: set[int]) -> dict[int, set[str]]:
    rows = db.session.execute(
        select(Account.person_id, Membership.role)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.contest_id == contest_id, Membership.ended_at.is_(None), Account.person_id.in_(persons)
        )
    )
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, role in rows:
        found[person_id].add(role)
    return found
