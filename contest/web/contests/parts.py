"""What the forms of a rulebook are made of: sections with groups and rows, and where a refusal belongs.

No rules here: what a form makes is checked like an imported file. Every form shows all of its part of the rulebook, so
that opening and saving it unchanged changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, FormField, HiddenField, SelectMultipleField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from contest.domain.errors import UserError
from contest.domain.rulebook import LONGEST_NOTICE, Problem
from contest.domain.vietnamese import fold
from contest.services.contests.changing import WordsMissing
from contest.web.forms import Form, Line, Rows, Several

MODES = [("block", "không cho nộp"), ("warn", "nhắc, vẫn cho nộp"), ("secretary", "để Tổ Thư ký quyết định")]
MOST_ROWS = 40
NEEDED = "Bắt buộc khi cuộc thi đã mở."
ARTICLE = "Ví dụ: Điều 5, khoản 2. Hiện cạnh quy định này."
Data = dict[str, Any]
# A place in the rulebook without its numbers → the list of rows it is in ("" for none) and the field it is typed in.
Places = dict[str, tuple[str, str]]


def key_of(name: str, taken: set[str]) -> str:
    """A key for something new: letters and digits of its name, unique."""
    base = "_".join("".join(c if c.isalnum() else " " for c in fold(name)).split())[:30].strip("_") or "muc"
    base = base if re.fullmatch(r"[a-z][a-z0-9_]*", base) else f"k_{re.sub('[^a-z0-9_]', '', base)}"
    found = next(k for k in [base, *(f"{base}_{n}" for n in range(2, 100))] if k not in taken)
    taken.add(found)
    return found


def lines(text: str | None) -> list[str]:
    """Non-empty lines."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def kept_order(found: Iterable[Any], before: list[Any]) -> list[Any]:
    """What was chosen, in the order it had; boxes are sent in the order of the page, which says nothing."""
    return sorted(found, key=lambda item: before.index(item) if item in before else len(before))


def given(**values: Any) -> Data:
    """The values that are there: an empty box means that the rulebook leaves the key out."""
    return {k: v for k, v in values.items() if v is not None}


def ticks(label: str, **values: Any) -> SelectMultipleField:
    """Several choices as check boxes."""
    return SelectMultipleField(
        label, [Optional()], option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), **values
    )


class Row(Rows):
    """One row of a list. It counts when its first field is filled and it is not taken out."""

    FIRST = "name"
    MORE: tuple[str, ...] = ()
    MORE_TITLE = ""
    OPEN_WITH: tuple[str, ...] = ()
    IS_SHORT = False
    remove = BooleanField("Bỏ")

    @property
    def counts(self) -> bool:
        """Whether this row says something that stays."""
        return bool(self._fields[self.FIRST].data) and not self.remove.data

    @property
    def is_open(self) -> bool:
        """Whether the folded part is shown: something in it was refused, or says what is not to be overlooked."""
        return any(self._fields[n].errors for n in self.MORE) or any(
            self._fields[n].data for n in self.OPEN_WITH
        )


class RowList(Several):
    """A list of rows with an empty one at its end and a button for another."""

    def __init__(self, row: type[Row], label: str, *, add: str, one: str, **bound: Any) -> None:
        super().__init__(FormField(row), label, max_entries=MOST_ROWS, **bound)
        self.add, self.one = add, one

    def kept(self) -> list[Any]:
        """The rows that count, in order."""
        return [entry.form for entry in self.entries if entry.form.counts]


@dataclass(frozen=True)
class Group:
    """Fields that stand together under a heading."""

    title: str
    fields: tuple[str, ...]
    help: str = ""


class ChangeForm(Form):
    """What goes with every change of a rulebook: the version it was opened at, why, and what people are told."""

    base = HiddenField()
    reason = Line("Lý do thay đổi", [Optional(), Length(max=1000)], description=NEEDED)
    document_number = Line("Số văn bản", [Optional(), Length(max=120)])
    notice = Line(
        "Thông báo trên trang cuộc thi", [Optional(), Length(max=LONGEST_NOTICE)], description=NEEDED
    )

    def refuse_change(self, error: UserError) -> None:
        """Show why a change was not kept; a missing notice is begun with the sentence made for it."""
        if not isinstance(error, WordsMissing):
            self.add_error(error)
            return
        for field, sentence in error.missing.items():
            self.add_error(UserError(sentence, field=field))
        self.notice.data = self.notice.data or error.proposal


class SectionForm(ChangeForm):
    """What every section carries, and the buttons that only move rows."""

    title = ""
    groups: tuple[Group, ...] = ()
    places: Places = {}
    add = HiddenField()
    up = HiddenField()

    @classmethod
    def values(cls, data: Data, key: str = "") -> Data:
        """What the form shows for this rulebook; `key` says which round."""
        raise AssertionError("a section says what it shows")

    def write(self, data: Data, key: str = "") -> None:
        """Put what was typed into the data."""
        raise AssertionError("a section says what it writes")

    def offer(self, data: Data) -> None:
        """Fill choices that depend on the data."""

    def refuse(self, problems: list[Problem], within: str = "") -> None:
        """Show what the check found beside the fields it is about; `within` is the part this form is about."""
        for problem in problems:
            field = self._field_at(problem.place.removeprefix(f"{within}."))
            if field is None:
                self.form_errors.append(problem.message)
            else:
                field.errors = [*field.errors, problem.message]

    def _field_at(self, place: str) -> Any:
        steps = re.findall(r"(\w+)(?:\[(\d+)\])?", place)
        names = [name for name, _ in steps]
        for length in range(len(names), 0, -1):
            path = ".".join(names[:length])
            if path not in self.places:
                continue
            rows, name = self.places[path]
            if not rows:
                return self._fields[name]
            at = next((int(number) - 1 for _, number in steps if number), None)
            kept = self._fields[rows].kept()  # type: ignore[attr-defined]
            return kept[at]._fields[name] if at is not None and at < len(kept) else None
        return None
