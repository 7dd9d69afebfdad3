"""The board says that a place has become free, and the organizer decides there what becomes of it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import utcnow
from contest.models.database import writing
from tests.browsing import forms_of, send, words_of
from tests.services.test_places import RULES
from tests.services.test_prize_conditions import finals
from tests.services.test_results import tied_finals
from tests.web.test_access import sign_in

BOARD = "/contests/thu/results"
PREVIEW = "/contests/thu/publication"


@pytest.fixture
def organizer(app: Flask) -> FlaskClient:
    """The desk after the first of six works has been moved to the prize of the whole contest."""
    with app.app_context(), writing():
        finals(app, utcnow(), works={}, count=6, **RULES)
    client = sign_in(app, "organizer")
    first = re.search(r'value="(\d+)">Báo in: 1\.', client.get(BOARD).text)[1]
    moved = {"kind": "move", "entry": first, "slot": "|Giải Đặc biệt", "reason": "Tác phẩm xuất sắc nhất"}
    assert post(client, "/adjust", **moved).status_code == 303
    return client


def post(client: FlaskClient, end: str, **typed: str):
    found = [form.get("action", "") for form, _ in forms_of(client.get(BOARD))]
    return send(client, BOARD, form=next(i for i, a in enumerate(found) if a.endswith(end)), **typed)


def test_the_board_says_which_place_is_free_and_who_would_move_up(organizer: FlaskClient) -> None:
    shown = words_of(organizer.get(BOARD))
    assert "Chỗ trống ở Báo in, Giải Nhất" in shown and "Còn 1 chỗ trống chờ quyết định" in shown
    assert "được chuyển vào Giải Đặc biệt nên chỗ này chưa có ai" in shown
    assert "Tác phẩm 02: Giải Nhất (đang là Giải Nhì)" in shown
    assert "Tác phẩm 06: Giải Ba (chưa có giải)" in shown
    assert "còn trống 1 trong 1, 1 chỗ chờ quyết định" in shown
    assert "Còn 1 chỗ trống chưa quyết định" in organizer.get(PREVIEW).text
    assert "Quyết định 1 chỗ trống" in organizer.get("/contests/thu/desk").text


def test_the_next_works_move_up_by_decision_and_back_when_it_is_undone(organizer: FlaskClient) -> None:
    done = post(organizer, "/places", answer="move_up", reason="Giữ đủ cơ cấu giải")
    assert done.status_code == 303
    shown = words_of(organizer.get(BOARD))
    sentence = "Chỗ của “Tác phẩm 01” ở Báo in, Giải Nhất: các tác phẩm sau được xét lên"
    assert sentence in shown and "Chỗ trống ở" not in shown
    assert f"{sentence}. <b>Lý do:</b> Giữ đủ cơ cấu giải" in words_of(organizer.get(PREVIEW))
    assert f"{sentence}. Lý do: Giữ đủ cơ cấu giải" in words_of(
        organizer.get("/contests/thu/documents/prizes")
    )
    assert "xét các tác phẩm sau lên chỗ trống" in organizer.get("/contests/thu/log").text
    undo = [f["action"] for f, _ in forms_of(organizer.get(BOARD)) if f.get("action", "").endswith("/undo")]
    assert post(organizer, undo[-1]).status_code == 303
    assert "Chỗ trống ở Báo in, Giải Nhất" in words_of(organizer.get(BOARD))


def test_a_place_left_empty_is_marked_as_decided(organizer: FlaskClient) -> None:
    assert post(organizer, "/places", answer="keep_free", reason="Chưa xứng tầm").status_code == 303
    assert "còn trống 1 trong 1, 1 chỗ theo quyết định" in words_of(organizer.get(BOARD))
    assert "chưa quyết định" not in organizer.get(PREVIEW).text


def test_a_refused_decision_comes_back_as_it_was_typed(organizer: FlaskClient) -> None:
    refused = post(organizer, "/places", answer="", reason="Giữ đủ cơ cấu giải")
    assert refused.status_code == 422
    assert "Hãy chọn một cách." in refused.text and "Giữ đủ cơ cấu giải</textarea>" in refused.text
    refused = post(organizer, "/places", answer="move_up", reason=" ")
    assert refused.status_code == 422
    assert re.search(r'value="move_up"\s+checked', refused.text)


def test_who_only_watches_reads_that_the_place_is_free(app: Flask, organizer: FlaskClient) -> None:
    page = sign_in(app, "secretary").get(BOARD)
    assert "Chỗ trống ở Báo in, Giải Nhất" in words_of(page) and "/results/places" not in page.text


def test_a_tied_work_that_already_has_another_prize_is_marked(app: Flask) -> None:
    with app.app_context(), writing():
        tied_finals(app, utcnow(), ["chair"])
    client = sign_in(app, "organizer")
    page = client.get(BOARD).text
    tied = re.search(r'name="entries"\s+value="(\d+)"', page)[1]
    assert "chờ xét lên" not in page
    moved = {"kind": "move", "entry": tied, "slot": "radio|Giải Nhì", "reason": "Thể loại phát thanh"}
    assert post(client, "/adjust", **moved).status_code == 303
    assert words_of(client.get(BOARD)).count("Đã chuyển sang Giải Nhì theo quyết định") == 1
