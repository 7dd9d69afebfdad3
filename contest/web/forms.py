"""What all forms share: shape only, unknown fields refused, Vietnamese words, decimal comma."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import TextInput

from contest.domain.errors import UserError
from contest.domain.vietnamese import (
    format_date,
    format_decimal,
    format_int,
    nfc,
    parse_date,
    parse_datetime,
    parse_decimal,
    parse_int,
)
from contest.services.accounts.persons import normal_email
from contest.web.asked import LOST

# So many characters of long text may be in one form; with them it stays within MAX_CONTENT_LENGTH.
LONG_TEXT = 200_000
ALWAYS_ALLOWED = {"csrf_token", "idempotency_key"}


class Form(FlaskForm):
    """Base of every form. A field it does not know is an error, not something to ignore."""

    class Meta(FlaskForm.Meta):
        locales = ["vi"]

        def get_translations(self, form: Any) -> Any:
            """WTForms has no Vietnamese catalogue; ours is small."""
            return _Vietnamese()

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape of the known fields, and no unknown ones."""
        fine = super().validate(extra_validators)
        unknown = [name for name in request.form if not self._knows(name)]
        if unknown:
            self.form_errors.append(_strange(unknown[0]))
        return fine and not unknown

    def _knows(self, name: str) -> bool:
        return name in ALWAYS_ALLOWED or name in set(_names(self))

    def mark(self, name: str) -> None:
        """Ids of its own, for a form on a page where others have fields of the same names."""
        for field in self:
            field.id = field.label.field_id = f"{name}-{field.id}"

    def problems(self) -> list[tuple[str, str, str]]:
        """Everything refused as (id of the field, its label, sentence), nested rows included."""
        found = [("", "", str(error)) for error in self.form_errors]
        return found + list(_problems(self))

    def add_error(self, error: UserError) -> None:
        """Show a refusal of the services beside the field it is about."""
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(str(error))
        else:
            field.errors = [*field.errors, str(error)]


def take_only(*known: str) -> None:
    """For a form that is a button, or read by hand: refuse fields it does not know. Raises UserError."""
    unknown = [name for name in request.form if name not in ALWAYS_ALLOWED and name not in known]
    if unknown:
        raise UserError(_strange(unknown[0]))


def _strange(name: str) -> str:
    return f"Có trường lạ trong biểu mẫu ({name[:40]}). Hãy tải lại trang rồi gửi lại."


class Rows(PlainForm):
    """A row inside another form; the same words for what is wrong."""

    class Meta:
        def get_translations(self, form: Any) -> Any:
            """WTForms has no Vietnamese catalogue; ours is small."""
            return _Vietnamese()


class Several(FieldList):
    """Rows or fields of one kind, numbered by plain digits; a field with another number is one that nobody knows."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        """The numbers that were sent; `isdigit` of WTForms lets ² and thousands of digits through to `int`."""
        number = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,3}})(?:-|$)")
        for name in formdata:
            if found := number.match(name):
                yield int(found[1])


def _names(part: Any) -> Iterator[str]:
    """The names a form reads, those of nested rows included."""
    for field in part:
        if isinstance(field, FieldList):
            yield from _names(field.entries)
        elif isinstance(field, FormField):
            yield from _names(field.form)
        else:
            yield field.name


def _problems(part: Any) -> Iterator[tuple[str, str, str]]:
    for field in part:
        if isinstance(field, FieldList):
            # Rows that have a name of their own say which one is meant: "Mức giải 2, Số giải".
            one = getattr(field, "one", "")
            for number, entry in enumerate(field.entries, start=1):
                for key, label, error in _problems([entry]):
                    yield key, f"{one} {number}, {label}" if one else label, error
        elif isinstance(field, FormField):
            yield from _problems(field.form)
        else:
            for error in field.errors:
                yield field.id, str(field.label.text), str(error)


class _Vietnamese:
    """The few messages WTForms says by itself."""

    WORDS = {
        "This field is required.": "Mục này cần được điền.",
        "Invalid email address.": "Địa chỉ thư điện tử chưa đúng, ví dụ: ten@coquan.vn.",
        "Not a valid choice.": "Hãy chọn một mục trong danh sách.",
        "Not a valid choice": "Hãy chọn một mục trong danh sách.",
        "Invalid Choice: could not coerce": "Hãy chọn một mục trong danh sách.",
        "Not a valid integer value.": "Hãy nhập một số nguyên.",
        "Not a valid date value.": "Ngày chưa đúng, ví dụ: 24/11/2026.",
        "Not a valid datetime value.": "Ngày giờ chưa đúng.",
        "Field must be equal to %(other_name)s.": "Hai lần nhập chưa giống nhau.",
        "Field must be at least %(min)d character long.": "Cần ít nhất %(min)d ký tự.",
        "Field must be at least %(min)d characters long.": "Cần ít nhất %(min)d ký tự.",
        "Field cannot be longer than %(max)d character.": "Không dài quá %(max)d ký tự.",
        "Field cannot be longer than %(max)d characters.": "Không dài quá %(max)d ký tự.",
        "Field must be between %(min)d and %(max)d characters long.": "Cần từ %(min)d đến %(max)d ký tự.",
        "Number must be between %(min)s and %(max)s.": "Cần một số từ %(min)s đến %(max)s.",
        "Number must be at least %(min)s.": "Cần một số từ %(min)s trở lên.",
        "The CSRF token is missing.": "Hãy tải lại trang rồi gửi lại.",
    }

    def gettext(self, text: str) -> str:
        """The Vietnamese of a WTForms message."""
        return self.WORDS.get(text, text)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Vietnamese has one form for all numbers."""
        return self.gettext(singular if n == 1 else plural)


class Line(StringField):
    """One line of text: NFC, trimmed, without control characters; letters that were lost on the way are asked for again."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Normalise what was typed."""
        self.data: str = " ".join(nfc(str(valuelist[0]) if valuelist else "").split())
        if LOST in self.data:
            raise ValueError(f"Có chữ bị hỏng ({LOST}) khi gửi. Hãy xóa rồi gõ lại chữ đó.")


class Paragraphs(TextAreaField):
    """Longer text: NFC, line ends as \\n, trimmed at the end."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Normalise what was typed."""
        self.data: str = (
            nfc(str(valuelist[0]) if valuelist else "").replace("\r\n", "\n").replace("\x00", "").strip()
        )


class Typed(Field):
    """A value written as people write it: empty is None, what cannot be read stays in the box beside its sentence."""

    widget = TextInput()
    parse: Callable[[str], Any]
    write: Callable[[Any], str]

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else type(self).write(self.data)

    def pre_validate(self, form: Any) -> None:
        """What cannot be read has its sentence already; bounds have nothing to add."""
        if self.process_errors:
            raise StopValidation()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed or say what is wrong with it."""
        self.data: Any = None
        if not valuelist or not str(valuelist[0]).strip():
            return
        try:
            self.data = type(self).parse(str(valuelist[0]))
        except UserError as error:
            raise ValueError(str(error)) from error


class DecimalComma(Typed):
    """A number typed as `8,5` or `8.5`; NaN, exponents and words are refused in Vietnamese."""

    data: Decimal | None
    parse = staticmethod(parse_decimal)
    write = staticmethod(lambda value: format_decimal(value).replace(".", ""))


class Whole(Typed):
    """A whole number typed as `12500` or `12.500`, in the digits 0 to 9."""

    data: int | None
    widget = TextInput()
    parse = staticmethod(parse_int)
    write = staticmethod(lambda value: str(value))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"render_kw": {"inputmode": "numeric"}} | more)


class Money(Whole):
    """Đồng, shown as 10.000.000."""

    write = staticmethod(lambda value: format_int(value))


class Day(Typed):
    """A day typed as 24/11/2026; with scripts a calendar stands beside it. Browsers' own date boxes follow the browser's language."""

    data: date | None
    parse = staticmethod(parse_date)
    write = staticmethod(format_date)

    def __init__(self, *args: Any, **more: Any) -> None:
        shown = {
            "data-behaviour": "day",
            "placeholder": "ngày/tháng/năm",
            "autocomplete": "off",
            "maxlength": 10,
        }
        super().__init__(*args, **{"render_kw": shown} | more)


class Moment(Typed):
    """An hour of a day of Vietnam, typed as 08:00 24/11/2026."""

    data: datetime | None
    parse = staticmethod(parse_datetime)
    write = staticmethod(lambda value: f"{value:%H:%M} {format_date(value)}")

    def __init__(self, *args: Any, **more: Any) -> None:
        shown = {"placeholder": "giờ:phút ngày/tháng/năm", "autocomplete": "off", "maxlength": 40}
        super().__init__(*args, **{"render_kw": shown} | more)


def one_address(_form: Any, field: Field) -> None:
    """An address that mail can be sent to, and only one."""
    if field.data:
        try:
            normal_email(field.data)
        except UserError as error:
            raise ValidationError(str(error)) from error


def no_bad_link(_form: Any, field: Field) -> None:
    """A link is text that begins with http:// or https://; the server never opens it."""
    if field.data and not field.data.startswith(("http://", "https://")):
        raise ValidationError("Liên kết phải bắt đầu bằng https:// hoặc http://.")
