"""What the judge's screen keeps: what could not be sent, a note written in two tabs, sizes and places of this device."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Arrive, Visitor, settle
from tests.journeys.test_stories import is_saved

pytestmark = pytest.mark.journey


def at_work(judge: Visitor, who: str = "giamkhao") -> Page:
    """The next work to score of a judge."""
    judge.sign_in(who)
    page = judge.go("/work")
    page.click("text=Chấm tiếp")
    settle(page, "**/judging/work/**")
    return page


def until(page: Page, truth: str) -> None:
    """Wait for something true of the page; the page's own policy forbids Playwright's way of waiting for it."""
    for _ in range(100):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(100)
    raise AssertionError(truth)


def test_what_could_not_be_sent_is_kept_and_sent_from_the_next_tab(arrive: Arrive) -> None:
    judge = arrive(1024, 768)
    page = at_work(judge)
    address = page.url
    judge.context.set_offline(True)
    page.fill("[data-criterion=discovery] input.mark", "21,5")
    page.fill("#comment", "Chi tiết đắt, dòng đầu.\nDòng hai.")
    page.check("[name=comment_shared]")
    expect(page.locator("[data-save-state]")).to_contain_text("còn giữ trên máy này")
    page.wait_for_timeout(500)  # the browser writes down a moment later what a page keeps
    page.close()
    judge.context.set_offline(False)
    judge.page = page = judge.new_page()
    with page.expect_response(is_saved):
        page.goto(address)
        settle(page)
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")
    page.reload()
    settle(page)
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
    settle(other)
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
    settle(page)
    expect(page.locator("#comment")).to_have_value("Viết tiếp ở máy kia")


def test_sizes_and_places_of_the_screen_are_remembered(arrive: Arrive) -> None:
    judge = arrive(1280, 900)
    page = at_work(judge)
    with page.expect_response("**/accounts/text-size"):
        page.click("[data-size=large]")
    bigger = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    page.locator("[data-divider]").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    width = round(page.locator(".score-panel").bounding_box()["width"])
    page.reload()
    settle(page)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == bigger != "16px"
    assert round(page.locator(".score-panel").bounding_box()["width"]) == width > 450
    with page.expect_response("**/accounts/text-size"):
        page.click("[data-size='']")
    page.reload()
    settle(page)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") != bigger


def test_on_a_tablet_held_upright_the_sheet_stands_below_the_work(arrive: Arrive) -> None:
    judge = arrive(768, 1024, touch=True)
    page = at_work(judge)
    work, panel = page.locator(".work").bounding_box(), page.locator(".score-panel").bounding_box()
    assert panel["y"] >= work["y"] + work["height"] and work["height"] > 300 and panel["height"] > 300
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("input.mark").first.tap()
    page.locator("[data-digit='9']").tap()
    page.locator("[data-digit=ok]").tap()
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")
    expect(page.locator("[data-next-work]")).to_be_visible()
    page.locator("[data-divider]").focus()
    page.keyboard.press("Home")
    height = page.locator(".work").bounding_box()["height"]
    assert height < work["height"]
    page.reload()
    settle(page)
    assert page.locator(".work").bounding_box()["height"] == pytest.approx(height, abs=2)


@pytest.fixture
def listener(folder: Path) -> str:
    """A judge of the radio panel, who can sign in as the demo's judge does."""
    with sqlite3.connect(next(folder.glob("*.sqlite3")), timeout=10) as data:
        data.execute(
            "UPDATE accounts SET password_hash = (SELECT password_hash FROM accounts WHERE email = 'giamkhao@kheo.example')"
            " WHERE email = 'giamkhao9@kheo.example'"
        )
    return "giamkhao9"


def test_a_sound_goes_on_where_it_was_left_and_the_next_one_is_begun_early(
    arrive: Arrive, listener: str
) -> None:
    judge = arrive(1280, 900)
    judge.sign_in(listener)
    page = judge.go("/work")
    page.click("text=Phiếu chấm của tôi")
    settle(page, "**/scores")
    works = page.eval_on_selector_all(".work-of .thumb", "all => all.map(a => a.getAttribute('href'))")
    sound = next(w for w in works if judge.go(w).locator("audio").count())
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page = judge.go(sound)
    after = page.locator(".judge").get_attribute("data-next")
    player = page.locator("audio").first
    until(page, "document.querySelector('audio').readyState > 0")
    player.evaluate("(a) => { a.muted = true; a.currentTime = 3; }")
    until(page, "Object.entries(localStorage).some(([k, v]) => k.startsWith('kheo:at:') && v === '3')")
    assert after
    for _ in range(100):  # the next work is begun before it is opened
        if any(a.startswith(f"{judge.address}{after}/") for a in asked):
            break
        page.wait_for_timeout(100)
    assert any(a.startswith(f"{judge.address}{after}/") for a in asked)
    judge.go(sound)
    until(page, "document.querySelector('audio').currentTime >= 3")


def test_a_mark_changed_elsewhere_is_taken_over_into_the_list(arrive: Arrive) -> None:
    judge = arrive(1280, 900)
    judge.sign_in("giamkhao")
    page = judge.go("/work")
    page.click("text=Phiếu chấm của tôi")
    settle(page, "**/scores")
    other = judge.new_page()
    other.goto(page.url)
    settle(other)
    cell = "tbody tr[data-open]:nth-child(1) [data-mark={}]"
    type_into(other, cell.format("craft"), "11,5")
    expect(other.locator("[data-save-state]")).to_contain_text("Đã lưu")
    type_into(page, cell.format("effect"), "9")
    expect(page.locator("[data-save-state]")).to_contain_text("đã lấy điểm mới nhất")
    expect(page.locator(cell.format("craft"))).to_have_text("11,5")
    expect(page.locator(cell.format("effect"))).not_to_have_text("9")
    type_into(page, cell.format("effect"), "9")
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")
    page.reload()
    settle(page)
    row = page.locator("tbody tr", has=page.locator("[data-mark=craft]", has_text="11,5"))
    expect(row.locator("[data-mark=effect]")).to_have_text("9")


def type_into(page: Page, cell: str, mark: str) -> None:
    """A mark typed into a cell of the list."""
    page.click(cell)
    page.keyboard.type(mark)
    page.keyboard.press("Enter")
