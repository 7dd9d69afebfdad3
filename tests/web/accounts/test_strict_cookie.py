"""Who acts for others writes only with a second cookie, which browsers send with nothing that began on another site."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import utcnow
from contest.domain.permissions import Role
from contest.models import SignIn, db
from contest.models.database import writing
from contest.services.accounts import members
from tests.browsing import go_on, send, token_of, words_of
from tests.cast import PASSWORD, Stage, make_stage
from tests.web.test_access import sign_in

SENTENCE = "thiếu dấu xác nhận của người làm nhiệm vụ"


@pytest.fixture
def stage(app: Flask) -> Stage:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        stage.panel(judges=2)
        return stage


def lose(client: FlaskClient) -> None:
    """As with a request that began on another site: the session comes along, the strict cookie does not."""
    client.delete_cookie("strict")


def rename(client: FlaskClient, name: str) -> int:
    """The status of a change of the own name."""
    return send(client, "/accounts/profile", name=name).status_code


@pytest.mark.parametrize("who", ["organizer", "secretary", "clerk", "judge0", "judge1", "operator"])
def test_an_office_reads_but_does_not_write_without_it(app: Flask, stage: Stage, who: str) -> None:
    client = sign_in(app, who)
    assert rename(client, "Tên Thứ Nhất") == 303
    lose(client)
    assert client.get("/work").status_code == 200, "a link in a mail opens signed in"
    refused = send(client, "/accounts/profile", name="Tên Thứ Hai")
    assert refused.status_code == 401 and SENTENCE in words_of(refused)
    assert "Tên Thứ Nhất" in client.get("/accounts/profile").text


def test_an_author_needs_none(app: Flask, stage: Stage) -> None:
    client = sign_in(app, "author")
    lose(client)
    assert rename(client, "Tên Thứ Hai") == 303


def test_what_was_typed_is_kept_and_goes_on_after_signing_in(app: Flask, stage: Stage) -> None:
    client = sign_in(app, "secretary")
    lose(client)
    refused = send(client, "/accounts/profile", name="Lê Thị Ngọc Ánh")
    assert go_on(client, refused, "secretary", PASSWORD).status_code == 303
    assert "Lê Thị Ngọc Ánh" in client.get("/accounts/profile").text


def test_scripts_and_files_are_told_in_words(app: Flask, stage: Stage) -> None:
    client = sign_in(app, "organizer")
    token = token_of(client, "/accounts/profile")
    lose(client)
    answer = client.post("/accounts/text-size", data={"size": "large"}, headers={"X-CSRFToken": token, "X-Requested-With": "fetch"})  # fmt: skip
    assert answer.status_code == 401 and SENTENCE in answer.text and answer.mimetype == "text/plain"
    put = client.put("/entries/x/files/y", data=b"x" * 10, headers={"X-CSRFToken": token})
    assert put.status_code == 401 and SENTENCE in put.text


def test_the_page_to_sign_in_opens_for_who_has_lost_it_and_gives_a_new_one(app: Flask, stage: Stage) -> None:
    """Scripts that were refused link to it."""
    client = sign_in(app, "judge0")
    assert client.get("/accounts/login?next=/work").location == "/work"
    lose(client)
    assert client.get("/accounts/login?next=/work").status_code == 200
    answer = send(client, "/accounts/login?next=/work", email="judge0@kheo.example", password=PASSWORD)
    assert answer.location == "/work"
    assert rename(client, "Tên Thứ Hai") == 303


def test_one_of_another_sign_in_is_none(app: Flask, stage: Stage) -> None:
    first, second = sign_in(app, "secretary"), sign_in(app, "secretary")
    assert first.get_cookie("strict").value != second.get_cookie("strict").value
    first.set_cookie("strict", second.get_cookie("strict").value)
    assert rename(first, "Tên Thứ Hai") == 401
    first.set_cookie("strict", "chữ có dấu")
    assert rename(first, "Tên Thứ Hai") == 401
    assert rename(second, "Tên Thứ Hai") == 303


def test_signing_out_asks_for_none_and_clears_it(app: Flask, stage: Stage) -> None:
    client = sign_in(app, "organizer")
    token, kept = token_of(client, "/accounts/profile"), client.get_cookie("strict").value
    assert client.post("/accounts/logout", data={"csrf_token": token}).location == "/"
    assert client.get_cookie("strict") is None
    client = sign_in(app, "organizer")
    assert client.get_cookie("strict").value != kept, "a new one with every sign-in"
    lose(client)
    token = token_of(client, "/accounts/profile")
    assert client.post("/accounts/logout", data={"csrf_token": token}).location == "/"
    with app.app_context():
        assert all(row.revoked_at for row in db.session.query(SignIn))


def test_a_new_office_is_taken_up_in_its_name_with_it(app: Flask, stage: Stage) -> None:
    """A link in a mail opens with one button for who is signed in; the button counts with the cookie only."""
    with app.app_context(), writing():
        stage.reload()
        invited = members.invite(
            stage.contest, actor=stage.actor("organizer"), now=utcnow(), email="judge0@kheo.example", name="Giám Khảo",
            role=Role.SECRETARY,
        )  # fmt: skip
        path = invited.path
    client = sign_in(app, "judge0")
    kept = client.get_cookie("strict").value
    lose(client)
    assert send(client, path).status_code == 401
    client.set_cookie("strict", kept)
    assert send(client, path).location == "/work"


def test_an_author_who_becomes_staff_goes_on_in_the_same_browser(app: Flask, stage: Stage) -> None:
    client = sign_in(app, "author")
    with app.app_context(), writing():
        stage.reload()
        members.add_member(
            stage.contest, account=stage.people["author"], role=Role.SECRETARY, actor=None, now=utcnow()
        )
        db.session.commit()
    assert rename(client, "Tên Thứ Hai") == 303
    lose(client)
    assert rename(client, "Tên Thứ Ba") == 401
