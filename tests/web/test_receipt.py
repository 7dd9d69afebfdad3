"""The author's receipt page: what stands there is what can be done."""

from __future__ import annotations

import pytest
from flask import Flask

from contest.clock import utcnow
from contest.models import Entry, db
from contest.models.database import writing
from contest.services.entries import reading
from tests.browsing import forms_of, send, token_of, words_of
from tests.cast import make_stage
from tests.web.test_entries import sign_in


def test_a_work_handed_in_without_its_file_says_what_is_missing_and_until_when(app: Flask) -> None:
    with app.app_context(), writing():
        base = f"/entries/{make_stage(app, utcnow()).draft().public_id}"
    author = sign_in(app)
    answer = send(author, f"{base}/review")
    assert answer.status_code == 303
    page = words_of(author.get(base))
    assert "Đã nộp, còn thiếu tệp" in page and "Tổ Thư ký hỏi" not in page
    paper = page[page.index("<h2>BIÊN NHẬN") :]
    assert "Còn thiếu: Trang báo đã đăng" in paper and "Hạn bổ sung: hết ngày" in paper
    assert "00:00" not in page


def test_what_was_missing_is_no_longer_asked_for_once_it_is_there(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        public_id = stage.draft().public_id
    base, author = f"/entries/{public_id}", sign_in(app)
    assert send(author, f"{base}/review").status_code == 303
    for step in ("review", "files"):
        assert "Còn thiếu: Trang báo đã đăng" in words_of(author.get(f"{base}/{step}"))
    with app.app_context(), writing():
        stage.reload()
        stage.add_page(reading.get_entry(public_id))
    for step in ("review", "files"):
        assert "Còn thiếu: Trang báo đã đăng" not in words_of(author.get(f"{base}/{step}"))


def test_a_work_taken_back_is_asked_nothing_more(app: Flask) -> None:
    with app.app_context(), writing():
        base = f"/entries/{make_stage(app, utcnow()).draft().public_id}"
    author = sign_in(app)
    assert send(author, f"{base}/review").status_code == 303
    assert "Hạn bổ sung" in words_of(author.get(base))
    assert send(author, base, to=f"{base}/withdraw", reason="Gửi nhầm").status_code == 303
    for path in (base, f"{base}/work", f"{base}/review"):
        page = words_of(author.get(path))
        assert "Trả lời, bổ sung" not in page and "còn thiếu" not in page and "đủ để nộp" not in page, path
        assert "warning" not in page, path


def test_the_reason_of_a_withdrawal_is_not_called_optional(app: Flask) -> None:
    with app.app_context(), writing():
        base = f"/entries/{make_stage(app, utcnow()).entry().public_id}"
    page = words_of(sign_in(app).get(base))
    assert "Lý do rút" in page and "Lý do rút <span" not in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"reason": ""}, "ghi lý do rút"), ({"reason": "dài " * 400}, "Không dài quá"), ({"reason": "Gửi nhầm", "x": "y"}, "trường lạ")],
)  # fmt: skip
def test_a_withdrawal_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    app: Flask, typed: dict[str, str], said: str
) -> None:
    with app.app_context(), writing():
        base = f"/entries/{make_stage(app, utcnow()).entry().public_id}"
    author = sign_in(app)
    answer = author.post(f"{base}/withdraw", data={"csrf_token": token_of(author, base)} | typed)
    assert answer.status_code == 422 and said in answer.text
    kept = next(
        dict(fields) for attrs, fields in forms_of(answer) if attrs.get("action") == f"{base}/withdraw"
    )
    assert kept["reason"].strip() == typed["reason"].strip()
    with app.app_context():
        assert db.session.query(Entry).one().state == "submitted"
    assert send(author, base, to=f"{base}/withdraw", reason="Gửi nhầm").status_code == 303
    with app.app_context():
        assert db.session.query(Entry).one().state == "withdrawn"
