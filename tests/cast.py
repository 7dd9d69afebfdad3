"""A small named cast and what they make: a contest with its people, entries, a judged round. All through the services."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from contest.clock import today
from contest.domain.permissions import Actor, Role
from contest.domain.rulebook import Rulebook, check_rulebook, parse_rulebook
from contest.domain.rulebook.editions import with_dates
from contest.domain.rulebook.writing import as_data
from contest.domain.verdicts import Verdict
from contest.models import Account, Assignment, Contest, Entry, Membership, Panel, Round, StoredFile, db
from contest.sample import files as sample_files
from contest.services import media
from contest.services.accounts import actors, members, passwords, persons
from contest.services.contests import creating, moving
from contest.services.contests.reading import rulebook_of
from contest.services.entries import drafting, files, reading, submitting
from contest.services.entries.authors import AuthorInput
from contest.services.judging import assigning, panels, scoring, signatures
from contest.services.judging import reading as judging
from contest.services.screening import deciding
from contest.services.screening import reading as screening
from contest.storage import Storage
from contest.storage.checker.kinds import Checked

RULEBOOK = Path(__file__).resolve().parents[1] / "contest" / "data" / "rulebooks" / "quang-ngai.toml"
PASSWORD = "một câu ngắn dễ nhớ"
_hash: list[str] = []
_checked: dict[bytes, Checked] = {}


def password_hash() -> str:
    """One hash for the whole cast; argon2 is slow on purpose."""
    if not _hash:
        _hash.append(passwords.hash_password(PASSWORD))
    return _hash[0]


def account(name: str, email: str, *, now: datetime) -> Account:
    """An account that can sign in with PASSWORD."""
    person = persons.make_person(name, now=now, email=email)
    made = persons.make_account(person, email=email, password_hash=password_hash(), now=now)
    made.email_confirmed_at = now
    db.session.flush()
    return made


def actor(found: Account) -> Actor:
    """The account with the roles it holds now."""
    return actors.load_actor(found)


def png(width: int = 60, height: int = 80, shade: int = 200) -> bytes:
    """A small picture, made by hand."""
    row = b"\x00" + bytes([shade, 220, 180]) * width

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


def receive_page(body: bytes, storage: Storage) -> media.Received:
    """A page kept and checked; bytes that were checked before are only kept, as each check takes a process."""
    if body in _checked:
        return media.Received(storage.put(io.BytesIO(body), limit=10_000_000), _checked[body])
    received = media.receive(
        io.BytesIO(body), storage=storage, name="trang 1.png", allowed=("pdf", "image"), limit=10_000_000
    )
    _checked[body] = received.checked
    return received


@dataclass
class Stage:
    """A contest with its people."""

    contest: Contest
    people: dict[str, Account]
    storage: Storage
    now: datetime
    contest_id: int = 0

    def __post_init__(self) -> None:
        self.contest_id = self.contest.id

    def actor(self, key: str) -> Actor:
        """Somebody of the cast as an actor."""
        return actors.load_actor(db.session.get_one(Account, self.people[key].id))

    def reload(self) -> Stage:
        """The same contest and people in the session of now."""
        self.contest = db.session.get_one(Contest, self.contest_id)
        self.people = {key: persons.find_account(f"{key}@kheo.example") for key in self.people}  # type: ignore[misc]
        return self

    def draft(self, who: str = "author", **changes: Any) -> Entry:
        """A complete draft of somebody, without files."""
        key = f"test:{who}:{changes.get('title', 'Tiếng chiêng')}"
        entry = drafting.start_entry(self.contest, actor=self.actor(who), now=self.now, key=key)
        return self.fill(entry, who, **changes)

    def fill(self, entry: Entry, who: str = "author", **changes: Any) -> Entry:
        """Everything a dossier asks for, without files, typed into a draft."""
        version = reading.current_version(entry)
        content = {
            "title": "Tiếng chiêng", "media_type": "print", "genre": "phóng sự", "field": "Kinh tế", "summary": "Tóm tắt", "agency_name": "Báo Quảng Ngãi",
            "no_prior_awards": True, "prior_awards": [], "declarations": ["authorship"],
            "authors": [AuthorInput(self.people[who].display_name, birth_year=1980, phone=f"09{self.people[who].id:08}", credit_role="writer", is_contact=True)],
            "parts": [drafting.PartInput(title="Kỳ 1", outlet_name="Báo Quảng Ngãi", published_on=today(self.now) - timedelta(days=30), text="chữ " * 50)],
            "exemplars": [drafting.ExemplarInput("Già làng Phạm Văn Sốt")],
        } | changes  # fmt: skip
        drafting.save_draft(
            entry,
            drafting.DraftInput(**content),
            actor=self.actor(who),
            now=self.now,
            base_number=version.number,
            base_revision=version.revision,
        )
        return entry

    def add_page(
        self, entry: Entry, who: str = "author", *, slot: str = "published_page", body: bytes | None = None
    ) -> None:
        """A published page in its slot."""
        received = receive_page(body or png(), self.storage)
        files.add_file(entry, received, slot=files.slot_of(entry, slot), actor=self.actor(who), now=self.now)

    def make_copies(self) -> None:
        """The copies of all files, as the worker makes them; equal files are worked on once."""
        waiting = select(StoredFile.id).where(StoredFile.renditions_done_at.is_(None))
        jobs: list[tuple[int, list[Any]]] = [(file_id, []) for file_id in db.session.scalars(waiting)]
        for prepared in sample_files.render_all(jobs, self.storage):
            media.keep_renditions(prepared, now=self.now)

    def submit(self, entry: Entry, who: str = "author", *, at: datetime | None = None) -> Entry:
        """Hand the draft in."""
        version = reading.current_version(entry)
        submitting.submit_entry(
            entry,
            actor=self.actor(who),
            now=at or self.now,
            base_number=version.number,
            base_revision=version.revision,
        )
        return entry

    def entry(self, who: str = "author", **changes: Any) -> Entry:
        """A submitted entry with its page."""
        entry = self.draft(who, **changes)
        if changes.get("media_type", "print") == "print":
            self.add_page(entry, who)
        return self.submit(entry, who)

    def verdict(self, entry: Entry, rule: str) -> Verdict:
        """What a rule says of what was handed in."""
        [found] = screening.screen_entries(self.contest, [entry], now=self.now)
        return next(v for v in found.verdicts if v.rule == rule)

    def accepted(self, count: int, **changes: Any) -> list[Entry]:
        """So many accepted entries, by a different author each."""
        made = []
        for i in range(count):
            key = f"writer{i}"
            if key not in self.people:
                self.people[key] = account(
                    f"Người Viết {chr(65 + i % 26)}{i}", f"{key}@kheo.example", now=self.now
                )
            entry = self.entry(key, title=f"Tác phẩm {i + 1:02}", **changes)
            deciding.accept_entry(entry, actor=self.actor("secretary"), now=self.now)
            made.append(entry)
        return made

    def panel(
        self, *, judges: int = 3, position: int = 0, name: str = "Hội đồng"
    ) -> tuple[Round, list[Membership]]:
        """A panel for all categories with so many judges, the first the chair."""
        round_ = judging.list_rounds(self.contest.id)[position]
        made: Panel = panels.create_panel(round_, name=name, categories=[], actor=None, now=self.now)
        for i in range(judges):
            key = f"judge{i}"
            if key not in self.people:
                self.people[key] = account(f"Giám Khảo {chr(65 + i)}", f"{key}@kheo.example", now=self.now)
            members.add_member(
                self.contest,
                account=self.people[key],
                role=Role.JUDGE,
                actor=None,
                now=self.now,
                panel=made,
                is_chair=i == 0,
            )
        db.session.commit()
        db.session.refresh(round_, ["panels"])
        return round_, list(judging.judges_of(round_.id))

    def open_round(self, round_: Round) -> None:
        """Assigned and open."""
        assigning.apply_plan(round_, actor=None, now=self.now)
        panels.open_round(round_, actor=None, now=self.now)

    def score(self, assignment: Assignment, total: str, *, version: int = 0) -> None:
        """A whole sheet whose marks sum up to `total` of 100, spread over the four criteria of the shipped rules."""
        left = float(total)
        typed = {}
        for criterion in judging.rules_in(assignment.round).criteria:
            mark = min(left, float(criterion.maximum))
            typed[criterion.key] = f"{mark:g}".replace(".", ",")
            left -= mark
        judge = actors.load_actor(assignment.judge.account)
        found = scoring.get_assignment(assignment.public_id)
        assert found is not None
        scoring.save_sheet(found, typed=typed, base_version=version, actor=judge, now=self.now)

    def judge_all(self, round_: Round, totals: dict[int, list[str]]) -> None:
        """Sheets for every entry: totals per entry in the order of judges; then everybody signs."""
        given = [a for a in judging.list_assignments(round_.id) if a.state == "active"]
        rows = sorted(given, key=lambda a: (a.entry_id, a.judge_id))
        place: dict[int, int] = {}
        for a in rows:
            i = place[a.entry_id] = place.get(a.entry_id, -1) + 1
            self.score(a, totals[a.entry_id][i])
        for judge in judging.judges_of(round_.id):
            signatures.sign_sheets(judge, round_, actor=actors.load_actor(judge.account), now=self.now)


def rules_for(now: datetime, **changes: Any) -> Rulebook:
    """The shipped rules with a window around `now`; `changes` replaces top-level tables."""
    day = today(now)
    shipped = parse_rulebook(RULEBOOK.read_text("utf-8"))
    dated = with_dates(
        shipped,
        published=(day - timedelta(days=300), day - timedelta(days=1)),
        submitted=(day - timedelta(days=100), day + timedelta(days=10)),
    )
    data = as_data(dated)
    for path, value in changes.items():
        here: Any = data
        *way, last = path.split("__")
        for step in way:
            here = here[int(step)] if step.isdigit() else here[step]
        here[last] = value
    return check_rulebook(data)


def make_stage(app: Any, now: datetime, **changes: Any) -> Stage:
    """An open contest with organizer, secretary, clerk, author, co-author, stranger and operator."""
    names = {
        "organizer": "Nguyễn Văn Sơn", "secretary": "Lê Thị Ngọc", "clerk": "Huỳnh Tấn Đạt", "author": "Phạm Thị Hà", "coauthor": "Đinh Văn Rế",
        "stranger": "Trần Người Lạ", "operator": "Trương Quang Vinh",
    }  # fmt: skip
    people = {key: account(name, f"{key}@kheo.example", now=now) for key, name in names.items()}
    people["operator"].is_operator = True
    contest = creating.create_contest(
        rulebook=rules_for(now, **changes), actor=None, now=now, organizer=people["organizer"], slug="thu"
    )
    for key, role in (("secretary", Role.SECRETARY), ("clerk", Role.CLERK)):
        members.add_member(contest, account=people[key], role=role, actor=None, now=now)
    db.session.commit()
    moving.open_contest(contest, actor=None, now=now)
    assert rulebook_of(contest).rounds
    return Stage(contest, people, app.extensions["storage"], now)
