"""What a decision's door refuses comes back on its own page: a status that says so, the sentence, nothing typed lost."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from flask import Flask

from contest.clock import utcnow
from contest.models import db
from contest.models.database import writing
from contest.services.judging import paper
from contest.services.judging import reading as judging
from contest.services.results import closing, shortlisting
from tests.browsing import forms_of, send
from tests.cast import Stage, make_stage
from tests.finals import QUOTA, run_round
from tests.services.test_prize_conditions import CONDITIONAL, SHARED, finals
from tests.web.test_entries import sign_in

LONG = "Lý do rất dài. " * 150
NO_REASON = "Mục này cần được điền."
TOO_LONG = "Không dài quá"


class Door(NamedTuple):
    """Who opens which page and sends which of its forms, with what; what of it the answer still shows."""

    who: str
    page: str
    ends: str
    typed: dict[str, Any]
    sentence: str
    kept: dict[str, list[str]]
    status: int = 422


def tied_cut(app: Flask) -> Door:
    rules: dict[str, Any] = {"rounds__0__shortlist": {"per_category": 2}, "ties": {"chain": ["chair"]}}
    stage = make_stage(app, utcnow(), **rules)
    ids = [e.id for e in stage.accepted(3)]
    run_round(stage, 0, dict(zip(ids, ["90", "80", "80"], strict=True)))
    round_ = judging.list_rounds(stage.contest.id)[0]
    both = [str(i) for i in ids[1:]]
    typed = {"entries": both, "reason": "Cả hai đều hay"}
    kept = {"entries": both, "reason": ["Cả hai đều hay"]}
    return Door("judge0", f"/rounds/{round_.id}/shortlist", "/cut", typed, "Chọn từ 1 đến 1", kept)


def tied_prize(app: Flask) -> tuple[Stage, list[int]]:
    stage = make_stage(
        app, utcnow(), rounds__0__shortlist={"per_category": 5}, ties={"chain": ["shared"]}, **PRIZES
    )
    ids = [e.id for e in stage.accepted(4)]
    totals = dict(zip(ids, ["95", "90", "90", "90"], strict=True))
    run_round(stage, 0, totals)
    shortlisting.apply_shortlist(judging.list_rounds(stage.contest.id)[0], actor=None, now=stage.now)
    run_round(stage, 1, totals, name="Chung khảo")
    return stage, ids


PRIZES = {"prizes": QUOTA["prizes"]}


def tie_on_the_board(app: Flask) -> Door:
    _, ids = tied_prize(app)
    one = [str(ids[1])]
    kept = {"entries": one, "reason": ["Một bài thôi"]}
    typed = {"entries": one, "reason": "Một bài thôi"}
    return Door("organizer", "/contests/thu/results", "/ties", typed, "chọn đúng 2 tác phẩm", kept)


def tie_on_the_chairs_table(app: Flask) -> Door:
    stage, ids = tied_prize(app)
    final = judging.list_rounds(stage.contest.id)[1]
    two = [str(i) for i in ids[1:3]]
    typed = {"entries": two, "reason": ""}
    return Door("judge0", f"/rounds/{final.id}/table", "/ties", typed, NO_REASON, {"entries": two})


def several_prizes(app: Flask) -> Door:
    works = {"authors": [SHARED], "agency_name": "Báo Quảng Ngãi"}
    finals(app, utcnow(), works=works, prizes=CONDITIONAL, publication__several_prizes_per_person=False)
    kept = {"reason": [LONG]}
    return Door("organizer", "/contests/thu/results", "/several", {"reason": LONG}, TOO_LONG, kept)


def open_round(app: Flask, **totals: list[str]) -> tuple[Stage, Any]:
    stage = make_stage(app, utcnow())
    ids = [e.id for e in stage.accepted(2)]
    round_, _ = stage.panel()
    stage.open_round(round_)
    if totals:
        stage.judge_all(round_, dict(zip(ids, totals.values(), strict=True)))
    return stage, round_


def release(app: Flask) -> Door:
    _, round_ = open_round(app)
    page = f"/rounds/{round_.id}/assignment"
    typed = {"reason": "Ốm " * 400, "void_signed": "y"}
    return Door(
        "secretary", page, "release?", typed, TOO_LONG, {"reason": ["Ốm " * 400], "void_signed": ["y"]}
    )


def due(app: Flask) -> Door:
    _, round_ = open_round(app)
    page, typed = f"/rounds/{round_.id}/assignment", {"due_on": "30/02/2027"}
    return Door("secretary", page, "/due", typed, "Không có ngày 30", {"due_on": ["30/02/2027"]})


def apart(app: Flask) -> tuple[Stage, Any]:
    return open_round(app, first=["90", "50", "85"], second=["80", "80", "80"])


def divergence(app: Flask) -> Door:
    _, round_ = apart(app)
    page, kept = f"/rounds/{round_.id}/progress", {"decision": [LONG]}
    return Door("judge0", page, "/divergence/", {"decision": LONG}, TOO_LONG, kept)


def reopen_sheet(app: Flask) -> Door:
    _, round_ = apart(app)
    page, kept = f"/rounds/{round_.id}/progress", {"reason": [LONG]}
    return Door("judge0", page, "/reopen", {"reason": LONG}, TOO_LONG, kept)


def close_round(app: Flask) -> Door:
    _, round_ = open_round(app)
    page, kept = f"/rounds/{round_.id}/progress", {"waive": ["y"]}
    return Door("judge0", page, "/close", {"waive": "y"}, "chưa đủ số phiếu đã ký", kept)


def reopen_round(app: Flask) -> Door:
    stage, round_ = open_round(app, first=["80"] * 3, second=["70"] * 3)
    closing.close_round(round_, waive_unsigned=False, actor=stage.actor("judge0"), now=stage.now)
    page, kept = f"/rounds/{round_.id}/progress", {"reason": [LONG]}
    return Door("judge0", page, "/reopen", {"reason": LONG}, TOO_LONG, kept)


def send_back(app: Flask) -> Door:
    stage, round_ = open_round(app)
    sheet = judging.list_assignments(round_.id)[0]
    typed = {c.key: "10" for c in judging.rules_in(round_).criteria}
    paper.enter_paper(
        sheet, typed=typed, base_version=0, scan=None, actor=stage.actor("secretary"), now=stage.now
    )
    page, kept = f"/paper/{sheet.public_id}/check", {"reason": [LONG]}
    return Door("judge0", page, "/send-back", {"reason": LONG}, TOO_LONG, kept)


def close_contest(app: Flask) -> Door:
    make_stage(app, utcnow())
    page, kept = "/contests/thu/rulebook", {"reason": [LONG]}
    return Door("organizer", page, "/close", {"reason": LONG}, TOO_LONG, kept)


def reopen_contest(app: Flask) -> Door:
    make_stage(app, utcnow()).contest.state = "closed"
    db.session.commit()
    page, kept = "/contests/thu/rulebook", {"reason": [LONG]}
    return Door("organizer", page, "/reopen", {"reason": LONG}, TOO_LONG, kept)


def end_a_role(app: Flask) -> Door:
    make_stage(app, utcnow())
    page, kept = "/contests/thu/members", {"reason": [LONG]}
    return Door("organizer", page, "/end", {"reason": LONG}, TOO_LONG, kept)


DOORS = [
    tied_cut, tie_on_the_board, tie_on_the_chairs_table, several_prizes, release, due, divergence, reopen_sheet,
    close_round, reopen_round, send_back, close_contest, reopen_contest, end_a_role,
]  # fmt: skip


@pytest.mark.parametrize("make", DOORS, ids=lambda make: make.__name__)
def test_a_refused_decision_keeps_what_was_typed(app: Flask, make: Callable[[Flask], Door]) -> None:
    with app.app_context(), writing():
        door = make(app)
    client = sign_in(app, door.who)
    shown = forms_of(client.get(door.page))
    at = next(i for i, (form, _) in enumerate(shown) if door.ends in form.get("action", ""))
    answer = send(client, door.page, form=at, **door.typed)
    assert answer.status_code == door.status
    assert door.sentence in html.unescape(answer.text)
    again = next(f for f in forms_of(answer) if f[0].get("action") == shown[at][0]["action"] and has(f, door))
    attributes, fields = again
    for name, values in door.kept.items():
        assert [v.strip() for n, v in fields if n == name] == [v.strip() for v in values]
    assert all(form.get("action") for form, _ in forms_of(answer)), "no form depends on the page's address"


def has(form: tuple[dict[str, Any], list[tuple[str, str]]], door: Door) -> bool:
    """Whether the form is the row that was sent, not another row of the same address."""
    return {name for name, _ in form[1]} >= set(door.kept)


def test_a_panel_with_judges_is_not_removed_and_the_page_says_so(app: Flask) -> None:
    with app.app_context(), writing():
        round_, _ = make_stage(app, utcnow()).panel(judges=1)
        page, button = f"/rounds/{round_.id}/panels", f"/panels/{round_.panels[0].id}/remove"
    client = sign_in(app, "organizer")
    answer = send(client, page, to=button, name=None, categories=None)
    assert answer.status_code in (409, 422) and 'class="notice error"' in answer.text
    assert [f.get("action") for f, _ in forms_of(answer)] == [page]


def test_a_button_that_is_refused_says_why_on_the_page_it_stands_on(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        round_ = judging.list_rounds(stage.contest.id)[0]
        stage.panel(judges=1)
        page, button = f"/rounds/{round_.id}/assignment", f"/rounds/{round_.id}/open"
    client = sign_in(app, "organizer")
    answer = send(client, page, to=button, expected=None)
    assert answer.status_code == 422
    assert "Chưa phân công tác phẩm nào" in answer.text and "<h1>" in answer.text
