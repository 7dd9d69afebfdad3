"""Units over time: reading the shipped lists, who is valid on a day, and how well a name fits what was typed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contest.domain.labels import LabelEnum
from contest.domain.vietnamese import fold, nfc


class UnitKind(LabelEnum):
    """What a unit is."""

    PRESS_LOCAL = "bao_chi", "Cơ quan báo chí của địa phương"
    PRESS = "press_agency", "Cơ quan báo chí khác"
    PROVINCE = "tinh", "Tỉnh"
    CITY = "thanh_pho", "Thành phố"
    DISTRICT = "huyen", "Huyện"
    DISTRICT_TOWN = "thi_xa", "Thị xã"
    COMMUNE = "xa", "Xã"
    WARD = "phuong", "Phường"
    TOWNSHIP = "thi_tran", "Thị trấn"
    SPECIAL_ZONE = "dac_khu", "Đặc khu"
    PARTY_PROVINCE = "cap_uy_tinh", "Cấp ủy tỉnh"
    PARTY_DISTRICT = "cap_uy_huyen", "Cấp ủy huyện"
    PARTY_COMMUNE = "cap_uy_xa", "Cấp ủy xã, phường"
    PARTY_DIRECT = "dang_uy_truc_thuoc", "Đảng ủy trực thuộc"
    PARTY_BOARD = "ban_dang", "Ban Đảng"
    PARTY_CAUCUS = "ban_can_su_dang_doan", "Ban cán sự đảng, đảng đoàn"
    DEPARTMENT = "so_nganh", "Sở, ngành"
    FRONT = "mttq", "Mặt trận Tổ quốc"
    UNION = "doan_the_ctxh", "Tổ chức chính trị - xã hội"
    ASSOCIATION = "hoi_quan_chung", "Hội quần chúng"
    FORCES = "llvt", "Lực lượng vũ trang"
    OTHER = "khac", "Đơn vị khác (thôn, trường học, doanh nghiệp…)"

    @property
    def is_press(self) -> bool:
        """Whether it publishes or broadcasts."""
        return self in (UnitKind.PRESS_LOCAL, UnitKind.PRESS)


@dataclass(frozen=True)
class UnitRow:
    """One row of a shipped list; `valid_to` is the last day, inclusive."""

    code: str
    name: str
    short_name: str
    kind: str
    parent_code: str
    valid_from: date | None
    valid_to: date | None
    successors: tuple[str, ...]
    source: str


def parse_units(text: str) -> list[UnitRow]:
    """The rows of a list of units or agencies; columns a list does not have are empty."""
    return [
        UnitRow(
            code=row["code"],
            name=nfc(row["name"]),
            short_name=nfc(row.get("short_name") or ""),
            kind=row.get("kind") or UnitKind.PRESS.value,
            parent_code=row.get("parent_code") or "",
            valid_from=_day(row.get("valid_from")),
            valid_to=_day(row.get("valid_to")),
            successors=tuple(s for s in (row.get("successor_code") or "").split(";") if s),
            source=row.get("source") or "",
        )
        for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    ]


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def leads_back(unit: int, successors: Iterable[int], pairs: Iterable[tuple[int, int]]) -> bool:
    """Whether a unit would follow itself when `successors` follow it; `pairs` are (unit, successor) of all the others."""
    after: dict[int, set[int]] = {}
    for one, successor in pairs:
        if one != unit:
            after.setdefault(one, set()).add(successor)
    seen: set[int] = set()
    frontier = set(successors)
    while frontier:
        if unit in frontier:
            return True
        seen |= frontier
        frontier = {s for one in frontier for s in after.get(one, ())} - seen
    return False


def search_text(row: UnitRow) -> str:
    """What a unit is found by: full and short name without diacritics, each word at a boundary."""
    names = dict.fromkeys([fold(row.name), fold(row.short_name), fold(row.code)])
    return " | ".join(n for n in names if n)


def rank_match(query: str, name: str, short_name: str) -> tuple[int, int, str]:
    """How well a name fits: smaller is better. Exact, then prefix, then a word's beginning, then anywhere.

    Typed diacritics sharpen the order: for "Sơn Hạ" the unit written so comes before Sơn Hà.
    """
    wanted = fold(query)
    shown = [n for n in (short_name, name) if n]
    best = min((_grade(wanted, fold(n)) for n in shown), default=4)
    spelled = 0 if any(nfc(query).casefold().strip() in n.casefold() for n in shown) else 1
    return best, spelled, fold(name)


def _grade(wanted: str, name: str) -> int:
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    return 2 if f" {wanted}" in name else 3
