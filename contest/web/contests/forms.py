"""Shapes of creating a contest, of its steps, and of what surrounds a rulebook change."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from contest.domain.rulebook import Problem
from contest.web.contests.parts import ChangeForm
from contest.web.forms import LONG_TEXT, Day, Form, Line, Paragraphs

MOVED = "Để trống cả hai ngày: dời theo hạn nhận như các mốc khác trong thể lệ."


class CreateForm(Form):
    """A rulebook to begin from, and this edition's dates."""

    source = RadioField("Bắt đầu từ", [InputRequired()])
    toml = Paragraphs("Nội dung tệp thể lệ (TOML)", [Optional(), Length(max=LONG_TEXT)])
    name = Line("Tên cuộc thi", [Optional(), Length(max=300)], description="Để trống: lấy tên trong thể lệ.")
    slug = Line(
        "Địa chỉ ngắn", [Optional(), Length(max=60), Regexp(r"^[a-z0-9][a-z0-9-]*$", message="Chỉ dùng chữ thường không dấu, số và dấu gạch nối.")],
        description="Ví dụ: bao-chi-2027. Để trống: tự đặt theo tên.",
    )  # fmt: skip
    published_from = Day("Tác phẩm đăng, phát từ ngày", [Optional()], description=MOVED)
    published_to = Day("đến hết ngày", [Optional()])
    submitted_from = Day("Nhận tác phẩm từ ngày", [InputRequired()])
    submitted_to = Day("đến hết ngày ", [InputRequired()])

    def validate(self, extra_validators: Any = None) -> bool:
        """One day of the two would say nothing, so both are given or neither."""
        fine = super().validate(extra_validators)
        both = (self.published_from, self.published_to)
        lacking = [f for f in both if f.data is None and not f.errors]
        if len(lacking) == 1 and fine:
            lacking[0].errors = ["Hãy ghi cả hai ngày đăng, phát, hoặc để trống cả hai."]
        return fine and len(lacking) != 1

    def refuse(self, problems: list[Problem]) -> None:
        """Days are told beside their fields; only who pasted a file is told the places in it."""
        beside = {"windows.submitted": self.submitted_to, "windows.published": self.published_to}
        for problem in problems:
            if field := beside.get(problem.place):
                field.errors = [*field.errors, problem.message]
            else:
                self.form_errors.append(str(problem) if self.source.data == "toml" else problem.message)


class ButtonForm(Form):
    """A single button."""


class ReasonForm(Form):
    """A reason alone."""

    reason = Paragraphs("Lý do", [InputRequired(), Length(max=1000)])


class ExtendForm(Form):
    """The new deadline on one screen."""

    new_day = Day("Nhận tác phẩm đến hết ngày", [InputRequired()])
    reason = Paragraphs("Lý do gia hạn", [InputRequired(), Length(max=1000)])
    document_number = Line("Số văn bản", [Optional(), Length(max=120)], description="Ví dụ: 07-TB/BTC")

    def refuse(self, problems: list[Problem]) -> None:
        """Whatever the new day does not fit is told beside it."""
        self.new_day.errors = [*self.new_day.errors, *(p.message for p in problems)]


class ImportForm(ChangeForm):
    """A whole rulebook as TOML."""

    toml = Paragraphs("Nội dung tệp thể lệ (TOML)", [InputRequired(), Length(max=LONG_TEXT)])


class SettingsForm(Form):
    """Name and owner of the site."""

    name = Line("Tên trang", [InputRequired(), Length(max=200)])
    owner = Line("Cơ quan chủ quản", [Optional(), Length(max=300)])
