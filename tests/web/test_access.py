"""Access as a table of doors and people: every route, each person of the cast, own things and others'."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule

from contest.clock import utcnow
from contest.domain.permissions import Role
from contest.models import Account, Assignment, Exemplar, OrgUnit, OutboxMail, Round, db
from contest.models.database import writing
from contest.services import registry
from contest.services.accounts import members, signing
from contest.services.contests import creating, moving
from contest.services.entries.reading import load_version
from contest.services.judging import reading as judging
from contest.services.judging import scoring
from contest.services.results import closing, publishing, shortlisting
from tests.browsing import token_of
from tests.cast import PASSWORD, Stage, account, actor, make_stage, rules_for

PEOPLE = (
    "nobody",
    "author",
    "stranger",
    "clerk",
    "secretary",
    "organizer",
    "judge0",
    "judge1",
    "operator",
    "neighbour",
)  # the neighbour organizes another contest
STAFF = {"secretary", "organizer"}
EVERYBODY = set(PEOPLE) - {"nobody"}

# Who may come in at each guarded door, with the things `world` makes. Everybody else gets the same 404.
DOORS: dict[str, set[str]] = {
    "accounts.member.": EVERYBODY,
    "registry.member.": EVERYBODY,
    "registry.secretary.": STAFF,
    "registry.operator.": {"operator"},
    "work.member.home": EVERYBODY,
    "entries.author.start": EVERYBODY,
    "entries.author.": {"author"},
    "media.author.": {"author"},
    "entries.clerk.receive": {"clerk", "secretary"},
    "entries.clerk.days": {"secretary"},  # and the clerk who entered the dossier; here the author did
    "entries.secretary.": STAFF,
    "media.secretary.": STAFF,
    "media.secretary.take_in": set(),  # for dossiers that the secretary entered; here the author did: test_importing.py
    "screening.secretary.": {"secretary"},
    "work.organizer.desk": STAFF,
    "judging.organizer.panel": {"organizer"},
    "judging.organizer.remove_panel": {"organizer"},
    "judging.organizer.": STAFF,
    "judging.chair.progress": STAFF | {"judge0"},
    "judging.chair.": {"judge0"},
    "judging.chair.reopen_sheet": {"judge0", "organizer"},
    "judging.judge.": {"judge1"},
    "judging.secretary.paper": STAFF,
    "judging.secretary.check": STAFF | {"judge0"},
    "judging.secretary.confirm": STAFF | {"judge0"},
    "judging.secretary.send_back": STAFF | {"judge0"},
    "judging.secretary.scan": STAFF | {"judge0"},
    "judging.secretary.": {"secretary"},
    "results.organizer.board": STAFF,
    "results.organizer.table": STAFF | {"judge0"},
    "results.organizer.table_xlsx": STAFF | {"judge0"},
    "results.organizer.shortlist": STAFF | {"judge0"},
    "results.organizer.winners_xlsx": STAFF,
    "results.organizer.tie": {"organizer", "judge0"},
    "results.organizer.cut": {"organizer", "judge0"},
    "results.organizer.undo_decision": {"organizer", "judge0"},
    "results.organizer.": {"organizer"},
    "results.secretary.": STAFF,
    "accounts.organizer.members": STAFF,
    "accounts.organizer.renew": STAFF,  # of a judge; of staff only the organizer: test_invitations.py
    "accounts.organizer.": {"organizer"},
    "contests.organizer.create": {"organizer", "neighbour", "operator"},
    "contests.organizer.": {"organizer"},
    "audit.organizer.": {"organizer"},
    "audit.operator.": {"operator"},
    "outbox.organizer.": STAFF,
    "outbox.operator.": {"operator"},
    "contests.operator.": {"operator"},
    "accounts.operator.": {"operator"},
}


def allowed(endpoint: str) -> set[str]:
    """The longest row of the table that fits."""
    fits = [d for d in DOORS if endpoint == d or (d.endswith(".") and endpoint.startswith(d))]
    assert fits, f"{endpoint} stands in no row of the table"
    return DOORS[max(fits, key=len)]


@dataclass
class World:
    """The things addresses name."""

    stage: Stage
    values: dict[str, object]


@pytest.fixture
def world(app: Flask) -> World:
    """A published contest with everything in it, owned by the cast."""
    now = utcnow()
    with app.app_context(), writing():
        registry.load_shipped_units(now=now)
        stage = make_stage(app, now, rounds__0__min_sheets=1, rounds__1__min_sheets=1)
        entry = stage.entry()
        stage.accepted(2)
        round_, judges = stage.panel(judges=2)
        stage.open_round(round_)
        mine = db.session.query(Assignment).filter_by(judge_id=judges[1].id).first()
        stage.judge_all(round_, _totals(round_))
        closing.close_round(round_, waive_unsigned=True, actor=actor(stage.people["judge0"]), now=now)
        shortlisting.apply_shortlist(round_, actor=None, now=now)
        final, _ = stage.panel(judges=2, position=1, name="Chung khảo")
        stage.open_round(final)
        stage.judge_all(final, _totals(final))
        closing.close_round(final, waive_unsigned=True, actor=actor(stage.people["judge0"]), now=now)
        stage.make_copies()
        found = publishing.preview(stage.contest)
        snapshot, works = found.snapshot, found.works
        publishing.publish(
            stage.contest,
            publish_at=None,
            decision="",
            correction_note="",
            expected=publishing.digest_of(snapshot),
            actor=stage.actor("organizer"),
            now=now,
        )
        add_neighbour(stage)
        invited = members.invite(
            stage.contest, actor=stage.actor("organizer"), now=now, email="moi@kheo.example", name="Người Mới", role=Role.CLERK
        )  # fmt: skip
        signing.ask_reset("stranger@kheo.example", "10.1.2.3", now=now)
        mails = dict(db.session.execute(select(OutboxMail.event, OutboxMail.id)).all())
        file = load_version(entry.submitted_version_id).files[0].file
        exemplar = Exemplar(
            public_id="abc",
            name="M",
            fold="m",
            field="Kinh tế",
            subject_kind="collective",
            novelty="new",
            unit_name="",
            created_at=now,
            extra={},
        )
        db.session.add(exemplar)
        db.session.commit()
        sheet = scoring.get_assignment(mine.public_id).scoresheet
        values: dict[str, object] = {
            "slug": "thu", "public_id": entry.public_id, "name": "work", "slot": "published_page", "file_id": file.public_id, "copy_id": "none",
            "round_id": round_.id, "final_id": final.id, "judge_id": judges[1].id, "panel_id": round_.panels[0].id, "entry_id": entry.id, "sheet_id": sheet.id,
            "section": "dates", "key": "preliminary", "adjustment_id": 1, "decision_id": 1, "number": 1, "work_slug": works[0].slug, "token": "none",
            "token_id": invited.row.id, "mail_id": mails["receipt"],
            "member_id": judges[1].id, "account_id": stage.people["stranger"].id, "unit_id": db.session.query(OrgUnit).first().id, "assignment": mine.public_id,
            "position": 1, "system_mail_id": mails["reset_password"],
        }  # fmt: skip
        moving.state_of(stage.contest)
    return World(stage, values)


def add_neighbour(stage: Stage) -> None:
    """Somebody who organizes another contest."""
    stage.people["neighbour"] = account("Võ Thị Bên", "neighbour@kheo.example", now=stage.now)
    creating.create_contest(
        rulebook=rules_for(stage.now),
        actor=None,
        now=stage.now,
        organizer=stage.people["neighbour"],
        slug="khac",
    )


def _totals(round_: Round) -> dict[int, list[str]]:
    """A different total for every entry, so that nothing ties."""
    entries = sorted({a.entry_id for a in judging.list_assignments(round_.id)})
    return {e: [str(90 - i)] * 2 for i, e in enumerate(entries)}


def sign_in(app: Flask, key: str) -> FlaskClient:
    client = app.test_client()
    if key != "nobody":
        token = token_of(client)
        answer = client.post(
            "/accounts/login",
            data={"email": f"{key}@kheo.example", "password": PASSWORD, "csrf_token": token},
        )
        assert answer.status_code == 303, answer.text
    return client


def address(app: Flask, rule, world: World) -> str:
    values = {a: world.values[a] for a in rule.arguments}
    if rule.endpoint.startswith(("judging.judge.", "judging.secretary.")) and "public_id" in values:
        values["public_id"] = world.values["assignment"]
    if rule.endpoint in ("judging.organizer.release", "judging.organizer.give_back"):
        values["round"] = world.values["round_id"]  # the page the button stands on
    if rule.endpoint == "outbox.operator.send_again":
        values["mail_id"] = world.values["system_mail_id"]
    if rule.endpoint == "results.organizer.tie":  # prizes are given by the last round
        values["round_id"] = world.values.get("final_id", values["round_id"])
    if rule.endpoint.startswith("registry.public"):
        values = {a: {"public_id": "abc"}.get(a, v) for a, v in values.items()}
    with app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **values)


def test_every_route_lets_in_exactly_the_people_of_the_table(app: Flask, world: World) -> None:
    clients = {key: sign_in(app, key) for key in PEOPLE}
    wrong = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not hasattr(view, "permission") or "GET" not in rule.methods:
            continue
        path, may = address(app, rule, world), allowed(rule.endpoint)
        for key, client in clients.items():
            status = client.get(path).status_code
            expected_in = key in may
            is_in = status not in (404, 303) or (status == 303 and key != "nobody")
            if key == "nobody":
                ok = status == 303
            elif expected_in:
                ok = status < 500 and (is_in or ALSO_404.get(rule.endpoint, False))
            else:
                ok = status == 404
            if not ok:
                wrong.append((rule.endpoint, key, status))
    assert not wrong, wrong


# Doors that answer 404 to those who may come in, because this world has no such thing: no scan, no such copy, no
# sheet on paper (those of the screen are never shown there: test_paper.py).
ALSO_404 = {
    "judging.judge.copy": True, "judging.secretary.scan": True, "judging.secretary.check": True,
    "judging.secretary.type_in": True, "judging.secretary.confirm": True, "judging.secretary.send_back": True, "media.author.copy": True, "media.secretary.copy": True,
    "contests.organizer.rules_file_view": True, "entries.clerk.days": True,
}  # fmt: skip


def writing_doors(app: Flask) -> list[tuple[Rule, str]]:
    """Every guarded door that writes, with the method it takes."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in ("POST", "PUT")
        if method in (rule.methods or ()) and hasattr(app.view_functions[rule.endpoint], "permission")
    ]


def test_every_writing_door_lets_in_exactly_the_people_of_the_table(app: Flask, world: World) -> None:
    """With a body that no door takes: 404 comes before anything is said of it, and nothing is written."""
    clients = {key: sign_in(app, key) for key in PEOPLE}
    tokens = {
        key: token_of(client, "/accounts/login" if key == "nobody" else "/accounts/profile")
        for key, client in clients.items()
    }
    for key in ("organizer", "secretary"):  # opening a dossier is kept, be it by a refused act
        clients[key].get(f"/dossiers/{world.values['public_id']}")
    before, wrong = _counts(app), []
    for rule, method in writing_doors(app):
        path, may = address(app, rule, world), allowed(rule.endpoint)
        for key, client in clients.items():
            if method == "PUT":
                answer = client.put(path, data=b"x", headers={"X-CSRFToken": tokens[key]})
            else:
                answer = client.post(path, data={"csrf_token": tokens[key], "no_such_field": "x"})
            status = answer.status_code
            if key == "nobody":
                ok = status == 401
            elif key in may:
                ok = status in (303, 400, 403, 409, 415, 422) or (status == 404 and rule.endpoint in ALSO_404)
            else:
                ok = status == 404
            if not ok:
                wrong.append((rule.endpoint, method, key, status))
    assert not wrong, wrong
    assert _counts(app) == before


def test_no_writing_door_takes_a_form_without_its_token(app: Flask, world: World) -> None:
    organizer = sign_in(app, "organizer")
    before = _counts(app)
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "permission") and "POST" in rule.methods and "organizer" in allowed(rule.endpoint):
            answer = organizer.post(address(app, rule, world), data={"reason": "x"})
            assert answer.status_code in (400, 404), (rule.endpoint, answer.status_code)
    assert _counts(app) == before


def test_an_absent_thing_and_anothers_thing_answer_alike(app: Flask, world: World) -> None:
    client = sign_in(app, "stranger")
    absent = client.get("/entries/0000000000000000")
    others = client.get(f"/entries/{world.values['public_id']}")
    assert (absent.status_code, absent.data) == (others.status_code, others.data)


def test_rights_end_with_the_role(app: Flask, world: World) -> None:
    judge = sign_in(app, "judge1")
    path = f"/judging/{world.values['judge_id']}/scores"
    assert judge.get(path).status_code == 200
    with app.app_context(), writing():
        from contest.models import Membership

        member = db.session.get_one(Membership, world.values["member_id"])
        members.end_membership(
            member,
            actor=actor(db.session.query(Account).filter_by(email="organizer@kheo.example").one()),
            now=utcnow(),
            reason="Thay người",
        )
    assert judge.get(path).status_code == 404


def _counts(app: Flask) -> dict[str, int]:
    from contest.models.database import Base

    with app.app_context():
        skip = {"login_delays", "sign_ins", "dossier_openings"}
        return {
            t.name: db.session.scalar(select(func.count()).select_from(t))
            for t in Base.metadata.sorted_tables
            if t.name not in skip
        }
