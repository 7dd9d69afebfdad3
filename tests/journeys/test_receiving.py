"""A clerk at a desk types a paper dossier in for an author without an account, and prints what the author signs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Arrive, settle
from tests.journeys.test_stories import a_page, is_saved

pytestmark = pytest.mark.journey

DAYS_AGO = (
    "n => new Date(Date.now() - n * 864e5).toLocaleDateString('en-GB', { timeZone: 'Asia/Ho_Chi_Minh' })"
)


def sticks_out(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_a_clerk_enters_a_dossier_for_an_author_without_an_account(arrive: Arrive) -> None:
    clerk = arrive(1280, 900)
    clerk.sign_in("daumoi")
    page = clerk.go("/contests/dang-nhan/receive")
    page.fill("[name=received_on]", page.evaluate(DAYS_AGO, 1))
    page.fill("[name=postmarked_on]", page.evaluate(DAYS_AGO, 3))
    page.click("text=Bắt đầu nhập")

    settle(page, "**/work")
    page.fill("[name=title]", "Người giữ lửa làng gốm")
    page.select_option("[name=media_type]", "print")
    page.select_option("[name=genre]", "phóng sự")
    page.select_option("[name=field]", index=1)
    page.fill("[name=agency_name]", "Báo Quảng Ngãi")
    page.click("button[name=go]")

    # The name is not legible yet: what is known stays, and the review asks for the rest.
    settle(page, "**/people")
    with page.expect_response(lambda r: is_saved(r, "authors-0-phone=0905")):
        page.fill("[name=authors-0-phone]", "0905 333 444")
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")
    page.reload()
    settle(page)
    assert page.input_value("[name=authors-0-phone]") == "0905 333 444"
    page.goto(page.url.replace("/people", "/review"))
    settle(page)
    expect(page.locator(".missing-list")).to_contain_text("Tác giả 1 chưa có họ tên")
    page.goto(page.url.replace("/review", "/people"))
    settle(page)
    page.fill("[name=authors-0-legal_name]", "Đinh Thị Nương")
    page.select_option("[name=authors-0-credit_role]", "writer")
    page.click("button[name=go]")

    settle(page, "**/parts")
    page.fill("[name=parts-0-title]", "Người giữ lửa")
    page.fill("[name=parts-0-outlet_name]", "Báo Quảng Ngãi")
    page.fill("[name=parts-0-published_on]", page.evaluate(DAYS_AGO, 20))
    page.fill("[name=parts-0-text]", "Lò gốm đỏ lửa suốt đêm. " * 40)
    page.click("button[name=go]")

    settle(page, "**/files")
    page.set_input_files(
        "input[type=file] >> nth=0",
        [{"name": "trang 4.pdf", "mimeType": "application/pdf", "buffer": a_page()}],
    )
    expect(page.locator(".file-tile .good").first).to_contain_text("1 trang")
    page.click("main button.primary")

    settle(page, "**/subject**")
    page.fill("[name=exemplars-0-unit_name]", "Xã Vệ Giang")
    page.click("button[name=go]")
    settle(page, "**/declarations")
    page.click("text=Chưa đạt giải nào")
    page.check("[name=declarations]")
    page.click("button[name=go]")

    settle(page, "**/review")
    expect(page.locator(".as-judged")).to_contain_text("Lò gốm đỏ lửa suốt đêm")
    assert not sticks_out(page)
    page.click("button.large")
    settle(page, re.compile(r"/entries/[0-9a-f]+$"))
    paper = page.locator(".receipt")
    for words in ("Đinh Thị Nương", "hồ sơ giấy nhận ngày", "Nhập bởi", "NGƯỜI NHẬN HỒ SƠ"):
        expect(paper).to_contain_text(words)
    expect(page.locator("main")).to_contain_text("Hồ sơ được nhập giúp tác giả")
    assert not sticks_out(page)
    page.click("text=Phiếu đăng ký dự thi")
    expect(page.locator(".document")).to_contain_text("Xã Vệ Giang")
    clerk.go("/contests/dang-nhan/receive")
    expect(page.locator("main")).to_contain_text("Người giữ lửa làng gốm")
