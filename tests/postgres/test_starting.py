"""Machines that start at once on one empty database: tables are made once, and both serve."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, text

from contest.config import ROOT
from tests.postgres.test_workers import url
from tests.serving import free_port, is_well, wait_for

__all__ = ["url"]


def test_two_machines_start_at_once_on_an_empty_database(url: str, tmp_path: Path) -> None:
    ports = [free_port(), free_port()]
    machines = []
    for i, port in enumerate(ports):
        env = {
            "PATH": os.environ["PATH"], "DATABASE_URL": url, "DATA_DIR": str(tmp_path / f"machine{i}"), "PORT": str(port),
            "SECRET_KEY": "k" * 40, "KHEO_DEMO": "0", "WORKERS": "1",
        }  # fmt: skip
        machines.append(subprocess.Popen([sys.executable, "-m", "contest.serve"], cwd=ROOT, env=env))
    try:
        for machine, port in zip(machines, ports, strict=True):
            wait_for(lambda m=machine, p=port: m.poll() is not None or is_well(p), seconds=90)
            assert machine.poll() is None, "it did not start"
    finally:
        for machine in machines:
            machine.terminate()
        for machine in machines:
            machine.wait(timeout=30)
    engine = create_engine(url)
    with engine.connect() as connection:
        units = connection.scalar(text("SELECT count(*) FROM org_units"))
        assert units == connection.scalar(text("SELECT count(DISTINCT code) FROM org_units")) > 500
        assert connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")) == 0
    engine.dispose()
