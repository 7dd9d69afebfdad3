"""From a closed first round to a corrected publication, at the organizer's desk in a real browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, expect

from contest import create_app
from contest.clock import utcnow
from contest.models import Account, Contest, db
from contest.models.database import writing
from contest.services.judging import reading as judging
from tests.cast import PASSWORD, Stage, make_stage
from tests.finals import run_round
from tests.journeys.conftest import ROOT, Visitor, serve, settle, surroundings

pytestmark = pytest.mark.journey

RULES = {
    "rounds__0__shortlist": {"per_category": 3},
    "ties": {"chain": ["chair"]},
    "prizes": [
        {"tier": "Giải Nhất", "quota": {"at_most": 1}, "value_vnd": 10_000_000},
        {"tier": "Giải Nhì", "quota": {"at_most": 1}},
        {"tier": "Giải Ba", "quota": {"at_most": 2}},
    ],
}


def first_round() -> None:
    """Four works at 95, 93; 90, 90 for three places in the final."""
    app = create_app()
    with app.app_context():
        upgrade()
        with writing():
            stage = make_stage(app, utcnow(), **RULES)
            ids = [e.id for e in stage.accepted(4)]
            run_round(stage, 0, dict(zip(ids, ["95", "93", "90", "90"], strict=True)))


def final() -> None:
    """The three works that went on at 95; 90, 90, with their copies."""
    app = create_app()
    with app.app_context(), writing():
        people = {a.email.partition("@")[0]: a for a in db.session.query(Account)}
        stage = Stage(db.session.query(Contest).one(), people, app.extensions["storage"], utcnow())
        ids = [e.id for e in judging.entries_in_round(judging.list_rounds(stage.contest_id)[1])]
        run_round(stage, 1, dict(zip(ids, ["95", "90", "90"], strict=True)), name="Chung khảo")
        stage.make_copies()


def prepare(folder: Path, step: Callable[[], None]) -> None:
    """Carry a step out in a process of its own, as it would be done without a server running."""
    words = f"from {step.__module__} import {step.__name__} as step; step()"
    subprocess.run([sys.executable, "-c", words], cwd=ROOT, env=surroundings(folder), check=True)


def fits(page: Page) -> None:
    """Nothing reaches beyond the screen, on a phone, a tablet and a desk."""
    for width in (390, 1024, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)


def test_an_organizer_decides_publishes_and_corrects(chromium: Browser, tmp_path: Path) -> None:
    prepare(tmp_path, first_round)
    with serve(tmp_path) as address:
        organizer = Visitor(chromium.new_context(viewport={"width": 1280, "height": 900}), address)
        organizer.sign_in("organizer", PASSWORD)
        page = organizer.go("/contests/thu/results")
        page.click("text=Danh sách vào Chung khảo")
        expect(page.locator("main")).to_contain_text("2 tác phẩm cho 1 chỗ")
        assert page.locator("text=In A4").count() == 0, "nothing to print yet"
        page.check("label:has-text('Tác phẩm 04') input")
        page.fill("textarea[name=reason]", "Đề tài vùng sâu")
        page.click("text=Ghi quyết định")
        page.click("text=Lập danh sách")
        expect(page.locator("tr", has_text="Tác phẩm 04")).to_contain_text("vào Chung khảo")
        expect(page.locator("tr", has_text="Tác phẩm 03")).to_contain_text("dừng lại")
        fits(page)
        page.click("text=In A4")
        expect(page.locator(".document")).to_contain_text("theo quyết định: Đề tài vùng sâu")
        organizer.context.close()
        assert organizer.complaints == []

    prepare(tmp_path, final)
    with serve(tmp_path) as address:
        organizer = Visitor(chromium.new_context(viewport={"width": 1280, "height": 900}), address)
        organizer.sign_in("organizer", PASSWORD)
        page = organizer.go("/contests/thu/results")
        page.check("label:has-text('Tác phẩm 02') input")
        page.fill("section.tie textarea", "Hội đồng biểu quyết")
        page.click("section.tie button")
        expect(page.locator("main")).to_contain_text("Bằng điểm, theo quyết định: Hội đồng biểu quyết")
        settle(page)
        page.click("text=Thêm một thay đổi")
        page.select_option("#kind", "extra")
        page.select_option("#entry", label="Báo in: 2. Tác phẩm 04")
        page.select_option("#slot", label="Báo in: Giải Ba")
        page.fill("#tier", "Giải triển vọng")
        page.fill("#value_vnd", "3.000.000")
        page.fill("#reason", "Tác giả trẻ")
        page.click("text=Ghi thay đổi")
        expect(page.locator("main")).to_contain_text("ngoài cơ cấu, 3.000.000 đồng")
        fits(page)
        page.click("text=Xem trước, công bố")
        expect(page.locator("main")).to_contain_text("Thay đổi, quyết định")
        expect(page.locator("main")).to_contain_text("Lý do: Tác giả trẻ")
        page.fill("[name=decision]", "Quyết định số 12-QĐ/BTC")
        page.click("button:has-text('Công bố kết quả')")
        expect(page.locator("main")).to_contain_text("Đã công bố kết quả")
        fits(page)

        page.click("text=Đính chính tên, tác giả >> nth=0")
        settle(page, "**/correction")
        page.click("text=+ Thêm tác giả")
        page.fill("[name=authors-1-legal_name]", "Đinh Văn Rế")
        page.fill("[name=reason]", "Công văn xác nhận của Báo")
        fits(page)
        page.click("text=Ghi đính chính")
        expect(page.locator("main")).to_contain_text("Đã đính chính hồ sơ")
        page.click("text=Công bố bản đính chính")
        page.fill("[name=correction_note]", "Bổ sung đồng tác giả.")
        page.click("button:has-text('Công bố bản đính chính')")
        expect(page.locator("main")).to_contain_text("Đính chính: Bổ sung đồng tác giả.")

        reader = Visitor(chromium.new_context(viewport={"width": 1280, "height": 900}), address)
        page = reader.go("/c/thu/results")
        expect(page.locator(".lead")).to_contain_text("Người Viết A0, Đinh Văn Rế")
        expect(page.locator(".correction")).to_contain_text("Bổ sung đồng tác giả.")
        fits(page)
        page.click("text=Xem bản trước")
        expect(page.locator("main")).to_contain_text("Đây là bản công bố cũ")
        expect(page.locator("main")).not_to_contain_text("Đinh Văn Rế")
        for visitor in (organizer, reader):
            visitor.context.close()
            assert visitor.complaints == []
