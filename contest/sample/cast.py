"""The people of the sample with their accounts: the demo's published ones, authors and judges who cannot sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contest.domain.permissions import Actor
from contest.models import Account, db
from contest.sample.demo_accounts import ACCOUNTS
from contest.sample.people import AUTHORS, JUDGES, SamplePerson
from contest.services.accounts import actors, persons


@dataclass
class Cast:
    """Accounts by part: demo accounts by key, authors with what is known of them, judges in order."""

    demo: dict[str, Account]
    authors: list[tuple[Account, SamplePerson]]
    judges: list[Account]

    @classmethod
    def make(cls, password_hash: str, *, now: datetime) -> Cast:
        """Everybody, made new; the caller commits."""
        demo = {key: _account(name, email, password_hash, now=now) for key, _, email, name in ACCOUNTS}
        demo["operator"].is_operator = True
        demo["clerk"].person.agency_name = "Báo Quảng Ngãi"
        by_name = {a.display_name: a for a in demo.values()}
        judges = [
            by_name.get(name) or _account(name, f"giamkhao{i}@kheo.example", None, now=now)
            for i, name in enumerate(JUDGES, 1)
        ]
        judges[3].person.agency_name = "Báo Quảng Ngãi"
        authors = [
            (_account(p.legal_name, f"tacgia{i}@kheo.example", None, now=now), p)
            for i, p in enumerate(AUTHORS, 1)
        ]
        for account, person in authors:
            account.person.birth_year = person.birth_year
            account.person.pen_names = [person.pen_name] if person.pen_name else []
            account.person.phone = f"09055{account.id or 0:05}" if account.id else None
        db.session.flush()
        return cls(demo, authors, judges)

    def actor(self, key: str) -> Actor:
        """A demo account as an actor with the roles it holds now."""
        return actors.load_actor(self.demo[key])


def _account(name: str, email: str, password_hash: str | None, *, now: datetime) -> Account:
    person = persons.make_person(name, now=now, email=email)
    account = persons.make_account(person, email=email, password_hash=password_hash, now=now)
    account.email_confirmed_at = now
    db.session.flush()
    return account
