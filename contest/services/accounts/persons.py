"""Finding and making persons and accounts."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from contest.domain.errors import UserError
from contest.domain.vietnamese import fold, nfc
from contest.models import Account, OrgUnit, Person, db


@dataclass(frozen=True)
class Affiliation:
    """A press agency or unit as it was named, tied to the list where it is in it."""

    name: str = ""
    unit: OrgUnit | None = None

    @property
    def unit_id(self) -> int | None:
        """The unit of the list."""
        return self.unit.id if self.unit else None


NOWHERE = Affiliation()


def normal_email(address: str) -> str:
    """The address as it is stored: NFC, lower case. Raises UserError when it is none."""
    cleaned = unicodedata.normalize("NFC", address).strip()
    try:
        found = validate_email(
            cleaned, check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise UserError("Địa chỉ thư điện tử chưa đúng, ví dụ: ten@coquan.vn.", field="email") from error
    return found.normalized.casefold()


def find_account(email: str) -> Account | None:
    """The account with this address, or None."""
    return db.session.scalar(select(Account).where(Account.email == email.strip().casefold()))


def get_account(account_id: int) -> Account | None:
    """The account with this id, or None."""
    return db.session.get(Account, account_id)


def find_person(legal_name: str, *, phone: str, email: str) -> int | None:
    """The id of the person known by this phone or mail and this name, or None. Nobody is found by a name alone."""
    name = fold(legal_name)
    for column, value in ((Person.phone, phone), (Person.email, email)):
        if name and value:
            found = db.session.scalar(
                select(Person.id).where(column == value, Person.name_fold == name).limit(1)
            )
            if found:
                return found
    return None


def make_person(
    legal_name: str,
    *,
    now: datetime,
    email: str | None = None,
    phone: str | None = None,
    birth_year: int | None = None,
    pen_names: list[str] | None = None,
) -> Person:
    """A new person; the caller commits. The name is kept as typed, in NFC."""
    name = " ".join(nfc(legal_name).split())
    if not name:
        raise UserError("Hãy ghi họ và tên.", field="name")
    person = Person(
        legal_name=name,
        name_fold=fold(name),
        birth_year=birth_year,
        phone=phone or None,
        email=email,
        pen_names=pen_names or [],
        agency_name="",
        unit_name="",
        created_at=now,
    )
    db.session.add(person)
    return person


def make_account(person: Person, *, email: str, password_hash: str | None, now: datetime) -> Account:
    """A new account for a person; the caller commits."""
    account = Account(
        person=person,
        email=email,
        password_hash=password_hash,
        display_name=person.legal_name,
        created_at=now,
        is_operator=False,
        is_disabled=False,
        preferences={},
    )
    db.session.add(account)
    return account
