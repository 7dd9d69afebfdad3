"""A button, or a small form, that does one thing and goes back: what was done is said on the page it came from.

What is refused comes back as the page of that door with a status that says so: the sentence at its top and beside the
field it is about, and everything that was typed where it was typed. A page with one such form for each row of a list
asks `refused` whose form it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from contest.domain.errors import UserError
from contest.web.forms import Form


def act_and_return(
    form: Form,
    act: Callable[[], Any],
    done: str | Callable[[Any], str],
    target: str,
    page: Callable[[], ResponseReturnValue],
) -> Response:
    """Do it when the form is whole and redirect to `target`; else draw `page`, the form in it as it was sent.

    `done` is what is said afterwards, or makes it from what the act returned.
    """
    status = 422
    if form.validate():
        try:
            made = act()
            flash(done if isinstance(done, str) else done(made), "success")
            return redirect(target, 303)  # type: ignore[return-value]
        except UserError as error:
            form.add_error(error)
            status = error.status
    sentences = dict.fromkeys(f"{label}: {text}" if label else text for _, label, text in form.problems())
    flash(" ".join(sentences) or "Chưa nhận được. Hãy tải lại trang.", "error")
    g.refused_form = form
    answer = make_response(page())
    answer.status_code = status
    return answer  # type: ignore[no-any-return]


def refused(address: str, **row: object) -> Form | None:
    """The refused form if it was sent to this address, and names this row where the address serves several."""
    form: Form | None = g.get("refused_form")
    if form is None or request.full_path.removesuffix("?") != address:
        return None
    return form if all(str(form[name].data) == str(value) for name, value in row.items()) else None
