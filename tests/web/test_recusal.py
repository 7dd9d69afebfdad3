"""Who must not score what, from the door: where judges work, what they declare, what they open."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

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
    Entry,
    Membership,
    OrgUnit,
    OrgUnitSuccession,
    Round,
    RoundOutcome,
    Scoresheet,
    db,
)
from contest.models.database import writing
from contest.services import registry
from contest.services.accounts import members
from contest.services.judging import assigning, conflicts, signatures
from contest.services.judging import reading as judging
from contest.services.screening import deciding, findings
from tests.browsing import Statements, forms_of, send, token_of, words_of
from tests.cast import PASSWORD, Stage, make_stage

ASSOCIATION = "Hội Nhà báo tỉnh Quảng Ngãi"


def sign_in(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    assert send(client, "/accounts/login", email=f"{who}@kheo.example", password=PASSWORD).status_code == 303
    return client


def unit_of(name: str, **more: object) -> OrgUnit:
    made = OrgUnit(code=name, name=name, short_name="", fold=name, kind="khac", source="", **more)
    db.session.add(made)
    db.session.flush()
    return made


@pytest.fixture
def stage(app: Flask) -> Stage:
    """Two works, of Báo Quảng Ngãi and of Báo Gia Lai, and a panel of two who say of themselves nothing."""
    with app.app_context(), writing():
        registry.load_shipped_units(now=utcnow())
        stage = make_stage(app, utcnow())
        stage.accepted(1)
        other = stage.entry("author", title="Tác phẩm 02", agency_name="Báo Gia Lai", unit_name=ASSOCIATION)
        deciding.accept_entry(other, actor=stage.actor("secretary"), now=stage.now)
        stage.panel(judges=2)
    return stage


def apart(app: Flask, stage: Stage) -> set[tuple[str, str, str]]:
    """(judge, title of the work, why) of everybody kept from a work."""
    with app.app_context():
        round_ = judging.list_rounds(stage.contest_id)[0]
        names = {j.id: j.account.display_name for j in judging.judges_of(round_.id)}
        titles = {e.id: e.submitted_version.title for e in db.session.scalars(select(Entry))}
        plan = assigning.plan_round(round_)
        for f in plan.conflicts:
            assert f.judge_id not in plan.panels[0].proposal.judges[f.entry_id]
        return {(names[f.judge_id], titles[f.entry_id], f.kind.value) for f in plan.conflicts}


def invite(app: Flask, stage: Stage, **values: object) -> None:
    """The organizer invites a new judge, who takes it up."""
    with app.app_context():
        panel = judging.list_rounds(stage.contest_id)[0].panels[0].id
    page = send(
        sign_in(app, "organizer"), "/contests/thu/members", name="Trần Thị Mới", email="moi@kheo.example",
        role="judge", panel=str(panel), **values,
    )  # fmt: skip
    assert page.status_code == 200, words_of(page)
    link = re.search(r"/accounts/invitation/[\w-]+", page.text)
    assert link is not None
    assert send(app.test_client(), link[0], password=PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("said", "kept_from"),
    [
        ({"agency_name": "Báo Gia Lai"}, ("Tác phẩm 02", "agency")),
        ({"agency_name": "BÁO GIA LAI"}, ("Tác phẩm 02", "agency")),
        ({"unit_name": "Báo Gia Lai"}, ("Tác phẩm 02", "agency")),
        ({"unit_name": ASSOCIATION}, ("Tác phẩm 02", "unit")),
    ],
    ids=["agency", "in free text", "agency named as unit", "the unit that sent it"],
)
def test_an_invited_judge_is_kept_from_works_of_the_own_house(
    app: Flask, stage: Stage, said: dict[str, str], kept_from: tuple[str, str]
) -> None:
    assert apart(app, stage) == set()
    invite(app, stage, **said)
    assert apart(app, stage) == {("Trần Thị Mới", *kept_from)}
    assert [*said.values()][0] in words_of(sign_in(app, "organizer").get("/contests/thu/members"))


def test_inviting_a_judge_again_says_where_they_work(app: Flask, stage: Stage) -> None:
    invite(app, stage)
    assert apart(app, stage) == set()
    invite(app, stage, agency_name="Báo Gia Lai")
    assert apart(app, stage) == {("Trần Thị Mới", "Tác phẩm 02", "agency")}


def test_what_a_judge_says_in_the_profile_counts_too(app: Flask, stage: Stage) -> None:
    judge = sign_in(app, "judge1")
    assert (
        send(judge, "/accounts/profile", agency_name="Báo Gia Lai", unit_name="Trường Lá Xanh").status_code
        == 303
    )
    page = words_of(judge.get("/accounts/profile"))
    assert 'value="Báo Gia Lai"' in page and 'value="Trường Lá Xanh"' in page
    assert apart(app, stage) == {("Giám Khảo B", "Tác phẩm 02", "agency")}
    assert send(judge, "/accounts/profile", agency_name="").status_code == 303
    assert apart(app, stage) == set(), "an emptied field takes the id that was picked away too"


def test_what_a_judge_says_while_scoring_takes_the_works_of_that_house_away(app: Flask, stage: Stage) -> None:
    judge, seat, (_, work) = first_visit(app, stage)
    assert send(judge, f"/judging/{seat}/declaration", agree="y").status_code == 303
    assert judge.get(f"/judging/work/{work}").status_code == 200
    saved = send(judge, "/accounts/profile", agency_name="Báo Gia Lai")
    assert "Tác phẩm của cơ quan, đơn vị mình, nếu có, rời danh sách chấm" in words_of(
        judge.get(saved.location)
    )
    assert judge.get(f"/judging/work/{work}").status_code == 404


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


def test_a_unit_that_followed_another_is_the_same(app: Flask, stage: Stage) -> None:
    with app.app_context(), writing():
        before = unit_of("Huyện Cũ", valid_to=date(2025, 6, 30))
        after = unit_of("Xã Mới", valid_from=date(2025, 7, 1))
        db.session.add(OrgUnitSuccession(unit_id=before.id, successor_id=after.id))
        first, second = db.session.scalars(select(Entry).order_by(Entry.id))
        author = first.submitted_version.authors[0]
        author.unit_name, author.unit_id = before.name, before.id
        second.submitted_version.unit_name = "huyện cũ"
        db.session.commit()
        picked = after.id
    judge = sign_in(app, "judge0")
    assert send(judge, "/accounts/profile", unit_name="Xã Mới", unit=str(picked)).status_code == 303
    assert apart(app, stage) == {
        ("Giám Khảo A", "Tác phẩm 01", "unit"),
        ("Giám Khảo A", "Tác phẩm 02", "unit"),
    }


def test_a_work_without_enough_able_judges_is_said_in_a_round_of_the_whole_panel(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow(), rounds__0__judges_per_entry="panel", rounds__0__min_sheets=2)
        (entry,) = stage.accepted(1)
        round_, judges = stage.panel(judges=2)
        path, code, judge = f"/rounds/{round_.id}/assignment", entry.judging_code, judges[0].id
    organizer = sign_in(app, "organizer")
    assert "không đủ giám khảo" not in words_of(organizer.get(path))
    with app.app_context(), writing():
        db.session.get_one(Membership, judge).account.person.agency_name = "Báo Quảng Ngãi"
        db.session.commit()
    assert f"{code} (thiếu 1)" in words_of(organizer.get(path))


def test_ending_the_role_of_a_judge_says_what_happens_to_the_sheets(app: Flask, stage: Stage) -> None:
    with app.app_context(), writing():
        stage.reload()
        round_ = judging.list_rounds(stage.contest_id)[0]
        stage.open_round(round_)
        judges = [j.id for j in judging.judges_of(round_.id)]
        rows = judging.list_assignments(round_.id)
        stage.judge_all(round_, {a.entry_id: ["90", "80"] for a in rows})
        mine = next(a for a in rows if a.judge_id == judges[1])
        signatures.reopen_sheet(mine.scoresheet, reason="Xem lại", actor=stage.actor("judge0"), now=stage.now)
        path = f"/rounds/{round_.id}/assignment"
    organizer = sign_in(app, "organizer")
    members = organizer.get("/contests/thu/members")
    assert "phiếu đã ký vẫn được tính" in words_of(members)
    ended = organizer.post(
        f"/members/{judges[1]}/end", data={"csrf_token": token_of(organizer, path), "reason": "Thay người"}
    )
    assert ended.status_code == 303
    assert "Đã thu hồi 1 lượt chấm chưa ký" in words_of(organizer.get(ended.location))
    shown = words_of(organizer.get(path))
    assert "Giám Khảo A, Giám Khảo B" in shown, "whose signed sheet counts is named still"


def test_a_correction_that_names_a_judge_takes_the_work_back(app: Flask, stage: Stage) -> None:
    judge, seat, (work, other) = first_visit(app, stage)
    assert send(judge, f"/judging/{seat}/declaration", agree="y").status_code == 303
    with app.app_context(), writing():
        account = stage.reload().people["judge1"]
        account.person.phone = "0905111222"
        db.session.commit()
        entry = db.session.scalars(select(Entry).order_by(Entry.id)).first()
        name, path = account.display_name, f"/dossiers/{entry.public_id}/correction"
    typed = {"authors-1-legal_name": name, "authors-1-phone": "0905111222", "reason": "Báo xác nhận"}
    organizer = sign_in(app, "organizer")
    assert send(organizer, path, **typed).status_code == 303
    assert "Đã thu hồi 1 lượt chấm vì xung đột lợi ích" in words_of(organizer.get(path))
    assert judge.get(f"/judging/work/{work}").status_code == 404
    assert judge.get(f"/judging/work/{other}").status_code == 200


def test_an_invitation_that_names_the_agency_of_a_judge_takes_its_works_back(
    app: Flask, stage: Stage
) -> None:
    invite(app, stage)
    with app.app_context(), writing():
        round_ = judging.list_rounds(stage.reload().contest_id)[0]
        stage.open_round(round_)
        seat = next(j for j in judging.judges_of(round_.id) if j.account.email == "moi@kheo.example")
        conflicts.declare(seat, {}, actor=stage.actor("organizer"), now=utcnow())
        rows = select(Assignment).where(Assignment.judge_id == seat.id).order_by(Assignment.entry_id)
        given = {a.entry.submitted_version.agency_name: a.public_id for a in db.session.scalars(rows)}
    judge = sign_in(app, "moi")
    assert judge.get(f"/judging/work/{given['Báo Gia Lai']}").status_code == 200
    invite(app, stage, agency_name="Báo Gia Lai")
    assert judge.get(f"/judging/work/{given['Báo Gia Lai']}").status_code == 404
    with app.app_context():
        left = db.session.scalars(select(Assignment).where(Assignment.state == "recused")).all()
        assert [a.release_reason for a in left] == ["Cùng cơ quan báo chí: Báo Gia Lai"]


Seat = tuple[FlaskClient, int, list[str]]


def first_visit(app: Flask, stage: Stage) -> Seat:
    """judge1 signed in, undeclared, in an open round; the seat and the addresses of the works."""
    with app.app_context(), writing():
        stage.reload()
        round_ = judging.list_rounds(stage.contest_id)[0]
        stage.open_round(round_)
        judge = judging.judges_of(round_.id)[1]
        works = db.session.scalars(
            select(Assignment.public_id).where(Assignment.judge_id == judge.id).order_by(Assignment.entry_id)
        )
        seat, ids = judge.id, list(works)
    return sign_in(app, "judge1"), seat, ids


def test_nothing_is_seen_or_scored_before_the_declaration(app: Flask, stage: Stage) -> None:
    judge, seat, (work, _) = first_visit(app, stage)
    declaration = f"/judging/{seat}/declaration"
    for path in (
        f"/judging/work/{work}",
        f"/judging/{seat}/scores",
        f"/judging/{seat}/sign",
        f"/judging/{seat}/begin/1",
    ):
        answer = judge.get(path)
        assert (answer.status_code, answer.location) == (303, declaration), path
    sent = {
        "csrf_token": token_of(judge, declaration),
        "version": "0",
        "discovery": "8",
        "password": PASSWORD,
    }
    told = judge.post(f"/judging/work/{work}", data=sent, headers={"X-Requested-With": "fetch"})
    assert (
        told.status_code == 409 and told.json["state"] == "refused" and "khai trước" in told.json["message"]
    )
    assert judge.post(f"/judging/work/{work}", data=sent).status_code == 409
    assert judge.post(f"/judging/{seat}/sign", data=sent).location == declaration
    refused = judge.post(
        f"/judging/work/{work}/conflict", data={"csrf_token": sent["csrf_token"], "reason": ""}
    )
    assert (refused.status_code, refused.location) == (303, declaration)
    with app.app_context():
        assert db.session.scalar(select(Scoresheet.id)) is None
    assert send(judge, declaration, agree="y").location == f"/judging/{seat}/begin/1"
    assert judge.get(f"/judging/work/{work}").status_code == 200


def test_a_refused_declaration_keeps_what_was_ticked_and_written(app: Flask, stage: Stage) -> None:
    judge, seat, (first, second) = first_visit(app, stage)
    declaration = f"/judging/{seat}/declaration"
    said = {f"reason-{first}": "Người thân là tác giả"}
    for typed, sentence in (
        (said | {"conflict": first}, "đồng ý với quy định chấm"),
        ({"agree": "y", "conflict": [first, second]} | said, "Hãy ghi lý do xin không chấm."),
        ({"agree": "y"} | said, "hoặc xóa lý do"),
    ):
        refused = send(judge, declaration, **typed)
        assert refused.status_code == 422 and sentence in words_of(refused)
        (fields,) = [dict(f) for _, f in forms_of(refused) if dict(f).get("seen")]
        assert fields[f"reason-{first}"] == "Người thân là tác giả"
        assert fields.get("agree") == typed.get("agree")
        assert ("conflict" in fields) is ("conflict" in typed)
    with app.app_context():
        assert db.session.scalar(select(Conflict.id)) is None
        assert db.session.get_one(Membership, seat).declared_at is None


def test_a_conflict_declared_at_the_first_visit_counts_in_every_seat_of_the_person(
    app: Flask, stage: Stage
) -> None:
    judge, seat, (first, second) = first_visit(app, stage)
    declaration = f"/judging/{seat}/declaration"
    more = {"agree": "y", "conflict": first, f"reason-{first}": "Người thân là tác giả"}
    assert send(judge, declaration, **more).status_code == 303
    assert judge.get(f"/judging/work/{first}").status_code == 404
    assert judge.get(f"/judging/work/{second}").status_code == 200
    assert "Người thân là tác giả" in words_of(judge.get(f"/judging/{seat}/scores"))
    with app.app_context(), writing():
        stage.reload()
        before, final = judging.list_rounds(stage.contest_id)
        kept = db.session.scalars(select(Conflict)).one()
        rows = [a for a in judging.list_assignments(before.id) if a.state == "active"]
        stage.judge_all(before, {a.entry_id: ["90", "80"] for a in rows})
        for e in db.session.scalars(select(Entry)):
            db.session.add(
                RoundOutcome(
                    round_id=before.id, entry_id=e.id, category_key=e.category_key, sheet_count=2, tied=False,
                    divergent=False, reasons=[], tie_reasons=[], is_shortlisted=True,
                )
            )  # fmt: skip
        db.session.commit()
        final, judges = stage.panel(judges=2, position=1, name="Chung khảo")
        chosen = assigning.plan_round(final).panels[0].proposal.judges
        seats = {j.account.display_name: j.id for j in judges}
        assert seats["Giám Khảo B"] not in chosen[kept.entry_id]
        assert all(seats["Giám Khảo B"] in js for e, js in chosen.items() if e != kept.entry_id)


def test_works_given_after_the_declaration_are_asked_about_alone(app: Flask, stage: Stage) -> None:
    judge, seat, works = first_visit(app, stage)
    declaration = f"/judging/{seat}/declaration"
    stale = dict(next(f for _, f in forms_of(judge.get(declaration)) if dict(f).get("seen")))
    assert send(judge, declaration, agree="y").status_code == 303
    with app.app_context(), writing():
        stage.reload()
        stage.contest.state = "open"
        late = stage.entry("coauthor", title="Bài giao thêm")
        deciding.accept_entry(late, actor=stage.actor("secretary"), now=stage.now)
        stage.contest.state = "judging"
        round_ = judging.list_rounds(stage.contest_id)[0]
        assigning.apply_plan(round_, actor=None, now=utcnow() + timedelta(minutes=1))
    for page in ("/work", f"/judging/{seat}/scores"):
        assert "1 tác phẩm mới được giao" in words_of(judge.get(page))
    assert judge.get(f"/judging/{seat}/begin/1").location == declaration
    asked = words_of(judge.get(declaration))
    assert "Bài giao thêm" in asked and "Tác phẩm 01" not in asked
    old = judge.post(declaration, data=stale | {"agree": "y"})
    assert old.status_code == 422 and "vừa được giao thêm" in words_of(old), (
        "a page from before does not answer for it"
    )
    with app.app_context(), writing():
        conflicts.declare(
            db.session.get_one(Membership, seat), {}, actor=stage.reload().actor("judge1"),
            now=utcnow() + timedelta(minutes=2),
        )  # fmt: skip
    assert judge.get(f"/judging/{seat}/begin/1").location.startswith("/judging/work/")
    assert "mới được giao" not in words_of(judge.get("/work"))


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
