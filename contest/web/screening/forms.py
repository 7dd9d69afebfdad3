"""Shapes of the secretary's acts."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length, Optional

from contest.domain.verdicts import Outcome
from contest.web.asked import row_id
from contest.web.forms import Day, Form, Line, Paragraphs


class AcceptForm(Form):
    """Valid, the version that was looked at; with the reason where a rule is not met."""

    version = HiddenField(validators=[InputRequired(), Length(max=12)])
    note = Paragraphs("Lý do vẫn tiếp nhận", [Optional(), Length(max=1000)])


class ReturnForm(Form):
    """A question with a date."""

    question = Paragraphs("Cần tác giả bổ sung, trả lời điều gì?", [InputRequired(), Length(max=3000)])
    due_on = Day("Trả lời đến hết ngày", [InputRequired()])


class RejectForm(Form):
    """Not valid, with the reason the author will read."""

    reason = Paragraphs("Lý do gửi tác giả", [InputRequired(), Length(max=3000)])
    article = Line("Theo điều nào của Thể lệ", [Optional(), Length(max=60)])


class MoveForm(Form):
    """Another competing group."""

    category = SelectField("Chuyển sang nhóm", [InputRequired()])
    reason = Line("Lý do", [InputRequired(), Length(max=500)])


class ReasonForm(Form):
    """A reason alone."""

    reason = Paragraphs("Lý do", [InputRequired(), Length(max=1000)])


class OverrideForm(Form):
    """The secretary's own finding on a rule."""

    rule = HiddenField(validators=[InputRequired(), Length(max=80)])
    outcome = SelectField("Kết luận", choices=[(o.value, o.label) for o in Outcome])
    note = Line("Căn cứ", [InputRequired(), Length(max=1000)])


class PersonForm(Form):
    """Whether two persons are one."""

    first = HiddenField(validators=[InputRequired(), Length(max=12)])
    second = HiddenField(validators=[InputRequired(), Length(max=12)])
    same = RadioField(choices=[("yes", "Là một người"), ("no", "Hai người khác nhau")])


class ClearForm(Form):
    """A file looked through for blind judging, with rectangles as JSON."""

    file = HiddenField(validators=[InputRequired(), Length(max=32)])
    covers = HiddenField(validators=[Optional(), Length(max=20_000)])
    cleared = BooleanField("Không lộ tác giả")


class BulkForm(Form):
    """The versions shown in the preview; what changed since is left, not refused."""

    versions = SelectMultipleField("Hồ sơ", coerce=row_id, validate_choice=False)
