"""Who scores a work blindly reads its names at no door unasked; opening its dossier costs the work."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from contest.clock import utcnow
from contest.domain.permissions import Role
from contest.models import (
    Assignment,
    AuditEvent,
    Conflict,
    Contest,
    Entry,
    Round,
    db,
)
from contest.models.database import writing
from contest.services.accounts import actors, members, persons
from contest.services.judging import assigning, conflicts, late_conflicts
from contest.services.judging import reading as judging
from contest.services.screening import findings
from tests.browsing import Statements, forms_of, send, token_of, words_of
from tests.cast import PASSWORD, make_stage
from tests.web.test_recusal import sign_in


@pytest.fixture
def both(app: Flask) -> tuple[FlaskClient, list[str], list[str]]:
    """The secretary, who is a judge of an open blind round too: signed in, the dossiers, the works in the same order."""
    with app.app_context(), writing():
        stage = make_stage(app, utcnow(), rounds__0__blind=True)
        entries = stage.accepted(2)
        round_, _ = stage.panel(judges=2)
        members.add_member(
            stage.contest, account=stage.people["secretary"], role=Role.JUDGE, actor=None, now=stage.now,
            panel=round_.panels[0],
        )  # fmt: skip
        stage.make_copies()
        for e in entries:
            file = e.submitted_version.files[0].file.public_id
            findings.clear_file(
                e, file, covers=[], is_cleared=True, actor=stage.actor("secretary"), now=stage.now
            )
        stage.open_round(round_)
        seat = next(j for j in judging.judges_of(round_.id) if j.account_id == stage.people["secretary"].id)
        conflicts.declare(seat, {}, actor=stage.actor("secretary"), now=stage.now)
        rows = [a for a in judging.list_assignments(round_.id) if a.judge_id == seat.id]
        works = [a.public_id for a in sorted(rows, key=lambda a: a.entry_id)]
        dossiers = [e.public_id for e in entries]
    return sign_in(app, "secretary"), dossiers, works


def test_who_types_a_dossier_in_for_its_author_does_not_judge_it_blindly(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow(), rounds__0__blind=True)
        (entry,) = stage.accepted(1)
        entry.entered_for, entry.entered_by_id = True, stage.people["secretary"].id
        round_, judges = stage.panel(judges=1)
        seat = members.add_member(
            stage.contest, account=stage.people["secretary"], role=Role.JUDGE, actor=None, now=stage.now,
            panel=round_.panels[0],
        )  # fmt: skip
        db.session.commit()
        found = conflicts.find_conflicts(round_, [*judges, seat], [entry])
        assert [(f.judge_id, f.kind.value) for f in found] == [(seat.id, "dossier")]


@pytest.mark.parametrize("door", ["/dossiers/{}", "/screening/{}", "/dossiers/{}/links"])
def test_opening_a_dossier_asks_first_and_then_costs_the_work(
    app: Flask, both: tuple[FlaskClient, list[str], list[str]], door: str
) -> None:
    client, (dossier, _), (work, other) = both
    page = client.get(door.format(dossier))
    assert "thì không chấm được nữa" in words_of(page) and "Báo Quảng Ngãi" not in page.text
    assert client.get(f"/judging/work/{work}").status_code == 200, "asking costs nothing"
    opened = send(client, door.format(dossier), onward=None, to=f"/dossiers/{dossier}/open")
    assert opened.location == f"/dossiers/{dossier}"
    assert "Báo Quảng Ngãi" in client.get(door.format(dossier)).text
    assert client.get(f"/judging/work/{work}").status_code == 404
    assert client.get(f"/judging/work/{other}").status_code == 200
    with app.app_context():
        (event,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "assignment:recused"))
        assert event.reason == "Đã mở hồ sơ có tên tác giả: Vòng chấm kín"
        plan = assigning.plan_round(db.session.scalars(select(Round).order_by(Round.id)).first())
        assert [f.kind.value for f in plan.conflicts] == ["dossier"]


@pytest.mark.parametrize(
    "door",
    [
        "/screening/{}/disqualify", "/screening/{}/override", "/screening/{}/files", "/dossiers/{}/links",
        "/dossiers/{}/correction",
    ],
)  # fmt: skip
def test_a_refused_act_shows_no_names_unasked_either(
    app: Flask, both: tuple[FlaskClient, list[str], list[str]], door: str
) -> None:
    client, (dossier, _), (work, _) = both
    page = client.post(door.format(dossier), data={"csrf_token": token_of(client, "/accounts/profile")})
    assert page.status_code == 409 and "thì không chấm được nữa" in words_of(page)
    assert "Người Viết" not in page.text and "Báo Quảng Ngãi" not in page.text
    assert client.get(f"/judging/work/{work}").status_code == 200


def test_what_was_typed_into_a_refused_act_is_carried_and_sent_after_opening(
    app: Flask, both: tuple[FlaskClient, list[str], list[str]]
) -> None:
    """The work came to the judge while the page of the dossier stood open."""
    client, (dossier, _), (work, _) = both
    typed = {
        "reason": "Phát hiện đăng trùng\nở báo khác “A & B”",
        "csrf_token": token_of(client, "/accounts/profile"),
    }
    asked = client.post(f"/screening/{dossier}/disqualify", data=typed)
    assert asked.status_code == 409 and "Nội dung vừa gửi được giữ ở đây" in words_of(asked)
    attributes, fields = forms_of(asked)[0]
    opened = client.post(attributes["action"], data=dict(fields))
    assert opened.status_code == 200 and client.get(f"/judging/work/{work}").status_code == 404
    attributes, fields = forms_of(opened)[0]
    assert attributes["action"] == f"/screening/{dossier}/disqualify"
    assert client.post(attributes["action"], data=dict(fields)).status_code == 303
    with app.app_context():
        kept = db.session.scalars(select(AuditEvent).where(AuditEvent.reason == typed["reason"])).all()
        assert len(kept) == 1


def openings(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "dossier:opened")).all())


def test_files_with_names_in_them_are_asked_about_and_kept_too(
    app: Flask, both: tuple[FlaskClient, list[str], list[str]]
) -> None:
    client, (dossier, _), _ = both
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.public_id == dossier)).one()
        file = entry.submitted_version.files[0].file
        copy = next(c for c in file.renditions)
        doors = [f"/dossiers/{dossier}/files/original/{file.public_id}"]
        doors += [f"/dossiers/{dossier}/files/copy/{copy.public_id}", f"/screening/{dossier}/files"]
    for door in doors:
        assert "thì không chấm được nữa" in words_of(client.get(door)), door
    assert openings(app) == 0
    organizer = sign_in(app, "organizer")
    assert organizer.get(doors[0]).mimetype == "image/png"
    assert organizer.get(doors[1]).status_code == 200
    assert openings(app) == 1, "who takes a file away has opened the dossier, once"


def test_lists_leave_names_out_of_works_that_the_reader_scores_blindly(
    app: Flask, both: tuple[FlaskClient, list[str], list[str]]
) -> None:
    client, (dossier, _), _ = both
    names = ("Người Viết A0", "Người Viết B1", "Báo Quảng Ngãi")
    doors = ("/contests/thu/dossiers", "/contests/thu/documents/screening")
    for door in doors:
        page = words_of(client.get(door))
        assert not any(name in page for name in names) and page.count("đang chấm kín") == 2, door
    for door in doors:
        with Statements(app) as seen:
            client.get(door)
        assert len(seen) <= 12, door
    assert "Tác phẩm 01" not in client.get("/contests/thu/dossiers?q=Người Viết A0").text, "nor found by them"
    assert client.get("/contests/thu/dossiers?sort=agency").text.count("đang chấm kín") == 2
    cells = [row[6:11] for row in sheet_of(client)]
    assert cells == [("đang chấm kín", None, None, None, None)] * 2
    organizer = sign_in(app, "organizer")
    for door in doors:
        assert all(name in words_of(organizer.get(door)) for name in names), "others read everything"
    assert {row[6] for row in sheet_of(organizer)} == set(names[:2])
    send(client, f"/dossiers/{dossier}", to=f"/dossiers/{dossier}/open")
    for door in doors:
        assert client.get(door).text.count("đang chấm kín") == 1, "an opened dossier is at stake no more"


def test_mails_and_the_log_name_nobody_either_until_the_sheets_are_signed(
    app: Flask, both: tuple[FlaskClient, list[str], list[str]]
) -> None:
    client, dossiers, _ = both
    with app.app_context(), writing():
        contest = db.session.scalars(select(Contest)).one()
        secretary = persons.find_account("secretary@kheo.example")
        assert secretary is not None
        members.add_member(contest, account=secretary, role=Role.ORGANIZER, actor=None, now=utcnow())
        round_ = judging.list_rounds(contest.id)[0]
        other = next(j for j in judging.judges_of(round_.id) if j.account_id != secretary.id)
        other.agency_name = "Báo Quảng Ngãi"
        db.session.flush()
        works = db.session.scalars(select(Entry).order_by(Entry.id)).all()
        late_conflicts.recuse_found(works, actor=actors.load_actor(secretary), now=utcnow())
        db.session.commit()
    doors = (
        "/contests/thu/mails",
        "/contests/thu/log",
        "/contests/thu/log?who=Người+Viết",
        "/contests/thu/log?q=Cùng",
    )
    names = ("Người Viết A0", "writer0@", "Tác phẩm 01", "Báo Quảng Ngãi")
    organizer = sign_in(app, "organizer")
    for door in doors:
        rows = words_of(client.get(door)).partition("<main")[2].replace('value="Người Viết"', "")
        assert not any(name in rows for name in names), door
        assert any(name in words_of(organizer.get(door)) for name in names), "others read everything"
    assert "đang chấm kín" in client.get(doors[1]).text and "chấm kín" in client.get(doors[0]).text
    for dossier in dossiers:
        send(client, f"/dossiers/{dossier}", to=f"/dossiers/{dossier}/open")
    for door in doors[:3]:
        assert "Người Viết A0" in words_of(client.get(door)), "nothing is at stake any more"


def test_who_scores_blindly_reads_no_reasons_of_others_beside_the_codes(
    app: Flask, both: tuple[FlaskClient, list[str], list[str]]
) -> None:
    secretary, _, _ = both
    with app.app_context(), writing():
        round_ = db.session.scalars(select(Round).order_by(Round.position)).first()
        other = next(j for j in judging.judges_of(round_.id) if j.account.email == "judge1@kheo.example")
        other.agency_name = "Báo Quảng Ngãi"
        db.session.commit()
        page = f"/rounds/{round_.id}/assignment"
    assert "Cùng cơ quan báo chí: Báo Quảng Ngãi" in words_of(sign_in(app, "organizer").get(page))
    seen = words_of(secretary.get(page))
    assert "Xung đột lợi ích" in seen and "Báo Quảng Ngãi" not in seen and "Cùng cơ quan" not in seen


def sheet_of(client: FlaskClient) -> list[tuple[object, ...]]:
    body = io.BytesIO(client.get("/contests/thu/dossiers.xlsx").data)
    return [
        row
        for row in load_workbook(body).active.iter_rows(values_only=True)
        if str(row[1]).startswith("Tác phẩm 0")
    ]


def test_the_dossier_that_was_asked_for_opens(both: tuple[FlaskClient, list[str], list[str]]) -> None:
    client, (dossier, _), _ = both
    assert send(client, f"/screening/{dossier}?rule=people").location == f"/screening/{dossier}?rule=people"


def test_a_dossier_opened_after_signing_changes_nothing(
    app: Flask, both: tuple[FlaskClient, list[str], list[str]]
) -> None:
    client, (dossier, _), works = both
    for work in works:
        marks = {"discovery": "20", "relevance": "20", "craft": "20", "effect": "15"}
        path = f"/judging/work/{work}"
        assert (
            client.post(path, data={"csrf_token": token_of(client, path), "version": "0"} | marks).status_code
            == 303
        )
    with app.app_context():
        seat = db.session.scalars(select(Assignment.judge_id).where(Assignment.public_id == works[0])).one()
    assert send(client, f"/judging/{seat}/sign", password=PASSWORD).status_code == 303
    assert "Người Viết" in client.get(f"/dossiers/{dossier}").text
    with app.app_context():
        plan = assigning.plan_round(db.session.scalars(select(Round).order_by(Round.id)).first())
        assert (plan.conflicts, plan.signed, plan.changes) == ([], [], 0)


def test_a_profile_tells_nothing_of_the_houses_of_blind_works(
    app: Flask, both: tuple[FlaskClient, list[str], list[str]]
) -> None:
    client, _, works = both
    with app.app_context():
        seat = db.session.scalars(select(Assignment.judge_id).where(Assignment.public_id == works[0])).one()
    said = {}
    for agency in ("Báo Không Ai Gửi", "Báo Quảng Ngãi", ""):
        saved = send(client, "/accounts/profile", agency_name=agency)
        said[agency] = words_of(client.get(saved.location)).split("Đã lưu.")[1].split("<")[0]
    assert len(set(said.values())) == 1, "one sentence, whatever was found"
    assert {client.get(f"/judging/work/{work}").status_code for work in works} == {404}
    with app.app_context(), writing():
        kept = db.session.scalars(select(Conflict).order_by(Conflict.id)).all()
        assert {(c.kind, c.reason) for c in kept} == {("profile", "Báo Quảng Ngãi")}
        logged = select(AuditEvent.reason).where(AuditEvent.action == "assignment:recused")
        assert len(db.session.scalars(logged).all()) == 2
        assigning.apply_plan(
            db.session.scalars(select(Round).order_by(Round.id)).first(), actor=None, now=utcnow()
        )
    assert {client.get(f"/judging/work/{work}").status_code for work in works} == {404}, "not given again"
    scores = words_of(client.get(f"/judging/{seat}/scores"))
    assert "Báo Quảng Ngãi" not in scores and "Đã xin không chấm" not in scores
