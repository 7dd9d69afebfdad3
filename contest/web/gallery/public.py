"""One page with every component in its states, so that a change is seen everywhere at once."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired, Optional

from contest.domain.contests import ContestState
from contest.domain.entries import EntryState
from contest.domain.verdicts import Outcome
from contest.web.forms import DecimalComma, Form, Line, Paragraphs

bp = Blueprint("public", __name__)


class SampleForm(Form):
    """One field of each kind."""

    name = Line("Họ và tên", [InputRequired()], description="Ghi đúng như trên giấy chứng nhận.")
    role = SelectField("Vai trò", [Optional()], choices=[("writer", "viết"), ("photo", "ảnh")])
    mark = DecimalComma("Điểm", [Optional()])
    text = Paragraphs("Tóm tắt", [Optional()])
    agree = BooleanField("Cam kết")


@bp.get("/components")
def gallery() -> str:
    """Buttons, badges, fields, tables, time line, medals, verdicts, steppers, charts, empty states."""
    if not current_app.config["SETTINGS"].demo:
        abort(404)
    broken = SampleForm(formdata=None, prefix="broken-")
    broken.name.errors = ["Mục này cần được điền."]
    return render_template(
        "gallery/public/gallery.html", form=SampleForm(formdata=None), broken=broken, entry_states=list(EntryState),
        contest_states=list(ContestState), outcomes=list(Outcome),
    )  # fmt: skip
