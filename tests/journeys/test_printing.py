"""Papers as Chromium prints them: nobody is asked to sign a sheet with nothing else on it."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import FIRST_PRINT, Arrive

pytestmark = pytest.mark.journey

KEEP_FIRST = "[...document.querySelectorAll('.paper-sheet')].slice(1).forEach((sheet) => sheet.remove())"
ROWS_OF_LAST = "[...[...document.querySelectorAll('.grid-table')].at(-1).tBodies[0].rows].filter((row) => !row.matches('.closing'))"
# A page needs two rows of the table above the signatures: fewer lines than this stand there alone.
LINES = 5


def last_page(page: Page) -> list[str]:
    """The lines of the last page of the print."""
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, format="A4"))
    text = document[len(document) - 1].get_textpage().get_text_range()
    return [line for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("paper", ["signed-sheets", "table", "shortlist", "screening"])
def test_signatures_come_with_the_last_rows_however_many_there_are(arrive: Arrive, paper: str) -> None:
    organizer = arrive(1280, 900)
    organizer.sign_in("btc")
    page = organizer.go("/contests/da-cong-bo/documents")
    found = page.locator(f"a[href$='/documents/{paper}']").first.get_attribute("href")
    assert found
    organizer.go(found)
    page.evaluate(KEEP_FIRST)
    for _ in range(min(18, page.evaluate(f"{ROWS_OF_LAST}.length") - 2)):
        lines = last_page(page)
        assert any("ký, ghi rõ họ tên" in line for line in lines)
        assert len(lines) >= LINES, lines
        page.evaluate(f"{ROWS_OF_LAST}.at(-1).remove()")


def test_the_start_that_loaded_the_sample_prints_too(sample: Path) -> None:
    assert (sample / FIRST_PRINT).read_bytes().startswith(b"%PDF")


def test_results_on_paper_offer_nothing_to_press(arrive: Arrive) -> None:
    page = arrive(1280, 900).go("/c/da-cong-bo/results")
    document = pypdfium2.PdfDocument(page.pdf(format="A4"))
    text = "\n".join(sheet.get_textpage().get_text_range() for sheet in document)
    assert "Tiếng T'rưng trở lại" in text
    assert not {"Đọc", "Nghe", "Xem"} & {line.strip().split(" ")[0] for line in text.splitlines()}
