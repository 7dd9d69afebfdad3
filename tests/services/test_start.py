"""Starting: half a sample is begun anew, and the site answers to its own names only."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from contest import create_app
from contest.announcing import words_at_start
from contest.clock import utcnow
from contest.config import Settings, SettingsError, read_settings
from contest.models.database import Base, db, writing
from contest.sample import demo_accounts
from contest.serve import LOADING, forget_half_a_sample, prepare
from contest.services.accounts import passwords, persons


@pytest.mark.parametrize(("state", "is_kept"), [(LOADING, False), ("", True)])
def test_only_a_half_loaded_sample_is_forgotten(tmp_path: Path, state: str, is_kept: bool) -> None:
    database, marker = tmp_path / "kheo.sqlite3", tmp_path / ".sample"
    database.write_bytes(b"rows")
    marker.write_text(state)
    settings = Settings(database_url=f"sqlite:///{database}", upload_dir=tmp_path, secret_key="x" * 32)
    with marker.open("a+") as opened:
        forget_half_a_sample(settings, opened)
    assert database.exists() is is_kept


def test_another_database_is_never_emptied(tmp_path: Path) -> None:
    marker = tmp_path / ".sample"
    marker.write_text(LOADING)
    settings = Settings(database_url="postgresql://h/d", upload_dir=tmp_path, secret_key="x" * 32)
    with marker.open("a+") as opened, pytest.raises(SystemExit, match="dữ liệu mẫu"):
        forget_half_a_sample(settings, opened)


def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    app = create_app(read_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": "x" * 32}))
    with app.app_context(), writing():
        db.session.execute(text("CREATE TABLE said (words TEXT)"))
        modes = {p.name: p.stat().st_mode & 0o777 for p in tmp_path.glob("kheo.sqlite3*")}
    assert set(modes.values()) == {0o600} and {"kheo.sqlite3", "kheo.sqlite3-wal"} <= set(modes)


@pytest.mark.parametrize("left_alone", ["published", "changed", "disabled"])
def test_published_passwords_are_not_served_outside_the_demo(tmp_path: Path, left_alone: str) -> None:
    """The sample was loaded on this machine; then somebody opens the same database to a network."""
    env = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "x" * 32, "HOST": "0.0.0.0"}
    app = create_app(read_settings(env))
    _, _, email, name = demo_accounts.ACCOUNTS[0]
    with app.app_context():
        prepare(app)
        with writing():
            person = persons.make_person(name, now=utcnow(), email=email)
            words = "một câu chỉ mình tôi biết" if left_alone == "changed" else demo_accounts.PASSWORD
            hashed = passwords.hash_password(words)
            account = persons.make_account(person, email=email, password_hash=hashed, now=utcnow())
            account.is_disabled = left_alone == "disabled"
            db.session.commit()
        if left_alone != "published":
            prepare(app)
            return
        with pytest.raises(SystemExit, match=f"{email}.*DATA_DIR"):
            prepare(app)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, ("127.0.0.1", "localhost")),
        ({"BASE_URL": "https://kheo.example"}, ("kheo.example", "127.0.0.1", "localhost")),
        ({"BASE_URL": "https://kheo.example", "TRUSTED_HOSTS": "a.example, b.example"}, ("a.example", "b.example")),
        ({"HOST": "0.0.0.0"}, ()),
        ({"HOST": "0.0.0.0", "BASE_URL": "http://192.168.1.20:8000"}, ("192.168.1.20", "127.0.0.1", "localhost")),
        ({"HOST": "::1"}, ("localhost", "127.0.0.1")),
    ],
)  # fmt: skip
def test_the_names_answered_to(tmp_path: Path, given: dict[str, str], names: tuple[str, ...]) -> None:
    assert read_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": "x" * 32, **given}).trusted_hosts == names


@pytest.mark.parametrize(
    "given",
    [{"BASE_URL": "http://[2001:db8::5]:8000"}, {"BASE_URL": "https://[::1]"}, {"HOST": "2001:db8::5"}],
)
def test_an_address_whose_name_cannot_be_checked_is_refused(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="BASE_URL"):
        read_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": "x" * 32, **given})


def told(tmp_path: Path, *, has_ffmpeg: bool = True, **env: str) -> str:
    """What the start says under these variables."""
    settings = read_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": "x" * 32, **env})
    return " ".join(words_at_start(settings, has_ffmpeg=has_ffmpeg))


def test_the_start_says_where_it_is_and_what_is_missing(tmp_path: Path) -> None:
    here = told(tmp_path, SMTP_HOST="mail.example", KHEO_DEMO="0")
    assert here == "Khéo chạy tại http://127.0.0.1:8000"
    assert "SMTP_HOST" in told(tmp_path, KHEO_DEMO="0") and "ffmpeg" in told(tmp_path, has_ffmpeg=False)
    assert "không thư nào được gửi ra ngoài" in told(tmp_path, SMTP_HOST="mail.example"), (
        "the demo sends none"
    )
    network = told(tmp_path, HOST="0.0.0.0", PORT="8123")
    assert "0.0.0.0" not in network and ":8123" in network
    assert "không được mã hóa" in network and "Chưa đặt BASE_URL" in network
    named = told(tmp_path, HOST="0.0.0.0", BASE_URL="http://192.168.1.20")
    assert (
        "http://192.168.1.20" in named and "Chưa đặt BASE_URL" not in named and "không được mã hóa" in named
    )
    safe = told(tmp_path, HOST="0.0.0.0", BASE_URL="https://kheo.example", SMTP_HOST="mail.example")
    assert safe == "Khéo chạy tại https://kheo.example"


@pytest.mark.parametrize(
    ("host", "status"), [("kheo.example", 200), ("127.0.0.1:8000", 200), ("evil.example", 400)]
)
def test_another_name_is_told_where_to_go(tmp_path: Path, host: str, status: int) -> None:
    env = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "x" * 32, "BASE_URL": "http://kheo.example"}
    app = create_app(read_settings(env))
    with app.app_context(), writing():
        Base.metadata.create_all(db.engine)
    answer = app.test_client().get("/accounts/login", headers={"Host": host})
    assert answer.status_code == status
    assert ("TRUSTED_HOSTS" in answer.text) == (status == 400)


def test_without_its_database_the_site_asks_for_patience(tmp_path: Path) -> None:
    app = create_app(read_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": "x" * 32}))
    for path in ("/", "/accounts/login", "/c/dang-nhan"):
        answer = app.test_client().get(path)
        assert answer.status_code == 503 and answer.headers["Retry-After"]
        assert "đang bận" in answer.text and "</html>" in answer.text
    assert app.test_client().post("/accounts/login", data={"email": "a"}).status_code == 503
