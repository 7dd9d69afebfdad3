"""The author's receipt page: what stands there is what can be done."""

from __future__ import annotations

from flask import Flask

from contest.clock import utcnow
from contest.models.database import writing
from tests.browsing import send, words_of
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
    assert "Còn thiếu: Trang báo đã đăng" in paper and "Hạn bổ sung: trước" in paper
