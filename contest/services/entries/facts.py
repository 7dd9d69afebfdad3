"""Gathering what the rules look at: an entry's version as plain facts, with a few queries for any number of authors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
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
from contest.services.accounts.members import ROLE_NAMES

RECORDINGS = ("audio", "video")


def word_count(text: str) -> int:
    """Words as Vietnamese newspapers count them: syllables between spaces."""
    return len(text.split())


def gather(entry: Entry, version: EntryVersion) -> EntryFacts:
    """The facts of a version as its author is told them: other counted entries of its authors are counted, but named only
    when they are of the same account, or anybody could ask who has entered by typing a name.
    """
    return gather_many(entry.contest_id, [(entry, version)], names_own_only=True)[entry.id]


def gather_many(
    contest_id: int,
    pairs: Sequence[tuple[Entry, EntryVersion]],
    *,
    unasked: Collection[int] = (),
    names_own_only: bool = False,
) -> dict[int, EntryFacts]:
    """The facts of several entries of a contest by entry id, with the other counted entries and roles of their authors:
    three queries whatever their number, one more when some were handed in again.

    With the entries in `unasked` (by id) nothing is compared: their reader scores them blindly. With `names_own_only` the
    entries of other accounts have no label.
    """
    authors = [a for _, version in pairs for a in version.authors]
    around = _around(contest_id, authors)
    again = [e for e, v in pairs if v.submitted_at and v.submitted_at != e.first_submitted_at]
    moves = last_moves([e.id for e in again]) if again else {}
    return {e.id: _facts(e, v, around, moves.get(e.id), unasked, names_own_only) for e, v in pairs}


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


def _facts(
    entry: Entry,
    version: EntryVersion,
    around: _Around,
    move: Move | None,
    unasked: Collection[int],
    names_own_only: bool,
) -> EntryFacts:
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
        authors=tuple(around.author(entry, a, unasked, names_own_only) for a in version.authors),
        is_partly_compared=bool(unasked),
        files=dict(Counter(f.slot for f in version.files)),
        unmeasured=tuple(
            f.file.original_name
            for f in version.files
            if f.file.kind in RECORDINGS and not f.file.duration_ms
        ),
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
    owner_id: int | None
    genre: str
    row: EntryAuthor
    name_fold: str

    @property
    def who(self) -> str:
        """The author as the secretary tells namesakes apart."""
        return f"{self.row.legal_name}, {self.row.birth_year or 'không rõ năm sinh'}"


@dataclass(frozen=True)
class Member:
    """Somebody with roles in the contest who is an author too, or may be."""

    person: Person
    roles: frozenset[str]

    @property
    def role_names(self) -> list[str]:
        """The roles as people call them."""
        return [name for role, name in ROLE_NAMES.items() if role.value in self.roles]


class _Around:
    """What surrounds the authors of some entries: their other counted entries, findings about persons, members."""

    def __init__(self, contest_id: int, authors: Sequence[EntryAuthor]) -> None:
        self.persons = {a.person_id for a in authors if a.person_id}
        folds = {fold(a.legal_name) for a in authors}
        self.counted = _counted(contest_id, self.persons, folds)
        self.findings = _findings(self.persons)
        known = self.persons.union(*self.findings)
        self.members = _members(contest_id, known, folds)

    def author(
        self, entry: Entry, a: EntryAuthor, unasked: Collection[int], names_own_only: bool
    ) -> AuthorFacts:
        """One author with everything known around them."""

        def label(c: Counted) -> str:
            is_own = c.owner_id is not None and c.owner_id == entry.owner_id
            return c.code if is_own or not names_own_only else ""

        same, suspects = self.others(entry, a, unasked)
        own, namesakes = self.as_members(a)
        return AuthorFacts(
            name=a.legal_name,
            credit_role=a.credit_role,
            nationality=a.nationality,
            birth_year=a.birth_year,
            phone=a.phone,
            is_contact=a.is_contact,
            roles=tuple(sorted({role for m in own for role in m.roles})),
            others=tuple(OtherEntry(label(c), c.genre, c.row.credit_role) for c in same),
            suspects=tuple((label(c), c.who if label(c) else "") for c in suspects),
            namesakes=tuple(sorted({role for m in namesakes for role in m.roles})),
        )

    def others(
        self, entry: Entry, a: EntryAuthor, unasked: Collection[int]
    ) -> tuple[list[Counted], list[Counted]]:
        """Counted entries of the same person, and those of somebody who may be the same person; `unasked` left out."""
        same, suspects = [], []
        wanted = fold(a.legal_name)
        for c in self.counted:
            if c.entry_id == entry.id or c.entry_id in unasked:
                continue
            if self._is_same(a, c.row.person_id):
                same.append(c)
            elif c.name_fold == wanted and self._may_be(a, c.row.person_id, c.row.birth_year):
                suspects.append(c)
        return same, suspects

    def as_members(self, a: EntryAuthor) -> tuple[list[Member], list[Member]]:
        """The member of the contest that an author is, and those who bear the name and may be the same person."""
        same, namesakes = [], []
        wanted = fold(a.legal_name)
        for m in self.members:
            if self._is_same(a, m.person.id):
                same.append(m)
            elif m.person.name_fold == wanted and self._may_be(a, m.person.id, m.person.birth_year):
                namesakes.append(m)
        return same, namesakes

    def _is_same(self, a: EntryAuthor, person_id: int | None) -> bool:
        is_one = a.person_id is not None and a.person_id == person_id
        return is_one or self.findings.get(_pair(a.person_id, person_id)) is True

    def _may_be(self, a: EntryAuthor, person_id: int | None, birth_year: int | None) -> bool:
        """Whether nobody has said that they are two, and their birth years do not say so."""
        is_other = bool(a.birth_year and birth_year and a.birth_year != birth_year)
        return not is_other and _pair(a.person_id, person_id) not in self.findings


def _around(contest_id: int, authors: Sequence[EntryAuthor]) -> _Around:
    question = ("around", contest_id, frozenset(a.id for a in authors))
    return ask_once(question, lambda: _Around(contest_id, authors))


def suspects_of(
    entry: Entry, version: EntryVersion, *, among: Sequence[EntryVersion], unasked: Collection[int] = ()
) -> list[tuple[EntryAuthor, Counted]]:
    """Pairs that may be one person: an author here, and the author of another counted entry.

    `among` are the versions, this one with them, whose facts have been gathered together.
    """
    around = _around(entry.contest_id, [a for v in among for a in v.authors])
    return [(a, c) for a in version.authors for c in around.others(entry, a, unasked)[1]]


def namesakes_of(
    entry: Entry, version: EntryVersion, *, among: Sequence[EntryVersion]
) -> list[tuple[EntryAuthor, Member]]:
    """Pairs that may be one person: an author here, and a member of the contest; `among` as above."""
    around = _around(entry.contest_id, [a for v in among for a in v.authors])
    return [(a, m) for a in version.authors for m in around.as_members(a)[1]]


def _pair(first: int | None, second: int | None) -> tuple[int, int]:
    return min(first or 0, second or 0), max(first or 0, second or 0)


def _counted(contest_id: int, persons: set[int], folds: set[str]) -> list[Counted]:
    rows = db.session.execute(
        select(
            EntryAuthor, EntryVersion.genre, Entry.id, Entry.receipt_code, Entry.owner_id, Person.name_fold
        )
        .join(EntryVersion, EntryVersion.id == EntryAuthor.version_id)
        .join(Entry, Entry.submitted_version_id == EntryVersion.id)
        .outerjoin(Person, Person.id == EntryAuthor.person_id)
        .where(Entry.contest_id == contest_id, Entry.state.in_([s.value for s in COUNTED]))
        .where(or_(EntryAuthor.person_id.in_(persons), Person.name_fold.in_(folds)))
        .order_by(Entry.id)
    ).all()
    return [
        Counted(entry_id, code or "", owner_id, genre, row, name or "")
        for row, genre, entry_id, code, owner_id, name in rows
    ]


def _findings(persons: set[int]) -> dict[tuple[int, int], bool]:
    rows = db.session.scalars(
        select(PersonFinding).where(
            or_(PersonFinding.first_id.in_(persons), PersonFinding.second_id.in_(persons))
        )
    )
    return {(r.first_id, r.second_id): r.is_same for r in rows}


def _members(contest_id: int, persons: set[int], folds: set[str]) -> list[Member]:
    """Members of the contest who are one of these persons or bear one of these names."""
    rows = db.session.execute(
        select(Person, Membership.role)
        .join(Account, Account.person_id == Person.id)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.contest_id == contest_id, Membership.ended_at.is_(None))
        .where(or_(Person.id.in_(persons), Person.name_fold.in_(folds)))
        .order_by(Person.id)
    )
    found: dict[Person, set[str]] = defaultdict(set)
    for person, role in rows:
        found[person].add(role)
    return [Member(person, frozenset(roles)) for person, roles in found.items()]
