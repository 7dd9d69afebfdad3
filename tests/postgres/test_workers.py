"""The product as a province runs it: gunicorn with several workers on PostgreSQL; mails and jobs run once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url

from contest import create_app
from contest.clock import utcnow
from contest.config import ROOT, Settings
from contest.models import Job, OutboxMail, db
from contest.models.database import writing
from contest.services import outbox
from tests.serving import free_port, is_well, wait_for

WORKERS = 3
MAILS, JOBS = 60, 60


class Postbox:
    """A mail server that notes which mails it gets."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        lines = envelope.content.decode("utf-8", "replace").splitlines()
        self.ids += [line for line in lines if line.startswith("Message-ID:")]
        return "250 OK"


def children(pid: int) -> int:
    """How many processes gunicorn has under it."""
    return len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def url() -> str:
    """An empty database of its own."""
    server = os.environ["KHEO_TEST_DATABASE_URL"]
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS kheo_served WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE kheo_served"))
    engine.dispose()
    return make_url(server).set(database="kheo_served").render_as_string(hide_password=False)


@pytest.fixture
def served(
    url: str, postbox: tuple[Postbox, int], tmp_path: Path
) -> Iterator[tuple[subprocess.Popen, int, Flask]]:
    """`make run`'s command with its database migrated by itself, and an application to look into the same database."""
    port = free_port()
    env = {
        "PATH": os.environ["PATH"], "DATABASE_URL": url, "DATA_DIR": str(tmp_path), "PORT": str(port), "SECRET_KEY": "k" * 40,
        "KHEO_DEMO": "0", "WORKERS": str(WORKERS), "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(postbox[1]), "SMTP_STARTTLS": "0",
        "SMTP_SENDER": "ban@toc.example",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "contest.serve"], cwd=ROOT, env=env)
    try:
        wait_for(lambda: is_well(port) or process.poll() is not None, seconds=90)
        assert process.poll() is None, "it did not start"
        yield (
            process,
            port,
            create_app(Settings(database_url=url, upload_dir=tmp_path / "uploads", secret_key="k" * 40)),
        )
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_several_workers_send_each_mail_and_run_each_job_once(
    served: tuple[subprocess.Popen, int, Flask], postbox: tuple[Postbox, int]
) -> None:
    process, _, app = served
    wait_for(lambda: children(process.pid) == WORKERS)
    with app.app_context(), writing():
        for i in range(MAILS):
            outbox.queue_mail(
                "accepted", to="lan@bao.example", to_name="Lan", now=utcnow(), code=f"2026-{i:04}", title="Tiếng chiêng",
                contest_name="Cuộc thi", entry_path="/entries/x",
            )  # fmt: skip
        for i in range(JOBS):
            outbox.queue_job("publication", key=f"test {i}", payload={"publication_id": -i}, now=utcnow())
        db.session.commit()

    def is_done() -> bool:
        with app.app_context():
            waiting = select(func.count(OutboxMail.id)).where(OutboxMail.sent_at.is_(None))
            # The job of every day waits for its hour.
            open_jobs = select(func.count(Job.id)).where(Job.done_at.is_(None), Job.kind == "publication")
            return not db.session.scalar(waiting) and not db.session.scalar(open_jobs)

    wait_for(is_done, seconds=60)
    time.sleep(2)
    got = Counter(postbox[0].ids)
    assert len(got) == MAILS and set(got.values()) == {1}, got.most_common(3)
    with app.app_context():
        assert set(db.session.scalars(select(Job.attempts).where(Job.kind == "publication"))) == {1}


def test_a_second_start_keeps_everything_and_serves_soon(
    served: tuple[subprocess.Popen, int, Flask], url: str, tmp_path: Path
) -> None:
    """Another machine on the same database: nothing is migrated or loaded twice."""
    _, _, app = served
    with app.app_context():
        before = db.session.scalar(text("SELECT count(*) FROM org_units"))
    port = free_port()
    env = {
        "PATH": os.environ["PATH"], "DATABASE_URL": url, "DATA_DIR": str(tmp_path), "PORT": str(port), "SECRET_KEY": "k" * 40,
        "KHEO_DEMO": "0", "WORKERS": "2",
    }  # fmt: skip
    second = subprocess.Popen([sys.executable, "-m", "contest.serve"], cwd=ROOT, env=env)
    try:
        wait_for(lambda: is_well(port), seconds=60)
    finally:
        second.terminate()
        second.wait(timeout=30)
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM org_units")) == before > 0
