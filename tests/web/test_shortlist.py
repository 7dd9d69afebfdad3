"""The list for the next round as people see and print it: before it is made, once it is made, when a work leaves it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest.clock import utcnow
from contest.models import AuditEvent, Entry, TieDecision, db
from contest.models.database import writing
from contest.services.judging import reading as judging
from contest.services.screening import deciding
from tests.browsing import forms_of, send, token_of, words_of
from tests.cast import Stage, make_stage
from tests.finals import run_round
from tests.web.test_access import sign_in

WHY = "Đề tài vùng sâu"


@pytest.fixture
def cut(app: Flask) -> tuple[Stage, int]:
    """A closed first round with 90; 80, 80 for two places; (stage, the round)."""
    with app.app_context(), writing():
        rules = {
            "rounds__0__shortlist": {"per_category": 2},
            "ties": {"chain": ["chair"]},
            "contest__decimals": 1,
        }
        stage = make_stage(app, utcnow(), **rules)
        ids = [e.id for e in stage.accepted(3)]
        run_round(stage, 0, dict(zip(ids, ["90", "80", "80"], strict=True)))
        return stage, judging.list_rounds(stage.contest.id)[0].id


@pytest.fixture
def organizer(app: Flask, cut: tuple[Stage, int]) -> FlaskClient:
    return sign_in(app, "organizer")


def post(client: FlaskClient, path: str, end: str, **typed: object):
    """Send the form of a page whose address ends so; the button that makes the list has no address of its own."""
    found = [form.get("action", path) for form, _ in forms_of(client.get(path))]
    return send(client, path, form=next(i for i, a in enumerate(found) if re.search(end, a)), **typed)


def choose(client: FlaskClient, page: str, title: str):
    value = re.search(rf'value="(\d+)"><span>{title}', words_of(client.get(page)))
    assert value, title
    return post(client, page, "/cut$", entries=[value[1]], reason=WHY)


def leave(app: Flask, stage: Stage, title: str) -> None:
    with app.app_context(), writing():
        stage.reload()
        entry = next(e for e in db.session.query(Entry) if e.submitted_version.title == title)
        deciding.record_withdrawal(entry, reason="Công văn", actor=stage.actor("secretary"), now=utcnow())


def listed(client: FlaskClient, page: str) -> dict[str, str]:
    """What stands beside each work of the page."""
    rows = re.findall(
        r'headline">(Tác phẩm \d+)</td>.*?<td>(.*?)</td>',
        words_of(client.get(page)).replace('data-label="Điểm"', ""),
    )
    return {title: " ".join(re.sub(r"<[^>]+>", " ", words).split()) for title, words in rows}


def test_nothing_is_printed_before_the_list_is_made(
    app: Flask, organizer: FlaskClient, cut: tuple[Stage, int]
) -> None:
    page, paper = f"/rounds/{cut[1]}/shortlist", f"/rounds/{cut[1]}/documents/shortlist"
    assert organizer.get(paper).status_code == 404, "a tie at the cut is open"
    assert paper not in organizer.get(page).text
    assert choose(organizer, page, "Tác phẩm 03").status_code == 303
    assert organizer.get(paper).status_code == 404, "decided, but not made"
    documents = organizer.get("/contests/thu/documents").text
    assert "Mở khi danh sách được lập." in documents and paper not in documents
    assert post(organizer, page, "/shortlist$").status_code == 303
    assert paper in organizer.get(page).text and paper in organizer.get("/contests/thu/documents").text
    printed = words_of(organizer.get(paper))
    assert "1. Báo in: 2 tác phẩm" in printed
    assert re.findall(r"Tác phẩm \d+", printed) == ["Tác phẩm 01", "Tác phẩm 03"]
    assert re.findall(r'number">(\d+,\d+)<', printed) == ["90,0", "80,0"], "as many decimals as the rules say"
    assert f"Bằng điểm ở ngưỡng chọn, theo quyết định: {WHY}" in printed


def test_once_made_the_list_is_what_was_made_and_marks_who_left(
    app: Flask, organizer: FlaskClient, cut: tuple[Stage, int]
) -> None:
    stage, round_id = cut
    page = f"/rounds/{round_id}/shortlist"
    choose(organizer, page, "Tác phẩm 02")
    post(organizer, page, "/shortlist$")
    with app.app_context(), writing():
        stage.reload()
        final, _ = stage.panel(position=1, name="Chung khảo")
        stage.open_round(final)
    leave(app, stage, "Tác phẩm 01")
    shown = words_of(organizer.get(page))
    assert listed(organizer, page) == {
        "Tác phẩm 01": "đã rút sau khi lập danh sách", "Tác phẩm 02": "vào Chung khảo", "Tác phẩm 03": "dừng lại",
    }  # fmt: skip
    assert "2 trong 3 tác phẩm" in shown and "Lập lại danh sách" not in shown
    printed = words_of(organizer.get(f"/rounds/{round_id}/documents/shortlist"))
    assert "Tác phẩm 01 <i>(đã rút sau khi lập danh sách)</i>" in printed
    assert "Tác phẩm 02" in printed and "Tác phẩm 03" not in printed
    with app.app_context():
        final = judging.list_rounds(stage.contest_id)[1]
        assert [e.submitted_version.title for e in judging.entries_in_round(final)] == ["Tác phẩm 02"]


def test_a_list_that_a_leaving_work_has_changed_asks_to_be_made_again(
    app: Flask, organizer: FlaskClient, cut: tuple[Stage, int]
) -> None:
    page = f"/rounds/{cut[1]}/shortlist"
    choose(organizer, page, "Tác phẩm 02")
    post(organizer, page, "/shortlist$")
    assert "Hãy lập lại trước khi mở" not in words_of(organizer.get(page))
    leave(app, cut[0], "Tác phẩm 01")
    assert "Hãy lập lại trước khi mở Chung khảo" in words_of(organizer.get(page))
    post(organizer, page, "/shortlist$")
    assert listed(organizer, page)["Tác phẩm 03"] == "vào Chung khảo"


def test_a_decision_at_the_cut_is_taken_back_while_the_next_round_has_not_begun(
    app: Flask, organizer: FlaskClient, cut: tuple[Stage, int]
) -> None:
    stage, round_id = cut
    page = f"/rounds/{round_id}/shortlist"
    choose(organizer, page, "Tác phẩm 03")
    post(organizer, page, "/shortlist$")
    assert "Nguyễn Văn Sơn" in words_of(organizer.get(page)), "who decided"
    chair = sign_in(app, "judge0")
    post(chair, page, "/undo$", reason="")
    assert listed(organizer, page)["Tác phẩm 03"] == "vào Chung khảo", "a reason is needed"
    assert post(chair, page, "/undo$", reason="Bấm nhầm").status_code == 303
    assert listed(organizer, page)["Tác phẩm 03"] == "bằng điểm"
    assert organizer.get(f"/rounds/{round_id}/documents/shortlist").status_code == 404, (
        "the list is made anew"
    )
    assert "Bấm nhầm" in organizer.get("/contests/thu/log").text
    choose(organizer, page, "Tác phẩm 02")
    post(organizer, page, "/shortlist$")
    with app.app_context(), writing():
        stage.reload()
        final, _ = stage.panel(position=1, name="Chung khảo")
        stage.open_round(final)
    assert "/undo" not in organizer.get(page).text
    with app.app_context():
        kept = db.session.scalars(select(TieDecision)).one()
    fields = dict(forms_of(organizer.get("/accounts/profile"))[0][1])
    late = {"csrf_token": fields["csrf_token"], "reason": "Muộn"}
    organizer.post(f"/rounds/{round_id}/decisions/{kept.id}/undo", data=late)
    with app.app_context():
        assert db.session.scalars(select(TieDecision)).one().reason == WHY
        undone = select(AuditEvent).where(AuditEvent.action == "shortlist:decision_undone")
        assert db.session.scalars(undone).one().before == {"entries": 1, "decided": WHY}


def test_the_chair_of_an_earlier_round_decides_no_prize(app: Flask, cut: tuple[Stage, int]) -> None:
    chair = sign_in(app, "judge0")
    typed = {
        "csrf_token": token_of(chair, "/accounts/profile"),
        "slot": "print · Giải Nhất",
        "entries": "1",
        "reason": "x",
    }
    assert chair.post(f"/rounds/{cut[1]}/ties", data=typed).status_code == 404
    with app.app_context():
        assert db.session.scalar(select(TieDecision.id)) is None
