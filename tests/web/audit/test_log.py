"""The log: every act and value has Vietnamese words, and a mark is read there only when its round has closed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from contest.clock import utcnow
from contest.domain.contests import ContestAction
from contest.domain.entries import EntryAction
from contest.models import Assignment, Round, db
from contest.models.database import writing
from contest.services.accounts import actors
from contest.services.judging import conflicts, scoring
from contest.services.results import closing
from contest.web.audit.words import KEYS, NOUNS, VERBS
from tests.browsing import send, token_of, words_of
from tests.cast import PASSWORD, Stage, make_stage

SERVICES = Path(__file__).resolve().parents[3] / "contest" / "services"
LOG = "/contests/thu/log?action=scoresheet:saved"


def calls() -> Iterator[ast.Call]:
    """Every call in the services that names an act of the log."""
    for path in sorted(SERVICES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
                "record",
                "_log",
            ):
                yield node


def test_every_act_has_a_noun_and_a_verb() -> None:
    acts = {
        text.value
        for call in calls()
        for text in ast.walk(call.args[0])
        if isinstance(text, ast.Constant) and re.fullmatch(r"[a-z]+:[a-z_]+", str(text.value))
    }
    acts |= {f"entry:{a.value}" for a in EntryAction} | {f"contest:{a.value}" for a in ContestAction}
    assert len(acts) > 50
    assert {a for a in acts if a.partition(":")[0] not in NOUNS or a.partition(":")[2] not in VERBS} == set()


def test_every_key_of_before_and_after_has_a_name() -> None:
    keys = {
        key.value
        for call in calls()
        for word in call.keywords
        if word.arg in ("before", "after") and isinstance(word.value, ast.Dict)
        for key in word.value.keys
        if isinstance(key, ast.Constant)
    }
    assert len(keys) > 30 and keys - set(KEYS) == set()


@pytest.fixture
def judged(app: Flask) -> Stage:
    """A round with one work of which a judge has raised the whole sheet from 70 to 82."""
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        stage.accepted(1)
        round_, judges = stage.panel()
        stage.open_round(round_)
        for assignment in db.session.scalars(select(Assignment)):
            stage.score(assignment, "70")
            stage.score(assignment, "82", version=1)
        for judge in judges:
            conflicts.declare_first(judge, {}, actor=actors.load_actor(judge.account), now=stage.now)
            scoring.sign_sheets(judge, round_, actor=actors.load_actor(judge.account), now=stage.now)
        return stage


def log_of(app: Flask, address: str = LOG) -> str:
    client = app.test_client()
    send(client, "/accounts/login", email="organizer@kheo.example", password=PASSWORD)
    return words_of(client.get(address))


def test_marks_are_withheld_while_the_round_is_open(app: Flask, judged: Stage) -> None:
    page = log_of(app)
    assert page.count("Mục đã ghi: ") == 6 and " → " not in page.partition("Trước → sau")[2]


def test_marks_are_read_before_and_after_once_the_round_has_closed(app: Flask, judged: Stage) -> None:
    with app.app_context(), writing():
        judged.reload()
        round_ = db.session.get_one(
            Round, db.session.query(Round.id).order_by(Round.position).limit(1).scalar()
        )
        closing.close_round(round_, actor=judged.actor("organizer"), now=judged.now, waive_unsigned=True)
    page = log_of(app)
    assert re.search(r"[\d,]+ → [\d,]+", page) and "(chưa chấm) → 30" in page


def test_what_happens_outside_contests_is_read_by_the_operator(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        other = stage.people["stranger"].id
    operator = app.test_client()
    send(operator, "/accounts/login", email="operator@kheo.example", password=PASSWORD)
    token = token_of(operator, "/accounts/profile")
    operator.post(f"/operate/accounts/{other}", data={"csrf_token": token, "disabled": "y"})
    page = words_of(operator.get("/operate/log"))
    assert "Tài khoản: đăng nhập" in page and "Khóa tài khoản: không → có" in page
    assert "Trần Người Lạ" in page
    assert "Thành viên: thêm" not in page, "that of a contest stays with its organizer"
    only = words_of(operator.get("/operate/log?action=account:changed"))
    rows = only.partition("<tbody>")[2]
    assert "Trần Người Lạ" in rows and "Tài khoản: đăng nhập" not in rows
    assert operator.get("/contests/thu/log").status_code == 404
    assert "Tài khoản: đăng nhập" not in log_of(app, "/contests/thu/log")
