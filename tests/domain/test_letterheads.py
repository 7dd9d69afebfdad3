"""Letterheads of papers: who issues, in whose name, where and when; all from the rulebook and the owner of the site."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contest.domain.letterheads import Letterhead, letterhead
from contest.domain.rulebook import check_rulebook, parse_rulebook
from contest.domain.rulebook.writing import as_data

SHIPPED = Path(__file__).resolve().parents[2] / "contest" / "data" / "rulebooks"
DAY = date(2026, 2, 3)


def made(name: str = "quang-ngai", owner: str = "Tỉnh ủy", **changes: Any) -> Letterhead:
    data = as_data(parse_rulebook(SHIPPED.joinpath(f"{name}.toml").read_text("utf-8"))) | changes
    return letterhead(check_rulebook(data), owner=owner, day=DAY)


def test_a_paper_of_the_party_bears_its_name_and_the_organizing_body() -> None:
    found = made()
    assert found.issuer == "Ban Tuyên giáo và Dân vận Tỉnh ủy", "not the body that directs"
    assert found.heading == ("ĐẢNG CỘNG SẢN VIỆT NAM",)
    assert found.place_and_day == "Quảng Ngãi, ngày 03 tháng 02 năm 2026"


def test_a_paper_of_the_state_bears_the_country_s_name_and_motto() -> None:
    assert made("quang-ngai-bao-chi").heading == (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    )


@pytest.mark.parametrize(
    ("changes", "issuer"),
    [
        ({"papers": {"issuer": "Hội Nhà báo tỉnh"}}, "Hội Nhà báo tỉnh"),
        ({"bodies": [{"label": "ĐƠN VỊ TỔ CHỨC", "name": "Báo Quảng Ngãi"}]}, "Báo Quảng Ngãi"),
        ({"bodies": [{"label": "Chỉ đạo", "name": "Thường trực"}]}, "Tỉnh ủy"),
    ],
)
def test_the_issuer_is_the_one_named_else_who_organizes_else_the_owner(
    changes: dict[str, Any], issuer: str
) -> None:
    assert made(**changes).issuer == issuer


def placed(series: str, *bodies: str) -> str:
    """The place of a paper whose rulebook names none, from its other names."""
    contest = {"series": series, "name": "Giải năm 2026"}
    found = made(
        papers={}, contest=contest, contact={}, bodies=[{"label": "Tổ chức", "name": b} for b in bodies]
    )
    return found.place_and_day.partition(", ngày")[0]


@pytest.mark.parametrize(
    ("series", "bodies", "place"),
    [
        ("Giải báo chí tỉnh Quảng Ngãi", ["Hội Nhà báo tỉnh Quảng Ngãi"], "Quảng Ngãi"),
        ("Giải báo chí", ["Ban Thường vụ Tỉnh ủy Quảng Ngãi", "Báo Quảng Ngãi"], "Quảng Ngãi"),
        ("Giải của tỉnh Bà Rịa - Vũng Tàu, Việt Nam", [], "Bà Rịa - Vũng Tàu"),
        ("Giải báo chí thành phố Đà Nẵng năm 2026", [], "Đà Nẵng"),
        ("Giải hai tỉnh", ["Hội Nhà báo tỉnh Quảng Ngãi", "Hội Nhà báo tỉnh Gia Lai"], "……………"),
        ("Giải cấp tỉnh", ["Ban Tuyên giáo và Dân vận Tỉnh ủy"], "……………"),
    ],
)
def test_a_place_that_nobody_named_is_that_of_the_names_or_left_to_fill_in(
    series: str, bodies: list[str], place: str
) -> None:
    assert placed(series, *bodies) == place
