"""No door takes a field it does not know: every form that people are shown is sent with one more, and nothing is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest.clock import utcnow
from contest.domain.permissions import Role
from contest.models import OrgUnit, db
from contest.models.database import Base, writing
from contest.services import registry
from contest.services.accounts import members
from contest.services.judging import conflicts
from contest.services.judging import reading as judging
from tests.browsing import forms_of, token_of
from tests.cast import PASSWORD, make_stage
from tests.web.test_access import PEOPLE, World, add_neighbour, address, allowed, sign_in

UNKNOWN = "is_operator"
# Sent last: who has sent one of these is signed out, or may no longer come in.
ENDS_SESSIONS = {
    "accounts.member.logout_everywhere",
    "accounts.member.password_change",
    "accounts.organizer.end",
}

# What the worker, a look at a page or a try to sign in may write at any time.
BESIDES = {"login_delays", "sign_ins", "dossier_openings"}


@pytest.fixture
def open_world(app: Flask) -> World:
    """Everything still to do: a draft, works to screen and to judge, an open round, an invitation, a mail."""
    now = utcnow()
    with app.app_context(), writing():
        registry.load_shipped_units(now=now)
        stage = make_stage(app, now, rounds__0__min_sheets=1)
        add_neighbour(stage)
        entry = stage.entry()
        stage.accepted(2)
        round_, judges = stage.panel(judges=2)
        stage.open_round(round_)
        mine = next(a for a in judging.list_assignments(round_.id) if a.judge_id == judges[1].id)
        for key, judge in zip(("judge0", "judge1"), judges, strict=True):
            conflicts.declare(judge, {}, actor=stage.actor(key), now=now)
        stage.score(mine, "80")
        final = judging.list_rounds(stage.contest.id)[1]
        stage.contest.state = "open"
        invited = members.invite(
            stage.contest, actor=stage.actor("organizer"), now=now, email="moi@kheo.example", name="Người Mới", role=Role.CLERK
        )  # fmt: skip
        stage.draft("coauthor")
        values: dict[str, object] = {
            "slug": "thu", "public_id": entry.public_id, "name": "work", "slot": "published_page", "file_id": "none", "copy_id": "none",
            "round_id": round_.id, "judge_id": judges[1].id, "panel_id": round_.panels[0].id, "entry_id": entry.id, "sheet_id": mine.scoresheet.id,
            "section": "dates", "key": final.key, "adjustment_id": 1, "decision_id": 1, "number": 1, "work_slug": "none", "token": "none",
            "token_id": invited.row.id, "mail_id": 1, "system_mail_id": 1, "member_id": judges[1].id, "account_id": stage.people["stranger"].id,
            "unit_id": db.session.scalars(select(OrgUnit.id).order_by(OrgUnit.id)).first(), "assignment": mine.public_id, "position": 1,
        }  # fmt: skip
        db.session.commit()
    return World(stage, values)


def contents(app: Flask) -> dict[str, list[str]]:
    """Everything that is stored."""
    with app.app_context():
        return {
            t.name: sorted(str(tuple(row)) for row in db.session.execute(select(t)))
            for t in Base.metadata.sorted_tables
            if t.name not in BESIDES
        }


def pages(app: Flask, world: World) -> Iterator[tuple[str, str]]:
    """(person, path) of every page with somebody who may open it."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        people = sorted(allowed(rule.endpoint)) if hasattr(view, "permission") else ["nobody"]
        for who in people[:3]:
            yield who, address(app, rule, world)
            if rule.endpoint == "entries.author.step":
                for name in ("people", "parts", "subject", "files", "declarations", "review"):
                    yield who, address(app, rule, World(world.stage, world.values | {"name": name}))


def drawn_forms(
    app: Flask, world: World, clients: dict[str, FlaskClient]
) -> dict[str, list[tuple[str, str, list[tuple[str, str]]]]]:
    """endpoint: (person, action, fields) of the forms on all pages."""
    urls = app.url_map.bind("localhost")
    found: dict[str, list[tuple[str, str, list[tuple[str, str]]]]] = {}
    seen = set()
    for who, path in pages(app, world):
        page = clients[who].get(path)
        if page.status_code != 200 or page.mimetype != "text/html":
            continue
        for attributes, fields in forms_of(page):
            action = (attributes.get("action") or path).partition("?")[0]
            shape = re.sub(r"[0-9a-f]{16}|\d+", "n", action), tuple(n for n, _ in fields)
            if attributes.get("method") != "post" or shape in seen:
                continue
            seen.add(shape)
            endpoint, _ = urls.match(action, method="POST")
            found.setdefault(endpoint, []).append((who, action, fields))
    return found


def filled(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    """A form as drawn, with something in every field that was left empty."""
    data: dict[str, list[str]] = {}
    for name, value in fields:
        kind = name.rsplit("-", 1)[-1]
        typed = (
            "ai@kheo.example"
            if kind == "email"
            else PASSWORD
            if kind in ("password", "old", "again")
            else "1"
        )
        data.setdefault(name, []).append(value or typed)
    return data


def test_a_field_too_many_is_refused_at_every_door(app: Flask, open_world: World) -> None:
    clients = {key: sign_in(app, key) for key in PEOPLE}
    drawn = drawn_forms(app, open_world, clients)
    assert len(drawn) > 30, sorted(drawn)
    before, wrong = contents(app), []

    def send(who: str, endpoint: str, path: str, data: dict[str, list[str]]) -> None:
        nonlocal before
        answer = clients[who].post(path, data=data | {UNKNOWN: ["1"]})
        after = contents(app)
        changed = [name for name, rows in after.items() if rows != before[name]]
        if changed or answer.status_code not in (303, 400, 404, 409, 422):
            wrong.append((endpoint, who, answer.status_code, changed))
        before = after

    for endpoint, forms in sorted(drawn.items()):
        for who, path, fields in forms:
            send(who, endpoint, path, filled(fields))
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "POST" not in (rule.methods or ()) or rule.endpoint in drawn:
            continue
        for who in sorted(allowed(rule.endpoint))[:1] if hasattr(view, "permission") else ["nobody"]:
            token = token_of(clients[who], "/accounts/profile" if who != "nobody" else "/accounts/login")
            send(who, rule.endpoint, address(app, rule, open_world), {"csrf_token": [token]})
    assert wrong == []
    # The same forms without that field do write, so it is the field that was refused.
    did = set()
    for endpoint, forms in sorted(drawn.items(), key=lambda item: item[0] in ENDS_SESSIONS):
        for who, path, fields in forms:
            clients[who].post(path, data=filled(fields))
            after = contents(app)
            if after != before:
                did.add(endpoint)
            before = after
    assert len(did) > 15, [d for d in sorted(drawn) if d not in did]
