"""What people change about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.vietnamese import fold, nfc
from contest.models import Account, Person, db
from contest.services import audit, outbox
from contest.services.accounts import actors, links, persons, signing
from contest.services.accounts.persons import NOWHERE, Affiliation


@dataclass(frozen=True)
class Profile:
    """What somebody says about themselves."""

    name: str
    phone: str = ""
    birth_year: int | None = None
    pen_names: tuple[str, ...] = ()
    agency: Affiliation = NOWHERE
    unit: Affiliation = NOWHERE


def write_profile(account: Account, said: Profile, *, actor: Actor, now: datetime) -> None:
    """Change name, phone, birth year, pen names, agency and unit; the caller commits."""
    person = account.person
    before = _shown(person)
    person.legal_name = " ".join(nfc(said.name).split())
    person.name_fold = fold(person.legal_name)
    person.phone = said.phone or None
    person.birth_year = said.birth_year
    person.pen_names = list(said.pen_names)
    person.agency_name, person.agency_id = said.agency.name, said.agency.unit_id
    person.unit_name, person.unit_id = said.unit.name, said.unit.unit_id
    account.display_name = person.legal_name
    audit.record(
        "account:profile_changed",
        actor=actor,
        now=now,
        kind="account",
        subject_id=account.id,
        label=account.display_name,
        before=before,
        after=_shown(person),
    )


def _shown(person: Person) -> dict[str, object]:
    return {
        "name": person.legal_name, "phone": person.phone, "birth_year": person.birth_year,
        "agency": person.agency_name, "unit": person.unit_name,
    }  # fmt: skip


def set_preference(account: Account, *, key: str, value: str) -> None:
    """Remember how somebody likes a screen (text size, player volume). Commits."""
    account.preferences = {**(account.preferences or {}), key: value}
    db.session.commit()


def ask_email_change(account: Account, *, email: str, network: str, actor: Actor, now: datetime) -> None:
    """Send a link to the new address; the old one stays until the link is used, and is told. Commits.

    Raises UserError for an address that is none or one's own, and while this account or network has to wait.
    """
    address = persons.normal_email(email)
    if address == account.email:
        raise UserError("Đây đang là địa chỉ của tài khoản này.", field="email")
    signing.claim_mail("email_change", str(account.id), network, now=now)
    if persons.find_account(address) is None:
        links.revoke_links(purpose="email_change", account_id=account.id, now=now)
        token = links.make_link(
            "email_change", email=address, account=account, now=now, created_by_id=actor.account_id
        )
        outbox.queue_mail(
            "confirm_new_address",
            to=address,
            to_name=account.display_name,
            now=now,
            dedupe_key=links.mail_key(token),
            secret_path=f"/accounts/email/{token}",
        )
    outbox.queue_mail(
        "email_change_asked", to=account.email, to_name=account.display_name, now=now, new_address=address
    )
    db.session.commit()


def change_email(token: str, *, now: datetime) -> Account:
    """Take over the new address by its link and sign other devices out. Commits. Raises UserError when gone or taken."""
    row = links.use_link(token, "email_change", now=now)
    if persons.find_account(row.email) is not None:
        raise UserError("Địa chỉ này đã thuộc một tài khoản khác. Hãy chọn địa chỉ khác.")
    account = db.session.get_one(Account, row.account_id)
    before = account.email
    account.email = row.email
    account.person.email = row.email
    account.email_confirmed_at = now
    actors.revoke_all(account.id, now=now)
    links.revoke_links(purpose="reset", account_id=account.id, now=now)
    audit.record(
        "account:email_changed",
        actor=actors.load_actor(account),
        now=now,
        kind="account",
        subject_id=account.id,
        label=account.display_name,
        before={"email": before},
        after={"email": account.email},
    )
    db.session.commit()
    return account


def change_password(
    account: Account, *, password_hash: str, actor: Actor, now: datetime, keep: int | None
) -> None:
    """Set a new password and sign other devices out; links on their way to reset or to move the account die. Commits."""
    account.password_hash = password_hash
    actors.revoke_all(account.id, now=now, keep=keep)
    for purpose in ("reset", "email_change"):
        links.revoke_links(purpose=purpose, account_id=account.id, now=now)
    audit.record(
        "account:password_changed",
        actor=actor,
        now=now,
        kind="account",
        subject_id=account.id,
        label=account.display_name,
    )
    db.session.commit()
