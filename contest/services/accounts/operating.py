"""What the operator may do with accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.vietnamese import fold
from contest.models import Account, Person, db
from contest.services import audit
from contest.services.accounts import actors, persons

PAGE_SIZE = 50


def list_accounts(words: str, *, page: int = 1) -> tuple[list[Account], int]:
    """A page of accounts whose name (without diacritics) or address fits, and how many there are."""
    query = select(Account).join(Person, Person.id == Account.person_id)
    if words:
        query = query.where(
            Person.name_fold.contains(fold(words), autoescape=True)
            | Account.email.icontains(words, autoescape=True)
        )
    total = (
        db.session.scalar(select(func.count()).select_from(query.with_only_columns(Account.id).subquery()))
        or 0
    )
    rows = db.session.scalars(query.order_by(Account.id).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return list(rows), total


def change_account(
    account: Account, *, is_disabled: bool, is_operator: bool, actor: Actor, now: datetime
) -> None:
    """Lock an account or make it operator. Commits. Raises UserError for one's own account."""
    if account.id == actor.account_id:
        raise UserError("Không tự khóa hay đổi quyền của tài khoản đang dùng.")
    before = {"disabled": account.is_disabled, "operator": account.is_operator}
    account.is_disabled, account.is_operator = is_disabled, is_operator
    if is_disabled:
        actors.revoke_all(account.id, now=now)
    if is_operator:
        actors.shorten_sign_ins(account.id, now=now)
    audit.record(
        "account:changed", actor=actor, now=now, kind="account", subject_id=account.id, label=account.display_name,
        before=before, after={"disabled": is_disabled, "operator": is_operator},
    )  # fmt: skip
    db.session.commit()


def create_operator(*, name: str, email: str, password_hash: str, now: datetime) -> Account:
    """The first operator of a new installation; commits. Raises UserError when the address is taken."""
    address = persons.normal_email(email)
    if persons.find_account(address) is not None:
        raise UserError("Địa chỉ này đã có tài khoản.", field="email")
    person = persons.make_person(name, now=now, email=address)
    account = persons.make_account(person, email=address, password_hash=password_hash, now=now)
    account.is_operator = True
    account.email_confirmed_at = now
    db.session.flush()
    audit.record(
        "account:operator_created",
        actor=None,
        now=now,
        kind="account",
        subject_id=account.id,
        label=account.display_name,
    )
    db.session.commit()
    return account
