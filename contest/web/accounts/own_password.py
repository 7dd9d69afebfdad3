"""The password asked for once more of somebody who is signed in: before a signature, a new password, another address."""

from __future__ import annotations

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.models import Account
from contest.models.database import begin_writing, writing
from contest.services.accounts import passwords, signing


def confirm_password(account: Account, typed: str, *, field: str, words: str) -> None:
    """Count a try, then compare outside any lock; afterwards this request is the writer. For doors with `manual_write`.

    Raises UserError with `words` beside `field` for a wrong password, and while the account has to wait.
    """
    account_id, stored = account.id, account.password_hash
    with writing():
        signing.begin_confirming(account_id, field=field, now=utcnow())
    if not passwords.verify_password(stored, typed):
        raise UserError(words, field=field)
    begin_writing()
    signing.forget_tries(account_id)
