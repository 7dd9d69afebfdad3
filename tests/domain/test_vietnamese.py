"""The language's rules."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.clock import start_of_day
from contest.domain.errors import UserError
from contest.domain.vietnamese import (
    fold,
    format_decimal,
    format_last_day,
    format_money,
    name_sort_key,
    nfc,
    number_in_words,
    official_date,
    parse_date,
    parse_datetime,
    parse_decimal,
    parse_int,
)


def test_an_end_is_said_as_the_last_day() -> None:
    assert format_last_day(start_of_day(date(2026, 12, 1))) == "hết ngày 30/11/2026"
    assert format_last_day(start_of_day(date(2026, 12, 1)) + timedelta(hours=16)) == "hết ngày 01/12/2026"


def test_search_form_has_no_diacritics() -> None:
    assert fold("hòa") == fold("hoà") == "hoa"
    assert fold("Đăk  Rơ Wa") == fold("Đắk Rơ Wa") == "dak ro wa"
    assert fold("Sơn Hạ") == fold("Sơn Hà") == "son ha"


def test_names_sort_by_given_name_then_tone() -> None:
    names = [
        "Trần Văn Đạt",
        "Lê Thị Dung",
        "Nguyễn Văn Bà",
        "Nguyễn Văn Bạ",
        "Nguyễn Văn Ba",
        "Phạm Ân",
        "Phạm An",
    ]
    assert sorted(names, key=name_sort_key) == [
        "Phạm An", "Phạm Ân", "Nguyễn Văn Ba", "Nguyễn Văn Bà", "Nguyễn Văn Bạ", "Lê Thị Dung", "Trần Văn Đạt",
    ]  # fmt: skip


@given(st.text(max_size=40))
def test_nfc_and_fold_are_stable(text: str) -> None:
    assert unicodedata.is_normalized("NFC", nfc(text)) or nfc(nfc(text)) == nfc(text)
    assert fold(fold(text)) == fold(text)


def test_invisible_controls_go() -> None:
    assert nfc("Nguy\u202eễn\u200b") == "Nguyễn"
    assert nfc("Trần\u061c V\u00adăn\U000e0041\ufffe An") == "Trần Văn An"


@pytest.mark.parametrize(("typed", "value"), [("8,5", "8.5"), ("8.5", "8.5"), (" 30 ", "30"), ("0", "0")])
def test_numbers_are_read(typed: str, value: str) -> None:
    assert parse_decimal(typed) == D(value)


@pytest.mark.parametrize("typed", ["NaN", "sNaN", "Infinity", "1e1", "8,5,3", "", "tám", "1.234,5", "٣"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(UserError):
        parse_decimal(typed)


@pytest.mark.parametrize("typed", ["24/11/2026", "24-11-2026", "24.11.2026", "2026-11-24", " 24/11/2026 "])
def test_days_are_read_as_people_and_programs_write_them(typed: str) -> None:
    assert parse_date(typed) == date(2026, 11, 24)
    assert parse_date("4/9/2026") == date(2026, 9, 4)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("31/02/2026", "Không có ngày 31/02/2026"), ("11/24/2026", "Không có ngày"), ("24/11/26", "chưa phải là một ngày"),
     ("²4/11/2026", "chưa phải"), ("24/11/9999", "Năm 9999"), ("mai", "24/11/2026")],
)  # fmt: skip
def test_what_is_no_day_is_refused_with_what_to_write(typed: str, said: str) -> None:
    with pytest.raises(UserError, match=re.escape(said)):
        parse_date(typed)


@pytest.mark.parametrize(
    "typed", ["08:00 24/11/2026", "24/11/2026 8h00", "8h 24/11/2026", "2026-11-24T08:00"]
)
def test_an_hour_of_a_day_is_vietnams(typed: str) -> None:
    assert parse_datetime(typed).isoformat() == "2026-11-24T08:00:00+07:00"


@pytest.mark.parametrize(
    "typed", ["24/11/2026", "08:00", "25:00 24/11/2026", "08:00 31/02/2026", "8 24/11/2026"]
)
def test_half_an_hour_of_a_day_is_refused(typed: str) -> None:
    with pytest.raises(UserError):
        parse_datetime(typed)


def test_whole_numbers_are_the_digits_of_ours() -> None:
    assert [parse_int(t) for t in ("3", "12.500", "12 500", "10.000.000", "-3")] == [
        3,
        12500,
        12500,
        10_000_000,
        -3,
    ]
    for typed in ("²", "٣", "1.5", "12.50", "1e3", "9" * 40, "ba"):
        with pytest.raises(UserError):
            parse_int(typed)


def test_figures_for_people() -> None:
    assert format_decimal(D("1234.50")) == "1.234,5"
    assert format_decimal(D("7.835"), 2) == "7,84"
    assert format_money(10_000_000) == "10.000.000 đồng"
    assert official_date(date(2026, 9, 5)) == "05/9/2026"
    assert official_date(date(2026, 2, 15)) == "15/02/2026"
    assert number_in_words(D("85.5")) == "tám mươi lăm phẩy năm"
    assert number_in_words(D("101")) == "một trăm linh một"
    assert number_in_words(D("24")) == "hai mươi tư"
    assert number_in_words(D("0")) == "không"
