"""The site's own name and mark: the operator sets them, every page shows them."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import utcnow
from contest.models import SiteSettings, db
from contest.models.database import writing
from tests.browsing import send, token_of
from tests.cast import make_stage, png
from tests.web.test_access import sign_in


@pytest.fixture
def operator(app: Flask) -> FlaskClient:
    with app.app_context(), writing():
        make_stage(app, utcnow())
    return sign_in(app, "operator")


def set_mark(client: FlaskClient, body: bytes | None = None, name: str = "Dấu.png"):
    data = {"csrf_token": token_of(client, "/operate/settings")}
    if body is not None:
        data["file"] = (io.BytesIO(body), name)
    return client.post("/operate/settings/mark", data=data, follow_redirects=True)


def mark_address(app: Flask) -> str | None:
    with app.app_context():
        settings = db.session.get(SiteSettings, 1)
        return f"/mark/{settings.mark.public_id}" if settings and settings.mark else None


def test_the_name_stands_on_every_page(app: Flask, operator: FlaskClient) -> None:
    send(operator, "/operate/settings", name="Giải báo chí Trà Câu", owner="Hội Nhà báo")
    assert "Giải báo chí Trà Câu" in app.test_client().get("/accounts/login").text


def test_a_mark_is_shown_re_encoded_and_taken_back(app: Flask, operator: FlaskClient) -> None:
    send(operator, "/operate/settings", name="Giải báo chí", owner="")
    before = app.test_client().get("/c/thu").text
    assert "Đã đổi biểu tượng" in set_mark(operator, png()).text
    address = mark_address(app)
    assert address is not None
    page = app.test_client().get("/c/thu").text
    assert address not in before and f'src="{address}"' in page
    assert app.test_client().get(address).mimetype == "image/jpeg"
    assert "biểu tượng mặc định" in set_mark(operator).text
    assert mark_address(app) is None and app.test_client().get(address).status_code == 404
    assert address not in app.test_client().get("/c/thu").text


@pytest.mark.parametrize(
    ("body", "name"),
    [(b"MZ program", "a.png"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"), (b"0" * 2_050_000, "a.png")],
    ids=["no picture", "a drawing with scripts", "too large"],
)  # fmt: skip
def test_anything_else_is_refused_and_changes_nothing(
    app: Flask, operator: FlaskClient, body: bytes, name: str
) -> None:
    send(operator, "/operate/settings", name="Giải báo chí", owner="")
    answer = set_mark(operator, body, name)
    assert answer.status_code == 200 and 'class="notice error"' in answer.text
    assert mark_address(app) is None


def test_a_mark_needs_a_named_site(app: Flask, operator: FlaskClient) -> None:
    assert "Hãy đặt tên trang trước" in set_mark(operator, png()).text
