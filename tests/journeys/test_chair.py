"""A signed sheet opened again, judges who differ, and closing with what is missing, in real browsers."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask_migrate import upgrade
from playwright.sync_api import Browser, expect

from contest import create_app
from contest.clock import utcnow
from contest.models.database import writing
from contest.services.judging import conflicts
from tests.cast import PASSWORD, make_stage
from tests.journeys.conftest import Visitor, serve, settle
from tests.journeys.test_results import fits, prepare
from tests.journeys.test_stories import is_saved

pytestmark = pytest.mark.journey


def signed_round() -> None:
    """Two works signed by three judges, who agree."""
    app = create_app()
    with app.app_context():
        upgrade()
        with writing():
            stage = make_stage(app, utcnow(), rounds__0__divergence={"spread": 10, "spread_op": ">"})
            first, second = (e.id for e in stage.accepted(2))
            round_, judges = stage.panel(judges=3)
            stage.open_round(round_)
            for i, judge in enumerate(judges):
                conflicts.declare(judge, {}, actor=stage.actor(f"judge{i}"), now=stage.now)
            stage.judge_all(round_, {first: ["90", "88", "86"], second: ["80", "80", "80"]})


def test_a_chair_reopens_decides_and_closes(chromium: Browser, tmp_path: Path) -> None:
    prepare(tmp_path, signed_round)
    with serve(tmp_path) as address:
        chair, judge = (
            Visitor(chromium.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN"), address)
            for _ in range(2)
        )
        chair.sign_in("judge0", PASSWORD)
        page = chair.go("/work")
        page.click("text=Điều hành vòng chấm")
        settle(page)
        progress = page.url

        def reopen(name: str, title: str, reason: str) -> None:
            page.click("summary:has-text('Mở lại một phiếu đã ký')")
            page.click(f"summary:has-text('{name}')")
            row = page.locator("li", has_text=title).filter(has=page.locator("form:visible"))
            row.locator("[name=reason]").fill(reason)
            row.locator("button").click()
            settle(page)

        reopen("Giám Khảo B", "Tác phẩm 01", "")
        expect(page.locator(".problem:visible")).to_have_text("Mục này cần được điền.")
        fits(page)
        page.goto(progress)
        settle(page)
        reopen("Giám Khảo B", "Tác phẩm 01", "Gõ nhầm một điểm")
        expect(page.locator("main")).to_contain_text("1 phiếu chưa ký sẽ không được tính: Giám Khảo B (1)")
        fits(page)

        judge.sign_in("judge1", PASSWORD)
        own = judge.go("/work")
        own.click("text=Xem lại và ký")
        settle(own)
        expect(own.locator(".checks")).to_contain_text(
            "được mở lại, chờ ký lại: Gõ nhầm một điểm (Giám Khảo A"
        )
        fits(own)
        own.click(".checks li:has-text('được mở lại') a")
        settle(own)
        expect(own.locator(".score-panel")).to_contain_text("Giám Khảo A mở lại phiếu này: Gõ nhầm một điểm")
        fits(own)
        for mark in own.locator("input.mark").all():
            with own.expect_response(is_saved):
                mark.fill("5")
                mark.blur()
        own.click("text=ký lại")
        settle(own)
        own.fill("[name=password]", PASSWORD)
        own.click("button:has-text('Ký 1 phiếu chấm')")
        settle(own)
        expect(own.locator("body")).to_contain_text("Đã ký 1 phiếu chấm")
        fits(own)

        page.goto(progress)
        settle(page)
        expect(page.locator(".divergent")).to_contain_text("chờ quyết định")
        expect(page.locator("button:has-text('Khóa Sơ khảo')")).to_be_disabled()
        fits(page)
        page.click(".divergent button")
        settle(page)
        expect(page.locator(".divergent .problem")).to_be_visible()
        page.fill(".divergent textarea", "Giữ cả ba phiếu")
        page.click(".divergent button")
        settle(page)
        expect(page.locator(".divergent")).to_contain_text("Giữ cả ba phiếu")
        reopen("Giám Khảo C", "Tác phẩm 02", "Xin xem lại")
        page.click("button:has-text('Khóa Sơ khảo')")
        settle(page)
        expect(page.locator("main")).to_contain_text("Còn 1 phiếu chưa ký")
        fits(page)
        page.check("[name=waive]")
        page.click("button:has-text('Khóa Sơ khảo')")
        settle(page)
        expect(page.locator("main")).to_contain_text("Đã khóa")
        fits(page)
        for visitor in (chair, judge):
            visitor.context.close()
            assert visitor.complaints == []
