"""The rig of the measurements: a server in a fresh folder, a bare server beside it, and a small load generator."""

from __future__ import annotations

import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

LIMIT_APP = """
import os, sqlite3, threading
from flask import Flask, request, render_template_string
app = Flask(__name__)
@app.get("/healthz")
def healthz(): return "ok"
@app.get("/hello")
def hello(): return "Hello, World!"
ROWS = [(i, f"MS{i:03}", f"Tác phẩm số {i} về dân vận khéo", 20 + i % 10, 19, 18, 17, 74 + i % 10) for i in range(1, 2001)]
TABLE = "<!doctype html><table>{% for r in rows %}<tr>{% for c in r %}<td>{{ c }}</td>{% endfor %}</tr>{% endfor %}</table>"
@app.get("/table/<int:n>")
def table(n): return render_template_string(TABLE, rows=ROWS[:n])
path = os.environ["LIMIT_DB"]
local = threading.local(); lock = threading.Lock()
def connection():
    if not hasattr(local, "c"):
        local.c = sqlite3.connect(path, isolation_level=None, timeout=10)
        local.c.execute("PRAGMA journal_mode=WAL"); local.c.execute("PRAGMA synchronous=FULL")
    return local.c
c0 = sqlite3.connect(path); c0.execute("CREATE TABLE IF NOT EXISTS s (k TEXT PRIMARY KEY, v TEXT)"); c0.commit(); c0.close()
@app.post("/upsert")
def upsert():
    with lock:
        c = connection(); c.execute("BEGIN IMMEDIATE")
        c.execute("INSERT INTO s VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v", (request.form["k"], request.form["v"])); c.execute("COMMIT")
    return "ok"
@app.post("/multipart")
def multipart():
    request.files["file"].save(os.environ["LIMIT_DB"] + ".upload"); return "ok"
"""


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], path: str = "/healthz") -> float:
    """Wait until the server answers; returns the seconds it took."""
    began = time.perf_counter()
    while True:
        if process.poll() is not None:
            raise SystemExit("the server stopped")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).read()
            return time.perf_counter() - began
        except OSError:
            time.sleep(0.02)


@contextmanager
def kheo(folder: str, *, quick: bool = True) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Khéo on a free port in `folder`; with the sample the first time."""
    port = free_port()
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "BASE_URL", "SECRET_KEY")}
    env |= {"DATA_DIR": folder, "PORT": str(port), "KHEO_DEMO": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "contest.serve"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def limit() -> Iterator[int]:
    """A bare Flask application under the same gunicorn settings: what this machine can do at most."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "limit_app.py").write_text(LIMIT_APP)
        port = free_port()
        env = os.environ | {"LIMIT_DB": f"{folder}/limit.sqlite3", "PORT": str(port), "HOST": "127.0.0.1"}
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-k",
            "gthread",
            "-w",
            "1",
            "--threads",
            "32",
            "--keep-alive",
            "5",
            "--log-level",
            "error",
            "-b",
            f"127.0.0.1:{port}",
            "limit_app:app",
        ]
        process = subprocess.Popen(command, cwd=folder, env=env)
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(20)


class Client:
    """One keep-alive connection that sends ready-made requests; parses no more than it must."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> tuple[int, bytes]:
        """(status, head and body) of one answer."""
        self.socket.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionError
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        found = re.search(rb"content-length: (\d+)", head, re.I)
        wanted = int(found.group(1)) if found else 0
        while len(body) < wanted:
            body += self.socket.recv(65536)
        return int(head[9:12]), head + b"\r\n\r\n" + body


def get(path: str, **headers: str) -> bytes:
    """A GET request."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path: str, body: bytes, **headers: str) -> bytes:
    """A POST request with a form."""
    wanted = {"Content_Type": "application/x-www-form-urlencoded", "Content_Length": str(len(body))} | headers
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{k.replace('_', '-')}: {v}" for k, v in wanted.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def rate(
    port: int,
    make: Callable[[int, int], bytes],
    *,
    clients: int,
    seconds: float = 3,
    good: tuple[int, ...] = (200, 303, 304),
) -> tuple[float, float]:
    """(answers a second, p95 in milliseconds) of so many clients; `make(client, turn)` gives the next request."""
    times: list[float] = []
    lock = threading.Lock()
    stop = time.perf_counter() + seconds

    def work(number: int) -> None:
        connection, mine, turn = Client(port), [], 0
        while time.perf_counter() < stop:
            began = time.perf_counter()
            status, answer = connection.send(make(number, turn))
            mine.append(time.perf_counter() - began)
            assert status in good, (status, answer[:600])
            turn += 1
        with lock:
            times.extend(mine)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(clients)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return len(times) / seconds, statistics.quantiles(times, n=20)[-1] * 1000


@dataclass(frozen=True)
class Side:
    """One of two servers that are compared: where it listens, what is asked of it, which answers are good."""

    port: int
    make: Callable[[int, int], bytes]
    good: tuple[int, ...] = (200, 303, 304)


@dataclass(frozen=True)
class Comparison:
    """Answers a second of both sides and their ratio (medians over the rounds), and our p95 in milliseconds."""

    ours: float
    limit: float
    ratio: float
    p95: float


def compare(ours: Side, bare: Side, *, clients: int, seconds: float = 1.5, rounds: int = 5) -> Comparison:
    """Both sides in turns, each warmed up first: whatever else this machine does slows both, and the median forgets it."""
    for side in (bare, ours):
        rate(side.port, side.make, clients=clients, seconds=0.7, good=side.good)
    found = []
    for _ in range(rounds):
        top, _ = rate(bare.port, bare.make, clients=clients, seconds=seconds, good=bare.good)
        mine, p95 = rate(ours.port, ours.make, clients=clients, seconds=seconds, good=ours.good)
        found.append((mine, top, mine / top, p95))
    return Comparison(*(statistics.median(column) for column in zip(*found, strict=True)))


def sign_in(port: int, who: str) -> str:
    """The cookies of a demo account, as a header has them."""
    from contest.sample.demo_accounts import PASSWORD

    client = Client(port)
    _, page = client.send(get("/accounts/login"))
    token = re.search(rb'name="csrf_token" value="([^"]+)"', page).group(1).decode()  # type: ignore[union-attr]
    body = f"email={who}%40kheo.example&password={PASSWORD}&csrf_token={token}".encode()
    status, answer = client.send(post("/accounts/login", body, Cookie=newest_cookies(page)))
    assert status == 303, answer[:500]
    return newest_cookies(answer)


def newest_cookies(answer: bytes, known: str = "") -> str:
    """The cookies after this answer: the first page after signing in brings the token's."""
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    cookies = dict(re.findall(r"([\w-]+)=([^;]+)", known))
    cookies.update(re.findall(r"(?im)^set-cookie: ([\w-]+)=([^;]+)", head))
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def report_comparison(what: str, found: Comparison, must: float) -> None:
    """One line about rates; the ratio is the median of the rounds' own."""
    report(what, found.ours, found.limit, must, ratio=found.ratio)


def report_times(what: str, found: Comparison, must: float) -> None:
    """One line about durations, from the same rates: how many times as long as the limit."""
    report(
        what,
        1000 / found.ours,
        1000 / found.limit,
        must,
        unit=" ms",
        lower_is_better=True,
        ratio=1 / found.ratio,
    )


def report(
    what: str,
    value: float,
    limit_: float,
    must: float,
    *,
    unit: str = "/s",
    lower_is_better: bool = False,
    ratio: float | None = None,
) -> None:
    """One line: the figure, the limit of this sitting, the ratio, and whether it is what it must be."""
    ratio = value / limit_ if ratio is None else ratio
    fine = ratio <= must if lower_is_better else ratio >= must
    shown = f"{ratio:.1f}×" if lower_is_better else f"{ratio:.0%}"
    wanted = f"≤ {must:g}×" if lower_is_better else f"≥ {must:.0%}"
    print(
        f"{'ok ' if fine else 'LOW'}  {what}: {value:,.1f}{unit} of {limit_:,.1f}{unit} = {shown} (must {wanted})",
        flush=True,
    )
