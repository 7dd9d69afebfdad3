"""Contests made, copied, moved from state to state, and their signed rules, as an organizer does it without scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import end_of_day, today, utcnow
from contest.domain.contests import ContestState
from contest.domain.rulebook import dump_rulebook, parse_rulebook
from contest.models import Contest, db
from contest.models.database import writing
from contest.services.accounts.members import list_members
from contest.services.contests.reading import get_contest, rulebook_of
from tests.browsing import forms_of, send, token_of, words_of
from tests.cast import Stage, make_stage
from tests.web.test_access import sign_in

RULES = "/contests/thu/rulebook"
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
%%EOF"""


@pytest.fixture
def stage(app: Flask) -> Stage:
    with app.app_context(), writing():
        return make_stage(app, utcnow())


@pytest.fixture
def organizer(app: Flask, stage: Stage) -> FlaskClient:
    return sign_in(app, "organizer")


def slugs(app: Flask) -> list[str]:
    with app.app_context():
        return [c.slug for c in db.session.query(Contest).order_by(Contest.id)]


def rules(app: Flask, slug: str):
    with app.app_context():
        found = get_contest(slug)
        assert found is not None
        return rulebook_of(found)


def press(client: FlaskClient, action: str, **values: str):
    """The button of the rules' page that posts to this address."""
    page = client.get(RULES)
    found = [f for f, _ in forms_of(page) if f.get("action") == f"/contests/thu/{action}"]
    assert found, f"no button for {action}"
    return client.post(found[0]["action"], data={"csrf_token": token_of(client, RULES), **values})


def state(app: Flask) -> str:
    with app.app_context():
        found = get_contest("thu")
        assert found is not None
        return found.state


# --- made


def typed(stage: Stage, **more: object) -> dict[str, object]:
    day = today(stage.now)
    return {
        "submitted_from": f"{day:%d/%m/%Y}", "submitted_to": f"{day + timedelta(days=60):%d/%m/%Y}", "slug": "moi", **more,
    }  # fmt: skip


def test_without_its_days_of_publishing_the_window_moves_with_the_deadline(
    app: Flask, stage: Stage, organizer: FlaskClient
) -> None:
    old = rules(app, "thu").windows
    assert send(organizer, "/contests/new", source="contest:thu", **typed(stage)).status_code == 303
    new = rules(app, "moi")
    moved = new.windows.submitted.to - old.submitted.to
    assert moved == timedelta(days=50)
    assert new.windows.published.to == old.published.to + moved
    assert new.contest.basis == "" and rules(app, "thu").contest.basis


def test_days_in_the_wrong_order_are_told_beside_their_field(stage: Stage, organizer: FlaskClient) -> None:
    backwards = typed(
        stage, submitted_to=f"{today(stage.now) - timedelta(days=3):%d/%m/%Y}", source="shipped"
    )
    answer = send(organizer, "/contests/new", **backwards)
    assert answer.status_code == 422
    assert 'aria-describedby="submitted_to-error"' in answer.text and "windows" not in words_of(answer)


@pytest.mark.parametrize(
    ("given", "lacking"), [("published_from", "published_to"), ("published_to", "published_from")]
)
def test_one_of_the_two_days_alone_is_asked_about(
    app: Flask, stage: Stage, organizer: FlaskClient, given: str, lacking: str
) -> None:
    answer = send(organizer, "/contests/new", **typed(stage, **{given: "01/02/2026"}))
    assert answer.status_code == 422
    beside = re.search(rf'id="{lacking}-error">(.*?)</div>', answer.text, re.S)
    assert beside and "cả hai ngày" in beside[1]
    assert dict(forms_of(answer)[0][1])[given] == "01/02/2026"
    assert slugs(app) == ["thu"]


def test_from_a_pasted_file(app: Flask, stage: Stage, organizer: FlaskClient) -> None:
    text = dump_rulebook(rules(app, "thu")).replace("Dân vận khéo", "Mùa vàng")
    sent = send(organizer, "/contests/new", source="toml", toml=text, **typed(stage, name="Giải Mùa vàng"))
    assert sent.status_code == 303
    assert rules(app, "moi").contest.name == "Giải Mùa vàng"
    assert "Mùa vàng" in rules(app, "moi").contest.series


def test_nobody_is_made_an_organizer_unasked(app: Flask, stage: Stage, organizer: FlaskClient) -> None:
    for address in ("stranger@kheo.example", "khong-ai@kheo.example"):
        answer = send(organizer, "/contests/new", **typed(stage, organizer=address))
        assert answer.status_code == 422 and "trường lạ" in words_of(answer), "known and unknown get the same"
    assert slugs(app) == ["thu"]
    assert "mời người khác ở trang Thành viên" in words_of(organizer.get("/contests/new"))
    assert send(organizer, "/contests/new", **typed(stage)).status_code == 303
    with app.app_context():
        made = get_contest("moi")
        assert made is not None
        assert [m.account.email for m in list_members(made.id)] == ["organizer@kheo.example"]


# --- copied, exported, imported


def test_copied_to_next_year_once_however_often_it_is_clicked(app: Flask, organizer: FlaskClient) -> None:
    first, second = press(organizer, "copy"), press(organizer, "copy")
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert len(slugs(app)) == 2
    old, new = rules(app, "thu"), rules(app, slugs(app)[1])
    assert new.windows.submitted.to.year == old.windows.submitted.to.year + 1
    assert new.contest.basis == ""
    assert organizer.get(first.headers["Location"]).status_code == 200
    assert app.test_client().get(f"/c/{slugs(app)[1]}").status_code == 404, "a draft is nobody's yet"


def test_an_exported_file_is_imported_as_it_is(app: Flask, organizer: FlaskClient) -> None:
    file = organizer.get(f"{RULES}.toml")
    assert file.mimetype == "application/toml" and "the-le-thu.toml" in file.headers["Content-Disposition"]
    assert parse_rulebook(file.text) == rules(app, "thu")
    same = send(organizer, "/contests/thu/rulebook-import", toml=file.text)
    assert same.status_code == 303 and "Không có gì thay đổi" in words_of(organizer.get(RULES))
    wrong = file.text.replace("format = 1", 'format = 1\nla = "?"')
    answer = send(organizer, "/contests/thu/rulebook-import", toml=wrong)
    assert answer.status_code == 422 and "Không có khóa tên như vậy" in answer.text
    assert 'la = "?"' in dict(forms_of(answer)[0][1])["toml"].replace("&quot;", '"')


def test_earlier_versions_are_read_and_exported(app: Flask, stage: Stage, organizer: FlaskClient) -> None:
    days = rules(app, "thu").windows.supplement_days
    words = {"reason": "Bão số 9", "notice": "Thêm ngày bổ sung.", "document_number": "7-TB/BTC"}
    assert send(organizer, f"{RULES}/dates", supplement_days="17", **words).status_code == 303
    for number in (1, 2):
        assert f'href="/contests/thu/versions/{number}"' in organizer.get(RULES).text
    first, second = (words_of(organizer.get(f"/contests/thu/versions/{n}")) for n in (1, 2))
    assert f"bổ sung trong {days} ngày" in first and "bổ sung trong 17 ngày" not in first
    assert "bổ sung trong 17 ngày" in second and "Bão số 9" in second and "7-TB/BTC" in second
    assert "Đây là bản đang dùng" in second and "Đây là bản đang dùng" not in first
    file = organizer.get("/contests/thu/versions/1/rulebook.toml")
    assert parse_rulebook(file.text).windows.supplement_days == days
    assert "the-le-thu-ban-1.toml" in file.headers["Content-Disposition"]
    for path in ("/contests/thu/versions/3", "/contests/thu/versions/3/rulebook.toml"):
        assert organizer.get(path).status_code == 404


# --- from state to state


def test_closed_and_opened_again_with_a_reason(
    app: Flask, client: FlaskClient, organizer: FlaskClient
) -> None:
    press(organizer, "close", reason="")
    assert state(app) == ContestState.OPEN.value
    press(organizer, "close", reason="Đủ tác phẩm")
    assert state(app) == ContestState.CLOSED.value
    assert "Gửi tác phẩm" not in client.get("/c/thu").text
    press(organizer, "reopen", reason="Còn ngày")
    assert state(app) == ContestState.OPEN.value
    assert "Gửi tác phẩm" in client.get("/c/thu").text
    log = words_of(organizer.get("/contests/thu/log"))
    assert "Đủ tác phẩm" in log and "Còn ngày" in log


def test_put_away_only_after_the_results(app: Flask, stage: Stage, organizer: FlaskClient) -> None:
    refused = organizer.post("/contests/thu/archive", data={"csrf_token": token_of(organizer, RULES)})
    assert refused.status_code == 409 and state(app) == ContestState.OPEN.value
    assert "Không thể lưu trữ" in words_of(refused)
    with app.app_context(), writing():
        stage.reload().contest.state = ContestState.PUBLISHED.value
        db.session.commit()
    press(organizer, "archive")
    assert state(app) == ContestState.ARCHIVED.value
    assert app.test_client().get("/c/thu").status_code == 200, "its pages stay"


# --- the signed rules, and how long there is time


def test_the_signed_rules_are_what_everybody_reads(
    app: Flask, client: FlaskClient, organizer: FlaskClient
) -> None:
    assert client.get("/c/thu/rules.pdf").status_code == 404
    assert "Đọc bản tóm tắt thể lệ" in words_of(client.get("/c/thu"))
    data = {"csrf_token": token_of(organizer, RULES), "file": (BytesIO(PDF), "the-le.pdf")}
    assert organizer.post("/contests/thu/rules-file", data=data).status_code == 303
    answer = client.get("/c/thu/rules.pdf")
    assert answer.mimetype == "application/pdf" and answer.data == PDF
    assert "Đọc Thể lệ (PDF, 1 trang)" in words_of(client.get("/c/thu"))
    assert organizer.get("/contests/thu/rules-file").data == PDF
    data = {"csrf_token": token_of(organizer, RULES), "file": (BytesIO(b"words"), "the-le.pdf")}
    organizer.post("/contests/thu/rules-file", data=data)
    assert client.get("/c/thu/rules.pdf").data == PDF, "a file that is no PDF changes nothing"


def test_the_front_page_counts_down_to_the_last_moment(app: Flask, client: FlaskClient, stage: Stage) -> None:
    page = client.get("/c/thu")
    until = re.search(r'data-behaviour="countdown" data-until="([^"]+)"', page.text)
    closes = end_of_day(rules(app, "thu").windows.submitted.to)
    assert until and until[1].startswith(closes.isoformat()[:16])
    assert "còn 10 ngày" in words_of(page)
