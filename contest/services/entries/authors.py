"""The authors of a version as typed, and the persons behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from contest.clock import today
from contest.models import EntryAuthor, EntryVersion, db
from contest.services import registry
from contest.services.accounts.persons import find_person, make_person


@dataclass(frozen=True)
class AuthorInput:
    """One author as typed, with the unit picked for its name."""

    legal_name: str
    pen_name: str = ""
    birth_year: int | None = None
    phone: str = ""
    email: str = ""
    press_card: str = ""
    credit_role: str = ""
    nationality: str = "vietnamese"
    unit_name: str = ""
    is_contact: bool = False
    unit_id: int | None = None


def replace_authors(version: EntryVersion, authors: list[AuthorInput], *, now: datetime) -> None:
    """Write the authors of a draft anew; the caller commits.

    A person is only looked up here: a name half typed must not become somebody.
    """
    known = {(a.legal_name, a.birth_year, a.phone): a.person_id for a in version.authors}
    units = {a.unit_name: a.unit_id for a in version.authors}
    db.session.execute(delete(EntryAuthor).where(EntryAuthor.version_id == version.id))
    for position, a in enumerate(authors, start=1):
        person_id = known.get((a.legal_name, a.birth_year, a.phone)) or find_person(
            a.legal_name, phone=a.phone, email=a.email
        )
        unit_id = registry.link_of(a.unit_name, units, on=today(now), picked=a.unit_id)
        db.session.add(
            EntryAuthor(
                version_id=version.id, position=position, person_id=person_id, legal_name=a.legal_name, pen_name=a.pen_name,
                birth_year=a.birth_year, phone=a.phone, email=a.email, press_card=a.press_card, credit_role=a.credit_role,
                nationality=a.nationality, unit_name=a.unit_name, unit_id=unit_id, is_contact=a.is_contact,
            )
        )  # fmt: skip


def name_persons(version: EntryVersion, *, now: datetime) -> None:
    """Give every author of a version that is handed in the person behind them, new where none is known; the caller commits."""
    for a in version.authors:
        if a.person_id is not None or not a.legal_name.strip():
            continue
        a.person_id = find_person(a.legal_name, phone=a.phone, email=a.email)
        if a.person_id is None:
            made = make_person(
                a.legal_name, now=now, email=a.email or None, phone=a.phone, birth_year=a.birth_year,
                pen_names=[a.pen_name] if a.pen_name else [],
            )  # fmt: skip
            db.session.flush()
            a.person_id = made.id
