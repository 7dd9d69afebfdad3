"""A paper dossier that came too late, at the doors: the secretary records it, the clerk may not; the papers say so."""

from __future__ import annotations

from datetime import timedelta

import pypdfium2
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import today, utcnow
from contest.domain.vietnamese import format_date
from contest.models import Entry, db
from contest.models.database import writing
from tests.browsing import forms_of, send, words_of
from tests.cast import make_stage
from tests.web.test_entries import sign_in

RECEIVE = "/contests/thu/receive"


def closed_stage(app: Flask) -> str:
    """A contest whose deadline passed ten days ago; yesterday as it is typed."""
    with app.app_context(), writing():
        make_stage(app, utcnow() - timedelta(days=20), windows__article="Điều 4")
    return format_date(today(utcnow()) - timedelta(days=1))


def type_in(client: FlaskClient, came: str) -> str:
    """The cover of a dossier typed in; the address of its draft."""
    work = send(client, RECEIVE, received_on=came).location
    typed = {"title": "Chuyện bản xa", "media_type": "print", "genre": "phóng sự", "field": "Kinh tế"}
    assert send(client, work, **typed).status_code == 303
    people = work.replace("/work", "/people")
    assert send(client, people, **{"authors-0-legal_name": "Nguyễn Đến Muộn"}).status_code == 303
    return work.removesuffix("/work")


def test_the_secretary_records_a_late_dossier_and_rejects_it_in_the_minutes(app: Flask) -> None:
    came = closed_stage(app)
    secretary = sign_in(app, "secretary")
    assert "đến quá hạn vẫn ghi nhận được" in words_of(secretary.get(RECEIVE))
    base = type_in(secretary, came)
    review = words_of(secretary.get(f"{base}/review"))
    assert "Hồ sơ đến quá hạn:" in review and "Ghi nhận hồ sơ quá hạn" in review
    assert send(secretary, f"{base}/review").status_code == 303
    receipt = words_of(secretary.get(base))
    assert f"nhận ngày {came}: đã quá hạn" in receipt and "nhận quá hạn" in receipt
    document = pypdfium2.PdfDocument(secretary.get(f"{base}/receipt.pdf").data)
    printed = " ".join(page.get_textpage().get_text_range() for page in document)
    assert "Nhận quá hạn" in printed and came in printed
    desk = secretary.get("/contests/thu/screening").location
    page = secretary.get(f"{desk}?rule=submitted")
    assert "nhận quá hạn" in words_of(page) and "Hồ sơ giấy nhận ngày" in words_of(page)
    forms = forms_of(page)
    at = next(i for i, (form, _) in enumerate(forms) if form.get("action") == f"{desk}/reject")
    assert "đã quá hạn" in dict(forms[at][1])["reason"] and dict(forms[at][1])["article"] == "Điều 4"
    answer = send(secretary, desk, form=at, reason="Đến quá hạn")
    told = words_of(secretary.get(answer.location))
    assert "tác giả không có địa chỉ thư điện tử nên cần báo cách khác" in told
    minutes = words_of(secretary.get("/contests/thu/documents/screening"))
    assert "có 1 hồ sơ nhận quá hạn" in minutes and f"Nhận quá hạn: nhận ngày {came}" in minutes
    assert "Đến quá hạn (Điều 4)" in minutes
    assert "nhận quá hạn" in words_of(secretary.get("/contests/thu/dossiers"))
    assert "nhận quá hạn" in words_of(secretary.get(RECEIVE))
    assert "Hồ sơ: ghi nhận quá hạn" in words_of(sign_in(app, "organizer").get("/contests/thu/log"))


def test_a_late_dossier_is_accepted_with_a_reason_that_the_minutes_give(app: Flask) -> None:
    came = closed_stage(app)
    secretary = sign_in(app, "secretary")
    assert send(secretary, f"{type_in(secretary, came)}/review").status_code == 303
    desk = secretary.get("/contests/thu/screening").location
    forms = forms_of(secretary.get(desk))
    at = next(i for i, (form, _) in enumerate(forms) if form.get("action") == f"{desk}/accept")
    refused = send(secretary, desk, form=at)
    assert refused.status_code == 422 and "Hãy ghi lý do vẫn tiếp nhận" in words_of(refused)
    assert 'id="accept-note-error"' in refused.text, "beside the field"
    assert send(secretary, desk, form=at, note="Bão chia cắt đường").status_code == 303
    minutes = words_of(secretary.get("/contests/thu/documents/screening"))
    assert "Lý do vẫn tiếp nhận: Bão chia cắt đường" in minutes


def test_the_clerk_is_told_to_bring_it_to_the_secretary(app: Flask) -> None:
    came = closed_stage(app)
    clerk = sign_in(app, "clerk")
    assert "chuyển Tổ Thư ký ghi nhận" in words_of(clerk.get(RECEIVE))
    base = type_in(clerk, came)
    review = words_of(clerk.get(f"{base}/review"))
    assert "Ghi nhận hồ sơ quá hạn" not in review and "đã quá hạn" in review
    assert send(clerk, f"{base}/review").status_code == 422
    with app.app_context():
        assert db.session.query(Entry).one().state == "draft"
