"""gunicorn as it serves: jobs run beside; slow lines hold no thread, a slow but steady one is served."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contest import create_app
from contest.config import ROOT, Settings
from contest.models.database import Base, db, writing
from tests.serving import free_port, is_well, wait_for

THREADS = 4
CONF = f"""
exec(open({str(ROOT / "deploy" / "gunicorn.conf.py")!r}).read())
from contest import patience
patience.HEAD_SECONDS = patience.BODY_SECONDS = patience.LEFT_SECONDS = 1
threads = {THREADS}
"""
HALF_A_HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
FORM = (
    b"POST /accounts/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
)
HALF_A_BODY = FORM + b"Content-Length: 900\r\n\r\nemail="
HALF_OF_TOO_MUCH = FORM + b"Content-Length: 3000000\r\n\r\nemail="


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """gunicorn as it serves, with fewer threads and less patience."""
    (tmp_path / "conf.py").write_text(CONF)
    number = free_port()
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {
        "DATA_DIR": str(tmp_path / "data"), "PORT": str(number), "HOST": "127.0.0.1",
    }  # fmt: skip
    settings = Settings(
        f"sqlite:///{tmp_path / 'data' / 'kheo.sqlite3'}", tmp_path / "data" / "uploads", "x" * 32
    )
    (tmp_path / "data").mkdir()
    with (app := create_app(settings)).app_context(), writing():
        Base.metadata.create_all(db.engine)
        app.extensions["sqlalchemy"].engine.dispose()
    program = (
        "from pathlib import Path; from contest import create_app; from contest.serve import Server; "
        f"Server(create_app(), Path({str(tmp_path / 'conf.py')!r})).run()"
    )
    command = [sys.executable, "-c", program]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(lambda: is_well(number) or process.poll() is not None)
            assert process.poll() is None, (tmp_path / "log").read_text()
            yield number
        finally:
            process.terminate()
            process.wait(30)


def line(port: int, begun: bytes) -> socket.socket:
    """A line on which something was begun."""
    opened = socket.create_connection(("127.0.0.1", port), timeout=20)
    opened.sendall(begun)
    return opened


@pytest.mark.parametrize(
    "begun",
    [HALF_A_HEAD, HALF_A_BODY, HALF_OF_TOO_MUCH],
    ids=["half a head", "half a body", "half a body that is refused"],
)
def test_lines_that_stop_in_the_middle_hold_no_thread(port: int, begun: bytes) -> None:
    lines = [line(port, begun) for _ in range(2 * THREADS)]
    assert is_well(port)
    for slow in lines:
        while slow.recv(4096):
            pass
        slow.close()


def test_a_body_in_broken_pieces_is_the_fault_of_who_sends_it(port: int) -> None:
    for broken in (b"ZZ\r\nemail", b"5\r\nemail\r\n!!\r\n", b"5\r\nema"):
        sender = line(port, FORM + b"Transfer-Encoding: chunked\r\n\r\n" + broken)
        sender.shutdown(socket.SHUT_WR)
        assert sender.recv(4096).startswith(b"HTTP/1.1 400")
        sender.close()


def test_jobs_are_done_beside_the_pages(port: int, tmp_path: Path) -> None:
    found, end = 0, time.monotonic() + 60
    while not found and time.monotonic() < end:
        time.sleep(0.2)
        with sqlite3.connect(tmp_path / "data" / "kheo.sqlite3") as rows:
            found = rows.execute("SELECT count(*) FROM jobs WHERE kind = 'judge_reminders'").fetchone()[0]
    assert found == 1, (tmp_path / "log").read_text()


def test_a_slow_line_that_goes_on_is_served(port: int) -> None:
    body = b"email=" + b"x" * 39_994
    slow = line(port, FORM + f"Content-Length: {len(body)}\r\n\r\n".encode())
    for start in range(0, len(body), 5_000):
        slow.sendall(body[start : start + 5_000])
        time.sleep(0.3)
    assert slow.recv(4096).startswith(b"HTTP/1.1 4")


def test_who_sends_too_much_slowly_still_reads_why_not(port: int) -> None:
    size = 2_400_000
    slow = line(port, FORM + f"Content-Length: {size}\r\n\r\n".encode())
    for _ in range(8):
        slow.sendall(b"x" * (size // 8))
        time.sleep(0.1)
    assert slow.recv(4096).startswith(b"HTTP/1.1 413")
