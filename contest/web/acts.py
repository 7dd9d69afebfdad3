"""A button that does one thing and goes back: what was done or what was wrong is said on the page it came from."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from werkzeug.wrappers import Response

from contest.domain.errors import UserError
from contest.web.forms import Form


def act_and_return(form: Form, act: Callable[[], object], done: str, target: str) -> Response:
    """Do it when the form is whole, and redirect to `target` either way."""
    if not form.validate():
        flash(
            "; ".join(text for _, _, text in form.problems()) or "Chưa nhận được. Hãy tải lại trang.", "error"
        )
    else:
        try:
            act()
            flash(done, "success")
        except UserError as error:
            flash(str(error), "error")
    return redirect(target, 303)  # type: ignore[return-value]
