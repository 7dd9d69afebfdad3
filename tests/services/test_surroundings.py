"""Before the site starts: what is missing around it is said in one sentence, and nothing is half made."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from contest import create_app
from contest.config import ROOT, Settings, SettingsError, read_settings
from contest.surroundings import check_database, check_folders, check_port

KEY = {"SECRET_KEY": "x" * 32, "KHEO_DEMO": "0"}


def settings(tmp_path: Path, **env: str) -> Settings:
    return read_settings({"DATA_DIR": str(tmp_path / "data"), **KEY, **env})


@pytest.mark.parametrize("env", [KEY, {"KHEO_DEMO": "1"}], ids=["used", "demo"])
def test_a_folder_that_is_a_file_is_named(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(SettingsError, match=r"Không ghi được vào .*data.*không phải thư mục.*DATA_DIR"):
        check_folders(read_settings({"DATA_DIR": str(tmp_path / "data"), **env}))
    with pytest.raises(SettingsError, match="không phải thư mục"):
        check_folders(read_settings({"DATA_DIR": str(tmp_path / "data" / "below"), **env}))


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's own full device stands in for the folder's files."""
    found = settings(tmp_path)
    monkeypatch.setattr("tempfile.TemporaryFile", lambda dir: Path("/dev/full").open("wb"))  # noqa: SIM115
    with pytest.raises(SettingsError, match="đĩa đã đầy"):
        check_folders(found)


def test_folders_are_made_and_nothing_stays_in_them(tmp_path: Path) -> None:
    check_folders(settings(tmp_path))
    assert [p.name for p in (tmp_path / "data").rglob("*")] == ["uploads", "import"]


def test_a_port_in_use_is_named_with_another_one(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"Cổng {port} đang có chương trình khác dùng.*PORT="):
            check_port(settings(tmp_path, PORT=str(port)), patience=0)
    check_port(settings(tmp_path, PORT=str(port)))


@pytest.mark.parametrize("host", ["203.0.113.7", "2001:db8::7"])
def test_an_address_of_another_machine_is_named(tmp_path: Path, host: str) -> None:
    with pytest.raises(SettingsError, match=rf"không có địa chỉ {host}.*HOST"):
        check_port(settings(tmp_path, HOST=host, BASE_URL="http://thi.example"), patience=0)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    found = settings(tmp_path, DATABASE_URL="postgresql://kheo:bimat@127.0.0.1:1/kheo")
    with (
        create_app(found).app_context(),
        pytest.raises(SettingsError, match="Không dùng được cơ sở dữ liệu") as said,
    ):
        check_database(found)
    assert "DATABASE_URL" in str(said.value) and "bimat" not in str(said.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    found = settings(tmp_path)
    check_folders(found)
    found.sqlite_path.write_text("something else entirely" * 100)
    with create_app(found).app_context(), pytest.raises(SettingsError, match=r"kheo\.sqlite3"):
        check_database(found)


def test_the_start_ends_with_the_sentence_and_no_trace(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data"), **KEY}
    done = subprocess.run(
        [sys.executable, "-m", "contest.serve"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("Không ghi được vào") and done.stderr.count("\n") == 1
