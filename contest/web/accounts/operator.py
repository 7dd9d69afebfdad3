"""The operator's list of accounts: locking one, making another operator."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission
from contest.models import Account
from contest.services.accounts import operating, persons
from contest.web.access import guard
from contest.web.accounts.forms import AccountForm
from contest.web.asked import page_asked

bp = Blueprint("operator", __name__, url_prefix="/operate/accounts")

View = str | Response | tuple[str, int]


@bp.get("")
@guard(Permission.INSTANCE_OPERATE)
def accounts(actor: Actor) -> View:
    """Accounts by name or address."""
    words = request.args.get("q", "").strip()[:100]
    number = page_asked()
    rows, total = operating.list_accounts(words, page=number)
    return render_template(
        "accounts/operator/accounts.html",
        rows=rows,
        total=total,
        q=words,
        page=number,
        pages=max(1, -(-total // operating.PAGE_SIZE)),
    )


@bp.post("/<int:account_id>")
@guard(Permission.INSTANCE_OPERATE, lambda account_id: persons.get_account(account_id))
def change(account: Account, actor: Actor) -> View:
    """Lock or unlock, make operator or not."""
    form = AccountForm()
    try:
        if not form.validate():
            raise UserError("Biểu mẫu chưa đúng. Hãy tải lại trang.")
        operating.change_account(
            account,
            is_disabled=bool(form.disabled.data),
            is_operator=bool(form.operator.data),
            actor=actor,
            now=utcnow(),
        )
        flash(f"Đã lưu tài khoản {account.display_name}.", "success")
    except UserError as error:
        flash(str(error), "error")
    return redirect(url_for("accounts.operator.accounts"), 303)
