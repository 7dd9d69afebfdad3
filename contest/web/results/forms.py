"""Shapes of decisions about ties, prizes and publication."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contest.web.asked import row_id
from contest.web.forms import Form, Line, Moment, Money, Paragraphs


class ButtonForm(Form):
    """A single button."""


class TieForm(Form):
    """Who of the equals gets a slot, or all share it."""

    slot = HiddenField(validators=[InputRequired(), Length(max=200)])
    entries = SelectMultipleField("Chọn", [Optional()], coerce=row_id, validate_choice=False)
    share = BooleanField("Cho tất cả cùng nhận")
    reason = Paragraphs("Lý do, căn cứ", [InputRequired(), Length(max=1000)])


class CutForm(Form):
    """Who of the equals at a cut goes on."""

    category = HiddenField(validators=[InputRequired(), Length(max=60)])
    entries = SelectMultipleField("Chọn", [Optional()], coerce=row_id, validate_choice=False)
    reason = Paragraphs("Lý do", [InputRequired(), Length(max=1000)])


class UndoDecisionForm(Form):
    """A decision about equals is taken back."""

    reason = Paragraphs("Lý do bỏ quyết định", [InputRequired(), Length(max=1000)])


KINDS = [
    ("move", "Chuyển tác phẩm vào mức giải"),
    ("leave_empty", "Để trống mức giải; tác phẩm được xét từ mức sau"),
    ("remove", "Không trao giải cho tác phẩm"),
    ("extra", "Giải ngoài cơ cấu"),
    ("collective", "Giải tập thể"),
]


class PlaceForm(Form):
    """What becomes of a place that a work was taken out of."""

    entry = HiddenField(validators=[InputRequired(), Length(max=20)])
    answer = RadioField(
        "Quyết định",
        choices=[("move_up", "Xét các tác phẩm sau lên"), ("keep_free", "Để trống chỗ này")],
        validators=[InputRequired("Hãy chọn một cách.")],
        validate_choice=False,
    )
    reason = Paragraphs("Lý do", [InputRequired(), Length(max=1000)])


class SeveralForm(Form):
    """All prizes of one person stand."""

    person = HiddenField(validators=[InputRequired(), Length(max=20)])
    reason = Paragraphs("Lý do giữ cả các giải", [InputRequired(), Length(max=1000)])


class UndoSeveralForm(UndoDecisionForm):
    """That all prizes of one person stand is taken back."""

    person = HiddenField(validators=[InputRequired(), Length(max=20)])


class AdjustForm(Form):
    """One change by people."""

    kind = SelectField("Thay đổi", choices=KINDS)
    entry = SelectField("Tác phẩm", [Optional()], coerce=str)
    slot = SelectField("Mức giải", [Optional()])
    tier = Line("Tên giải ngoài cơ cấu", [Optional(), Length(max=120)])
    agency = SelectField("Tập thể nhận giải", [Optional()])
    recipient = Line(
        "Tên tập thể khác", [Optional(), Length(max=300)], description="Khi không có trong danh sách trên."
    )
    is_beyond = BooleanField(
        "Trao ngoài điều kiện", description="Chỉ khi tập thể chưa đủ điều kiện của thể lệ; ghi rõ lý do."
    )
    value_vnd = Money("Giá trị (đồng)", [Optional(), NumberRange(0, 10_000_000_000)])
    reason = Paragraphs("Lý do", [InputRequired(), Length(max=1000)])


class PublishForm(Form):
    """What was previewed, when it goes public, under which decision."""

    expected = HiddenField(validators=[InputRequired(), Length(max=64)])
    decision = Line(
        "Số, ngày quyết định",
        [Optional(), Length(max=200)],
        description="Ví dụ: Quyết định số 12-QĐ/BTC ngày 13/10/2026",
    )
    publish_at = Moment(
        "Công bố lúc",
        [Optional()],
        description="Để trống: công bố ngay. Giờ Việt Nam.",
    )
    correction_note = Paragraphs("Nội dung đính chính", [Optional(), Length(max=2000)])
