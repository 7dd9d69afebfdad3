"""A blind round from the judge's chair: every page, copy, file and header a judge can reach is searched for the authors."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import today, utcnow
from contest.models.database import writing
from contest.services.accounts import actors
from contest.services.entries.authors import AuthorInput
from contest.services.entries.drafting import ExemplarInput, PartInput
from contest.services.judging import conflicts
from contest.services.screening import deciding, findings
from tests.cast import Stage, make_stage
from tests.web.test_access import sign_in

# What tells who made a work; each stands in the submitted version, and nowhere else.
TELLING = (
    "Kiều Giấu Tên", "Bút Danh Kín", "Báo Không Nói", "Tờ Lặng Im", "kin.example", "0988777666", "kieu@thu.example",
    "Phòng Bí Mật", "anh-cua-kieu.png",
)  # fmt: skip
LINK = re.compile(r'(?:href|src|action|data-url|data-next)="(/[^"#]*)')


@pytest.fixture
def judge(app: Flask) -> FlaskClient:
    """A judge of an open blind round with one work, its page looked through and copied."""
    with app.app_context(), writing():
        stage = make_stage(app, utcnow(), rounds__0__blind=True)
        _hand_in(stage)
        round_, judges = stage.panel()
        stage.open_round(round_)
        conflicts.declare_first(judges[0], {}, actor=actors.load_actor(judges[0].account), now=stage.now)
    return sign_in(app, "judge0")


def _hand_in(stage: Stage) -> None:
    author = AuthorInput(
        "Kiều Giấu Tên", pen_name="Bút Danh Kín", birth_year=1980, phone="0988777666", email="kieu@thu.example",
        unit_name="Phòng Bí Mật", credit_role="writer", is_contact=True,
    )  # fmt: skip
    part = PartInput(
        title="Kỳ 1", outlet_name="Tờ Lặng Im", published_on=today(stage.now) - timedelta(days=9), url="https://kin.example/bai", text="chữ " * 50
    )  # fmt: skip
    entry = stage.draft(
        "author",
        agency_name="Báo Không Nói",
        authors=[author],
        parts=[part],
        exemplars=[ExemplarInput("Tổ dân vận")],
    )
    stage.add_page(entry)
    entry.draft_version.files[0].file.original_name = "anh-cua-kieu.png"
    stage.submit(entry)
    deciding.accept_entry(entry, actor=stage.actor("secretary"), now=stage.now)
    stage.make_copies()
    file = entry.submitted_version.files[0].file
    findings.clear_file(
        entry, file.public_id, covers=[], is_cleared=True, actor=stage.actor("secretary"), now=stage.now
    )


def text_of(body: bytes) -> str:
    """What a reader finds in a file: of a workbook its parts, of a PDF its words, of all else its bytes."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if body[:5] == b"%PDF-":
        document = pypdfium2.PdfDocument(body)
        words = [page.get_textpage().get_text_range() for page in document]
        return " ".join([*words, str(document.get_metadata_dict())])
    return body.decode("utf-8", "replace")


def crawl(client: FlaskClient, start: str) -> dict[str, str]:
    """Everything that can be reached by following addresses, with headers, by address."""
    found: dict[str, str] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        answer = client.get(path.replace("&amp;", "&"))
        found[path] = f"{answer.headers} {text_of(answer.data)}"
        if answer.mimetype == "text/html":
            waiting += LINK.findall(answer.text)
        if "Location" in answer.headers:
            waiting.append(answer.headers["Location"])
    return found


def test_nothing_a_judge_can_reach_says_who_made_a_work(app: Flask, judge: FlaskClient) -> None:
    pages = crawl(judge, "/work")
    assert any(p.startswith("/judging/work/") for p in pages), "the judge's screen was reached"
    assert any("/copy/" in p or "copies" in p for p in pages), "the copy of the page was reached"
    assert any(p.endswith("scores.xlsx") for p in pages), "the judge's workbook was reached"
    told = {(path, word) for path, text in pages.items() for word in TELLING if word.lower() in text.lower()}
    assert told == set()


def test_the_search_would_find_them(app: Flask, judge: FlaskClient) -> None:
    text = " ".join(crawl(sign_in(app, "secretary"), "/contests/thu/dossiers").values()).lower()
    assert [word for word in TELLING if word.lower() not in text] == []
