"""One process writes an SQLite database: who comes second is told, and the place is free again however the first ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contest import create_app
from contest.config import ROOT, read_settings
from contest.models import Account, db
from contest.occupancy import alone, occupy
from tests.serving import free_port, is_well, wait_for

COMMAND = ("-m", "flask", "--app", "contest")
OPERATOR = ("create-operator", "--name", "Trương Quang Vinh", "--email", "vinh@kheo.example", "--password", "một câu ngắn dễ nhớ")  # fmt: skip


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], int]]]:
    """Starts processes on the same data, each with a port of its own; they are ended with everything under them."""
    started = []

    def start(*words: str) -> tuple[subprocess.Popen[str], int]:
        port = free_port()
        env = {
            "PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 40, "KHEO_DEMO": "0", "PORT": str(port),
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, *words], cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        started.append(process)
        return process, port

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)


def accounts(tmp_path: Path) -> int:
    app = create_app(read_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 40}))
    with app.app_context():
        return db.session.query(Account).count()


def test_while_the_site_runs_nothing_else_writes_and_afterwards_it_may(
    tmp_path: Path, start: Callable
) -> None:
    first, port = start("-m", "contest.serve")
    wait_for(lambda: is_well(port) or first.poll() is not None)
    assert first.poll() is None, first.communicate()[0]
    others = [
        start(*COMMAND, *OPERATOR)[0],
        start(*COMMAND, "db", "upgrade")[0],
        start("-m", "contest.serve")[0],
    ]
    for other in others:
        words = other.communicate(timeout=60)[0]
        assert other.returncode != 0, words
        assert "Trang đang chạy" in words and "dừng trang" in words, words
    assert accounts(tmp_path) == 0 and is_well(port)
    # The server alone is killed, without a chance to say so; its workers leave by themselves.
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=10)
    after, _ = start(*COMMAND, *OPERATOR)
    words = after.communicate(timeout=60)[0]
    assert after.returncode == 0, words
    assert accounts(tmp_path) == 1


def test_the_first_operator_is_made_right_after_installation(tmp_path: Path, start: Callable) -> None:
    process, _ = start(*COMMAND, *OPERATOR)
    words = process.communicate(timeout=60)[0]
    assert process.returncode == 0 and "Đã tạo người vận hành" in words, words
    assert accounts(tmp_path) == 1


def test_a_command_gives_the_place_back(tmp_path: Path, start: Callable) -> None:
    settings = read_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 40})
    ask = "from contest.config import read_settings; from contest.occupancy import occupy; occupy(read_settings(), patience=0)"
    with alone(settings, patience=0):
        with alone(settings, patience=0):
            pass
        process, _ = start("-c", ask)
        assert "Occupied" in process.communicate(timeout=60)[0]
    process, _ = start("-c", ask)
    assert process.wait(timeout=60) == 0


def test_on_postgresql_nothing_is_held(tmp_path: Path) -> None:
    env = {
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "k" * 40,
        "DATABASE_URL": "postgresql://h/d",
        "KHEO_DEMO": "0",
    }
    occupy(read_settings(env), patience=0)
    assert list(tmp_path.rglob("*.lock")) == []
