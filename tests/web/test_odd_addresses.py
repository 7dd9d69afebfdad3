"""Whatever stands in an address, nothing breaks: every page and list with parameters no browser of ours sends."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from contest.clock import utcnow
from contest.models import db
from contest.models.database import writing
from contest.web.asked import whole
from tests.browsing import forms_of, send
from tests.cast import make_stage
from tests.web.test_access import World, address, sign_in
from tests.web.test_access import world as world  # the fixture

WEB = Path(__file__).resolve().parents[2] / "contest" / "web"
ODD = [
    "²",
    "٣",
    "-1",
    "0",
    "9" * 30,
    "1e9",
    "NaN",
    "",
    "31/02/2026",
    "2026-13-45",
    "\u202e\x00'\"<%",
    "đ" * 300,
]


def parameters() -> list[str]:
    """Every name that the doors read from an address, found in their source."""
    source = "\n".join(path.read_text("utf-8") for path in WEB.rglob("*.py"))
    asked = re.findall(r"(?:args\.get(?:list)?|\ba\.get|day_asked)\(\s*\"(\w+)\"", source)
    return sorted({*asked, "page"})


def test_the_parameters_are_found() -> None:
    assert {"q", "page", "round", "since", "until", "on", "state", "sort"} <= set(parameters())


def test_odd_parameters_break_no_page(app: Flask, world: World) -> None:
    """Every door, by the first person of the table whom it lets in."""
    people = ["organizer", "secretary", "judge1", "judge0", "author", "operator", "clerk"]
    clients = [app.test_client(), *(sign_in(app, person) for person in people)]
    names, broken, opened = parameters(), [], 0
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static":
            continue
        try:
            path = address(app, rule, world)
        except KeyError:
            continue
        client = next((c for c in clients if c.get(path).status_code not in (303, 404)), None)
        if client is None:
            continue
        opened += 1
        for value in ODD:
            status = client.get(path, query_string=dict.fromkeys(names, value)).status_code
            if status >= 500:
                broken.append((path, value, status))
    assert not broken
    assert opened > 60


def test_nul_is_read_as_if_nobody_had_sent_it(app: Flask, world: World) -> None:
    client = sign_in(app, "secretary")
    assert client.get("/contests/t%00hu/dossiers").status_code == 404
    assert client.get("/contests/thu/dossiers", query_string={"q\x00": "a\x00b"}).status_code == 200
    answer = send(app.test_client(), "/accounts/login", email="a\x00@kheo.example", password="x\x00")
    assert answer.status_code == 422


def test_numbers_no_row_can_have_are_simply_not_there(app: Flask, world: World) -> None:
    client, broken = sign_in(app, "organizer"), []
    for rule in app.url_map.iter_rules():
        numbers = [a for a in rule.arguments if f"<int:{a}>" in rule.rule]
        if not numbers or "GET" not in rule.methods:
            continue
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(
                rf"<(?:\w+:)?{name}>", "9" * 25 if name in numbers else str(world.values.get(name)), path
            )
        if client.get(path).status_code != 404:
            broken.append(path)
    assert not broken


def test_whole_numbers_of_addresses_are_plain_digits() -> None:
    assert [whole(t, 0) for t in ("7", "²", "٣", "1 000", "9" * 12, None, "")] == [7, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("typed", ["²", "٣", "9" * 30, "1e9"])
def test_odd_numbers_in_forms_are_refused_in_words(app: Flask, world: World, typed: str) -> None:
    client = sign_in(app, "organizer")
    answer = send(client, "/contests/thu/rulebook/dates", supplement_days=typed, reason="Thử")
    assert answer.status_code == 422
    assert "số" in answer.text
    with app.app_context(), writing():
        db.session.rollback()


@pytest.mark.parametrize("number", ["²", "①", "9" * 5000, "9" * 12, "-1", "٣"])
def test_rows_with_odd_numbers_are_fields_that_nobody_knows(app: Flask, number: str) -> None:
    with app.app_context(), writing():
        draft = make_stage(app, utcnow()).draft("stranger").public_id
    client = sign_in(app, "stranger")
    for step, row in (
        ("people", "authors"),
        ("parts", "parts"),
        ("subject", "exemplars"),
        ("declarations", "awards"),
    ):
        path = f"/entries/{draft}/{step}"
        usual = dict(forms_of(client.get(path))[0][1])
        assert client.post(path, data=usual | {f"{row}-{number}-name": "x"}).status_code in (409, 422), step
    organizer = sign_in(app, "organizer")
    path = "/contests/thu/rulebook/prizes"
    usual = dict(forms_of(organizer.get(path))[0][1])
    assert organizer.post(path, data=usual | {f"prizes-{number}-tier": "x"}).status_code == 422


def test_all_rows_are_numbered_by_our_own_class() -> None:
    bare = [
        p.name
        for p in WEB.rglob("*.py")
        if re.search(r"(?<!class Several\()\bFieldList\(", p.read_text("utf-8"))
    ]
    assert bare == []
