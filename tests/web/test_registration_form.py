"""Phiếu đăng ký dự thi, what goes with it through the author's hands: the whole draft on paper, answers to questions."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from contest.clock import today, utcnow
from contest.domain.vietnamese import format_date
from contest.models import EntryVersion, db
from contest.models.database import writing
from contest.services.contests.reading import rulebook_of
from contest.services.entries.authors import AuthorInput
from contest.services.entries.drafting import ExemplarInput, PartInput
from contest.services.screening import deciding
from tests.browsing import forms_of, send, token_of, words_of
from tests.cast import make_stage
from tests.web.test_entries import sign_in


def test_the_registration_form_holds_all_that_was_typed_with_room_for_stamp_and_signature(app: Flask) -> None:
    day = today(utcnow()) - timedelta(days=20)
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        promises = [d.text for d in rulebook_of(stage.contest).declarations]
        name = stage.contest.name
        entry = stage.draft(
            title="Đêm <b>hội</b> làng", summary="Ba câu tóm tắt.", unit_name="Hội Nông dân xã", no_prior_awards=False,
            prior_awards=[{"contest": "Giải báo chí tỉnh", "organizer": "Hội Nhà báo", "year": 2025, "level": "sector"}],
            authors=[
                AuthorInput("Phạm Thị Hà", pen_name="Hà Sông Trà", birth_year=1985, phone="0905 111 222", email="ha@bao.example",
                            press_card="IBT-123", credit_role="writer", unit_name="Phòng Văn hóa", is_contact=True),
                AuthorInput("Đinh Văn Rế", credit_role="photo"),
            ],
            parts=[PartInput("Kỳ một", "Báo Quảng Ngãi", day, "số 1204, trang 3", "https://bao.example/1", 12, "chữ")],
            exemplars=[ExemplarInput("Già làng giữ rừng", unit_name="Xã Ba Tơ"), ExemplarInput(unit_name="Xã Vệ Giang")],
        )  # fmt: skip
        base = f"/entries/{entry.public_id}"
    author = sign_in(app)
    page = words_of(author.get(f"{base}/registration-form"))
    for shown in (
        "PHIẾU ĐĂNG KÝ DỰ THI", name, "(in từ bản nháp)", "Đêm &lt;b&gt;hội&lt;/b&gt; làng", "Báo in", "phóng sự",
        "Báo Quảng Ngãi", "Hội Nông dân xã", "Phạm Thị Hà (liên hệ)", "Hà Sông Trà", "1985", "0905 111 222", "ha@bao.example", "IBT-123",
        "Phòng Văn hóa", "Đinh Văn Rế", "Kỳ một", format_date(day), "số 1204, trang 3, 12 phút", "https://bao.example/1",
        "Già làng giữ rừng (Xã Ba Tơ); Xã Vệ Giang", "Ba câu tóm tắt.", "Giải báo chí tỉnh, Hội Nhà báo, năm 2025, giải của ngành",
        *promises, "XÁC NHẬN CỦA CƠ QUAN BÁO CHÍ", "TÁC GIẢ (ĐẠI DIỆN NHÓM TÁC GIẢ)",
    ):  # fmt: skip
        assert shown in page, shown
    assert send(author, f"{base}/review").status_code == 303
    handed_in = words_of(author.get(f"{base}/registration-form"))
    assert "in từ bản nháp" not in handed_in and "-0001" in handed_in


def test_discarding_changes_leaves_what_was_handed_in(app: Flask) -> None:
    with app.app_context(), writing():
        entry = make_stage(app, utcnow()).entry()
        base, submitted = f"/entries/{entry.public_id}", entry.submitted_version_id
    author = sign_in(app)
    send(author, f"{base}/work", title="Tên sửa dở")
    send(author, f"{base}/people", **{"authors-1-legal_name": "Người thêm vào"})
    assert "Có phần sửa chưa nộp lại" in words_of(author.get(base))
    token = token_of(author, base)
    assert author.post(f"{base}/discard", data={"csrf_token": token}).status_code == 303
    page = words_of(author.get(base))
    assert "Đã bỏ phần sửa chưa nộp" in page and "Tiếng chiêng" in page and "Tên sửa dở" not in page
    assert 'value="Tiếng chiêng"' in author.get(f"{base}/work").text
    with app.app_context():
        assert [v.id for v in db.session.query(EntryVersion).order_by(EntryVersion.id)] == [submitted]
    assert author.post(f"{base}/discard", data={"csrf_token": token}).status_code == 422, (
        "there is nothing left"
    )


def test_the_authors_answer_is_what_the_secretary_reads(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        entry = stage.entry()
        deciding.return_entry(
            entry, question="Ai chụp ảnh trang 4?", due_at=stage.now + timedelta(days=3), actor=stage.actor("secretary"),
            now=stage.now,
        )  # fmt: skip
        base, desk = f"/entries/{entry.public_id}", f"/screening/{entry.public_id}"
    author = sign_in(app)
    review = author.get(f"{base}/review")
    assert "Ai chụp ảnh trang 4?" in review.text
    fields = next(dict(found) for _, found in forms_of(review) if "answer" in dict(found))
    answer = "Ảnh của <i>Đinh Văn Rế</i>,\nđã ghi thêm vào danh sách."
    assert author.post(f"{base}/review", data=fields | {"answer": answer}).status_code == 303
    page = words_of(sign_in(app, "secretary").get(desk))
    assert "trả lời: Ảnh của &lt;i&gt;Đinh Văn Rế&lt;/i&gt;, đã ghi thêm vào danh sách." in page
    assert "Chờ tác giả bổ sung" not in page, "the dossier waits for the secretary again"
