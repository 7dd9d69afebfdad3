"""The people of the sample with their accounts: the demo's published ones, authors and judges who cannot sign in."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

from contest.domain.permissions import Actor
from contest.models import Account, db
from contest.sample.demo_accounts import ACCOUNTS
from contest.sample.people import AUTHORS, JUDGES, SamplePerson, works_in
from contest.sample.works import SampleWork
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

    def teams_for(self, made: list[SampleWork], seed: str) -> list[list[tuple[Account, SamplePerson]]]:
        """Who made each work: somebody whose agency works in that medium, every third with a colleague of the house.

        Whoever has the fewest works so far is next, so nobody comes near the limit of a person.
        """
        dice = random.Random(f"teams {seed}")
        order = dice.sample(self.authors, len(self.authors))
        signed = dict.fromkeys((a.email for a, _ in order), 0)

        def next_of(fitting: list[tuple[Account, SamplePerson]]) -> tuple[Account, SamplePerson]:
            chosen = min(fitting, key=lambda pair: signed[pair[0].email])
            signed[chosen[0].email] += 1
            return chosen

        teams = []
        for i, work in enumerate(made):
            first = next_of([pair for pair in order if works_in(pair[1].agency, work.media_type)])
            house = [pair for pair in order if pair[1].agency == first[1].agency and pair is not first]
            teams.append([first, next_of(house)] if i % 3 == 0 and house else [first])
        return teams

    def actor(self, key: str) -> Actor:
        """A demo account as an actor with the roles it holds now."""
        return actors.load_actor(self.demo[key])


def _account(name: str, email: str, password_hash: str | None, *, now: datetime) -> Account:
    person = persons.make_person(name, now=now, email=email)
    account = persons.make_account(person, email=email, password_hash=password_hash, now=now)
    account.email_confirmed_at = now
    db.session.flush()
    return account
