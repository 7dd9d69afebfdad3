"""Papers on A4: what stands in them is what was decided."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from flask import Flask

from contest.clock import utcnow
from contest.models.database import writing
from contest.services.entries import submitting
from contest.services.screening import deciding
from tests.cast import Stage, make_stage
from tests.web.test_entries import sign_in


def tables(page: str) -> list[list[list[str]]]:
    """The tables of a page as rows of words."""

    def words(cell: str) -> str:
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split())

    return [
        [
            [words(c) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.S)
        ]
        for table in re.findall(r"<table[^>]*>(.*?)</table>", page, re.S)
    ]


def screened(app: Flask) -> tuple[Stage, dict[str, str]]:
    """One work of each outcome; the receipt codes by what was decided."""
    stage = make_stage(app, utcnow())
    secretary, now = stage.actor("secretary"), stage.now
    made = {name: stage.entry(title=name) for name in ("Hợp lệ", "Chờ", "Hỏi")}
    for who, name in (("coauthor", "Sai"), ("stranger", "Loại"), ("clerk", "Rút")):
        made[name] = stage.entry(who, title=name)
    deciding.move_category(
        made["Hợp lệ"], category_key="online", reason="Bài đăng mạng trước", actor=secretary, now=now
    )
    deciding.accept_entry(made["Hợp lệ"], actor=secretary, now=now)
    deciding.return_entry(
        made["Hỏi"], question="Gửi trang 2", due_at=now + timedelta(days=3), actor=secretary, now=now
    )
    deciding.reject_entry(
        made["Sai"], reason="Đăng ngoài thời gian", article="Điều 4", actor=secretary, now=now
    )
    deciding.accept_entry(made["Loại"], actor=secretary, now=now)
    deciding.disqualify_entry(made["Loại"], reason="Sao chép", actor=secretary, now=now)
    submitting.withdraw_entry(made["Rút"], actor=stage.actor("clerk"), now=now, reason="Gửi nhầm")
    return stage, {name: entry.receipt_code for name, entry in made.items()}


def test_the_minutes_of_screening_say_what_was_found_of_every_work(app: Flask) -> None:
    with app.app_context(), writing():
        _, codes = screened(app)
    page = sign_in(app, "secretary").get("/contests/thu/documents/screening").text
    counts, invalid, moved, valid = tables(page)
    heads = ["Loại hình", "Đã nhận", "Hợp lệ", "Chờ bổ sung", "Chờ sơ loại", "Không hợp lệ", "Rút"]
    assert counts[0] == heads
    assert counts[1] == ["Báo in", "6", "1", "1", "1", "2", "1"]
    assert counts[2] == ["Báo điện tử", "0", "0", "0", "0", "0", "0"]
    assert counts[-1] == ["Cộng", "6", "1", "1", "1", "2", "1"]
    assert [row[1:3] + row[4:] for row in invalid[1:]] == [
        [codes["Sai"], "Sai", "Đăng ngoài thời gian (Điều 4)"],
        [codes["Loại"], "Loại", "Sao chép"],
    ]
    assert moved[1:] == [[codes["Hợp lệ"], "Báo in", "Báo điện tử", "Bài đăng mạng trước"]]
    *works, signers = valid[1:]
    assert works == [["1", codes["Hợp lệ"], "Hợp lệ", "Phạm Thị Hà", "Báo Quảng Ngãi", "Báo điện tử"]]
    assert "NGƯỜI LẬP BIÊN BẢN" in signers[0], (
        "the signatures are a row of the table, so that they never stand alone"
    )


def test_minutes_without_a_case_say_that_there_is_none(app: Flask) -> None:
    with app.app_context(), writing():
        make_stage(app, utcnow()).entry()
    page = sign_in(app, "secretary").get("/contests/thu/documents/screening").text
    assert len(tables(page)) == 1 and page.count("<p>Không có.</p>") == 3
