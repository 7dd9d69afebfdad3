"""Every page of every role: nothing sticks out, no error in the console, nothing serious for axe, no foreign request."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest

from tests.journeys.conftest import Arrive, Visitor

pytestmark = pytest.mark.journey

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
PAGES = {
    "": ["/", "/c/dang-nhan", "/c/dang-cham", "/c/da-cong-bo", "/c/da-cong-bo/results", "/c/da-cong-bo/results/1", "/exemplars", "/accounts/login", "/accounts/sign-up", "/accounts/forgot", "/components", "/khong-co"],
    "tacgia": ["/work", "/accounts/profile", "/c/dang-nhan/enter"],
    "daumoi": ["/work", "/contests/dang-nhan/receive"],
    "giamkhao": ["/work"],
    "truongban": ["/work"],
    "thuky": ["/work", "/contests/dang-nhan/desk", "/contests/dang-nhan/dossiers", "/contests/dang-nhan/screening", "/contests/dang-cham/paper", "/contests/da-cong-bo/documents", "/contests/da-cong-bo/documents/screening", "/contests/da-cong-bo/documents/prizes"],
    "btc": ["/work", "/contests/dang-cham/desk", "/contests/dang-cham/rounds", "/contests/da-cong-bo/results", "/contests/da-cong-bo/publication", "/contests/da-cong-bo/members", "/contests/dang-nhan/rulebook", "/contests/dang-nhan/rulebook/dates", "/contests/dang-nhan/rulebook/media", "/contests/dang-nhan/rulebook/slots", "/contests/dang-nhan/rulebook/people", "/contests/dang-nhan/rulebook/limits", "/contests/dang-nhan/rulebook/rounds", "/contests/dang-nhan/rulebook/publication", "/contests/dang-nhan/rulebook/ties", "/contests/dang-nhan/rulebook/prizes", "/contests/dang-nhan/rulebook/info", "/contests/dang-nhan/rulebook/rounds/preliminary", "/contests/dang-nhan/rulebook-import", "/contests/dang-nhan/versions/1", "/contests/dang-nhan/extend", "/contests/dang-nhan/log", "/contests/dang-nhan/mails", "/contests/new"],
    "vanhanh": ["/work", "/operate/contests", "/operate/accounts", "/operate/units", "/operate/settings", "/operate/mails", "/operate/log", "/operate/contests/dang-nhan/organizers"],
}  # fmt: skip


@pytest.mark.parametrize("who", PAGES, ids=lambda w: w or "public")
def test_pages(arrive: Arrive, who: str) -> None:
    wide, narrow = arrive(1280, 900), arrive(390, 844, touch=True)
    for visitor in (wide, narrow):
        if who:
            visitor.sign_in(who)
    found = []
    for path in [*PAGES[who], *(_ways_on(wide) if who else [])]:
        page = narrow.go(path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            found.append((path, "sticks out at 390 px"))
        page = wide.go(path)
        page.evaluate(AXE)
        result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        for v in result["violations"]:
            if v["impact"] in ("serious", "critical"):
                found.append((path, v["id"], [n["target"] for n in v["nodes"]][:3]))
        # axe itself tries inline styles, which our policy forbids.
        wide.complaints[:] = [c for c in wide.complaints if "inline style" not in c]
    assert not found, found


def _ways_on(visitor: Visitor) -> list[str]:
    """Where the person's first page leads: works to judge, own entries, rounds to chair."""
    page = visitor.go("/work")
    links = page.eval_on_selector_all("main a[href^='/']", "found => found.map(a => a.getAttribute('href'))")
    return [link for link in dict.fromkeys(links) if not link.endswith((".pdf", ".xlsx"))][:12]
