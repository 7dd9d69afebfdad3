"""The secretary links what authors typed, without scripts: what is free text shows, refusals keep what was written."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from contest.clock import utcnow
from contest.models import Exemplar, OrgUnit, db
from contest.models.database import writing
from contest.services import registry
from contest.services.entries import drafting
from tests.browsing import forms_of, send, words_of
from tests.cast import Stage, make_stage
from tests.web.test_access import sign_in

PAPER = "Báo mạng Quê Nhà"
FREE = "chưa có trong danh mục"


@pytest.fixture
def stage(app: Flask) -> Stage:
    with app.app_context(), writing():
        registry.load_shipped_units(now=utcnow())
        return make_stage(app, utcnow())


@pytest.fixture
def dossiers(app: Flask, stage: Stage) -> list[str]:
    """Two dossiers about the same model, sent by the same paper that the list does not know."""
    with app.app_context(), writing():
        stage.reload()
        models = [drafting.ExemplarInput("Tổ hòa giải thôn Lá Xanh", unit_name="Xã Sơn Hạ")]
        return [
            stage.entry(who, title=f"Bài của {who}", agency_name=PAPER, exemplars=models).public_id
            for who in ("author", "coauthor")
        ]


def test_a_dossier_says_what_is_free_text_until_it_is_linked(app: Flask, dossiers: list[str]) -> None:
    secretary, operator = sign_in(app, "secretary"), sign_in(app, "operator")
    dossier, links = f"/dossiers/{dossiers[0]}", f"/dossiers/{dossiers[0]}/links"
    assert FREE in words_of(secretary.get(dossier))
    number = next(
        i for i, (_, fields) in enumerate(forms_of(secretary.get(links))) if ("typed", PAPER) in fields
    )

    refused = send(secretary, links, form=number, name="Báo Quê Nhà")
    assert refused.status_code == 422 and "nhờ người vận hành" in words_of(refused)
    assert 'value="Báo Quê Nhà"' in refused.text, "what was written is still there"

    added = send(operator, "/operate/units", form=0, name="Báo Quê Nhà", kind="press_agency")
    assert added.status_code == 303 and "Báo Quê Nhà" in operator.get(added.headers["Location"]).text
    again = send(operator, "/operate/units", form=0, name="Báo Quê Nhà", kind="press_agency")
    assert again.status_code == 422 and "Danh mục đã có" in words_of(again)

    page = secretary.get(links)
    assert "Nối luôn ở 1 hồ sơ khác" in words_of(page)
    with app.app_context():
        unit = db.session.query(OrgUnit).filter_by(name="Báo Quê Nhà").one()
        other = db.session.execute(
            db.text("SELECT id FROM entries WHERE public_id = :p"), {"p": dossiers[1]}
        ).scalar()
    linked = send(secretary, links, form=number, name=unit.name, unit=str(unit.id), also=str(other))
    assert linked.status_code == 303
    assert "Đã nối ở 2 hồ sơ" in words_of(secretary.get(links))
    for public_id in dossiers:
        assert f'href="/units/{unit.id}"' in secretary.get(f"/dossiers/{public_id}").text


def test_a_missing_model_is_added_by_the_organizer_and_offered_before_a_second_one(
    app: Flask, dossiers: list[str]
) -> None:
    organizer = sign_in(app, "organizer")
    address = f"/dossiers/{dossiers[0]}/links/exemplar/1/new"
    incomplete = send(organizer, address, field="")
    assert incomplete.status_code == 422
    assert send(organizer, address, registered_year="2026").status_code == 303
    with app.app_context():
        model = db.session.query(Exemplar).one()
        assert (model.name, model.unit.name, model.registered_year) == (
            "Tổ hòa giải thôn Lá Xanh",
            "Xã Sơn Hạ",
            2026,
        )

    assert "Trong danh mục có mô hình giống tên" in organizer.get(f"/dossiers/{dossiers[1]}/links").text
    second = f"/dossiers/{dossiers[1]}/links/exemplar/1/new"
    page = organizer.get(second)
    assert "Có phải một trong các mô hình này?" in page.text
    assert send(organizer, second, form=1).status_code == 422, "nobody has said that it is another"
    chosen, fields = forms_of(page)[0]
    assert organizer.post(chosen["action"], data=dict(fields)).status_code == 303
    assert organizer.get(second).status_code == 303, "a linked model is not added again"
    with app.app_context():
        assert db.session.query(Exemplar).count() == 1
    log = words_of(organizer.get("/contests/thu/log"))
    assert "Mô hình: nối với danh mục" in log


def test_one_tick_links_a_model_in_the_other_dossiers_too(app: Flask, dossiers: list[str]) -> None:
    secretary = sign_in(app, "secretary")
    address = f"/dossiers/{dossiers[0]}/links/exemplar/1/new"
    page = secretary.get(address)
    assert "Nối luôn ở 1 hồ sơ khác cũng ghi “Tổ hòa giải thôn Lá Xanh”" in words_of(page)
    other = re.search(r'name="also" value="([0-9 ]+)"', page.text)
    assert other is not None
    assert send(secretary, address, also=other[1]).status_code == 303
    for public_id in dossiers:
        assert "Trong danh mục:" in secretary.get(f"/dossiers/{public_id}/links").text


def test_the_operator_ends_a_unit_and_names_what_followed(app: Flask, stage: Stage) -> None:
    operator = sign_in(app, "operator")
    for name in ("Báo Cũ", "Báo Mới"):
        assert send(operator, "/operate/units", form=0, name=name, kind="press_agency").status_code == 303
    [address] = re.findall(r"/operate/units/[0-9]+/end", operator.get("/operate/units?q=bao+cu").text)
    typed = {"successors-0-name": "Báo Mới", "source": "Quyết định 12"}
    refused = send(operator, address, **typed)
    assert refused.status_code == 422 and "Hãy ghi ngày kết thúc" in refused.text
    assert 'value="Báo Mới"' in refused.text and 'value="Quyết định 12"' in refused.text
    ended = send(operator, address, valid_to="30/06/2026", **typed)
    assert ended.status_code == 303
    page = operator.get(ended.headers["Location"])
    assert "Đã ghi thời gian hoạt động" in page.text and "đến 30/06/2026" in words_of(page)
    kept = dict(forms_of(operator.get(address))[0][1])
    assert (kept["valid_to"], kept["successors-0-name"]) == ("30/06/2026", "Báo Mới")
    picker = "/registry/pick/agencies?q=bao+cu&on="
    assert operator.get(f"{picker}2026-06-30").json and not operator.get(f"{picker}2026-07-01").json
    with app.app_context():
        old = db.session.query(OrgUnit).filter_by(name="Báo Cũ").one()
    public = words_of(operator.get(f"/units/{old.id}"))
    assert "Nay thuộc:" in public and ">Báo Mới</a>" in public and "đến 30/06/2026" in public
