"""Loading the sample into an empty database, through the services, with dates relative to the day it is loaded."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from contest.clock import today
from contest.domain.permissions import Role
from contest.domain.rulebook import parse_rulebook
from contest.models import Account, Contest, SiteSettings, db
from contest.models.database import writing
from contest.sample.demo_accounts import ACCOUNTS, PASSWORD
from contest.services.accounts import members, passwords, persons
from contest.services.contests import changing, creating, moving

RULEBOOK = Path(__file__).resolve().parents[1] / "data" / "rulebooks" / "quang-ngai.toml"


def load_if_empty(*, now: datetime) -> bool:
    """Load the sample when there is no account yet; says whether it did."""
    if db.session.scalar(select(func.count(Account.id))):
        return False
    password_hash = passwords.hash_password(PASSWORD)
    with writing():
        accounts = _accounts(password_hash, now=now)
        _collecting(accounts, now=now)
    return True


def _accounts(password_hash: str, *, now: datetime) -> dict[str, Account]:
    made = {}
    for key, _, email, name in ACCOUNTS:
        person = persons.make_person(name, now=now, email=email)
        made[key] = persons.make_account(person, email=email, password_hash=password_hash, now=now)
        made[key].email_confirmed_at = now
    made["operator"].is_operator = True
    owner = "Ban Tuyên giáo và Dân vận Tỉnh ủy Quảng Ngãi"
    db.session.add(SiteSettings(id=1, name="Dân vận khéo Quảng Ngãi", owner=owner, updated_at=now))
    db.session.commit()
    return made


def _collecting(accounts: dict[str, Account], *, now: datetime) -> Contest:
    """The edition that collects entries, with twelve days to go."""
    day = today(now)
    rulebook = changing.with_dates(
        parse_rulebook(RULEBOOK.read_text("utf-8")),
        published=(day - timedelta(days=353), day + timedelta(days=2)),
        submitted=(day - timedelta(days=149), day + timedelta(days=12)),
    )
    contest = creating.create_contest(
        rulebook=rulebook, actor=None, now=now, organizer=accounts["organizer"], slug="bao-chi-2026"
    )
    for key, role in (("secretary", Role.SECRETARY), ("clerk", Role.CLERK)):
        members.add_member(contest, account=accounts[key], role=role, actor=None, now=now)
    db.session.commit()
    moving.open_contest(contest, actor=None, now=now)
    return contest
