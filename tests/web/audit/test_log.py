"""The log: every act and value has Vietnamese words, and a mark is read there only when its round has closed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from contest.clock import start_of_day, utcnow
from contest.domain.contests import ContestAction
from contest.domain.entries import EntryAction
from contest.models import Assignment, Round, db
from contest.models.database import writing
from contest.services import audit
from contest.services.accounts import actors
from contest.services.contests import creating
from contest.services.judging import conflicts, signatures
from contest.services.results import closing
from contest.web.audit.words import KEYS, NOUNS, VERBS
from tests.browsing import send, token_of, words_of
from tests.cast import PASSWORD, Stage, make_stage, rules_for
from tests.web.test_access import sign_in

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
            conflicts.declare(judge, {}, actor=actors.load_actor(judge.account), now=stage.now)
            signatures.sign_sheets(judge, round_, actor=actors.load_actor(judge.account), now=stage.now)
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


@pytest.fixture
def acts(app: Flask) -> Stage:
    """Three acts by three people on three days, and one in another contest."""
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        other = creating.create_contest(rulebook=rules_for(stage.now), actor=None, now=stage.now, slug="khac")
        for who, action, label, reason, day in (
            ("secretary", "entry:accept", "2026-0007", "Đủ hồ sơ", 1),
            ("organizer", "contest:close", "Cuộc thi thử", "Đủ 100% tác phẩm", 2),
            ("author", "entry:submitted", "2026-0008", None, 3),
        ):
            for contest in (stage.contest, other) if day == 3 else (stage.contest,):
                audit.record(
                    action, actor=stage.actor(who), now=start_of_day(date(2026, 3, day)) + timedelta(hours=9), kind="entry",
                    subject_id=1, label=label if contest is stage.contest else "2026-9999", contest_id=contest.id,
                    reason=reason,
                )  # fmt: skip
        db.session.commit()
        return stage


FILTERS = [
    ("action=entry:accept", {1}),
    ("who=LÊ THỊ", {1}),
    ("who=nguyễn văn sơn", {2}),
    ("q=2026-0008", {3}),
    ("q=đủ hồ sơ", {1}),
    ("q=100%", {2}),
    ("since=02/03/2026&until=02/03/2026", {2}),
    ("since=02/03/2026&until=03/03/2026", {2, 3}),
    ("until=01/03/2026", {1}),
    ("q=2026-0008&who=Lê", set()),
    ("q=%25%25", set()),
    ("q=2026-9999", set()),
]


@pytest.mark.parametrize(("query", "days"), FILTERS, ids=[q for q, _ in FILTERS])
def test_the_log_is_read_through_each_filter(app: Flask, acts: Stage, query: str, days: set[int]) -> None:
    page = sign_in(app, "organizer").get(f"/contests/thu/log?{query}")
    shown = {day for day in (1, 2, 3) if f"0{day}/03/2026" in "".join(cells_of(page.text))}
    assert page.status_code == 200 and shown == days
    assert ("Không có việc nào" in page.text) == (not days)


def test_a_day_that_cannot_be_read_filters_nothing_and_says_so(app: Flask, acts: Stage) -> None:
    page = sign_in(app, "organizer").get("/contests/thu/log?since=31/02/2026&action=entry:accept")
    assert page.status_code == 200 and "31/02/2026" in page.text
    assert "Không có ngày 31/02/2026" in words_of(page)
    assert "2026-0007" in page.text


def test_the_newest_act_stands_first_and_the_rest_on_later_pages(app: Flask, acts: Stage) -> None:
    with app.app_context(), writing():
        for i in range(audit.PAGE_SIZE):
            audit.record(
                "entry:accept", actor=None, now=start_of_day(date(2026, 4, 1)) + timedelta(minutes=i), kind="entry",
                subject_id=1, label=f"Việc {i:02}", contest_id=acts.contest_id,
            )  # fmt: skip
        db.session.commit()
    client = sign_in(app, "organizer")
    first, second = (client.get(f"/contests/thu/log?action=entry:accept&page={n}").text for n in (1, 2))
    assert first.index("Việc 49") < first.index("Việc 00") and "2026-0007" not in first
    assert "2026-0007" in second and "Việc 00" not in second


def cells_of(page: str) -> list[str]:
    """When each shown act was done."""
    return re.findall(r'<td class="figures nowrap">(.*?)</td>', page)


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


def test_the_list_of_dossiers_taken_away_leaves_a_row(app: Flask) -> None:
    with app.app_context(), writing():
        make_stage(app, utcnow()).accepted(2)
        db.session.commit()
    secretary = sign_in(app, "secretary")
    assert secretary.get("/contests/thu/dossiers.xlsx?q=khong+co").status_code == 200
    assert secretary.get("/contests/thu/dossiers.xlsx").status_code == 200
    log = words_of(sign_in(app, "organizer").get("/contests/thu/log?action=dossier:exported"))
    assert log.count("Hồ sơ: tải danh sách") >= 2 and "2 việc" in log
    assert "Số tác phẩm: 2" in log and "Số tác phẩm: 0" in log
