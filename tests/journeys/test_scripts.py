"""Scripts over a poor line: one file that does not come takes nothing from the others and is asked for again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import Arrive, settle
from tests.journeys.test_stories import is_saved

pytestmark = pytest.mark.journey


def lose(page: Page, pattern: str, times: int) -> list[str]:
    """Break the line for the first so many requests of this pattern; what was asked for, in order."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url.rpartition("/")[2])
        if len(asked) <= times:
            route.abort("connectionfailed")
        else:
            route.continue_()

    page.route(pattern, answer)
    return asked


def test_a_file_that_did_not_come_is_asked_for_again(arrive: Arrive) -> None:
    author = arrive(390, 844, touch=True)
    author.sign_in("daumoi")
    page = author.go("/c/dang-nhan/enter")
    asked = lose(page, "**/behaviours/autosave.js*", 1)
    page.click("text=Bắt đầu soạn")
    settle(page, "**/work")
    assert asked == ["autosave.js", "autosave.js?again"]
    with page.expect_response(lambda r: is_saved(r, "title=")):
        page.fill("[name=title]", "Bến cá không ngủ")
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")
    author.complaints[:] = [c for c in author.complaints if "ERR_CONNECTION_FAILED" not in c]


def test_a_file_that_never_comes_takes_nothing_from_the_others(arrive: Arrive) -> None:
    author = arrive(390, 844, touch=True)
    author.sign_in("daumoi")
    page = author.go("/c/dang-nhan/enter")
    lose(page, "**/behaviours/genres.js*", 2)
    page.click("text=Bắt đầu soạn")
    settle(page, "**/work")
    with page.expect_response(lambda r: is_saved(r, "title=")):
        page.fill("[name=title]", "Bến cá không ngủ")
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")
    assert any("genres.js" in c for c in author.complaints), "what failed is told"
    author.complaints.clear()
