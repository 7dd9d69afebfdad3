"""Invitations: taken up by the owner of the address alone, shown again and withdrawn by those who may."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest.clock import utcnow
from contest.domain.permissions import Role
from contest.models import AccessToken, Account, AuditEvent, Membership, OutboxMail, SignIn, db
from contest.models.database import writing
from contest.services.accounts import members
from contest.services.judging import panels
from tests.browsing import forms_of, send, stretch_waits, token_of, words_of
from tests.cast import PASSWORD, Stage, make_stage
from tests.web.test_access import sign_in

MEMBERS = "/contests/thu/members"


@pytest.fixture
def stage(app: Flask) -> Stage:
    with app.app_context(), writing():
        return make_stage(app, utcnow())


def invite(client: FlaskClient, who: str, role: str, **more: str) -> str:
    """The organizer invites; returns the path of the link shown on the screen."""
    page = send(client, MEMBERS, form=_inviting(client), name="Người được mời", email=who, role=role, **more)
    return shown(page)


def _inviting(client: FlaskClient) -> int:
    forms = forms_of(client.get(MEMBERS))
    return next(i for i, (_, fields) in enumerate(forms) if "role" in dict(fields))


def shown(page) -> str:
    found = re.search(r"http://localhost(/accounts/invitation/[\w-]+)", page.text)
    assert found, words_of(page)
    return found.group(1)


def judge_link(app: Flask, stage: Stage, email: str) -> str:
    """An invitation to judge."""
    with app.app_context(), writing():
        stage.reload()
        panel = stage.panel(judges=1)[0].panels[0]
        return members.invite(
            stage.contest, actor=stage.actor("organizer"), now=utcnow(), email=email, name="Người được mời", role=Role.JUDGE,
            panel=panel,
        ).path  # fmt: skip


def roles_of(app: Flask, email: str) -> set[str]:
    with app.app_context():
        found = select(Membership.role).join(Account, Account.id == Membership.account_id)
        return set(db.session.scalars(found.where(Account.email == email, Membership.ended_at.is_(None))))


def press(client: FlaskClient, path: str, **values: str):
    return client.post(path, data={"csrf_token": token_of(client, "/accounts/profile")} | values)


# Taking up


def test_an_organizer_cannot_come_in_as_the_operator_by_inviting_them(app: Flask, stage: Stage) -> None:
    link = invite(sign_in(app, "organizer"), "operator@kheo.example", "clerk")
    thief = app.test_client()
    assert "Địa chỉ này đã có tài khoản: đăng nhập để nhận lời mời" in words_of(thief.get(link))
    for password in (None, "", "một câu tự đặt ra"):
        assert send(thief, link, password=password).status_code == 422
    assert thief.get("/operate/accounts").status_code == 303
    assert roles_of(app, "operator@kheo.example") == set()
    with app.app_context():
        assert db.session.scalar(select(func.count(SignIn.id))) == 1  # the organizer's own


def test_the_page_names_the_contest_it_invites_to(app: Flask, stage: Stage) -> None:
    link = invite(sign_in(app, "organizer"), "moi@kheo.example", "clerk")
    with app.app_context():
        name = stage.reload().contest.name
    assert name in words_of(app.test_client().get(link))


def test_an_organizer_without_panels_is_told_where_to_make_one(app: Flask, stage: Stage) -> None:
    organizer = sign_in(app, "organizer")
    assert "Chưa có hội đồng nào" in words_of(organizer.get(MEMBERS))
    judge_link(app, stage, "gk@kheo.example")
    assert "Chưa có hội đồng nào" not in words_of(organizer.get(MEMBERS))


def test_somebody_signed_in_as_another_does_not_take_it_up_either(app: Flask, stage: Stage) -> None:
    link = invite(sign_in(app, "organizer"), "operator@kheo.example", "clerk")
    stranger = sign_in(app, "stranger")
    assert press(stranger, link).status_code == 422
    assert roles_of(app, "operator@kheo.example") == roles_of(app, "stranger@kheo.example") == set()


def test_guessing_the_password_there_makes_one_wait_as_at_the_login(app: Flask, stage: Stage) -> None:
    link = invite(sign_in(app, "organizer"), "operator@kheo.example", "clerk")
    thief = app.test_client()
    for _ in range(5):
        send(thief, link, password="sai hoàn toàn")
    stretch_waits(app)
    assert "Hãy đợi" in send(thief, link, password=PASSWORD).text


def test_a_judge_with_an_account_signs_in_on_the_same_page(app: Flask, stage: Stage) -> None:
    link = judge_link(app, stage, "stranger@kheo.example")
    judge = app.test_client()
    assert "/accounts/forgot" in judge.get(link).text
    answer = send(judge, link, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/work")
    assert judge.get("/work").status_code == 200
    assert roles_of(app, "stranger@kheo.example") == {"judge"}
    assert judge.get(link).status_code == 404


def test_a_judge_who_is_signed_in_only_presses_the_button(app: Flask, stage: Stage) -> None:
    link = judge_link(app, stage, "stranger@kheo.example")
    judge = sign_in(app, "stranger")
    assert send(judge, link).status_code == 303
    assert roles_of(app, "stranger@kheo.example") == {"judge"}
    with app.app_context():
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "member:added").order_by(AuditEvent.id.desc())
        ).first()
        assert event.actor_name == "Trần Người Lạ"


def test_a_new_judge_sets_a_password_and_is_in(app: Flask, stage: Stage) -> None:
    link = judge_link(app, stage, "moi@kheo.example")
    judge = app.test_client()
    assert send(judge, link, password="ngắn").status_code == 422
    assert send(judge, link, password="một câu của giám khảo mới").status_code == 303
    assert judge.get("/work").status_code == 200
    assert roles_of(app, "moi@kheo.example") == {"judge"}


def test_a_link_that_was_on_a_screen_does_not_confirm_the_address(app: Flask, stage: Stage) -> None:
    send(app.test_client(), judge_link(app, stage, "moi@kheo.example"), password="một câu của giám khảo mới")
    with app.app_context():
        made = db.session.scalars(select(Account).where(Account.email == "moi@kheo.example")).one()
        assert made.email_confirmed_at is None
        asked = select(OutboxMail.to_address).where(OutboxMail.event == "confirm_address")
        assert db.session.scalars(asked).all() == ["moi@kheo.example"]


def test_a_locked_account_takes_nothing_up(app: Flask, stage: Stage) -> None:
    link = judge_link(app, stage, "stranger@kheo.example")
    with app.app_context(), writing():
        stage.reload().people["stranger"].is_disabled = True
        db.session.commit()
    answer = send(app.test_client(), link, password=PASSWORD)
    assert answer.status_code == 422 and "đang bị khóa" in words_of(answer)
    assert roles_of(app, "stranger@kheo.example") == set()


# Renewing and withdrawing


def pending(app: Flask, email: str) -> int:
    with app.app_context():
        return db.session.scalars(
            select(AccessToken.id).where(AccessToken.email == email).order_by(AccessToken.id.desc())
        ).first()


def test_a_secretary_shows_a_judge_s_link_but_not_that_of_staff(app: Flask, stage: Stage) -> None:
    organizer, secretary = sign_in(app, "organizer"), sign_in(app, "secretary")
    for email, role in (("btc@moi.example", "organizer"), ("tk@moi.example", "secretary")):
        link = invite(organizer, email, role)
        assert press(secretary, f"/invitations/{pending(app, email)}/renew").status_code == 404
        assert app.test_client().get(link).status_code == 200
    old = judge_link(app, stage, "gk@moi.example")
    page = press(secretary, f"/invitations/{pending(app, 'gk@moi.example')}/renew")
    assert app.test_client().get(shown(page)).status_code == 200
    assert app.test_client().get(old).status_code == 404
    offered = secretary.get(MEMBERS).text
    assert offered.count("/renew") == 1 and "/withdraw" not in offered


def test_a_double_click_shows_a_link_that_works(app: Flask, stage: Stage) -> None:
    organizer = sign_in(app, "organizer")
    invite(organizer, "moi@kheo.example", "clerk")
    at = f"/invitations/{pending(app, 'moi@kheo.example')}/renew"
    first, second = (shown(press(organizer, at)) for _ in range(2))
    assert app.test_client().get(first).status_code == 404
    assert app.test_client().get(second).status_code == 200


def test_a_withdrawn_invitation_is_dead_logged_and_not_revived(app: Flask, stage: Stage) -> None:
    organizer, secretary = sign_in(app, "organizer"), sign_in(app, "secretary")
    link = invite(organizer, "moi@kheo.example", "clerk")
    at = f"/invitations/{pending(app, 'moi@kheo.example')}"
    assert press(secretary, f"{at}/withdraw").status_code == 404
    for _ in range(2):
        assert press(organizer, f"{at}/withdraw").status_code == 303
    assert app.test_client().get(link).status_code == 404
    refused = press(organizer, f"{at}/renew")
    assert refused.status_code == 422 and "đã rút hoặc đã hết hạn" in words_of(refused)
    assert "Mời thêm" in words_of(refused), "said on the page it was pressed on"
    with app.app_context():
        assert db.session.scalar(select(func.count(AccessToken.id))) == 1
        withdrawn = select(func.count(AuditEvent.id)).where(
            AuditEvent.action == "member:invitation_withdrawn"
        )
        assert db.session.scalar(withdrawn) == 1


def test_an_expired_invitation_is_not_revived(app: Flask, stage: Stage) -> None:
    organizer = sign_in(app, "organizer")
    invite(organizer, "moi@kheo.example", "clerk")
    with app.app_context(), writing():
        db.session.scalars(select(AccessToken)).one().expires_at = utcnow()
        db.session.commit()
    assert press(organizer, f"/invitations/{pending(app, 'moi@kheo.example')}/renew").status_code == 422
    with app.app_context():
        assert db.session.scalar(select(func.count(AccessToken.id))) == 1


def test_invitations_to_a_panel_go_with_it(app: Flask, stage: Stage) -> None:
    with app.app_context(), writing():
        stage.reload()
        panel = stage.panel(judges=0)[0].panels[0]
        link = members.invite(
            stage.contest, actor=stage.actor("organizer"), now=utcnow(), email="moi@kheo.example", name="Người Mới", role=Role.JUDGE,
            panel=panel,
        ).path  # fmt: skip
        panels.remove_panel(panel, actor=stage.actor("organizer"), now=utcnow())
        assert members.list_invitations(stage.contest.id, now=utcnow()) == []
    assert app.test_client().get(link).status_code == 404


def test_a_panel_that_went_while_the_page_was_open_is_told_of(app: Flask, stage: Stage) -> None:
    link = judge_link(app, stage, "moi@kheo.example")
    with app.app_context(), writing():
        row = db.session.scalars(select(AccessToken)).one()
        row.payload = {**row.payload, "panel_id": 999_999}
        db.session.commit()
    answer = send(app.test_client(), link, password="một câu của giám khảo mới")
    assert answer.status_code == 422 and "Hội đồng của lời mời này không còn" in words_of(answer)
    with app.app_context():
        assert db.session.scalars(select(AccessToken)).one().used_at is None


# Who runs a contest


def organizers(app: Flask, stage: Stage) -> list[Membership]:
    return [m for m in members.list_members(stage.contest_id) if m.role == "organizer"]


def test_the_last_organizer_cannot_leave(app: Flask, stage: Stage) -> None:
    client = sign_in(app, "organizer")
    with app.app_context():
        only = organizers(app, stage)[0].id
    refused = press(client, f"/members/{only}/end", reason="Thôi việc")
    assert refused.status_code == 422 and "người duy nhất của Ban Tổ chức" in words_of(refused)
    assert client.get(MEMBERS).status_code == 200
    link = invite(client, "stranger@kheo.example", "organizer")
    assert send(app.test_client(), link, password=PASSWORD).status_code == 303
    press(client, f"/members/{only}/end", reason="Thôi việc")
    assert client.get(MEMBERS).status_code == 404
    assert roles_of(app, "stranger@kheo.example") == {"organizer"}


def test_an_organizer_whose_account_is_locked_does_not_count(app: Flask, stage: Stage) -> None:
    client = sign_in(app, "organizer")
    send(app.test_client(), invite(client, "stranger@kheo.example", "organizer"), password=PASSWORD)
    with app.app_context(), writing():
        stage.reload().people["stranger"].is_disabled = True
        db.session.commit()
        own_id = stage.people["organizer"].id
        mine = next(m.id for m in organizers(app, stage) if m.account_id == own_id)
    press(client, f"/members/{mine}/end", reason="Thôi việc")
    assert client.get(MEMBERS).status_code == 200


def test_the_operator_invites_an_organizer_by_an_address_nobody_has(app: Flask, stage: Stage) -> None:
    operator = sign_in(app, "operator")
    door = "/operate/contests/thu/organizers"
    assert door in operator.get("/operate/contests").text
    assert send(operator, door, name="Người Mới", email="không phải thư").status_code == 422
    link = shown(send(operator, door, name="Người Mới", email="moi@kheo.example"))
    assert "moi@kheo.example" in operator.get(door).text
    organizer = app.test_client()
    assert send(organizer, link, password="một câu của người tổ chức").status_code == 303
    assert organizer.get(MEMBERS).status_code == 200
    assert operator.get(MEMBERS).status_code == 404


def test_an_operator_who_created_a_contest_for_others_hands_it_over_in_one_click(
    app: Flask, stage: Stage
) -> None:
    operator = sign_in(app, "operator")
    assert "Tạo giúp người khác thì mời họ" in words_of(operator.get("/contests/new"))
    assert "Tạo giúp người khác" not in sign_in(app, "organizer").get("/contests/new").text
    made = send(operator, "/contests/new", slug="moi", submitted_from="01/01/2027", submitted_to="01/03/2027")
    assert made.status_code == 303
    door = "/operate/contests/moi/organizers"
    assert "người duy nhất của Ban Tổ chức" in words_of(operator.get(door))
    leave = {"csrf_token": token_of(operator, door)}
    refused = operator.post(f"{door}/hand-over", data=leave)
    assert refused.status_code == 422 and "Hãy mời thêm người" in words_of(refused)
    link = shown(send(operator, door, form=0, name="Người Mới", email="moi@kheo.example"))
    assert "Thôi vai trò của tôi" not in operator.get(door).text, "nobody has accepted yet"
    assert send(app.test_client(), link, password="một câu của người tổ chức").status_code == 303
    left = send(operator, door, form=0)
    assert left.location == door and "Đã thôi vai trò Ban Tổ chức" in words_of(operator.get(door))
    assert operator.get("/contests/moi/members").status_code == 404
    assert operator.post(f"{door}/hand-over", data=leave).status_code == 422


def test_who_ends_the_own_role_lands_on_a_page_that_is_still_theirs(app: Flask, stage: Stage) -> None:
    client = sign_in(app, "organizer")
    send(app.test_client(), invite(client, "stranger@kheo.example", "organizer"), password=PASSWORD)
    with app.app_context():
        mine = next(m.id for m in organizers(app, stage) if m.account.email == "organizer@kheo.example")
    done = press(client, f"/members/{mine}/end", reason="Thôi việc")
    assert done.location == "/work" and client.get("/work").status_code == 200
