"""Whatever is typed too long or too large into any form of any page is answered with a sentence, never a fault."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import utcnow
from contest.models import Assignment, db
from contest.models.database import writing
from contest.services.accounts import actors
from contest.services.judging import conflicts
from contest.web.contests.sections import SECTIONS
from tests.browsing import forms_of
from tests.cast import make_stage
from tests.web.test_access import World, address, allowed, sign_in, world

__all__ = ["world"]

LONG, LARGE = "ằ" * 1500, "9" * 24
FIELDS = 20  # of a form are tried alone
# Carried along by the page itself; what happens to these is tried in tests of their own.
CARRIED = {"csrf_token", "number", "revision", "version"}


def everything_too_much(client: FlaskClient, path: str) -> Iterator[tuple[str, int]]:
    """Send each form of a page with one field after the other too long, then too large, then all at once."""
    page = client.get(path)
    is_page = page.status_code == 200 and page.mimetype == "text/html"
    for attributes, fields in forms_of(page) if is_page else []:
        usual = dict(fields)
        names = [name for name in usual if name not in CARRIED]
        if not names or attributes.get("method", "").lower() != "post" or "enctype" in attributes:
            continue
        to = attributes.get("action") or path
        for wrong in [[name] for name in names[:FIELDS]] + [names]:
            for value in (LONG, LARGE):
                answer = client.post(to, data=usual | dict.fromkeys(wrong, value))
                yield f"{to} {wrong}", answer.status_code


def test_no_form_of_a_published_contest_breaks(app: Flask, world: World) -> None:
    broken = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not hasattr(view, "permission") or "GET" not in (rule.methods or ()) or not allowed(rule.endpoint):
            continue
        people = allowed(rule.endpoint)
        who = next(p for p in ("organizer", "secretary", *sorted(people)) if p in people)
        found = everything_too_much(sign_in(app, who), address(app, rule, world))
        broken += [(rule.endpoint, *f) for f in found if f[1] >= 500]
    assert broken == []


@pytest.fixture
def collecting(app: Flask) -> dict[str, list[str]]:
    """A contest that collects: a draft, a dossier of the clerk's, works with a judge; pages by who opens them."""
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        stage.accepted(1)
        waiting = stage.entry("author")
        draft = stage.draft("stranger")
        round_, judges = stage.panel()
        stage.open_round(round_)
        conflicts.declare_first(judges[0], {}, actor=actors.load_actor(judges[0].account), now=stage.now)
        mine = db.session.query(Assignment).filter_by(judge_id=judges[0].id).first()
        assert mine is not None
        steps = ("work", "people", "parts", "subject", "declarations", "review")
        return {
            "stranger": ["/c/thu/enter", *(f"/entries/{draft.public_id}/{step}" for step in steps)],
            "author": [f"/entries/{waiting.public_id}"],
            "secretary": ["/contests/thu/receive", f"/screening/{waiting.public_id}", f"/dossiers/{waiting.public_id}"],
            "organizer": [*(f"/contests/thu/rulebook/{s}" for s in SECTIONS), "/contests/thu/rulebook/rounds/preliminary",
                "/contests/thu/extend", f"/rounds/{round_.id}/assignment", "/contests/thu/rounds", "/contests/thu/desk"],
            "judge0": [f"/judging/work/{mine.public_id}", f"/judging/{judges[0].id}/sign", f"/rounds/{round_.id}/progress"],
        }  # fmt: skip


def test_no_form_of_a_contest_at_work_breaks(app: Flask, collecting: dict[str, list[str]]) -> None:
    broken = []
    for who, pages in collecting.items():
        client = sign_in(app, who)
        for page in pages:
            broken += [(who, *f) for f in everything_too_much(client, page) if f[1] >= 500]
    assert broken == []
