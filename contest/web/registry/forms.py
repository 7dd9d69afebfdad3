"""Shapes of the acts on the list of units and models."""

from __future__ import annotations

from wtforms import BooleanField, FormField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contest.domain.succession import UnitKind
from contest.web.forms import Day, Form, Line, Paragraphs, Rows, Several, Whole


class NameForm(Form):
    """A typed name tied to a unit of the list; `also` holds the ids of other dossiers shown beside it."""

    typed = HiddenField(validators=[InputRequired(), Length(max=300)])
    unit = HiddenField(validators=[Optional(), Length(max=9)])
    name = Line("Nối với", [Optional(), Length(max=300)])
    also = HiddenField(validators=[Optional(), Length(max=20_000)])


class PortrayedForm(Form):
    """A named model tied to one of the list; `also` as with names of units."""

    position = HiddenField(validators=[InputRequired(), Length(max=4)])
    exemplar = HiddenField(validators=[Optional(), Length(max=32)])
    name = Line("Nối với mô hình trong danh mục", [Optional(), Length(max=300)])
    also = HiddenField(validators=[Optional(), Length(max=20_000)])


class ExemplarForm(Form):
    """A model for the list, begun with what the dossier says; the boxes are the columns of the plan's form."""

    name = Line("Tên mô hình, điển hình", [InputRequired(), Length(max=300)])
    subject_kind = RadioField("Loại", choices=[("collective", "Tập thể"), ("individual", "Cá nhân")])
    novelty = RadioField("Hình thức", choices=[("new", "Mô hình mới"), ("replicated", "Nhân rộng")])
    field = SelectField("Lĩnh vực", [InputRequired()])
    unit = HiddenField(validators=[Optional(), Length(max=9)])
    unit_name = Line("Đơn vị, địa phương", [Optional(), Length(max=300)])
    address = Line("Địa chỉ", [InputRequired(), Length(max=400)])
    registered_year = Whole("Năm đăng ký", [Optional(), NumberRange(1990, 2100)])
    problem = Paragraphs("Giải quyết vấn đề gì", [InputRequired(), Length(max=2000)])
    implementers = Paragraphs("Tổ chức, cá nhân thực hiện", [InputRequired(), Length(max=2000)])
    expected_result = Paragraphs("Dự kiến kết quả đem lại", [InputRequired(), Length(max=2000)])
    also = HiddenField(validators=[Optional(), Length(max=20_000)])
    is_another = BooleanField("Đã xem: đây là mô hình khác, không phải các mô hình trên")


class UnitForm(Form):
    """A unit or press agency for the list."""

    name = Line("Tên đầy đủ", [InputRequired(), Length(max=300)])
    short_name = Line("Tên gọi tắt", [Optional(), Length(max=200)])
    kind = SelectField(
        "Loại", [InputRequired()], choices=[("", "Chọn loại"), *((k.value, k.label) for k in UnitKind)]
    )
    parent = HiddenField(validators=[Optional(), Length(max=9)])
    parent_name = Line("Trực thuộc", [Optional(), Length(max=300)])
    valid_from = Day("Hoạt động từ ngày", [Optional()])
    valid_to = Day("đến hết ngày", [Optional()])
    source = Line("Căn cứ", [Optional(), Length(max=500)], description="Ví dụ: Quyết định 12/QĐ-TTg.")


class SuccessorRow(Rows):
    """One unit that followed."""

    unit = HiddenField(validators=[Optional(), Length(max=9)])
    name = Line("Tên đơn vị", [Optional(), Length(max=300)])


class EndForm(Form):
    """The last day of a unit and what followed it."""

    valid_to = Day("Hoạt động đến hết ngày", [Optional()])
    successors = Several(FormField(SuccessorRow), max_entries=60)
    source = Line("Căn cứ", [Optional(), Length(max=500)], description="Ví dụ: Nghị quyết 1677/NQ-UBTVQH15.")
