"""Lists as xlsx. openpyxl lives only here; what people typed can never become a formula."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from contest.clock import local

BOLD = Font(bold=True)
TINTED = PatternFill("solid", fgColor="F4EFE6")
WRAPPED = Alignment(wrap_text=True, vertical="top")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def make_workbook(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[int]
) -> bytes:
    """One sheet with a frozen bold head. Numbers stay numbers, times are shown in Vietnam's."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.append([_head(sheet, text) for text in heads])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(rows) + 1}"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _head(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = BOLD
    cell.fill = TINTED
    cell.alignment = WRAPPED
    return cell


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=_plain(value))
    cell.alignment = WRAPPED
    if isinstance(value, datetime):
        cell.number_format = "hh:mm dd/mm/yyyy"
    elif isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"
    return cell


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return local(value).replace(tzinfo=None)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        shown = "".join(c for c in value if c.isprintable() or c == "\n")
        return f"'{shown}" if shown.startswith(DANGEROUS) else shown
    return value
