"""Two at once: what people do at the same moment in two tabs, two browsers or two workers, on both databases."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from contest.domain.errors import UserError
from contest.domain.permissions import Role
from contest.models import (
    Account,
    Entry,
    EntryFile,
    Membership,
    OutboxMail,
    Person,
    Publication,
    Scoresheet,
    SheetSnapshot,
    db,
)
from contest.models.database import is_duplicate, writing
from contest.services.accounts import members, signing
from contest.services.contests import reading as contests
from contest.services.entries import drafting, reading
from contest.services.judging import conflicts, late_conflicts, scoring, signatures
from contest.services.judging import reading as judging
from contest.services.results import closing, publishing, shortlisting
from tests.cast import Stage, make_stage, password_hash

Act = Callable[[], object]


def at_once(app: Flask, acts: Sequence[Act]) -> list[str]:
    """Run the acts in a thread each, begun together; "done", or the kind of refusal. A fault of ours is raised."""
    start = threading.Barrier(len(acts))

    def run(act: Act) -> str:
        with app.app_context():
            start.wait(timeout=20)
            with writing():
                try:
                    act()
                    return "done"
                except UserError as error:
                    return type(error).__name__
                except IntegrityError as error:
                    assert is_duplicate(error), error
                    return "duplicate"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def stage_in(app: Flask, now: datetime, prepare: Callable[[Stage], object] = lambda s: None, **rules: object):
    """A stage and what `prepare` returns, committed, so that other threads see it."""
    with app.app_context(), writing():
        stage = make_stage(app, now, **rules)
        found = prepare(stage)
        db.session.commit()
        return stage, found


def on(stage: Stage, act: Callable[[Stage], object]) -> Act:
    """The act on the stage as the thread's own session sees it."""

    def run() -> object:
        mine = Stage(contests.get_contest("thu"), dict(stage.people), stage.storage, stage.now)
        return act(mine.reload())

    return run


def count(app: Flask, query: object) -> int:
    with app.app_context():
        return db.session.scalar(query) or 0


def test_the_limit_per_person_holds_when_all_hand_in_at_once(app: Flask, now: datetime) -> None:
    titles = [f"Tác phẩm {i}" for i in range(5)]

    def prepare(stage: Stage) -> list[str]:
        drafts = [stage.draft(title=t) for t in titles]
        for entry in drafts:
            stage.add_page(entry)
        return [e.public_id for e in drafts]

    limit = {"value": 2, "mode": "block"}
    stage, ids = stage_in(app, now, prepare, limits__entries_per_person=limit)
    answers = at_once(app, [on(stage, lambda s, i=i: s.submit(reading.get_entry(i))) for i in ids])
    assert Counter(answers) == {"done": 2, "UserError": 3}
    with app.app_context():
        codes = db.session.scalars(select(Entry.receipt_code).where(Entry.receipt_code.is_not(None))).all()
    assert len(codes) == len(set(codes)) == 2


def test_receipt_numbers_are_unique_and_without_holes(app: Flask, now: datetime) -> None:
    def prepare(stage: Stage) -> list[tuple[str, str]]:
        made = []
        for who in ("author", "coauthor", "stranger", "clerk", "secretary"):
            entry = stage.draft(who, title=f"Của {who}")
            stage.add_page(entry, who)
            made.append((entry.public_id, who))
        return made

    stage, drafts = stage_in(app, now, prepare)
    answers = at_once(
        app, [on(stage, lambda s, i=i, w=w: s.submit(reading.get_entry(i), w)) for i, w in drafts]
    )
    assert answers == ["done"] * 5
    with app.app_context():
        codes = sorted(db.session.scalars(select(Entry.receipt_code)))
    assert [c[-4:] for c in codes] == ["0001", "0002", "0003", "0004", "0005"]


def test_one_draft_handed_in_twice_is_handed_in_once(app: Flask, now: datetime) -> None:
    def prepare(stage: Stage) -> str:
        entry = stage.draft()
        stage.add_page(entry)
        return entry.public_id

    stage, public_id = stage_in(app, now, prepare)

    def hand_in(s: Stage) -> None:
        s.submit(reading.get_entry(public_id))

    assert set(at_once(app, [on(stage, hand_in)] * 4)) <= {"done", "StaleVersion"}
    assert count(app, select(func.count(OutboxMail.id)).where(OutboxMail.event == "receipt")) == 1


def test_one_page_opened_twice_starts_one_draft(app: Flask, now: datetime) -> None:
    stage, _ = stage_in(app, now)

    def start(s: Stage) -> None:
        drafting.start_entry(s.contest, actor=s.actor("author"), now=s.now, key="one page")

    assert set(at_once(app, [on(stage, start)] * 4)) == {"done"}
    assert count(app, select(func.count(Entry.id))) == 1


def test_a_slot_takes_no_more_files_than_it_may(app: Flask, now: datetime) -> None:
    stage, public_id = stage_in(app, now, lambda s: s.draft().public_id)
    with app.app_context():
        most = next(
            s for s in contests.rulebook_of(contests.get_contest("thu")).slots if s.key == "published_page"
        ).count
    ceiling = most.max

    def add(s: Stage, shade: int) -> None:
        from tests.cast import png

        s.add_page(reading.get_entry(public_id), body=png(shade=shade))

    answers = at_once(app, [on(stage, lambda s, i=i: add(s, i)) for i in range(ceiling + 3)])
    assert answers.count("done") == ceiling
    assert count(app, select(func.count(EntryFile.id))) == ceiling


def judged(stage: Stage) -> str:
    """An open round; the address of one judge's first work."""
    stage.accepted(2)
    round_, judges = stage.panel(judges=1)
    stage.open_round(round_)
    conflicts.declare(judges[0], {}, actor=stage.actor("judge0"), now=stage.now)
    return judging.list_assignments(round_.id)[0].public_id


def test_two_tabs_that_begin_one_sheet_lose_nothing(app: Flask, now: datetime) -> None:
    stage, public_id = stage_in(app, now, judged)

    def save(s: Stage, mark: str) -> None:
        assignment = scoring.get_assignment(public_id)
        key = judging.rules_in(assignment.round).criteria[0].key
        scoring.save_sheet(assignment, typed={key: mark}, base_version=0, actor=s.actor("judge0"), now=s.now)

    answers = at_once(app, [on(stage, lambda s, m=m: save(s, m)) for m in ("10", "11", "12", "13")])
    assert Counter(answers) == {"done": 1, "StaleVersion": 3}
    with app.app_context():
        sheet = db.session.scalars(select(Scoresheet)).one()
        assert sheet.version == 1 and len(sheet.marks) == 1


def test_signing_while_another_tab_saves_keeps_what_was_signed(app: Flask, now: datetime) -> None:
    def prepare(stage: Stage) -> tuple[int, list[str]]:
        judged(stage)
        round_ = judging.list_rounds(stage.contest.id)[0]
        rows = judging.list_assignments(round_.id)
        for a in rows:
            stage.score(a, "80")
        return rows[0].judge_id, [a.public_id for a in rows]

    stage, (judge_id, ids) = stage_in(app, now, prepare)

    def sign(s: Stage) -> None:
        judge = db.session.get_one(Membership, judge_id)
        signatures.sign_sheets(
            judge, judging.list_rounds(s.contest.id)[0], actor=s.actor("judge0"), now=s.now
        )

    def save(s: Stage) -> None:
        s.score(scoring.get_assignment(ids[0]), "40", version=1)

    answers = at_once(app, [on(stage, sign), on(stage, save), on(stage, sign)])
    assert answers[0] == answers[2] == "done" and answers[1] in ("done", "NotAllowed", "StaleVersion")
    with app.app_context():
        for sheet in db.session.scalars(select(Scoresheet)):
            kept = db.session.scalars(
                select(SheetSnapshot).where(SheetSnapshot.scoresheet_id == sheet.id)
            ).one()
            assert kept.version == sheet.version
            assert kept.marks == {m.criterion_key: m.thousandths for m in sheet.marks}


def test_one_invitation_taken_up_twice_makes_one_judge(app: Flask, now: datetime) -> None:
    def prepare(stage: Stage) -> str:
        round_, _ = stage.panel(judges=1)
        found = members.invite(
            stage.contest, actor=stage.actor("organizer"), now=now, email="moi@kheo.example", name="Người Mới",
            role=Role.JUDGE, panel=round_.panels[0],
        )  # fmt: skip
        return found.path.rsplit("/", 1)[1]

    stage, token = stage_in(app, now, prepare)
    hashed = password_hash()
    take = on(
        stage,
        lambda s: late_conflicts.accept_invitation(token, account_id=None, password_hash=hashed, now=s.now),
    )
    assert Counter(at_once(app, [take] * 3)) == {"done": 1, "UserError": 2}
    assert count(app, select(func.count(Account.id)).where(Account.email == "moi@kheo.example")) == 1
    assert count(app, select(func.count(Membership.id)).where(Membership.role == "judge")) == 2


def test_one_address_signed_up_twice_makes_one_account_and_one_person(app: Flask, now: datetime) -> None:
    hashed = password_hash()

    def sign_up() -> None:
        signing.sign_up(name="Nguyễn Thị Lan", email="lan@bao.example", password_hash=hashed, now=now)

    answers = at_once(app, [sign_up] * 4)
    assert answers.count("done") == 1 and set(answers) <= {"done", "UserError", "duplicate"}
    assert count(app, select(func.count(Account.id))) == count(app, select(func.count(Person.id))) == 1


def test_results_published_twice_are_published_once(app: Flask, now: datetime) -> None:
    def prepare(stage: Stage) -> str:
        entries = stage.accepted(2)
        for position in (0, 1):
            round_, _ = stage.panel(judges=1, position=position, name=f"Hội đồng {position}")
            stage.open_round(round_)
            stage.judge_all(round_, {e.id: [str(90 - i)] for i, e in enumerate(entries)})
            closing.close_round(round_, waive_unsigned=False, actor=stage.actor("judge0"), now=now)
            if position == 0:
                shortlisting.apply_shortlist(round_, actor=None, now=now)
        stage.make_copies()
        return publishing.digest_of(publishing.preview(stage.contest).snapshot)

    rules = {
        "rounds__0__min_sheets": 1,
        "rounds__1__min_sheets": 1,
        "rounds__0__shortlist": {"per_category": 9},
    }
    stage, digest = stage_in(app, now, prepare, **rules)

    def publish(s: Stage) -> None:
        publishing.publish(
            s.contest, publish_at=None, decision="", correction_note="", expected=digest, actor=s.actor("organizer"),
            now=s.now,
        )  # fmt: skip

    answers = at_once(app, [on(stage, publish)] * 3)
    assert answers.count("done") == 1
    assert count(app, select(func.count(Publication.id))) == 1


def test_two_persons_close_one_round_once(app: Flask, now: datetime) -> None:
    def prepare(stage: Stage) -> None:
        entries = stage.accepted(2)
        round_, _ = stage.panel(judges=1)
        stage.open_round(round_)
        stage.judge_all(round_, {e.id: ["80"] for e in entries})

    stage, _ = stage_in(app, now, prepare, rounds__0__min_sheets=1)

    def close(s: Stage) -> None:
        round_ = judging.list_rounds(s.contest.id)[0]
        closing.close_round(round_, waive_unsigned=False, actor=s.actor("judge0"), now=s.now)

    answers = at_once(app, [on(stage, close)] * 3)
    assert answers.count("done") == 1, answers


@pytest.mark.parametrize("who", ["author", "stranger"])
def test_a_draft_saved_in_two_tabs_tells_the_second(app: Flask, now: datetime, who: str) -> None:
    def prepare(stage: Stage) -> tuple[str, int, int]:
        entry = stage.draft(who)
        version = reading.current_version(entry)
        return entry.public_id, version.number, version.revision

    stage, (public_id, number, revision) = stage_in(app, now, prepare)

    def save(s: Stage, title: str) -> None:
        entry = reading.get_entry(public_id)
        drafting.save_draft(
            entry, drafting.DraftInput(title=title), actor=s.actor(who), now=s.now, base_number=number, base_revision=revision
        )  # fmt: skip

    answers = at_once(app, [on(stage, lambda s, t=t: save(s, t)) for t in ("Một", "Hai", "Ba")])
    assert Counter(answers) == {"done": 1, "StaleVersion": 2}
