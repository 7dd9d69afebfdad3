"""Headers and cookies as the address people use asks for them: plain on a local network, strict under https."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contest import create_app
from contest.clock import utcnow
from contest.config import Settings
from contest.models.database import Base, db, writing
from contest.services.accounts import passwords
from contest.services.entries.reading import load_version
from tests.browsing import send, token_of
from tests.cast import PASSWORD, account, make_stage
from tests.web.test_access import sign_in

SECURE = "https://thi.example"


@pytest.fixture
def secure(tmp_path: Path) -> FlaskClient:
    """A browser at a site that people reach under https."""
    app = create_app(
        Settings(
            database_url=f"sqlite:///{tmp_path / 'kheo.sqlite3'}",
            upload_dir=tmp_path / "uploads",
            secret_key="x" * 32,
            base_url=SECURE,
            trusted_hosts=("thi.example",),
            testing=True,
        )
    )
    with app.app_context(), writing():
        Base.metadata.create_all(db.engine)
        account("Lan", "lan@bao.example", now=utcnow())
        db.session.commit()
    return app.test_client()


def cookies(answer: TestResponse) -> dict[str, str]:
    """name: attributes of the cookies of an answer."""
    found = {}
    for line in answer.headers.getlist("Set-Cookie"):
        name, _, rest = line.partition("=")
        found[name] = rest
    return found


def test_every_page_forbids_foreign_code_frames_and_guessed_types(app: Flask, client: FlaskClient) -> None:
    for path in ("/", "/accounts/login", "/no-such-page", "/healthz", "/static/css/base.css"):
        head = client.get(path).headers
        policy = head["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy, path
        assert (
            "frame-ancestors 'none'" in policy
            and "base-uri 'none'" in policy
            and "form-action 'self'" in policy
        )
        assert head["X-Content-Type-Options"] == "nosniff"
        assert head["Referrer-Policy"] == "same-origin"
        assert head["Cross-Origin-Opener-Policy"] == head["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in head


def test_under_https_the_browser_keeps_to_it(secure: FlaskClient) -> None:
    for path in ("/accounts/login", "/no-such-page"):
        head = secure.get(path, base_url=SECURE).headers
        assert head["Strict-Transport-Security"] == "max-age=31536000"


def test_under_https_cookies_belong_to_this_host_alone(secure: FlaskClient) -> None:
    page = secure.get("/accounts/login", base_url=SECURE)
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = secure.post(
        "/accounts/login",
        data={"email": "lan@bao.example", "password": PASSWORD, "csrf_token": token},
        base_url=SECURE,
        headers={"Referer": f"{SECURE}/accounts/login"},
    )
    assert answer.status_code == 303
    given = cookies(answer)
    assert set(given) == {"__Host-session", "__Host-device", "__Host-strict"}
    for name, attributes in given.items():
        same_site = "SameSite=Strict" if name == "__Host-strict" else "SameSite=Lax"
        assert {"Secure", "HttpOnly", "Path=/", same_site} <= {a.strip() for a in attributes.split(";")}
        assert "Domain" not in attributes


def test_on_a_local_network_cookies_work_without_https(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), writing():
        make_stage(app, utcnow())
    answer = send(client, "/accounts/login", email="author@kheo.example", password=PASSWORD)
    given = cookies(answer)
    assert set(given) == {"session", "device", "strict"}
    for name, attributes in given.items():
        same_site = "SameSite=Strict" if name == "strict" else "SameSite=Lax"
        assert "HttpOnly" in attributes and same_site in attributes and "Secure" not in attributes


def test_signing_in_changes_the_cookie_and_signing_out_clears_what_was_kept(app: Flask) -> None:
    with app.app_context(), writing():
        make_stage(app, utcnow())
    client = sign_in(app, "author")
    page = client.get("/work")
    assert page.headers["Cache-Control"] == "private, no-store" and "Cookie" in page.headers["Vary"]
    answer = client.post("/accounts/logout", data={"csrf_token": token_of(client, "/accounts/profile")})
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_files_of_people_run_nothing(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        entry = stage.entry()
        file = load_version(entry.submitted_version_id).files[0].file
        stage.make_copies()
        db.session.commit()
        db.session.refresh(file, ["renditions"])
        copy = next(r for r in file.renditions if r.role == "page")
        base = f"/entries/{entry.public_id}/files"
        paths = [f"{base}/original/{file.public_id}", f"{base}/copy/{copy.public_id}"]
    author = sign_in(app, "author")
    for path in paths:
        answer = author.get(path)
        assert answer.status_code == 200, path
        assert answer.headers.getlist("Content-Security-Policy") == ["default-src 'none'; sandbox"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in answer.headers["Cache-Control"]


def test_a_hash_of_a_password_is_argon2id() -> None:
    assert passwords.hash_password(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
