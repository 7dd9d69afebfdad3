"""The three editions of the sample: one published, one being judged blind, one collecting."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from contest.clock import start_of_day, today
from contest.domain.permissions import Actor, Role
from contest.domain.rulebook import Rulebook, check_rulebook, parse_rulebook
from contest.domain.rulebook.writing import as_data
from contest.domain.verdicts import Outcome
from contest.domain.vietnamese import format_date
from contest.models import Contest, Entry, Exemplar, Job, db
from contest.models.database import writing
from contest.sample import drawings, files, judging, results
from contest.sample import rules as signed_rules
from contest.sample.cast import Cast
from contest.sample.people import SamplePerson
from contest.sample.works import SampleWork, works
from contest.services import media
from contest.services.accounts import actors, members
from contest.services.contests import creating, moving
from contest.services.entries import drafting, submitting
from contest.services.entries import files as entry_files
from contest.services.entries import reading as entries
from contest.services.entries.authors import AuthorInput
from contest.services.screening import deciding, findings
from contest.services.screening import reading as screening
from contest.storage import Storage

RULEBOOK = Path(__file__).resolve().parents[1] / "data" / "rulebooks" / "quang-ngai.toml"
Exemplars = dict[str, Exemplar]


def _rules(now: datetime, *, name: str, deadline: int, blind: bool = False) -> Rulebook:
    """The shipped rules for a deadline so many days from now, under this edition's name."""
    last = today(now) + timedelta(days=deadline)
    data = as_data(parse_rulebook(RULEBOOK.read_text("utf-8")))
    data["contest"]["name"] = f"Cuộc thi báo chí viết về tấm gương “Dân vận khéo” tỉnh Quảng Ngãi {name}"
    signed = last - timedelta(days=150)
    data["contest"]["basis"] = f"Thể lệ số 01-TL/BTC, ngày {format_date(signed)}"
    data["rounds"][0]["blind"] = blind
    data["windows"]["judged"] = {"from": last + timedelta(days=8), "to": last + timedelta(days=55)}
    data["windows"]["awarded"] = last + timedelta(days=70)
    for rules, days in zip(data["rounds"], (40, 55), strict=True):
        rules["due"] = last + timedelta(days=days)
    data["windows"]["submitted"] = {"from": signed, "to": last}
    data["windows"]["published"] = {"from": last - timedelta(days=375), "to": last - timedelta(days=10)}
    data["contact"] = {
        "office": "Tổ Thư ký cuộc thi, Ban Tuyên giáo và Dân vận Tỉnh ủy", "address": "Phường Cẩm Thành, tỉnh Quảng Ngãi",
        "phone": "0255 000 0000", "email": "thuky@kheo.example",
    }  # fmt: skip
    return check_rulebook(data)


def _names(now: datetime) -> tuple[str, str, str]:
    """What the three editions are called: by year, and by đợt when two fall into one."""
    day = today(now)
    past, judged, open_ = ((day + timedelta(days=d)).year for d in (-400, -35, 12))
    if judged == open_:
        return f"năm {past}", f"đợt 1 năm {judged}", f"đợt 2 năm {open_}"
    return f"năm {past}", f"năm {judged}", f"năm {open_}"


def _open(cast: Cast, rules: Rulebook, slug: str, *, storage: Storage, at: datetime) -> Contest:
    organizer = cast.demo["organizer"]
    paper = signed_rules.receive(rules, storage=storage, signer=organizer.display_name, day=at.date())
    with writing():
        contest = creating.create_contest(rulebook=rules, actor=None, now=at, organizer=organizer, slug=slug)
        for key, role in (("secretary", Role.SECRETARY), ("clerk", Role.CLERK)):
            members.add_member(
                contest,
                account=cast.demo[key],
                role=role,
                actor=None,
                now=at,
                unit_name="Báo Quảng Ngãi" if key == "clerk" else "",
            )
        db.session.commit()
        signed_rules.attach(contest, paper, actor=cast.actor("organizer"), at=at)
        moving.open_contest(contest, actor=None, now=at)
    return contest


def _enter(
    contest: Contest,
    cast: Cast,
    exemplars: Exemplars,
    made: list[SampleWork],
    storage: Storage,
    *,
    deadline: date,
    spread: int,
    now: datetime,
    by_hand: range = range(0),
) -> list[Entry]:
    """Drafts, files and submissions, more of them the nearer the deadline; in those of `by_hand` names are not of the list."""
    dice = random.Random(contest.slug)
    teams = cast.teams_for(made, contest.slug)
    people = [team[0] for team in teams]
    days = [deadline - timedelta(days=min(spread, int(dice.expovariate(1 / (spread / 4))))) for _ in made]
    letters_day = deadline - timedelta(days=spread // 2)
    orders = [
        files.Order(
            w, p.pen_name or p.legal_name, p.agency, day - timedelta(days=12 + i % 40), letters_day if i % 7 != 3 else None
        )
        for i, (w, (_, p), day) in enumerate(zip(made, people, days, strict=True))
    ]  # fmt: skip
    ready = files.prepare(orders, storage)
    entered = []
    for i, (work, (account, person), order, received) in enumerate(
        zip(made, people, orders, ready, strict=True)
    ):
        at = start_of_day(days[i]) + timedelta(hours=7 + dice.randrange(15), minutes=dice.randrange(60))
        at = min(at, now - timedelta(minutes=90 - i))
        partner = teams[i][1][1] if len(teams[i]) > 1 else None
        with writing():
            entered.append(
                _submit(
                    contest,
                    actors.load_actor(account),
                    person,
                    partner,
                    work,
                    order.day,
                    received,
                    exemplars,
                    at=at,
                    is_listed=i not in by_hand,
                )
            )
    return entered


def _submit(
    contest: Contest,
    actor: Actor,
    person: SamplePerson,
    partner: SamplePerson | None,
    work: SampleWork,
    day: date,
    received: files.Ready,
    exemplars: Exemplars,
    *,
    at: datetime,
    is_listed: bool,
) -> Entry:
    entry = drafting.start_entry(contest, actor=actor, now=at, key=f"sample:{contest.slug}:{work.title}")
    role, partners_role = {
        "print": ("writer", "photo"),
        "online": ("writer", "photo"),
        "radio": ("editor", "voice"),
        "tv": ("camera", "editor"),
    }[work.media_type]
    authors = [
        AuthorInput(
            p.legal_name, p.pen_name, p.birth_year, phone=f"0905{abs(hash_of(p.legal_name)) % 1_000_000:06}", email=actor.name and "",
            credit_role=role if p is person else partners_role, unit_name=p.agency, is_contact=p is person,
        )
        for p in (person, partner)
        if p is not None
    ]  # fmt: skip
    exemplar = exemplars[work.story.exemplar]
    exemplar_id = exemplar.public_id if is_listed else ""
    agency = person.agency if is_listed else f"{person.agency} (trang điện tử)"
    version = entries.current_version(entry)
    drafting.save_draft(
        entry,
        drafting.DraftInput(
            title=work.title, media_type=work.media_type, genre=work.genre, field=work.story.field, summary=work.summary,
            agency_name=agency, unit_name="", no_prior_awards=True, prior_awards=[], declarations=["authorship"], authors=authors,
            parts=[
                drafting.PartInput(title=t, outlet_name=agency, published_on=day + timedelta(days=n), detail=f"Trang {3 + n}", text=text)
                for n, (t, text) in enumerate(work.parts)
            ],
            exemplars=[drafting.ExemplarInput(exemplar.name, exemplar_id, exemplar.unit_name)],
        ),
        actor=actor, now=at, base_revision=version.revision, base_number=version.number,
    )  # fmt: skip
    for slot, found in received:
        entry_files.add_file(entry, found, slot=entry_files.slot_of(entry, slot), actor=actor, now=at)
    version = entries.current_version(entry)
    submitting.submit_entry(
        entry, actor=actor, now=at, base_number=version.number, base_revision=version.revision
    )
    return entry


def hash_of(text: str) -> int:
    """A number that is the same in every process, unlike hash()."""
    return int.from_bytes(text.encode()[-6:], "big")


def _screen(contest: Contest, cast: Cast, found: list[Entry], *, at: datetime, rejected: int) -> list[Entry]:
    """Everything accepted but a few: some after the secretary's own finding, the last ones rejected."""
    secretary = cast.actor("secretary")
    accepted = []
    for i, entry in enumerate(found):
        with writing():
            entry = db.session.get_one(Entry, entry.id)
            if i >= len(found) - rejected:
                reason = "Tác phẩm đăng ngoài thời gian quy định của Thể lệ."
                deciding.reject_entry(entry, reason=reason, article="Điều 4", actor=secretary, now=at)
                continue
            for verdict in screening.screen_entries(contest, [entry], now=at)[0].verdicts:
                if verdict.outcome is not Outcome.PASSED:
                    note = "Đã đối chiếu hồ sơ giấy, đủ điều kiện"
                    findings.override_verdict(
                        entry, rule=verdict.rule, outcome=Outcome.PASSED, note=note, actor=secretary, now=at
                    )
            deciding.accept_entry(entry, actor=secretary, now=at)
            accepted.append(entry)
    return accepted


def _render(storage: Storage, *, now: datetime) -> None:
    """Make the copies that are asked for now instead of waiting for the worker."""
    jobs = [
        (j.payload["file_id"], j.payload["covers"])
        for j in db.session.scalars(select(Job).where(Job.kind == "renditions", Job.done_at.is_(None)))
    ]
    made = files.render_all(jobs, storage)
    with writing():
        for prepared in made:
            media.keep_renditions(prepared, now=now)
        for job in db.session.scalars(select(Job).where(Job.kind == "renditions", Job.done_at.is_(None))):
            job.done_at = now
        db.session.commit()


def published(cast: Cast, exemplars: Exemplars, *, storage: Storage, now: datetime) -> Contest:
    """Last year's edition: sixty works, two rounds, prizes, winners published, one correction."""
    last = today(now) - timedelta(days=400)
    contest = _open(
        cast,
        _rules(now, name=_names(now)[0], deadline=-400),
        "da-cong-bo",
        storage=storage,
        at=start_of_day(last - timedelta(days=150)),
    )
    made = works("published")
    found = _enter(contest, cast, exemplars, made, storage, deadline=last, spread=60, now=now)
    accepted = _screen(contest, cast, found, at=start_of_day(last + timedelta(days=4)), rejected=2)
    _render(storage, now=now)
    results.run(contest, cast, accepted, last=last)
    return contest


def judged(cast: Cast, exemplars: Exemplars, *, storage: Storage, now: datetime) -> Contest:
    """The edition being judged: blind, files covered, some judges done, one slow, one divergence."""
    last = today(now) - timedelta(days=25)
    rules = _rules(now, name=_names(now)[1], deadline=-25, blind=True)
    contest = _open(cast, rules, "dang-cham", storage=storage, at=start_of_day(last - timedelta(days=150)))
    found = _enter(contest, cast, exemplars, works("judged"), storage, deadline=last, spread=45, now=now)
    accepted = _screen(contest, cast, found, at=start_of_day(last + timedelta(days=3)), rejected=2)
    with writing():
        _cover(cast, accepted, at=start_of_day(last + timedelta(days=4)))
    _render(storage, now=now)
    judging.run(contest, cast, last=last, now=now)
    return contest


def _cover(cast: Cast, accepted: list[Entry], *, at: datetime) -> None:
    """Masthead and byline of every page covered, sounds and films looked through."""
    secretary = cast.actor("secretary")
    for entry in accepted:
        entry = db.session.get_one(Entry, entry.id)
        version = entries.load_version(entry.submitted_version_id or 0)
        for f in version.files:
            if f.slot != files.FORM:
                pages = f.file.kind in ("pdf", "image")
                covers = drawings.covers() if pages else []
                findings.clear_file(
                    entry,
                    f.file.public_id,
                    covers=covers,
                    is_cleared=True,
                    actor=secretary,
                    now=at,
                    is_known=True,
                )


def collecting(cast: Cast, exemplars: Exemplars, *, storage: Storage, now: datetime) -> Contest:
    """The edition that collects entries, with twelve days to go; some wait for screening, one for an answer."""
    deadline = today(now) + timedelta(days=12)
    rules = _rules(now, name=_names(now)[2], deadline=12)
    contest = _open(
        cast, rules, "dang-nhan", storage=storage, at=start_of_day(deadline - timedelta(days=150))
    )
    found = _enter(
        contest,
        cast,
        exemplars,
        works("collecting"),
        storage,
        deadline=today(now),
        spread=40,
        now=now,
        by_hand=range(12, 15),
    )
    secretary = cast.actor("secretary")
    _screen(contest, cast, found[:10], at=now - timedelta(hours=1), rejected=1)
    with writing():
        entry = db.session.get_one(Entry, found[10].id)
        question = "Đề nghị gửi giấy xác nhận của cơ quan báo chí có dấu."
        deciding.return_entry(
            entry,
            question=question,
            due_at=now + timedelta(days=4),
            actor=secretary,
            now=now - timedelta(hours=1),
        )
        _demo_author(contest, cast, exemplars, now=now)
    return contest


def _demo_author(contest: Contest, cast: Cast, exemplars: Exemplars, *, now: datetime) -> None:
    """The demo author has a draft begun, with something missing."""
    actor = cast.actor("author")
    entry = drafting.start_entry(contest, actor=actor, now=now - timedelta(hours=3), key="sample:draft")
    version = entries.current_version(entry)
    name = next(iter(exemplars))
    drafting.save_draft(
        entry,
        drafting.DraftInput(
            title="Những người gác đêm ở bến Tịnh Kỳ", media_type="print", genre="phóng sự", field="Quốc phòng - an ninh",
            summary="Ba năm nay, bến cá không mất một cuộn lưới nhờ mười hai người thay nhau thức.", agency_name="Báo Quảng Ngãi",
            exemplars=[drafting.ExemplarInput(name, exemplars[name].public_id)],
        ),
        actor=actor, now=now - timedelta(hours=2), base_revision=version.revision, base_number=version.number,
    )  # fmt: skip
