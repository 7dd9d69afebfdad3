"""Đính chính as people use it: the names in a dossier put right, published anew, the earlier publication still readable."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import today, utcnow
from contest.models import Entry, db
from contest.models.database import writing
from contest.services.accounts.persons import find_account
from tests.browsing import Statements, forms_of, send, token_of, words_of
from tests.cast import Stage
from tests.services.test_prize_conditions import finals
from tests.web.test_access import sign_in

PUBLICATION = "/contests/thu/publication"


@pytest.fixture
def stage(app: Flask) -> Stage:
    with app.app_context(), writing():
        return finals(app, utcnow(), works={"agency_name": "Báo Quảng Ngãi"})[0]


@pytest.fixture
def organizer(app: Flask, stage: Stage) -> FlaskClient:
    return sign_in(app, "organizer")


@pytest.fixture
def dossier(app: Flask, stage: Stage) -> str:
    """The address of the dossier of the work with the first prize."""
    with app.app_context():
        return f"/dossiers/{db.session.query(Entry).order_by(Entry.id).first().public_id}"


def publish(client: FlaskClient, **typed: str):
    at = next(
        i for i, (_, fields) in enumerate(forms_of(client.get(PUBLICATION))) if dict(fields).get("expected")
    )
    return send(client, PUBLICATION, form=at, **typed)


def test_a_coauthor_is_added_after_publication_and_the_correction_is_seen_by_everybody(
    app: Flask, organizer: FlaskClient, dossier: str
) -> None:
    assert publish(organizer).status_code == 303
    assert f"{dossier}/correction" in organizer.get(PUBLICATION).text
    assert f"{dossier}/correction" in organizer.get(dossier).text
    empty_row = {"authors-1-legal_name": "Đinh Văn Rế", "authors-1-credit_role": "photo"}
    path = f"{dossier}/correction"
    assert send(organizer, path, **empty_row).status_code == 422, "a reason is needed"
    assert send(organizer, path, reason="Công văn 12 của Báo", **empty_row).status_code == 303
    page = words_of(organizer.get(path))
    assert "bản 2" in page and "Công văn 12 của Báo" in page
    assert "Tác giả: Người Viết A0, viết → Người Viết A0, viết; Đinh Văn Rế, ảnh" in page
    assert "đính chính tên, tác giả" in organizer.get("/contests/thu/log").text

    visitor = app.test_client()
    assert "Đinh Văn Rế" not in visitor.get("/c/thu/results").text, (
        "published results stand until the correction"
    )
    assert publish(organizer, correction_note="Bổ sung đồng tác giả").status_code == 303
    shown = words_of(visitor.get("/c/thu/results"))
    assert "Người Viết A0, Đinh Văn Rế" in shown
    assert "Đính chính" in shown and "Bổ sung đồng tác giả" in shown
    assert 'href="/c/thu/results/1">Xem bản trước</a>' in shown
    earlier = words_of(visitor.get("/c/thu/results/1"))
    assert "Đinh Văn Rế" not in earlier and "Đây là bản công bố cũ" in earlier
    assert "Xem bản trước" not in earlier, "the earlier publication does not lead to itself"


def test_a_correction_may_be_a_note_alone(app: Flask, organizer: FlaskClient, stage: Stage) -> None:
    publish(organizer)
    assert publish(organizer, correction_note="Số quyết định đúng là 13-QĐ/BTC").status_code == 303
    assert "Số quyết định đúng là 13-QĐ/BTC" in app.test_client().get("/c/thu/results").text
    twice = publish(organizer, correction_note="Số quyết định đúng là 13-QĐ/BTC")
    assert twice.status_code == 422 and "đã được công bố" in twice.text


def test_a_publication_that_waits_for_its_hour_is_pointed_out(
    app: Flask, organizer: FlaskClient, dossier: str
) -> None:
    assert "Bản hẹn công bố" not in organizer.get(f"{dossier}/correction").text
    hour = f"08:00 {today(utcnow()) + timedelta(days=2):%d/%m/%Y}"
    assert publish(organizer, publish_at=hour).status_code == 303
    assert "Bản hẹn công bố lúc 08:00 ngày" in words_of(organizer.get(f"{dossier}/correction"))


def test_a_work_taken_out_while_results_wait_for_their_hour_is_pointed_out(
    app: Flask, organizer: FlaskClient, dossier: str
) -> None:
    hour = f"08:00 {today(utcnow()) + timedelta(days=2):%d/%m/%Y}"
    assert publish(organizer, publish_at=hour).status_code == 303
    assert "Kết quả đã đổi từ lúc hẹn" not in organizer.get("/contests/thu/publication").text
    secretary, screening = sign_in(app, "secretary"), dossier.replace("/dossiers/", "/screening/")
    token = token_of(secretary, screening)
    out = secretary.post(f"{screening}/disqualify", data={"csrf_token": token, "reason": "Sao chép"})
    assert out.status_code == 303
    assert "hủy hẹn rồi lập bản mới" in words_of(secretary.get("/contests/thu/desk"))
    assert "Kết quả đã đổi từ lúc hẹn" in organizer.get("/contests/thu/publication").text


def test_a_work_taken_out_after_publication_calls_for_a_correction(
    app: Flask, organizer: FlaskClient, dossier: str
) -> None:
    assert "tác giả đạt giải nhận được thư" in words_of(organizer.get(PUBLICATION))
    assert publish(organizer).status_code == 303
    assert "Không có thư tự gửi" in words_of(organizer.get(PUBLICATION)), "authors are written to once"
    secretary, screening = sign_in(app, "secretary"), dossier.replace("/dossiers/", "/screening/")
    token = token_of(secretary, screening)
    out = secretary.post(f"{screening}/withdraw", data={"csrf_token": token, "reason": "Cơ quan xin rút"})
    assert "hãy báo Ban Tổ chức công bố bản đính chính" in words_of(secretary.get(out.location))
    assert publish(organizer, correction_note="Rút một giải").status_code == 303
    assert "Đã công bố bản đính chính" in words_of(organizer.get(PUBLICATION))


def test_a_round_is_not_offered_to_be_opened_again_once_its_results_are_out(
    app: Flask, organizer: FlaskClient
) -> None:
    final = max(re.findall(r"/rounds/(\d+)/table", organizer.get("/contests/thu/results").text), key=int)
    progress, chair = f"/rounds/{final}/progress", sign_in(app, "judge0")
    assert "Mở lại vòng chấm" in chair.get(progress).text
    assert publish(organizer).status_code == 303
    assert "Mở lại vòng chấm" not in chair.get(progress).text


def test_what_was_typed_stays_when_somebody_else_was_faster(
    app: Flask, organizer: FlaskClient, dossier: str
) -> None:
    path = f"{dossier}/correction"
    fields = dict(forms_of(organizer.get(path))[0][1])
    secretary = sign_in(app, "secretary")
    assert send(secretary, path, title="Tên thư ký sửa", reason="Báo xác nhận").status_code == 303
    late = organizer.post(path, data=fields | {"title": "Tên Ban Tổ chức sửa", "reason": "Đơn của tác giả"})
    assert late.status_code == 409
    assert "Tên Ban Tổ chức sửa" in late.text and "vừa được đính chính ở nơi khác" in late.text


def test_a_judge_among_the_authors_is_pointed_out(app: Flask, organizer: FlaskClient, dossier: str) -> None:
    with app.app_context(), writing():
        judge = find_account("judge1@kheo.example")
        judge.person.phone = "0905111222"
        name = judge.person.legal_name
        db.session.commit()
    typed = {"authors-1-legal_name": name, "authors-1-phone": "0905111222", "reason": "Báo xác nhận"}
    send(organizer, f"{dossier}/correction", **typed)
    page = words_of(organizer.get(f"{dossier}/correction"))
    assert f"Giám khảo <b>{name}</b> đã ký phiếu chấm tác phẩm này ở Chung khảo (đã khóa)" in page
    assert "là tác giả, đồng tác giả" in page


def test_a_dossier_that_is_not_accepted_is_its_authors_to_change(
    app: Flask, organizer: FlaskClient, dossier: str
) -> None:
    with app.app_context(), writing():
        entry = db.session.query(Entry).order_by(Entry.id).first()
        entry.state = "withdrawn"
        db.session.commit()
    assert organizer.get(f"{dossier}/correction").status_code == 409
    assert f"{dossier}/correction" not in organizer.get(dossier).text


def test_the_page_asks_few_statements(app: Flask, organizer: FlaskClient, dossier: str) -> None:
    organizer.get(f"{dossier}/correction")
    with Statements(app) as seen:
        assert organizer.get(f"{dossier}/correction").status_code == 200
    assert len(seen) <= 12
