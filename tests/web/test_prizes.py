"""The prize page as the organizer uses it: conditions of collective prizes, people with several prizes."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from contest.clock import utcnow
from contest.models.database import writing
from contest.services.judging import watching
from contest.services.results import closing
from tests.browsing import forms_of, send, words_of
from tests.cast import Stage, make_stage
from tests.services.test_prize_conditions import CONDITIONAL, SHARED, finals
from tests.services.test_results import tied_finals
from tests.web.test_access import sign_in

BOARD = "/contests/thu/results"
MARK = "ngoài điều kiện</span>\n"


@pytest.fixture
def stage(app: Flask) -> Stage:
    with app.app_context(), writing():
        works = {"authors": [SHARED], "agency_name": "Báo Quảng Ngãi"}
        rules = {"prizes": CONDITIONAL, "publication__several_prizes_per_person": False}
        return finals(app, utcnow(), works=works, **rules)[0]


@pytest.fixture
def organizer(app: Flask, stage: Stage) -> FlaskClient:
    return sign_in(app, "organizer")


def adjust(client: FlaskClient, **typed: str):
    collective = {"kind": "collective", "slot": "|Giải Tập thể", "reason": "Đóng góp lớn"}
    at = next(
        i for i, (form, _) in enumerate(forms_of(client.get(BOARD))) if form["action"].endswith("/adjust")
    )
    return send(client, BOARD, form=at, **collective | typed)


def test_agencies_that_meet_the_condition_are_offered(organizer: FlaskClient) -> None:
    page = organizer.get(BOARD).text
    assert "Báo Quảng Ngãi: 3 tác phẩm đạt Giải Nhì trở lên" in page
    assert adjust(organizer, agency="Báo Quảng Ngãi").status_code == 303
    assert MARK not in organizer.get(BOARD).text


def test_another_one_is_asked_about_and_then_marked(organizer: FlaskClient) -> None:
    refused = adjust(organizer, recipient="Đài huyện Trà Bồng")
    assert refused.status_code == 422
    assert "thể lệ cần 2" in words_of(refused)
    assert adjust(organizer, recipient="Đài huyện Trà Bồng", is_beyond="y").status_code == 303
    assert MARK in organizer.get(BOARD).text
    assert "(ngoài điều kiện)" in organizer.get("/contests/thu/documents/prizes").text
    assert "Ngoài điều kiện" in organizer.get("/contests/thu/log").text


def test_a_prize_of_the_whole_contest_that_the_rules_do_not_know_stands_on_the_board(
    organizer: FlaskClient,
) -> None:
    first = re.search(r'value="(\d+)">Báo in: 1\.', organizer.get(BOARD).text)[1]
    given = {"kind": "extra", "slot": "", "entry": first, "tier": "Giải bạn đọc", "value_vnd": "5.000.000"}
    assert adjust(organizer, **given, reason="Bạn đọc bầu").status_code == 303
    shown = words_of(organizer.get(BOARD))
    overall = shown.partition("Giải chung")[2].partition("Báo in")[0]
    assert "Giải bạn đọc" in overall and "5.000.000 đồng" in overall and "Bạn đọc bầu" in overall


def test_a_person_with_several_prizes_is_settled_on_the_page(organizer: FlaskClient) -> None:
    assert "Người có nhiều giải" in organizer.get(BOARD).text
    assert "đang có nhiều giải" in organizer.get("/contests/thu/publication").text
    shown = forms_of(organizer.get(BOARD))
    at = next(i for i, (form, _) in enumerate(shown) if form["action"].endswith("/several"))
    assert send(organizer, BOARD, form=at, reason="Hội đồng thống nhất").status_code == 303
    assert "Giữ cả các giải: Hội đồng thống nhất" in words_of(organizer.get(BOARD))
    assert "đang có nhiều giải" not in organizer.get("/contests/thu/publication").text
    refused = post(organizer, BOARD, "/several/undo", reason=" ")
    assert refused.status_code == 422 and "<details open>" in refused.text
    assert post(organizer, BOARD, "/several/undo", reason="Bấm nhầm").status_code == 303
    assert "Giữ cả các giải: Hội đồng thống nhất" not in words_of(organizer.get(BOARD))
    assert "đang có nhiều giải" in organizer.get("/contests/thu/publication").text
    assert "bỏ quyết định giữ nhiều giải" in organizer.get("/contests/thu/log").text


def test_a_correction_starts_with_the_number_of_the_decision_before(app: Flask) -> None:
    with app.app_context(), writing():
        finals(app, utcnow(), works={})
    client, page = sign_in(app, "organizer"), "/contests/thu/publication"

    def publish(**typed: str):
        return send(client, page, form=_form_of(client, page, "/publication"), **typed)

    assert publish(decision="Quyết định số 12-QĐ/BTC").status_code == 303
    kept = 'value="Quyết định số 12-QĐ/BTC"'
    assert kept in client.get(page).text
    refused = publish(decision="Quyết định số 15-QĐ/BTC")
    assert refused.status_code == 422 and 'value="Quyết định số 15-QĐ/BTC"' in refused.text
    assert publish(correction_note="Bổ sung đồng tác giả").status_code == 303
    assert "Quyết định số 12-QĐ/BTC" in client.get("/c/thu/results").text
    assert publish(decision="", correction_note="Không theo quyết định nào").status_code == 303
    assert "12-QĐ/BTC" not in client.get("/c/thu/results").text


def test_the_tables_show_what_the_earlier_round_gave(organizer: FlaskClient) -> None:
    page = organizer.get(BOARD).text
    rounds = sorted(set(re.findall(r"/rounds/(\d+)/table", page)), key=int)
    for path in ("table", "documents/table"):
        first, final = (organizer.get(f"/rounds/{r}/{path}") for r in rounds)
        assert "Kết quả Sơ khảo</th>" not in first.text
        assert "Kết quả Sơ khảo</th>" in final.text
        assert "để tham khảo, không tính vào kết quả" in words_of(final)


@pytest.fixture
def tied(app: Flask) -> Stage:
    """The finals of four works at 95; 90, 90, 90, for one first and two second prizes."""
    with app.app_context(), writing():
        stage, _ = tied_finals(app, utcnow(), ["chair"])
        stage.make_copies()
        return stage


def _form_of(client: FlaskClient, path: str, end: str) -> int:
    found = [form.get("action", "") for form, _ in forms_of(client.get(path))]
    return next(i for i, action in enumerate(found) if action.endswith(end))


def post(client: FlaskClient, path: str, end: str, **typed: object):
    return send(client, path, form=_form_of(client, path, end), **typed)


def settle(client: FlaskClient, path: str, *titles: str):
    page = words_of(client.get(path))
    chosen = [re.search(rf'value="(\d+)"><span><b>{t}</b>', page)[1] for t in titles]
    return post(client, path, "/ties", entries=chosen, reason="Đề tài vùng sâu")


def test_a_tie_decided_by_mistake_is_decided_again_and_its_reason_stands_beside_the_prizes(
    app: Flask, tied: Stage
) -> None:
    organizer, chair = sign_in(app, "organizer"), sign_in(app, "judge0")
    table = re.search(
        r'href="(/rounds/\d+/table)">Bảng tổng hợp điểm</a></span>', words_of(organizer.get(BOARD))
    )[1]
    assert settle(chair, table, "Tác phẩm 02", "Tác phẩm 03").status_code == 303
    shown = words_of(organizer.get(BOARD))
    assert (
        "<b>Báo in, Giải Nhì</b>: Tác phẩm 02; Tác phẩm 03 <br> Đề tài vùng sâu <small>(Giám Khảo A," in shown
    )
    assert "Bằng điểm, theo quyết định: Đề tài vùng sâu" in shown
    assert post(organizer, BOARD, "/undo", reason="Bấm nhầm").status_code == 303
    assert "Quyết định về chỗ bằng điểm" not in organizer.get(BOARD).text
    assert settle(organizer, BOARD, "Tác phẩm 02", "Tác phẩm 04").status_code == 303
    assert "Tác phẩm 02; Tác phẩm 04" in words_of(organizer.get(BOARD))


def test_the_preview_and_the_papers_say_who_changed_or_decided_what_and_why(app: Flask, tied: Stage) -> None:
    organizer = sign_in(app, "organizer")
    settle(organizer, BOARD, "Tác phẩm 02", "Tác phẩm 03")
    fourth = re.search(r'value="(\d+)">Báo in: 2. Tác phẩm 04<', organizer.get(BOARD).text)[1]
    adjust(organizer, kind="move", entry=fourth, slot="print|Giải Ba", reason="Chuyển từ ảnh sang bài")
    preview = words_of(organizer.get("/contests/thu/publication"))
    decided = "Bằng điểm ở Báo in, Giải Nhì: chọn “Tác phẩm 02”, “Tác phẩm 03”"
    moved = "Chuyển “Tác phẩm 04” vào Báo in, Giải Ba"
    assert f"{decided}. <b>Lý do:</b> Đề tài vùng sâu <br><small>Nguyễn Văn Sơn," in preview
    assert f"{moved}. <b>Lý do:</b> Chuyển từ ảnh sang bài <br><small>Nguyễn Văn Sơn," in preview
    proposal = words_of(organizer.get("/contests/thu/documents/prizes"))
    assert f"{decided}. Lý do: Đề tài vùng sâu (Nguyễn Văn Sơn," in proposal
    assert f"{moved}. Lý do: Chuyển từ ảnh sang bài (Nguyễn Văn Sơn," in proposal
    assert proposal.count("<td>Bằng điểm, theo quyết định: Đề tài vùng sâu</td>") == 2
    assert "<td>Chuyển từ ảnh sang bài</td>" in proposal
    final = max(re.findall(r"/rounds/(\d+)/table", organizer.get(BOARD).text), key=int)
    for path in ("table", "documents/table"):
        assert (
            words_of(organizer.get(f"/rounds/{final}/{path}")).count("theo quyết định: Đề tài vùng sâu") == 2
        )
    book = load_workbook(BytesIO(organizer.get(f"/rounds/{final}/table.xlsx").data)).active
    notes = [row[-1] for row in book.iter_rows(min_row=2, values_only=True)]
    assert notes == [None, *["Bằng điểm, theo quyết định: Đề tài vùng sâu"] * 2, None]


def test_what_the_chair_decided_about_differing_judges_stands_in_the_tables(app: Flask) -> None:
    with app.app_context(), writing():
        rules = {"rounds__0__divergence": {"spread": 10, "spread_op": ">"}}
        stage = make_stage(app, utcnow(), **rules)
        [entry] = stage.accepted(1)
        round_, _ = stage.panel()
        stage.open_round(round_)
        stage.judge_all(round_, {entry.id: ["90", "88", "60"]})
        watching.decide_divergence(
            round_, entry, decision="Giữ cả ba phiếu", actor=stage.actor("judge0"), now=stage.now
        )
        closing.close_round(round_, waive_unsigned=False, actor=stage.actor("judge0"), now=stage.now)
        round_id = round_.id
    organizer = sign_in(app, "organizer")
    for path in ("table", "documents/table"):
        assert "Trưởng tiểu ban quyết định: Giữ cả ba phiếu" in words_of(
            organizer.get(f"/rounds/{round_id}/{path}")
        )


def test_values_have_as_many_decimals_as_the_rules_say(app: Flask) -> None:
    with app.app_context(), writing():
        finals(app, utcnow(), works={}, contest__decimals=0)
    organizer = sign_in(app, "organizer")
    assert re.findall(r'deciding" data-label="Điểm">([^<]+)<', organizer.get(BOARD).text) == [
        "95",
        "93",
        "91",
    ]
    proposal = organizer.get("/contests/thu/documents/prizes").text
    assert re.findall(r'<td class="number">([\d,]+)</td>', proposal) == ["95", "93", "91"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "move", "slot": "|Giải Tập thể"}, "Mức giải này dành cho tập thể"),
        ({"kind": "leave_empty", "slot": "|Giải Tập thể"}, "Mức giải này dành cho tập thể"),
        ({"kind": "extra", "slot": "|Giải Tập thể"}, "Mức giải này dành cho tập thể"),
        ({"kind": "collective", "slot": "print|Giải Ba", "recipient": "Báo Quảng Ngãi"}, "chỉ trao ở mức giải dành cho tập thể"),
        ({"kind": "move", "slot": ""}, "Thể lệ không có mức giải này"),
    ],
)  # fmt: skip
def test_a_prize_of_another_kind_is_refused_beside_its_field(
    app: Flask, organizer: FlaskClient, typed: dict[str, str], said: str
) -> None:
    first = re.search(r'value="(\d+)">Báo in: 1\.', organizer.get(BOARD).text)[1]
    entry = {} if typed["kind"] == "collective" else {"entry": first}
    refused = adjust(organizer, reason="Hội đồng", **entry, **typed)
    assert refused.status_code == 422
    assert re.search(rf'<div class="error" id="slot-error">[^<]*{said}', refused.text)
    assert "Thay đổi của Ban Tổ chức" in refused.text and "Bỏ thay đổi" not in refused.text, (
        "nothing was written"
    )
