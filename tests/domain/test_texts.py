"""Printed lines become paragraphs; headings stay by themselves."""

from __future__ import annotations

import unicodedata

from contest.domain.texts import clean_text, join_lines


def test_lines_of_a_page_become_paragraphs_and_headings_stay() -> None:
    page = (
        "Tiếng chiêng lạc nhịp\r\n"
        "Sáng sớm, sương còn phủ kín khu tái định cư, già Sốt\r\n"
        "đã mang chiếc chiêng ba ra hiên lau bằng nắm lá chuối.\r\n"
        "\r\n"
        "Sau trận sạt lở, bốn mươi hai hộ dời xuống đây.\r\n"
    )
    assert join_lines(page).split("\n") == [
        "Tiếng chiêng lạc nhịp",
        "Sáng sớm, sương còn phủ kín khu tái định cư, già Sốt đã mang chiếc chiêng ba ra hiên lau bằng nắm lá chuối.",
        "Sau trận sạt lở, bốn mươi hai hộ dời xuống đây.",
    ]


def test_text_is_composed_and_free_of_what_nobody_sees() -> None:
    assert clean_text(unicodedata.normalize("NFD", "Đắk\u00ad Glei\x00 ") + "\n\n\t") == "Đắk Glei"
