"""How many statements a page asks: a written number for every page, and none that grows with the rows of a list.

Public pages ask one more, for the key of the kept page, straight to the driver.
"""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import utcnow
from contest.models import Round, db
from contest.models.database import writing
from contest.services.accounts import actors
from contest.services.judging import assigning, conflicts
from contest.services.judging import reading as judging
from contest.services.screening import deciding
from tests.browsing import Statements
from tests.cast import Stage, account, make_stage
from tests.web.test_access import World, address, sign_in, world

__all__ = ["world"]

# (door, who opens it): at most so many statements, in a published contest with everything in it. Twelve is the house's
# limit.
PAGES: dict[tuple[str, str], int] = {
    ("contests.public.contest", "nobody"): 0,
    ("results.public.results", "nobody"): 0,
    ("results.public.version", "nobody"): 12,
    ("results.public.work", "nobody"): 12,
    ("registry.public.exemplars", "nobody"): 12,
    ("registry.public.exemplar", "nobody"): 12,
    ("registry.public.unit", "nobody"): 12,
    ("accounts.public.login", "nobody"): 12,
    ("accounts.member.profile", "author"): 12,
    ("work.member.home", "author"): 12,
    ("work.member.home", "secretary"): 12,
    ("work.member.home", "judge1"): 12,
    ("entries.author.receipt", "author"): 12,
    ("entries.author.step", "author"): 12,
    ("entries.author.registration_form", "author"): 12,
    ("entries.secretary.dossiers", "secretary"): 12,
    ("entries.secretary.dossier", "secretary"): 12,
    ("registry.secretary.links", "secretary"): 12,
    ("registry.secretary.add", "secretary"): 12,
    ("registry.operator.units", "operator"): 12,
    ("work.organizer.desk", "organizer"): 12,
    ("judging.organizer.rounds", "organizer"): 12,
    ("judging.organizer.panel", "organizer"): 12,
    ("judging.organizer.assignment", "organizer"): 12,
    ("judging.chair.progress", "judge0"): 12,
    ("judging.judge.scores", "judge1"): 12,
    ("judging.judge.score", "judge1"): 12,
    ("judging.judge.declaration", "judge1"): 12,
    ("judging.secretary.paper", "secretary"): 12,
    ("results.organizer.board", "organizer"): 12,
    ("results.organizer.table", "organizer"): 12,
    ("results.organizer.shortlist", "organizer"): 12,
    ("results.organizer.publication", "organizer"): 12,
    ("results.secretary.documents", "secretary"): 12,
    ("accounts.organizer.members", "organizer"): 12,
    ("contests.organizer.rulebook", "organizer"): 12,
    ("audit.organizer.log", "organizer"): 12,
    ("outbox.organizer.mails", "organizer"): 12,
    ("contests.operator.contests", "operator"): 12,
    ("accounts.operator.accounts", "operator"): 12,
    ("accounts.operator.organizers", "operator"): 12,
    ("outbox.operator.mails", "operator"): 12,
    ("audit.operator.log", "operator"): 12,
}

# Lists that must not ask more when more stands in them.
LISTS = (
    ("secretary", "/contests/thu/dossiers"),
    ("secretary", "/contests/thu/documents/screening"),
    ("secretary", "/contests/thu/screening/accept-clean"),
    ("organizer", "/contests/thu/desk"),
    ("organizer", "/contests/thu/rounds"),
    ("organizer", "/contests/thu/members"),
    ("organizer", "/contests/thu/log"),
    ("organizer", "/contests/thu/mails"),
    ("operator", "/operate/log"),
    ("operator", "/operate/mails"),
    ("organizer", "/rounds/{round}/assignment"),
    ("judge0", "/rounds/{round}/progress"),
    ("judge0", "/judging/{judge}/scores"),
    ("judge0", "/judging/{judge}/declaration"),
    ("judge0", "/work"),
)


def count(app: Flask, client: FlaskClient, path: str) -> int:
    """The statements of a page that has been opened before; the fewer of two, as the front page is made anew each minute."""
    client.get(path)
    found = []
    for _ in range(2):
        with Statements(app) as seen:
            answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        found.append(len(seen))
    return min(found)


def test_no_page_asks_more_than_is_written_here(app: Flask, world: World) -> None:
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    clients = {who: sign_in(app, who) for _, who in PAGES}
    found = {(door, who): count(app, clients[who], address(app, rules[door], world)) for door, who in PAGES}
    assert {page: n for page, n in found.items() if n > PAGES[page]} == {}


@pytest.fixture
def judged(app: Flask) -> tuple[Stage, int, int]:
    """An open round with two works, one more waiting to be screened; (stage, round, its first judge)."""
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        stage.accepted(2)
        stage.entry("author")
        round_, judges = stage.panel()
        stage.open_round(round_)
        conflicts.declare(judges[0], {}, actor=actors.load_actor(judges[0].account), now=stage.now)
        return stage, round_.id, judges[0].id


@pytest.mark.parametrize("blind", [False, True])
def test_no_page_of_an_open_round_asks_more_than_twelve(app: Flask, blind: bool) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        stage.accepted(2)
        waiting, decided = stage.entry("author"), stage.entry("coauthor", title="Đã nhận")
        deciding.accept_entry(decided, actor=stage.actor("secretary"), now=stage.now)
        round_, judges = stage.panel()
        stage.open_round(round_)
        round_.is_blind = blind
        conflicts.declare(judges[0], {}, actor=stage.actor("judge0"), now=stage.now)
        paths = [(who, path.format(round=round_.id, judge=judges[0].id)) for who, path in LISTS]
        paths += [("secretary", f"/screening/{e.public_id}") for e in (waiting, decided)]
    clients = {who: sign_in(app, who) for who, _ in paths}
    found = {path: count(app, clients[who], path) for who, path in paths}
    assert {path: n for path, n in found.items() if n > 12} == {}


def test_lists_ask_no_more_when_they_grow(app: Flask, judged: tuple[Stage, int, int]) -> None:
    stage, round_id, judge_id = judged
    clients = {who: sign_in(app, who) for who, _ in LISTS}
    paths = [(who, path.format(round=round_id, judge=judge_id)) for who, path in LISTS]
    before = {path: count(app, clients[who], path) for who, path in paths}
    with app.app_context(), writing():
        _more(stage.reload(), round_id)
    after = {path: count(app, clients[who], path) for who, path in paths}
    assert {path: (n, after[path]) for path, n in before.items() if after[path] > n} == {}


def _more(stage: Stage, round_id: int) -> None:
    """Four more works of other authors: two wait for the secretary, two are assigned to the judges."""
    was, stage.contest.state = stage.contest.state, "open"
    for i in range(4):
        key = f"more{i}"
        stage.people[key] = account(f"Người Viết Thêm {i}", f"{key}@kheo.example", now=stage.now)
        entry = stage.entry(key, title=f"Bài thêm {i}")
        if i % 2:
            deciding.accept_entry(entry, actor=stage.actor("secretary"), now=stage.now)
    stage.contest.state = was
    round_ = db.session.get_one(Round, round_id)
    assert len(judging.entries_in_round(round_)) == 4
    assigning.apply_plan(round_, actor=None, now=stage.now)
