"""Who must not score what, from the door: where judges work, what they declare, what they open."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest.clock import utcnow
from contest.models import (
    Assignment,
    Entry,
    Membership,
    OrgUnit,
    OrgUnitSuccession,
    db,
)
from contest.models.database import writing
from contest.services import registry
from contest.services.judging import assigning, conflicts, signatures
from contest.services.judging import reading as judging
from contest.services.screening import deciding
from tests.browsing import send, token_of, words_of
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
