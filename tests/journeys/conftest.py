"""A real server with the sample, and a real Chromium; both once for all journeys."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.serving import free_port, is_well, wait_for

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "dan-van-kheo-2026"
# What the very start that loaded the sample printed.
FIRST_PRINT = "first-print.pdf"
# `KHEO_PICTURES=docs/pictures pytest tests/journeys` takes the README's screenshots anew.
PICTURES = os.environ.get("KHEO_PICTURES")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of data with the sample, loaded once for all workers by the first that needs it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "sample"
    with folder.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            with serve(folder, seconds=600) as address:
                printed = urllib.request.urlopen(
                    f"{address}/c/da-cong-bo/results/2/winners.pdf", timeout=60
                ).read()
            (folder / FIRST_PRINT).write_bytes(printed)
            (folder / "ready").touch()
    return folder


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of the demo with its data in this folder."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "BASE_URL", "SECRET_KEY")}
    return kept | {"DATA_DIR": str(folder), "HOST": "127.0.0.1", "KHEO_DEMO": "1"}


@contextmanager
def serve(folder: Path, *, seconds: float = 60) -> Iterator[str]:
    """`python -m contest.serve` on a folder of data, as `make run` starts it, until the block ends; its address."""
    port = free_port()
    env = surroundings(folder) | {"PORT": str(port)}
    log = (folder / "server.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "contest.serve"], cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        wait_for(lambda: is_well(port) or process.poll() is not None, seconds=seconds)
        assert process.poll() is None, (folder / "server.log").read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
        log.close()


@pytest.fixture(scope="session")
def folder(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample's data of this worker's own."""
    return Path(shutil.copytree(sample, tmp_path_factory.mktemp("served") / "data"))


@pytest.fixture(scope="session")
def server(folder: Path) -> Iterator[str]:
    """A server on the worker's own data."""
    with serve(folder) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "Cần Chromium: sudo apt-get install -y chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def settle(page: Page, where: str | re.Pattern[str] | Callable[[str], bool] | None = None) -> None:
    """Wait for the page, at this address if one is given, until its behaviours are bound: a person is slower than that."""
    if where is not None:
        page.wait_for_url(where)
    page.wait_for_load_state()
    page.locator("html[data-bound], html:not(:has(script[type=module]))").wait_for(state="attached")


class Visitor:
    """A person with a browser of their own; remembers everything the browser complained about."""

    def __init__(self, context: BrowserContext, address: str, *, scripts: bool = True) -> None:
        self.context, self.address, self.scripts = context, address, scripts
        self.complaints: list[str] = []
        self.page: Page = self.new_page()

    def new_page(self) -> Page:
        """Another tab."""
        page = self.context.new_page()
        page.on(
            "console",
            lambda m: (
                self.complaints.append(m.text) if m.type == "error" and "status of 4" not in m.text else None
            ),
        )
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on(
            "request",
            lambda r: (
                self.complaints.append(f"asked {r.url}")
                if not r.url.startswith((self.address, "data:", "blob:"))
                else None
            ),
        )
        page.on(
            "response", lambda r: self.complaints.append(f"{r.status} {r.url}") if r.status >= 500 else None
        )
        return page

    def go(self, path: str) -> Page:
        """Open a page and let its scripts settle."""
        self.page.goto(self.address + path)
        if self.scripts:
            settle(self.page)
        return self.page

    def sign_in(self, who: str, password: str = PASSWORD) -> None:
        """As one of the demo accounts, or of others with their password."""
        page = self.go("/accounts/login")
        page.fill("[name=email]", f"{who}@kheo.example")
        page.fill("[name=password]", password)
        page.click("main button")
        page.wait_for_url(lambda url: not url.endswith("/accounts/login"))
        settle(page)

    def picture(self, name: str) -> None:
        """One of the README's pictures, when they are to be taken."""
        if PICTURES:
            (ROOT / PICTURES).mkdir(exist_ok=True)
            self.page.screenshot(path=str(ROOT / PICTURES / f"{name}.png"))


Arrive = Callable[..., Visitor]


@pytest.fixture
def arrive(chromium: Browser, server: str) -> Iterator[Arrive]:
    """Make a visitor with a screen of so many pixels; at the end nothing may have gone wrong in any browser."""
    visitors: list[Visitor] = []

    def make(width: int = 1280, height: int = 900, *, touch: bool = False, scripts: bool = True) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            has_touch=touch,
            locale="vi-VN",
            java_script_enabled=scripts,
        )
        visitors.append(Visitor(context, server, scripts=scripts))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.context.close()
    assert [c for v in visitors for c in v.complaints] == []
