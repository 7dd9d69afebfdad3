"""What the secretary reads on the screening desk is what there is to do."""

from __future__ import annotations

import re

from flask import Flask

from contest.clock import utcnow
from contest.models import Contest, Entry, db
from contest.models.database import writing
from tests.browsing import send, token_of, words_of
from tests.cast import make_stage
from tests.web.test_entries import sign_in


def test_only_files_that_judges_see_wait_for_the_look_through(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow(), rounds__0__blind=True)
        entry = stage.draft("author")
        stage.add_page(entry)
        stage.add_page(entry, slot="agency_confirmation")
        address = f"/screening/{stage.submit(entry).public_id}"
    secretary = sign_in(app, "secretary")
    assert "(1 chưa soát)" in " ".join(secretary.get(address).text.split())
    assert len(re.findall('name="cleared"', secretary.get(f"{address}/files").text)) == 1


def test_the_list_of_clean_dossiers_names_the_category_each_goes_to(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(
            app,
            utcnow(),
            eligibility__agency_confirmation={"required": False},
            eligibility__subject={"exemplar_required": False},
        )
        stage.entry()
    page = sign_in(app, "secretary").get("/contests/thu/screening/accept-clean").text
    assert '<td data-label="Sẽ vào nhóm">Báo in</td>' in page


def test_who_accepts_is_told_that_a_newer_draft_exists_and_the_author_sees_what_still_can_be_done(
    app: Flask,
) -> None:
    with app.app_context(), writing():
        public_id = make_stage(app, utcnow()).entry().public_id
    secretary, author = sign_in(app, "secretary"), sign_in(app, "author")
    base, desk = f"/entries/{public_id}", f"/screening/{public_id}"
    assert "chưa nộp lại" not in secretary.get(desk).text
    send(author, f"{base}/work", title="Tên sửa sau khi nộp")
    assert "Tác giả đang sửa bản mới, chưa nộp lại" in words_of(secretary.get(desk))
    secretary.post(f"{desk}/accept", data={"csrf_token": token_of(secretary, desk)})
    with app.app_context():
        assert db.session.query(Entry).one().state == "accepted"
    assert "Nộp lại thì Tổ Thư ký sơ loại lại" in words_of(author.get(base))
    assert send(author, f"{base}/review").status_code == 303
    assert "Nộp lại bản 2 sau khi được kết luận hợp lệ" in words_of(secretary.get(desk))
    send(author, f"{base}/work", title="Sửa lần nữa rồi thôi")
    with app.app_context(), writing():
        db.session.query(Contest).one().state = "closed"
        db.session.commit()
    assert "Có phần sửa chưa nộp và không nộp được nữa" in words_of(author.get(base))
    assert send(author, base, to=f"{base}/discard").status_code == 303
    page = words_of(author.get(base))
    assert "phần sửa" not in page.replace("Đã bỏ phần sửa", "") and "Tên sửa sau khi nộp" in page
