"""Settings: the demo only where it can harm nobody, a secret everywhere else, and the first operator by a command."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from contest import create_app
from contest.config import SettingsError, read_settings
from contest.models import Account, AuditEvent, db
from tests.browsing import send
from tests.cast import PASSWORD

KEY = {"SECRET_KEY": "x" * 32}


@pytest.mark.parametrize(
    ("given", "is_demo"),
    [
        ({}, True),
        ({"HOST": "localhost"}, True),
        ({"HOST": "0.0.0.0"}, False),
        ({"HOST": "192.168.1.5"}, False),
        ({"DATABASE_URL": "postgresql:///kheo"}, False),
        ({"KHEO_DEMO": "0"}, False),
    ],
)
def test_the_demo_is_sqlite_on_this_machine(tmp_path: Path, given: dict[str, str], is_demo: bool) -> None:
    assert read_settings({"DATA_DIR": str(tmp_path), **KEY, **given}).demo is is_demo


@pytest.mark.parametrize(
    "given", [{"HOST": "0.0.0.0"}, {"DATABASE_URL": "postgresql:///kheo"}, {"KHEO_DEMO": "0"}]
)
def test_outside_it_a_secret_is_asked_for(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        read_settings({"DATA_DIR": str(tmp_path), **given})
    assert list(tmp_path.iterdir()) == [], "none is made up"
    with pytest.raises(SettingsError, match="quá ngắn"):
        read_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": "dev", **given})


def test_the_demo_s_own_secret_is_kept_and_for_nobody_else_to_read(tmp_path: Path) -> None:
    first = read_settings({"DATA_DIR": str(tmp_path)})
    assert len(first.secret_key) == 64
    assert read_settings({"DATA_DIR": str(tmp_path)}).secret_key == first.secret_key
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_the_components_page_is_the_demo_s(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    assert app.test_client().get("/components").status_code == 200
    app.config["SETTINGS"] = settings.with_changes(demo=False)
    try:
        assert app.test_client().get("/components").status_code == 404
    finally:
        app.config["SETTINGS"] = settings


def test_a_command_makes_the_first_operator_once(tmp_path: Path) -> None:
    app = create_app(read_settings({"DATA_DIR": str(tmp_path), **KEY}))
    with app.app_context():
        upgrade()
    typed = ["create-operator", "--name", "Vân Hạnh", "--email", "Hanh@kheo.example", "--password", PASSWORD]
    made = app.test_cli_runner().invoke(args=typed)
    assert made.exit_code == 0 and "hanh@kheo.example" in made.output
    again = app.test_cli_runner().invoke(args=typed)
    assert again.exit_code != 0 and "đã có tài khoản" in again.output
    short = app.test_cli_runner().invoke(args=[*typed[:4], "b@kheo.example", "--password", "ngắn"])
    assert short.exit_code != 0 and "ít nhất 10 ký tự" in short.output
    with app.app_context():
        assert [a.is_operator for a in db.session.query(Account)] == [True]
        assert [e.action for e in db.session.query(AuditEvent)] == ["account:operator_created"]
    client = app.test_client()
    assert send(client, "/accounts/login", email="hanh@kheo.example", password=PASSWORD).status_code == 303
    assert client.get("/operate/accounts").status_code == 200


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"PORT": "abc"}, "PORT phải là một số nguyên từ 1 đến 65535, không phải “abc”"),
        ({"PORT": "99999"}, "PORT"),
        ({"PORT": "٣"}, "PORT"),
        ({"WORKERS": "0"}, "WORKERS"),
        ({"PROXY_HOPS": "y"}, "PROXY_HOPS"),
        ({"SMTP_PORT": "-1"}, "SMTP_PORT"),
        ({"DATABASE_URL": "rubbish"}, "DATABASE_URL chưa đúng"),
        ({"DATABASE_URL": "mysql://a@b/c"}, "DATABASE_URL chưa đúng"),
        ({"DATABASE_URL": "postgresql://a:b@c:port/d"}, "DATABASE_URL chưa đúng"),
        ({"BASE_URL": "thi.example.vn"}, "BASE_URL chưa đúng"),
        ({"BASE_URL": "ftp://thi.example.vn"}, "BASE_URL chưa đúng"),
    ],
)
def test_a_mistyped_variable_is_named_with_what_it_takes(
    tmp_path: Path, given: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingsError, match=words):
        read_settings({"DATA_DIR": str(tmp_path), **KEY, **given})


def test_the_older_way_to_write_postgresql_is_understood(tmp_path: Path) -> None:
    found = read_settings({"DATA_DIR": str(tmp_path), **KEY, "DATABASE_URL": "postgres://a@b/c"})
    assert found.database_url == "postgresql://a@b/c" and not found.is_sqlite
