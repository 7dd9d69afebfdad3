"""Shapes of panels, assignment, declarations and reasons."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, PasswordField, SelectMultipleField
from wtforms.validators import AnyOf, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from contest.web.forms import Day, Form, Line, Paragraphs


class PanelForm(Form):
    """A new panel for some categories."""

    name = Line("Tên hội đồng, tiểu ban", [InputRequired(), Length(max=120)])
    categories = SelectMultipleField(
        "Chấm các nhóm", [Optional()], option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )


class DueForm(Form):
    """Until when the judges have time."""

    due_on = Day("Chấm đến hết ngày", [InputRequired()])


class ApplyForm(Form):
    """The proposal that was looked at."""

    expected = HiddenField(validators=[InputRequired(), Length(max=9)])


class ButtonForm(Form):
    """A single button."""


class ReleaseForm(Form):
    """A judge who cannot go on."""

    reason = Line("Lý do", [InputRequired(), Length(max=1000)])
    void_signed = BooleanField("Không tính cả các phiếu đã ký")


class ReasonForm(Form):
    """A reason alone."""

    reason = Paragraphs("Lý do", [InputRequired(), Length(max=1000)])


class CloseForm(Form):
    """Closing although some sheets are not signed."""

    waive = BooleanField("Đồng ý không tính các phiếu chưa ký nêu trên")


class DecisionForm(Form):
    """The chair's words on a diverging entry."""

    decision = Paragraphs("Quyết định của Trưởng tiểu ban", [InputRequired(), Length(max=2000)])


class SideForm(Form):
    """On which side of the judge's screen the work stands."""

    side = HiddenField(validators=[AnyOf(["left", "right"])])


class SignForm(Form):
    """The judge's password under all sheets."""

    password = PasswordField(
        "Mật khẩu", [InputRequired(), Length(max=200)], render_kw={"autocomplete": "current-password"}
    )
