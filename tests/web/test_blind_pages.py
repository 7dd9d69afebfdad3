"""A blind round from the judge's chair: every page, copy, file and header a judge can reach is searched for the authors.

A secretary or organizer who judges too finds them at no door of theirs unasked: not on other dossiers' pages, not in the log,
not in the outbox.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import timedelta

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest.clock import today, utcnow
from contest.domain.permissions import Role
from contest.models import Entry, db
from contest.models.database import writing
from contest.services import audit
from contest.services.accounts import actors, members, persons
from contest.services.entries.authors import AuthorInput
from contest.services.entries.drafting import ExemplarInput, PartInput
from contest.services.judging import conflicts
from contest.services.screening import deciding, findings
from tests.browsing import Statements, forms_of, send, words_of
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
        conflicts.declare(judges[0], {}, actor=actors.load_actor(judges[0].account), now=stage.now)
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


@dataclass
class Waiting:
    """Dossiers that wait for screening while the work is scored, by their addresses, and the codes of the work."""

    alike: str
    same: str
    other: str
    receipt: str
    judging: str
    work: str

    @property
    def dossiers(self) -> tuple[str, str, str]:
        return self.alike, self.same, self.other


@pytest.fixture
def waiting(app: Flask) -> Waiting:
    """Secretary and organizer score the work blindly. Three dossiers wait: by a namesake of its author, by a person found to
    be its author, who may have one work, and by nobody of them. A second secretary judges nothing."""
    with app.app_context(), writing():
        limit = {"value": 1, "mode": "block"}
        stage = make_stage(app, utcnow(), rounds__0__blind=True, limits__entries_per_person=limit)
        _hand_in(stage)
        work = db.session.scalars(select(Entry)).one()
        named = AuthorInput("Kiều Giấu Tên", credit_role="writer", is_contact=True)
        rows = [
            stage.entry("coauthor", title="Bài trùng tên", authors=[named]),
            stage.entry("operator", title="Bài của cùng người", authors=[named]),
            stage.entry("clerk", title="Bài của người khác", agency_name="Báo Không Nói"),
        ]
        secretary, now = stage.actor("secretary"), stage.now
        pairs = {"first_id": _person(rows[1]), "second_id": _person(work)}
        findings.compare_persons(rows[1], **pairs, is_same=True, actor=secretary, now=now)
        findings.compare_persons(
            rows[1], first_id=_person(rows[0]), second_id=_person(rows[1]), is_same=False, actor=secretary, now=now
        )  # fmt: skip
        why = f"Kiều Giấu Tên đã đứng tên {work.receipt_code}"
        due = now + timedelta(days=3)
        deciding.return_entry(rows[1], question=why, due_at=due, actor=secretary, now=now)
        round_, _ = stage.panel(judges=1)
        members.add_member(
            stage.contest, account=stage.people["stranger"], role=Role.SECRETARY, actor=None, now=now
        )  # fmt: skip
        for who in ("secretary", "organizer"):
            account, panel = stage.people[who], round_.panels[0]
            members.add_member(
                stage.contest, account=account, role=Role.JUDGE, actor=None, now=now, panel=panel
            )
        db.session.commit()
        stage.open_round(round_)
        names = [e.public_id for e in rows]
        return Waiting(*names, work.receipt_code or "", work.judging_code or "", work.public_id)


def _person(entry: Entry) -> int:
    return entry.submitted_version.authors[0].person_id or 0


def rule_of_persons(client: FlaskClient, public_id: str) -> str:
    """The page of a dossier with the rule about how much one person may hand in, and who may be one person."""
    return words_of(client.get(f"/screening/{public_id}?rule=per_person"))


SAID = "hồ sơ này chưa được so với các tác phẩm bạn chấm"
ELSEWHERE = ("Bút Danh Kín", "0988777666", "1980")


def test_other_dossiers_tell_nothing_of_whose_the_works_are_that_their_reader_scores(
    app: Flask, waiting: Waiting
) -> None:
    reader, whole = sign_in(app, "secretary"), sign_in(app, "stranger")
    for public_id in waiting.dossiers:
        page = rule_of_persons(reader, public_id)
        assert SAID in page, "the same sentence on every dossier"
        assert [w for w in (waiting.receipt, waiting.judging, *ELSEWHERE) if w in page] == []
        assert SAID not in rule_of_persons(whole, public_id)
    assert "Hai “Kiều Giấu Tên” là một người?" in rule_of_persons(whole, waiting.alike)
    assert "Bút Danh Kín" in rule_of_persons(whole, waiting.alike)
    assert f"đã đứng tên {waiting.receipt}" in rule_of_persons(whole, waiting.same)
    send(reader, f"/dossiers/{waiting.work}", to=f"/dossiers/{waiting.work}/open")
    assert SAID not in rule_of_persons(reader, waiting.same), "an opened dossier is at stake no more"
    assert f"đã đứng tên {waiting.receipt}" in rule_of_persons(reader, waiting.same)


def test_names_to_link_say_nothing_of_these_works_either(app: Flask, waiting: Waiting) -> None:
    reader, whole = (
        words_of(sign_in(app, w).get(f"/dossiers/{waiting.other}/links")) for w in ("secretary", "stranger")
    )
    assert "cũng ghi “Báo Không Nói”" in whole and waiting.receipt in whole
    assert "cũng ghi “Báo Không Nói”" not in reader and waiting.receipt not in reader


def test_neither_an_act_nor_its_refusal_tells_it(app: Flask, waiting: Waiting) -> None:
    reader = sign_in(app, "secretary")
    assert "Không có hồ sơ nào đạt tất cả" in words_of(reader.get("/contests/thu/screening/accept-clean"))
    for public_id in waiting.dossiers:
        page = f"/screening/{public_id}"
        forms = forms_of(reader.get(page))
        for act in ("accept", "reject"):
            at = next(i for i, (form, _) in enumerate(forms) if form.get("action") == f"{page}/{act}")
            typed = {"version": "0"} if act == "accept" else {"reason": " "}
            refused = send(reader, page, form=at, **typed)
            assert refused.status_code in (409, 422)
            assert [w for w in (waiting.receipt, *ELSEWHERE) if w in words_of(refused)] == [], act


def test_the_log_names_nobody_beside_the_works_that_its_reader_scores(app: Flask, waiting: Waiting) -> None:
    organizer, log = sign_in(app, "organizer"), "/contests/thu/log"
    rows = rows_of(organizer, log)
    about = [r for r in rows if waiting.receipt in r or waiting.judging in r]
    assert len(about) == 3 and all("đang chấm kín" in r for r in about)
    assert not any("Phạm Thị Hà" in r for r in rows), "who handed the work in"
    assert not any(f"đã đứng tên {waiting.receipt}" in r for r in rows), "nor what was written elsewhere"
    assert rows_of(organizer, f"{log}?who=Phạm Thị Hà") == [], "nor is it found by a name"
    assert not any("đang chấm kín" in r for r in rows_of(organizer, f"{log}?q=đã đứng tên"))
    assert rows_of(organizer, f"{log}?q={waiting.receipt}"), "but by its code"
    with Statements(app) as seen:
        organizer.get(log)
    assert len(seen) <= 12
    send(organizer, f"/dossiers/{waiting.work}", to=f"/dossiers/{waiting.work}/open")
    assert any("Phạm Thị Hà" in r and waiting.receipt in r for r in rows_of(organizer, log))


def test_what_was_written_about_these_works_is_not_found_by_its_writer(app: Flask, waiting: Waiting) -> None:
    with app.app_context(), writing():
        writer = actors.load_actor(persons.find_account("stranger@kheo.example"))
        contest = db.session.scalars(select(Entry.contest_id)).first()
        said = {"kind": "person", "subject_id": 1, "label": "Hai người", "contest_id": contest}
        for note in (f"như ở {waiting.receipt}", "như trước"):
            audit.record("person:compared", actor=writer, now=utcnow(), after={"finding": note}, **said)
        db.session.commit()
    organizer, log = sign_in(app, "organizer"), f"/contests/thu/log?action=person:compared&who={writer.name}"
    found = rows_of(organizer, log)
    assert any("như trước" in r for r in found) and not any("đang chấm kín" in r for r in found)


def rows_of(client: FlaskClient, path: str) -> list[str]:
    """The rows of the log as a reader sees them."""
    rows = re.findall(r"<tr>(.*?)</tr>", client.get(path).text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", r).split()) for r in rows[1:]]


@pytest.mark.parametrize("who", ["secretary", "organizer"])
def test_the_mails_about_these_works_are_not_shown(app: Flask, waiting: Waiting, who: str) -> None:
    mails, others = (words_of(sign_in(app, w).get("/contests/thu/mails")) for w in (who, "stranger"))
    assert f"Biên nhận {waiting.receipt}" in others and "&lt;author@kheo.example" in others
    assert waiting.receipt not in mails and "&lt;author@kheo.example" not in mails
    assert "đang chấm kín không hiện ở đây" in mails and "Bài của người khác" in mails
