"""The language's rules."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.domain.errors import UserError
from contest.domain.vietnamese import (
    fold,
    format_decimal,
    format_money,
    name_sort_key,
    nfc,
    number_in_words,
    official_date,
    parse_decimal,
)


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


@pytest.mark.parametrize(("typed", "value"), [("8,5", "8.5"), ("8.5", "8.5"), (" 30 ", "30"), ("0", "0")])
def test_numbers_are_read(typed: str, value: str) -> None:
    assert parse_decimal(typed) == D(value)


@pytest.mark.parametrize("typed", ["NaN", "sNaN", "Infinity", "1e1", "8,5,3", "", "tám", "1.234,5", "٣"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(UserError):
        parse_decimal(typed)


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
