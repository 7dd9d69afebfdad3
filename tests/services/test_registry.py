"""Finding units as of a day, without diacritics."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from contest.clock import utcnow
from contest.services import registry

TODAY = date(2026, 8, 20)


@pytest.fixture
def units(context: Flask) -> None:
    registry.load_shipped_units(now=utcnow())


def test_all_units_and_agencies_load_once(units: None) -> None:
    from sqlalchemy import func, select

    from contest.models import OrgUnit, db

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
