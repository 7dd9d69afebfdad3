"""What the judge's screen keeps: what could not be sent, a note written in two tabs, sizes and places of this device."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Arrive, Visitor
from tests.journeys.test_stories import is_saved

pytestmark = pytest.mark.journey


def at_work(judge: Visitor, who: str = "giamkhao") -> Page:
    """The next work to score of a judge."""
    judge.sign_in(who)
    page = judge.go("/work")
    page.click("text=Chấm tiếp")
    page.wait_for_load_state("networkidle")
    return page


def test_what_could_not_be_sent_is_kept_and_sent_from_the_next_tab(arrive: Arrive) -> None:
    judge = arrive(1024, 768)
    page = at_work(judge)
    address = page.url
    judge.context.set_offline(True)
    page.fill("[data-criterion=discovery] input.mark", "21,5")
    page.fill("#comment", "Chi tiết đắt, dòng đầu.\nDòng hai.")
    page.check("[name=comment_shared]")
    expect(page.locator("[data-save-state]")).to_contain_text("còn giữ trên máy này")
    page.close()
    judge.context.set_offline(False)
    judge.page = page = judge.new_page()
    with page.expect_response(is_saved):
        page.goto(address)
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")
    page.reload()
    expect(page.locator("[data-criterion=discovery] input.mark")).to_have_value("21,5")
    expect(page.locator("#comment")).to_have_value("Chi tiết đắt, dòng đầu.\nDòng hai.")
    expect(page.locator("[name=comment_shared]")).to_be_checked()
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('kheo:sheet:'))") == []
    judge.complaints[:] = [c for c in judge.complaints if "ERR_INTERNET_DISCONNECTED" not in c]


def test_a_note_written_in_two_tabs_is_chosen_by_the_judge(arrive: Arrive) -> None:
    judge = arrive(1024, 768)
    page = at_work(judge, "truongban")
    other = judge.new_page()
    other.goto(page.url)
    other.wait_for_load_state("networkidle")
    with other.expect_response(is_saved):
        other.fill("#comment", "Viết ở máy kia")
    expect(other.locator("[data-save-state]")).to_contain_text("Đã lưu")
    page.fill("#comment", "Viết ở đây")
    expect(page.locator("#changed")).to_contain_text(
        "Ghi chú: ở đây “Viết ở đây”, ở máy kia “Viết ở máy kia”"
    )
    page.click("[data-keep=theirs]")
    expect(page.locator("#comment")).to_have_value("Viết ở máy kia")
    page.fill("#comment", "")
    with page.expect_response(is_saved):
        page.fill("#comment", "Chốt ở đây")
    other.fill("#comment", "Viết tiếp ở máy kia")
    expect(other.locator("#changed")).to_be_visible()
    with other.expect_response(is_saved):
        other.click("[data-keep=mine]")
    page.reload()
    expect(page.locator("#comment")).to_have_value("Viết tiếp ở máy kia")
