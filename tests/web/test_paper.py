"""Sheets on paper through the doors: typed in with the scan by one, compared by another; marks of the screen stay unseen."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest.clock import utcnow
from contest.models import Assignment, AuditEvent, Entry, Membership, Scoresheet, StoredFile, db
from contest.models.database import writing
from contest.services.judging import conflicts, paper, scoring, signatures
from tests.browsing import forms_of, send, token_of, words_of
from tests.cast import Stage, make_stage, png
from tests.web.test_entries import sign_in

MARKS = {"discovery": "27,5", "relevance": "21", "craft": "19,5", "effect": "14"}
FIGURES = ("27,5", "19,5", "82")


@dataclass
class Sheets:
    """An open round of one work: the judge's sheet of the screen, one on paper to come, one of the chair."""

    app: Flask
    stage: Stage
    round_id: int
    chair: str
    on_screen: str
    on_paper: str

    def client(self, who: str) -> FlaskClient:
        return sign_in(self.app, who)

    def sheet(self, public_id: str) -> Scoresheet | None:
        with self.app.app_context():
            found = scoring.get_assignment(public_id)
            return found.scoresheet if found else None

    def type_in(self, who: str = "secretary", **changes: object):
        """The form as it stands, filled."""
        address = f"/paper/{self.on_paper}"
        return send(self.client(who), address, **(MARKS | changes))

    def confirm(self, who: str, *, version: int | None = None):
        client = self.client(who)
        sheet = self.sheet(self.on_paper)
        data = {"csrf_token": token_of(client, "/accounts/profile"), "version": version or sheet.version}
        return client.post(f"/paper/{self.on_paper}/confirm", data=data)

    def send_back(self, who: str, reason: str = "Tiêu chí 3 là 18,5"):
        client = self.client(who)
        data = {"csrf_token": token_of(client, "/accounts/profile"), "reason": reason}
        return client.post(f"/paper/{self.on_paper}/send-back", data=data)

    def score(self, public_id: str) -> None:
        with self.app.app_context(), writing():
            found = scoring.get_assignment(public_id)
            judge = self.stage.reload().actor(found.judge.account.email.partition("@")[0])
            scoring.save_sheet(found, typed=MARKS, base_version=0, actor=judge, now=utcnow())

    def sign(self, public_id: str) -> int:
        with self.app.app_context(), writing():
            found = scoring.get_assignment(public_id)
            judge = db.session.get_one(Membership, found.judge_id)
            actor = self.stage.reload().actor(judge.account.email.partition("@")[0])
            return signatures.sign_sheets(judge, found.round, actor=actor, now=utcnow())


@pytest.fixture
def sheets(app: Flask) -> Sheets:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        stage.accepted(1)
        round_, judges = stage.panel(judges=3)
        stage.open_round(round_)
        for i, judge in enumerate(judges):
            conflicts.declare(judge, {}, actor=stage.actor(f"judge{i}"), now=stage.now)
        ids = [
            db.session.scalars(select(Assignment.public_id).where(Assignment.judge_id == j.id)).one()
            for j in judges
        ]
        return Sheets(app, stage, round_.id, *ids)


@pytest.mark.parametrize("who", ["secretary", "organizer", "judge0", "judge2", "operator"])
def test_marks_given_on_the_screen_are_at_no_paper_door(sheets: Sheets, who: str) -> None:
    sheets.score(sheets.on_screen)
    client = sheets.client(who)
    token = token_of(client, "/accounts/profile")
    for way in ("", "/check"):
        answer = client.get(f"/paper/{sheets.on_screen}{way}")
        assert answer.status_code == 404 and not any(f in answer.text for f in FIGURES)
    for way in ("", "/confirm", "/send-back"):
        answer = client.post(f"/paper/{sheets.on_screen}{way}", data={"csrf_token": token, "reason": "x"})
        assert answer.status_code == 404 and not any(f in answer.text for f in FIGURES)


@pytest.mark.parametrize("who", ["secretary", "organizer"])
def test_no_page_of_an_open_round_shows_a_mark_to_who_runs_the_contest(sheets: Sheets, who: str) -> None:
    sheets.score(sheets.on_screen)
    client = sheets.client(who)
    for path in (
        "/contests/thu/desk", "/contests/thu/log", "/contests/thu/paper", "/contests/thu/results", "/contests/thu/documents",
        f"/rounds/{sheets.round_id}/progress", f"/rounds/{sheets.round_id}/documents/sheets", f"/rounds/{sheets.round_id}/assignment",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code in (200, 404) and not any(f">{x}<" in answer.text for x in FIGURES), path
    for path in ("table", "table.xlsx", "shortlist", "documents/table", "documents/signed-sheets"):
        assert client.get(f"/rounds/{sheets.round_id}/{path}").status_code == 404, path


@pytest.mark.parametrize("who", ["organizer", "judge0"])
@pytest.mark.parametrize("way", ["shortlist", "shortlist/cut", "ties", "decisions/1/undo"])
def test_no_decision_about_equals_is_sent_and_no_table_drawn_while_the_round_is_open(
    sheets: Sheets, who: str, way: str
) -> None:
    sheets.score(sheets.on_screen)
    sheets.sign(sheets.on_screen)
    client = sheets.client(who)
    data = {"csrf_token": token_of(client, "/accounts/profile"), "category": "print", "entries": "1"}
    refused = client.post(f"/rounds/{sheets.round_id}/{way}", data=data)
    assert refused.status_code == 404 and "82" not in words_of(refused)


def test_a_sheet_with_its_scan_goes_from_one_person_to_another(sheets: Sheets) -> None:
    typed = sheets.type_in(scan=(io.BytesIO(png()), "phiếu 1.png"))
    assert typed.status_code == 303 and typed.location.endswith("/contests/thu/paper")
    with sheets.app.app_context(), writing():
        sheets.stage.reload().make_copies()
    secretary, organizer = sheets.client("secretary"), sheets.client("organizer")
    assert "chờ người khác" in words_of(secretary.get("/contests/thu/paper"))
    check = f"/paper/{sheets.on_paper}/check"
    for page in ("/contests/thu/paper", f"/rounds/{sheets.round_id}/progress"):
        assert check in organizer.get(page).text
    shown = organizer.get(check)
    assert all(figure in words_of(shown) for figure in (*MARKS.values(), "82"))
    picture = shown.text.partition('<img src="')[2].partition('"')[0]
    assert organizer.get(picture).status_code == 200
    assert len(forms_of(secretary.get(check))) == 0, "who typed it has no button"
    assert sheets.confirm("secretary").status_code == 403 and sheets.sheet(sheets.on_paper).state == "draft"
    assert sheets.confirm("organizer").status_code == 303
    assert sheets.confirm("organizer").status_code == 303, "a repeated click"
    sheet = sheets.sheet(sheets.on_paper)
    assert (sheet.state, sheet.source, sheet.signed_at) == ("signed", "paper", sheet.confirmed_at)
    assert [organizer.get(a).status_code for a in (check, picture)] == [404, 404], "read only to compare"
    with sheets.app.app_context():
        done = select(AuditEvent).where(AuditEvent.action == "scoresheet:confirmed")
        assert len(db.session.scalars(done).all()) == 1


def test_the_chair_reads_no_sheet_on_paper_before_the_own_signature(sheets: Sheets) -> None:
    sheets.type_in()
    check = f"/paper/{sheets.on_paper}/check"
    chair = sheets.client("judge0")
    assert chair.get(check).status_code == 404
    assert check not in chair.get(f"/rounds/{sheets.round_id}/progress").text
    assert sheets.confirm("judge0").status_code == 404
    sheets.score(sheets.chair)
    sheets.sign(sheets.chair)
    assert chair.get(check).status_code == 200
    assert check in chair.get(f"/rounds/{sheets.round_id}/progress").text
    assert sheets.confirm("judge0").status_code == 303 and sheets.sheet(sheets.on_paper).state == "signed"


def test_a_sheet_sent_back_is_confirmed_by_nobody_before_it_is_typed_in_again(sheets: Sheets) -> None:
    sheets.type_in()
    assert sheets.send_back("organizer").status_code == 303
    sheets.send_back("organizer")
    sheets.confirm("secretary")
    sheets.confirm("organizer")
    assert sheets.sheet(sheets.on_paper).state == "draft"
    with sheets.app.app_context():
        back = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "scoresheet:sent_back")).one()
        assert back.reason == "Tiêu chí 3 là 18,5"
    assert f"/paper/{sheets.on_paper}" in sheets.client("secretary").get("/contests/thu/paper").text
    assert sheets.type_in(craft="18,5").status_code == 303
    sheets.confirm("organizer")
    assert sheets.sheet(sheets.on_paper).state == "signed"


def test_numbers_typed_again_since_they_were_compared_are_not_confirmed(sheets: Sheets) -> None:
    sheets.type_in()
    seen = sheets.sheet(sheets.on_paper).version
    sheets.type_in(craft="18,5")
    sheets.confirm("organizer", version=seen)
    assert sheets.sheet(sheets.on_paper).state == "draft"
    sheets.confirm("organizer")
    assert sheets.sheet(sheets.on_paper).state == "signed"


@pytest.mark.parametrize("what", ["closed", "withdrawn"])
def test_nothing_is_confirmed_after_the_round_or_the_work_has_gone(sheets: Sheets, what: str) -> None:
    sheets.type_in()
    with sheets.app.app_context(), writing():
        found = scoring.get_assignment(sheets.on_paper)
        if what == "closed":
            found.round.state, found.round.closed_at = "closed", utcnow()
        else:
            db.session.get_one(Entry, found.entry_id).state = "withdrawn"
        db.session.commit()
    assert sheets.confirm("organizer").status_code == 403
    assert sheets.sheet(sheets.on_paper).state == "draft"


def test_a_refused_form_keeps_what_was_typed_and_the_scan(sheets: Sheets) -> None:
    client = sheets.client("secretary")
    address = f"/paper/{sheets.on_paper}"
    refused = send(client, address, **(MARKS | {"craft": "99"}), scan=(io.BytesIO(png()), "phiếu 1.png"))
    assert refused.status_code == 422 and "phiếu 1.png" in words_of(refused)
    fields = dict(forms_of(refused)[0][1])
    assert fields["discovery"] == "27,5" and fields["craft"] == "99"
    assert client.post(address, data=fields | {"craft": "19,5"}).status_code == 303
    with sheets.app.app_context():
        scan = paper.scan_of(scoring.get_assignment(sheets.on_paper).scoresheet)
        assert scan is not None and scan.original_name == "phiếu 1.png"
        assert (
            len(
                db.session.scalars(
                    select(StoredFile.id).where(StoredFile.original_name == "phiếu 1.png")
                ).all()
            )
            == 1
        )
    assert "phiếu 1.png" in words_of(client.get(address)), "typing it in again keeps it too"


def test_a_judge_neither_changes_nor_signs_what_two_others_take_from_paper(sheets: Sheets) -> None:
    sheets.type_in()
    judge = sheets.client("judge2")
    address = f"/judging/work/{sheets.on_paper}"
    page = judge.get(address)
    assert "nhập từ phiếu giấy" in words_of(page)
    with sheets.app.app_context():
        seat = scoring.get_assignment(sheets.on_paper).judge_id
    token = token_of(judge, "/accounts/profile")
    typed = {"csrf_token": token, "version": 1, "discovery": "30"}
    assert judge.post(address, data=typed).status_code == 403
    assert "data-open" not in judge.get(f"/judging/{seat}/scores").text
    assert sheets.sign(sheets.on_paper) == 0 and sheets.sheet(sheets.on_paper).state == "draft"
    assert "1 phiếu giấy chờ người thứ hai" in words_of(judge.get(f"/judging/{seat}/sign"))
    sheets.confirm("organizer")
    assert sheets.sheet(sheets.on_paper).state == "signed"


def test_who_types_reads_why_a_sheet_came_back_until_it_is_typed_in_again(sheets: Sheets) -> None:
    sheets.type_in()
    back = sheets.send_back("organizer", "Tiêu chí 3 là 18,5")
    assert back.location.endswith("/contests/thu/paper"), "the next sheet waits there"
    secretary = sheets.client("secretary")
    pages = ("/contests/thu/paper", f"/paper/{sheets.on_paper}")
    for page in pages:
        assert "Tiêu chí 3 là 18,5" in words_of(secretary.get(page))
    sheets.type_in(craft="18,5")
    for page in pages:
        assert "Tiêu chí 3 là 18,5" not in words_of(secretary.get(page))


def test_each_wrong_figure_is_told_beside_its_field(sheets: Sheets) -> None:
    refused = send(
        sheets.client("secretary"), f"/paper/{sheets.on_paper}", **(MARKS | {"craft": "99", "effect": ""})
    )
    assert refused.status_code == 422
    assert 'id="mark-craft-error">“' in refused.text
    assert 'id="mark-effect-error">Còn thiếu điểm này.' in refused.text
    assert "mark-discovery-error" not in refused.text
