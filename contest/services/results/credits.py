"""Whose the awarded works are: the agency of the day and the authors, asked once for all that judge by them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select

from contest.models import Entry, EntryAuthor, EntryVersion, db
from contest.models.database import ask_once


class Credit(NamedTuple):
    """One author of one entry as submitted, with the entry's agency by its name of the day."""

    entry: str
    agency: str
    person_id: int | None
    name: str


def credits_of(entries: Iterable[str]) -> Sequence[Credit]:
    """The authors of these entries in the order they are named."""
    wanted = tuple(sorted(int(e) for e in entries))
    query = (
        select(Entry.id, EntryVersion.agency_name, EntryAuthor.person_id, EntryAuthor.legal_name)
        .join(EntryVersion, EntryVersion.id == Entry.submitted_version_id)
        .join(EntryAuthor, EntryAuthor.version_id == EntryVersion.id)
        .where(Entry.id.in_(wanted))
        .order_by(Entry.id, EntryAuthor.position)
    )

    def find() -> Sequence[Credit]:
        return [Credit(str(r[0]), r[1], r[2], r[3]) for r in db.session.execute(query)]

    return ask_once(("credits", wanted), find)
