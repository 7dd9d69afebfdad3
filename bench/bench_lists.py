"""A judge's list of 250 works out of 1,000 entries against a bare Jinja table; a results table of 2,000 entries; cold start, memory."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rig import ROOT, Client, Side, compare, get, kheo, limit, report_times, sign_in, wait_for


def fill(folder: str, entries: int, mine: int, *, first: int = 0) -> int:
    """So many accepted entries more, numbered from `first`, all scored by two judges, `mine` of them by the demo judge as well.

    Returns that judge's id.
    """
    program = f"""
import os, random
os.environ.update(DATA_DIR={folder!r}, KHEO_DEMO="1")
from datetime import datetime, UTC
from contest import create_app
from contest.models import *
from contest.models.database import db, writing
now = datetime(2026, 10, 1, tzinfo=UTC)
with create_app().app_context(), writing():
    contest = db.session.query(Contest).filter_by(slug="dang-cham").one()
    round_ = db.session.query(Round).filter_by(contest_id=contest.id, position=0).one()
    judge = db.session.query(Membership).join(Account).filter(Account.email == "giamkhao@kheo.example", Membership.contest_id == contest.id).first()
    others = [m.id for m in db.session.query(Membership).filter_by(panel_id=judge.panel_id) if m.id != judge.id][:2]
    dice = random.Random(1)
    for n in range({first}, {first + entries}):
        e = Entry(public_id=f"bench{{n}}", contest_id=contest.id, state="draft", created_at=now, entered_for=False); db.session.add(e); db.session.flush()
        v = EntryVersion(entry_id=e.id, number=1, revision=1, saved_at=now, submitted_at=now, title=f"Tác phẩm thử số {{n}} về dân vận khéo", title_fold="t", media_type="print", genre="phóng sự", field="Kinh tế", prior_awards=[], declarations=[])
        db.session.add(v); db.session.flush()
        e.receipt_code, e.judging_code, e.category_key, e.submitted_version_id, e.state = f"B-{{n:05}}", f"B{{n:05}}", "print", v.id, "accepted"
        for m in ([judge.id] if n < {first + mine} else []) + others:
            a = Assignment(public_id=f"b{{n}}-{{m}}", contest_id=contest.id, round_id=round_.id, panel_id=judge.panel_id, entry_id=e.id, judge_id=m, state="active", created_at=now, position=n, later_count=0)
            db.session.add(a); db.session.flush()
            s = Scoresheet(assignment_id=a.id, state="signed", version=1, saved_at=now, signed_at=now, comment="", comment_shared=False, source="screen", reopened_count=0)
            db.session.add(s); db.session.flush()
            for k, top in (("discovery", 30), ("relevance", 25), ("craft", 25), ("effect", 20)):
                db.session.add(Mark(scoresheet_id=s.id, criterion_key=k, thousandths=dice.randrange(top * 2) * 500, floor=0, ceiling=top * 1000))
    db.session.commit()
    print(judge.id)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        with kheo(folder):
            pass
        judge = fill(folder, 1000, 250)
        with limit() as bare, kheo(folder) as (port, process):
            cookie = sign_in(port, "giamkhao")
            path = f"/judging/{judge}/scores"
            _, page = Client(port).send(get(path, Cookie=cookie))
            rows = page.count(b"<tr") - 1
            table = Side(bare, lambda c, t: get("/table/250"))
            mine = Side(port, lambda c, t: get(path, Cookie=cookie))
            report_times(
                f"judge's list of {rows} rows out of 1,000 entries, time",
                compare(mine, table, clients=1),
                10,
            )
            found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
            print(f"     master process {int(found.group(1)) / 1024:.0f} MiB" if found else "")
        fill(folder, 1000, 1000, first=1000)
        tally(folder)
        cold_start(folder)


def tally(folder: str) -> None:
    """The table of a round with 2,000 more entries and their sheets, from the database, ranked; time of the processor, which
    neighbours on the machine lengthen less."""
    program = f"""
import os, time
os.environ.update(DATA_DIR={folder!r}, KHEO_DEMO="1")
from contest import create_app
from contest.models import Contest, Round
from contest.models.database import db
from contest.services.results.tallying import compute
with create_app().app_context():
    contest = db.session.query(Contest).filter_by(slug="dang-cham").one()
    round_ = db.session.query(Round).filter_by(contest_id=contest.id, position=0).one()
    compute(round_); times = []
    for _ in range(9):
        db.session.expunge_all()
        round_ = db.session.get(Round, round_.id)
        began = time.thread_time(); board = compute(round_); times.append(time.thread_time() - began)
    print(sorted(times)[4] * 1000, len(board.entries))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    took, count = done.stdout.split()
    print(
        f"     results of {count} entries with 2–3 sheets, tallied and ranked from the database: {float(took):.0f} ms of processor time (goal 30 ms for 2,000 on the goal's machine)"
    )


def cold_start(folder: str) -> None:
    """From the command to the first page, with the data there already."""
    began = time.perf_counter()
    with kheo(folder) as (port, process):
        took = time.perf_counter() - began
        wait_for(port, process, "/c/dang-nhan")
        worker = next(int(p.name) for p in Path("/proc").glob("[0-9]*") if _parent(p) == process.pid)
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{worker}/status").read_text())
        print(
            f"     second start answers after {took:.1f} s (must < 3), idle worker {int(found.group(1)) / 1024 if found else 0:.0f} MiB (goal 125)"
        )


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


if __name__ == "__main__":
    main()
