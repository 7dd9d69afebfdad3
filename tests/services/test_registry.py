"""Finding units as of a day, without diacritics."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest.clock import utcnow
from contest.domain.succession import parse_units
from contest.models import OrgUnit, OrgUnitSuccession, db
from contest.services import registry

TODAY = date(2026, 8, 20)


@pytest.fixture
def units(context: Flask) -> None:
    registry.load_shipped_units(now=utcnow())


def test_all_units_and_agencies_load_once(units: None) -> None:
    count = db.session.scalar(select(func.count(OrgUnit.id)).where(OrgUnit.kind != "press_agency"))
    assert count == 585
    assert registry.load_shipped_units(now=utcnow()) == 0


def test_son_ha_offers_son_ha_and_son_ha_with_the_other_tone(units: None) -> None:
    names = [u.name for u in registry.search_units("son ha", on=TODAY)]
    assert "Xã Sơn Hà" in names
    assert "Xã Sơn Hạ" in names
    assert registry.search_units("Sơn Hạ", on=TODAY)[0].name == "Xã Sơn Hạ"


def test_spellings_are_one(units: None) -> None:
    assert [u.id for u in registry.search_units("Đăk", on=TODAY)] == [
        u.id for u in registry.search_units("Đắk", on=TODAY)
    ]
    assert registry.search_units("hòa", on=TODAY)


def test_names_follow_the_day(units: None) -> None:
    before = {u.name for u in registry.search_units("kon tum", on=date(2025, 6, 30), limit=50)}
    after = {u.name for u in registry.search_units("kon tum", on=date(2025, 7, 1), limit=50)}
    assert "Tỉnh Kon Tum" in before
    assert "Tỉnh Kon Tum" not in after
    agency = registry.search_units("bao quang ngai", on=date(2025, 5, 1), agencies=True)[0]
    later = registry.search_units("bao quang ngai", on=TODAY, agencies=True)[0]
    assert agency.name == later.name == "Báo Quảng Ngãi"
    assert agency.id != later.id


def test_wildcards_are_letters(units: None) -> None:
    assert registry.search_units("%", on=TODAY) == []
    assert registry.search_units("_", on=TODAY) == []


def unit(code: str) -> OrgUnit:
    return db.session.scalars(select(OrgUnit).where(OrgUnit.code == code)).one()


def test_every_loaded_unit_has_the_parent_and_the_successors_of_its_row(units: None) -> None:
    """All of them, from the file itself: what it names is in the tables, and nothing else is."""
    rows = parse_units((registry.DATA / "units-quang-ngai.csv").read_text("utf-8"))
    codes = {u.id: u.code for u in db.session.scalars(select(OrgUnit))}
    parents = {u.code: codes.get(u.parent_id or 0, "") for u in db.session.scalars(select(OrgUnit))}
    assert {r.code: parents[r.code] for r in rows} == {r.code: r.parent_code for r in rows}
    loaded = {
        (codes[s.unit_id], codes[s.successor_id]) for s in db.session.scalars(select(OrgUnitSuccession))
    }
    assert loaded == {(r.code, successor) for r in rows for successor in r.successors}
    assert len(loaded) > 300


def test_two_provinces_became_one(units: None) -> None:
    province = unit("T51-2025")
    assert [u.name for u in registry.list_predecessors(province.id)] == ["Tỉnh Kon Tum", "Tỉnh Quảng Ngãi"]
    assert [u.id for u in registry.list_successors(unit("T62").id)] == [province.id]
    communes = select(OrgUnit.kind, func.count(OrgUnit.id)).where(OrgUnit.parent_id == province.id)
    kinds = dict(db.session.execute(communes.group_by(OrgUnit.kind)).all())
    assert (kinds["xa"], kinds["phuong"], kinds["dac_khu"]) == (86, 9, 1), "NQ 202/2025/QH15"


def test_a_district_went_into_the_communes_of_its_area(units: None) -> None:
    district = unit("H529")
    after = registry.list_successors(district.id)
    assert [u.name for u in after] == sorted(u.name for u in after) and len(after) == 5
    assert all(u.parent_id == unit("T51-2025").id for u in after)
    assert district in registry.list_predecessors(after[0].id)
    assert registry.exists_on(district, date(2025, 6, 30)) and not registry.exists_on(
        district, date(2025, 7, 1)
    )
