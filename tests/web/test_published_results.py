"""The public page of results: which winners stand where, what is said beside them, and the lists to take away."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from contest.clock import utcnow
from contest.domain.vietnamese import fold
from contest.models import Entry, OrgUnit, db
from contest.models.database import writing
from contest.services.results import places, prizes, publishing
from tests.browsing import forms_of, send, words_of
from tests.cast import Stage
from tests.finals import QUOTA
from tests.services.test_prize_conditions import CONDITIONAL, finals
from tests.services.test_publishing import publish
from tests.web.test_access import sign_in

SPECIAL = [{"tier": "Giải Đặc biệt", "per": "overall", "quota": {"at_most": 9}, "value_vnd": 20_000_000}]


def change(stage: Stage, **values: Any) -> None:
    known = {
        "category_key": "",
        "reason": "Hội đồng thống nhất",
        "actor": stage.actor("organizer"),
        "now": stage.now,
    }
    prizes.adjust_prizes(stage.contest, **known | values)


@pytest.fixture
def special(app: Flask) -> Stage:
    """Five works at the top of the contest, above all categories; two more without a prize."""
    with app.app_context(), writing():
        stage, ids = finals(app, utcnow(), count=7, works={}, prizes=SPECIAL + QUOTA["prizes"])
        for entry_id in ids[:5]:
            change(stage, kind="move", tier="Giải Đặc biệt", entry_id=entry_id)
            places.decide_place(
                stage.contest, entry_id=entry_id, move_up=False, reason="Dành cho giải của cả cuộc thi",
                actor=stage.actor("organizer"), now=stage.now,
            )  # fmt: skip
        publish(stage)
        return stage


def titles(client: FlaskClient, query: str = "") -> list[str]:
    page = client.get(f"/c/thu/results{query}").text
    return [f"Tác phẩm {n:02}" for n in range(1, 8) if page.count(f"Tác phẩm {n:02}</a>") == 1]


def test_works_with_a_prize_of_the_whole_contest_are_never_lost(special: Stage, client: FlaskClient) -> None:
    everyone = [f"Tác phẩm {n:02}" for n in range(1, 6)]
    assert titles(client) == everyone, "each once, also the fifth that does not fit at the top"
    assert titles(client, "?category=print") == everyone
    assert titles(client, "?category=tv") == []
    assert titles(client, "?q=tac pham 01") == ["Tác phẩm 01"]
    assert 'Báo in <span class="figures quiet">5</span>' in words_of(client.get("/c/thu/results"))


@pytest.fixture
def extra(app: Flask) -> Stage:
    """A prize beyond the structure with a value of its own, and a collective prize beyond its condition."""
    with app.app_context(), writing():
        rules = {"prizes": CONDITIONAL}
        return finals(app, utcnow(), works={"agency_name": "Báo Quảng Ngãi"}, **rules)[0]


def rows_of(client: FlaskClient) -> list[tuple[Any, ...]]:
    book = load_workbook(BytesIO(client.get("/contests/thu/publication/winners.xlsx").data))
    return list(book.active.iter_rows(values_only=True))


def test_the_value_typed_for_an_extra_prize_reaches_the_winners(app: Flask, extra: Stage) -> None:
    organizer = sign_in(app, "organizer")
    board = "/contests/thu/results"
    at = next(i for i, (f, _) in enumerate(forms_of(organizer.get(board))) if f["action"].endswith("/adjust"))
    third = dict(offered(organizer.get(board).text))["Tác phẩm 03"]
    typed = {
        "kind": "extra",
        "entry": third,
        "slot": "print|Giải Ba",
        "tier": "Giải triển vọng",
        "reason": "Tác giả trẻ",
    }
    assert send(organizer, board, form=at, value_vnd="3.000.000", **typed).status_code == 303
    assert "Tác giả trẻ (ngoài cơ cấu, 3.000.000 đồng)" in words_of(organizer.get(board))
    with app.app_context(), writing():
        publish(extra.reload())
    found = {row[8]: (row[6], row[11]) for row in rows_of(organizer)[1:]}
    assert found["Tác phẩm 03"] == ("Giải triển vọng", 3_000_000)
    assert found["Tác phẩm 01"] == ("Giải Nhất", 10_000_000), "others are worth what the rules say"


def offered(page: str) -> list[tuple[str, str]]:
    """(title, value) of the works that the form of changes offers."""
    return [(t, v) for v, t in re.findall(r'<option value="(\d+)">[^<]*\. (Tác phẩm \d+)</option>', page)]


def test_a_collective_prize_beyond_its_condition_is_marked_wherever_winners_are_listed(
    app: Flask, extra: Stage, client: FlaskClient
) -> None:
    with app.app_context(), writing():
        extra.reload()
        change(extra, kind="collective", tier="Giải Tập thể", recipient="Báo Quảng Ngãi")
        change(extra, kind="collective", tier="Giải Tập thể", recipient="Đài huyện Trà Bồng", is_beyond=True)
        publish(extra)
    page = words_of(client.get("/c/thu/results?category=collective"))
    assert page.count("(ngoài điều kiện)") == 1
    assert '<b>Đài huyện Trà Bồng</b> <p class="quiet"> Giải Tập thể (ngoài điều kiện)' in page
    paper = pypdfium2.PdfDocument(client.get("/c/thu/results/1/winners.pdf").data)
    text = " ".join(" ".join(p.get_textpage().get_text_range().split()) for p in paper)
    assert "Giải Tập thể (ngoài điều kiện) Đài huyện Trà Bồng" in text and text.count("ngoài điều kiện") == 1
    rows = rows_of(sign_in(app, "organizer"))
    assert {row[1]: row[13] for row in rows[-2:]} == {
        "Báo Quảng Ngãi": None,
        "Đài huyện Trà Bồng": "ngoài điều kiện",
    }


def test_a_unit_leads_back_to_the_published_works_about_it(
    app: Flask, extra: Stage, client: FlaskClient
) -> None:
    with app.app_context(), writing():
        extra.reload()
        unit, other = (
            OrgUnit(code=fold(name), name=name, fold=fold(name), kind="commune") for name in ("Xã Ba Vinh", "Xã Ba Tơ")
        )  # fmt: skip
        db.session.add_all([unit, other])
        db.session.flush()
        first = db.session.query(Entry).order_by(Entry.id).first()
        for portrayed in first.submitted_version.exemplars:
            portrayed.unit_id, portrayed.unit_name = unit.id, unit.name
        db.session.commit()
        unit_id, other_id = unit.id, other.id
        assert publishing.works_about(unit_id=unit_id, now=extra.now) == []
    assert "Chưa có tác phẩm được công bố" in client.get(f"/units/{unit_id}").text
    with app.app_context(), writing():
        extra.reload()
        publish(extra)
        assert [w.entry_id for w, _ in publishing.works_about(unit_id=unit_id, now=extra.now)] == [1]
    page = words_of(client.get(f"/units/{unit_id}"))
    assert page.count("Tác phẩm 01") == 1 and "Tác phẩm 02" not in page
    address = re.search(r'href="(/c/thu/works/\w+)"', page)[1]
    assert f'href="/units/{unit_id}"' in client.get(address).text, "and the work back to the unit"
    assert "Chưa có tác phẩm được công bố" in client.get(f"/units/{other_id}").text
