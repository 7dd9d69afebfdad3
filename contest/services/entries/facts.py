"""Gathering what the rules look at: an entry's version as plain facts, with a few queries for any number of authors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

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
    db,
)


def word_count(text: str) -> int:
    """Words as Vietnamese newspapers count them: syllables between spaces."""
    return len(text.split())


def gather(entry: Entry, version: EntryVersion) -> EntryFacts:
    """The facts of a version: itself, plus the other counted entries and roles of its authors."""
    return EntryFacts(
        title=version.title,
        summary=version.summary,
        media_type=version.media_type,
        genre=version.genre,
        field=version.field,
        agency=version.agency_name,
        parts=tuple(
            PartFacts(
                p.title,
                p.outlet_name,
                p.published_on,
                p.url,
                word_count(p.text),
                p.minutes or _minutes(version),
            )
            for p in version.parts
        ),
        authors=_authors(entry, version.authors),
        files=dict(Counter(f.slot for f in version.files)),
        declarations=tuple(version.declarations),
        no_prior_awards=version.no_prior_awards,
        prior_award_levels=tuple(str(a.get("level", "")) for a in version.prior_awards),
        exemplars=len(version.exemplars),
        unlinked_exemplars=sum(e.exemplar_id is None for e in version.exemplars),
        submitted_at=version.submitted_at,
        received_on=entry.received_on,
        postmarked_on=entry.postmarked_on,
    )


def _minutes(version: EntryVersion) -> int | None:
    """The longest audio or video of the version in minutes, rounded up: what a part lasts unless it says otherwise."""
    lengths = [f.file.duration_ms for f in version.files if f.file.duration_ms]
    return -(-max(lengths) // 60_000) if lengths else None


def _authors(entry: Entry, authors: Sequence[EntryAuthor]) -> tuple[AuthorFacts, ...]:
    folds = {a.id: fold(a.legal_name) for a in authors}
    others = _others(entry, authors, folds)
    roles = _roles(entry.contest_id, authors)
    return tuple(
        AuthorFacts(
            name=a.legal_name,
            credit_role=a.credit_role,
            nationality=a.nationality,
            birth_year=a.birth_year,
            phone=a.phone,
            is_contact=a.is_contact,
            roles=tuple(sorted(roles.get(a.person_id or 0, ()))),
            others=others[a.id][0],
            suspects=others[a.id][1],
        )
        for a in authors
    )


Known = tuple[tuple[OtherEntry, ...], tuple[tuple[str, str], ...]]


def _others(entry: Entry, authors: Sequence[EntryAuthor], folds: dict[int, str]) -> dict[int, Known]:
    """For each author: counted entries of the same person, and entries of somebody who may be the same person."""
    persons = {a.person_id for a in authors if a.person_id}
    rows = db.session.execute(
        select(EntryAuthor, EntryVersion.genre, Entry.receipt_code, Person.name_fold)
        .join(EntryVersion, EntryVersion.id == EntryAuthor.version_id)
        .join(Entry, Entry.submitted_version_id == EntryVersion.id)
        .outerjoin(Person, Person.id == EntryAuthor.person_id)
        .where(
            Entry.contest_id == entry.contest_id,
            Entry.id != entry.id,
            Entry.state.in_([s.value for s in COUNTED]),
        )
        .where(or_(EntryAuthor.person_id.in_(persons), Person.name_fold.in_(set(folds.values()))))
        .limit(500)
    ).all()
    findings = _findings(persons)
    found: dict[int, Known] = {}
    for a in authors:
        same, suspects = [], []
        for other, genre, code, name_fold in rows:
            pair = (min(a.person_id or 0, other.person_id or 0), max(a.person_id or 0, other.person_id or 0))
            if other.person_id == a.person_id or findings.get(pair) is True:
                same.append(OtherEntry(code or "", genre, other.credit_role))
            elif name_fold == folds[a.id] and findings.get(pair) is None and not _differ(a, other):
                suspects.append(
                    (code or "", f"{other.legal_name}, {other.birth_year or 'không rõ năm sinh'}")
                )
        found[a.id] = (tuple(same), tuple(suspects))
    return found


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


def _roles(contest_id: int, authors: Sequence[EntryAuthor]) -> dict[int, set[str]]:
    persons = {a.person_id for a in authors if a.person_id}
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
