"""Publication: a preview, then an immutable snapshot at once or at an hour; a correction is a new snapshot."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import defer

from contest.domain.contests import ContestAction, ContestState
from contest.domain.errors import InvalidTransition, UserError
from contest.domain.permissions import Actor
from contest.models import Account, Contest, Entry, Exemplar, Publication, PublishedLink, PublishedWork, db
from contest.models.database import ask_once, hold
from contest.services import audit, outbox
from contest.services.contests.moving import move_contest
from contest.services.contests.reading import latest_version, state_of
from contest.services.results.changes import Change, list_changes
from contest.services.results.prizes import prize_board
from contest.services.results.several import list_several, unsettled
from contest.services.results.snapshots import (
    Work,
    build_snapshot,
    build_works,
    credits_in,
    load_awarded,
    waiting_titles,
)


@dataclass(frozen=True)
class Preview:
    """What would be published now, the works in it, and what people changed or decided on the way there."""

    snapshot: dict[str, Any]
    works: list[Work]
    changes: list[Change]


def preview(contest: Contest) -> Preview:
    """What would be published now. Nothing is written.

    Raises UserError before the last round is closed, while a tie or a freed place is open, a person has more prizes than the rulebook
    gives, or copies of an awarded work are being made.
    """
    latest_version(contest.id)  # mostly the one the round has frozen, which then is not asked for again
    board = prize_board(contest)
    if board is None:
        raise UserError("Vòng cuối chưa khóa nên chưa có kết quả để công bố.")
    if board.open_ties:
        raise UserError(
            f"Còn {len(board.open_ties)} chỗ bằng điểm chưa quyết định. Hãy quyết định ở trang Kết quả, phân giải."
        )
    if board.open_places:
        raise UserError(
            f"Còn {len(board.open_places)} chỗ trống chưa quyết định, do tác phẩm đã được chuyển đi. Hãy quyết định ở trang "
            "Kết quả, phân giải."
        )
    versions = load_awarded(board)
    several = list_several(board, credits_in(versions))
    if undecided := unsettled(board, several):
        names = ", ".join(s.name for s in undecided)
        raise UserError(
            f"Thể lệ không trao nhiều giải cho một người, mà {names} đang có nhiều giải. Hãy quyết định ở trang Kết quả, phân giải."
        )
    waiting = waiting_titles(board, versions)
    if waiting:
        raise UserError(
            f"Bản xem của {len(waiting)} tác phẩm đang được làm: {', '.join(waiting)}. Đợi ít phút rồi tải lại trang."
        )
    works = build_works(contest, board, versions)
    return Preview(build_snapshot(contest, board, works), works, list_changes(board, several))


def publish(
    contest: Contest,
    *,
    publish_at: datetime | None,
    decision: str,
    correction_note: str,
    expected: str,
    actor: Actor | None,
    now: datetime,
) -> Publication:
    """Freeze and publish what the preview showed (`expected` is its sha256), now or at `publish_at`. Commits.

    A correction may be a note alone. Raises UserError when the results changed since the preview, when a correction says
    nothing or what the one in force says already, or when another publication is still waiting for its hour.
    """
    hold(contest)
    found = preview(contest)
    digest = digest_of(found.snapshot)
    if expected and digest != expected:
        raise UserError("Kết quả đã đổi từ lúc xem trước. Hãy xem lại rồi công bố.")
    shown = visible(contest.id, now=now)
    if shown is not None and not correction_note.strip():
        raise UserError("Đã có kết quả công bố: hãy ghi nội dung đính chính.", field="correction_note")
    if shown is not None and (shown.sha256, shown.correction_note) == (digest, correction_note.strip()):
        raise UserError("Bản đính chính này đã được công bố.")
    if waiting(contest.id, now=now) is not None:
        raise InvalidTransition("Đang có một bản hẹn giờ công bố. Hủy hẹn trước khi lập bản mới.")
    at = publish_at or now
    if at < now:
        raise UserError("Giờ công bố đã qua. Chọn giờ khác hoặc công bố ngay.", field="publish_at")
    number = db.session.scalar(
        select(func.coalesce(func.max(Publication.number), 0)).where(Publication.contest_id == contest.id)
    )
    publication = Publication(
        contest_id=contest.id, number=(number or 0) + 1, publish_at=at, created_at=now,
        created_by_id=actor.account_id if actor else 0, correction_note=correction_note.strip(),
        snapshot={**found.snapshot, "decision": decision.strip()}, sha256=digest,
    )  # fmt: skip
    db.session.add(publication)
    db.session.flush()
    _keep_works(publication, found.works)
    audit.record(
        "results:published" if at <= now else "results:scheduled", actor=actor, now=now, kind="publication",
        subject_id=publication.id, label=f"Bản công bố {publication.number}", contest_id=contest.id,
        after={"sha256": digest, "at": at.isoformat(), "works": len(found.works)}, reason=correction_note.strip() or None,
    )  # fmt: skip
    outbox.queue_job(
        "publication",
        key=str(publication.id),
        payload={"publication_id": publication.id},
        now=now,
        run_after=at,
    )
    if at <= now:
        _go_public(contest, publication, actor=actor, now=now)
    contest.public_version += 1
    db.session.commit()
    return publication


def digest_of(snapshot: dict[str, Any]) -> str:
    """The SHA-256 of a snapshot's content."""
    return hashlib.sha256(json.dumps(snapshot, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _keep_works(publication: Publication, works: list[Work]) -> None:
    for work in works:
        row = PublishedWork(
            publication_id=publication.id, contest_id=publication.contest_id, entry_id=work.entry_id, slug=work.slug,
            content=work.content,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        for exemplar_id, unit_id in work.links:
            db.session.add(PublishedLink(work_id=row.id, exemplar_id=exemplar_id, unit_id=unit_id))


def _go_public(contest: Contest, publication: Publication, *, actor: Actor | None, now: datetime) -> None:
    if state_of(contest) is ContestState.JUDGING:
        move_contest(contest, ContestAction.PUBLISH, actor=actor, now=now)


def carry_out(publication_id: int, *, now: datetime) -> None:
    """When the hour has come: move the contest, tell the authors. Run twice, it changes nothing more. Commits."""
    publication = db.session.get(Publication, publication_id)
    if publication is None or publication.cancelled_at or publication.publish_at > now:
        return
    contest = db.session.get_one(Contest, publication.contest_id)
    hold(contest, publication)
    if publication.cancelled_at:
        return
    _go_public(contest, publication, actor=None, now=now)
    for entry_id, address, name, title, award in authors_to_tell(publication):
        outbox.queue_mail(
            "results_published", to=address, to_name=name, now=now, contest_id=contest.id,
            dedupe_key=f"published:{publication.id}:{entry_id}",
            contest_name=contest.name, title=title, award=award, results_path=f"/c/{contest.slug}/results",
        )  # fmt: skip
    contest.public_version += 1
    db.session.commit()


def authors_to_tell(publication: Publication) -> list[tuple[int, str, str, str, str]]:
    """(entry, address, name, title, prize) of each awarded work whose author has an account, for a first publication."""
    if any(p.number < publication.number for p in list_standing(publication.contest_id)):
        return []
    rows = db.session.execute(
        select(PublishedWork.entry_id, Account.email, Account.display_name, PublishedWork.content)
        .join(Entry, Entry.id == PublishedWork.entry_id)
        .join(Account, Account.id == Entry.owner_id)
        .where(PublishedWork.publication_id == publication.id)
    )
    return [(r.entry_id, r.email, r.display_name, r.content["title"], r.content["tier"]) for r in rows]


def cancel_scheduled(publication: Publication, *, actor: Actor, now: datetime) -> None:
    """Take a publication back before its hour. Commits. Raises InvalidTransition once it is public."""
    contest = db.session.get_one(Contest, publication.contest_id)
    hold(contest, publication)
    # Who asked just before the hour may have waited until the results were out.
    is_out = state_of(contest) is not ContestState.JUDGING and visible(contest.id, now=now) is None
    if publication.publish_at <= now or is_out:
        raise InvalidTransition("Kết quả đã công bố. Muốn đổi thì lập bản đính chính.")
    publication.cancelled_at = now
    audit.record(
        "results:schedule_cancelled", actor=actor, now=now, kind="publication", subject_id=publication.id,
        label=f"Bản công bố {publication.number}", contest_id=publication.contest_id,
    )  # fmt: skip
    db.session.commit()


# Statements of the public doors stand ready: putting them together takes longer than carrying them out.
_IS_PUBLIC = (Publication.publish_at <= bindparam("now"), Publication.cancelled_at.is_(None))
_OF_CONTEST = (Publication.contest_id == bindparam("contest"), *_IS_PUBLIC)
_NEWEST_FIRST = Publication.number.desc()
_LATEST = select(Publication).where(*_OF_CONTEST).order_by(_NEWEST_FIRST).limit(1)
_STANDS = Publication.cancelled_at.is_(None)
_STANDING = (
    select(Publication)
    .options(defer(Publication.snapshot))
    .where(Publication.contest_id == bindparam("contest"), _STANDS)
    .order_by(_NEWEST_FIRST)
)
_CONTEST_STANDING = (
    select(Contest, Publication)
    .outerjoin(Publication, (Publication.contest_id == Contest.id) & _STANDS)
    .options(defer(Publication.snapshot))
    .where(Contest.slug == bindparam("slug"))
    .order_by(_NEWEST_FIRST)
)
_READABLE = (
    select(Contest, Publication)
    .join(Publication, Publication.contest_id == Contest.id)
    .where(Contest.slug == bindparam("slug"), *_IS_PUBLIC)
    .order_by(_NEWEST_FIRST)
    .options(defer(Publication.snapshot))
)
_WORK_IN_FORCE = select(PublishedWork).where(
    PublishedWork.publication_id == _LATEST.with_only_columns(Publication.id).scalar_subquery(),
    PublishedWork.slug == bindparam("slug"),
)


def visible(contest_id: int, *, now: datetime) -> Publication | None:
    """The latest publication whose hour has come."""
    return db.session.scalar(_LATEST, {"contest": contest_id, "now": now})


def is_awarded(entry: Entry, *, now: datetime) -> bool:
    """Whether the results that everybody reads now hold this work."""
    shown = visible(entry.contest_id, now=now)
    if shown is None:
        return False
    row = select(PublishedWork.id).where(
        PublishedWork.publication_id == shown.id, PublishedWork.entry_id == entry.id
    )
    return db.session.scalar(row) is not None


def readable(slug: str, *, now: datetime) -> tuple[Contest, list[Publication]] | None:
    """A contest by its address with the publications whose hour has come, newest first: the one in force and those that it
    corrects. Their snapshots load only when asked for."""
    rows = db.session.execute(_READABLE, {"slug": slug, "now": now}).all()
    return (rows[0][0], [publication for _, publication in rows]) if rows else None


def snapshot_of(publication: Publication) -> dict[str, Any]:
    """What was published, to be read only: it never changes, so it is taken apart once."""
    return _snapshot(publication.id, publication.sha256)


@lru_cache(maxsize=16)
def _snapshot(publication_id: int, _sha256: str) -> dict[str, Any]:
    return db.session.get_one(Publication, publication_id).snapshot


def waiting(contest_id: int, *, now: datetime) -> Publication | None:
    """A publication that waits for its hour."""
    return next((p for p in list_standing(contest_id) if p.publish_at > now), None)


def list_standing(contest_id: int) -> list[Publication]:
    """All publications that were not cancelled, newest first, those that wait for their hour included; their snapshots
    load only when asked for."""
    return ask_once(
        ("standing", contest_id), lambda: list(db.session.scalars(_STANDING, {"contest": contest_id}))
    )


def get_contest_standing(slug: str) -> Contest | None:
    """A contest by its address, and its publications for `list_standing` with the same statement."""
    rows = db.session.execute(_CONTEST_STANDING, {"slug": slug}).all()
    if not rows:
        return None
    contest: Contest = rows[0][0]
    ask_once(("standing", contest.id), lambda: [shown for _, shown in rows if shown is not None])
    return contest


def get_work(contest_id: int, slug: str, *, now: datetime) -> PublishedWork | None:
    """A work of the publication in force by its public address."""
    return db.session.scalar(_WORK_IN_FORCE, {"contest": contest_id, "slug": slug, "now": now})


def _in_force(now: datetime) -> ScalarSelect[int]:
    """The number of the publication that the public reads, for the contest of a published work."""
    return (
        select(func.max(Publication.number))
        .where(
            Publication.contest_id == PublishedWork.contest_id,
            Publication.publish_at <= now,
            Publication.cancelled_at.is_(None),
        )
        .correlate(PublishedWork)
        .scalar_subquery()
    )


def most_portrayed(*, limit: int, now: datetime) -> list[tuple[Exemplar, int]]:
    """Models with the number of published works about them, the most written about first."""
    written = _written_about(now).subquery()
    count = func.coalesce(written.c.works, 0)
    rows = db.session.execute(
        select(Exemplar, count)
        .outerjoin(written, written.c.exemplar_id == Exemplar.id)
        .where(Exemplar.is_proposed.is_(False))
        .order_by(count.desc(), Exemplar.id)
        .limit(limit)
    )
    return [(e, n) for e, n in rows]


def count_works_about(exemplar_ids: list[int], *, now: datetime) -> dict[int, int]:
    """How many published works there are about each of these models; those with none are left out."""
    rows = db.session.execute(_written_about(now).where(PublishedLink.exemplar_id.in_(exemplar_ids)))
    return {r.exemplar_id: r.works for r in rows}


def _written_about(now: datetime) -> Select[int | None, int]:
    return (
        select(PublishedLink.exemplar_id, func.count(func.distinct(PublishedWork.entry_id)).label("works"))
        .join(PublishedWork, PublishedLink.work_id == PublishedWork.id)
        .join(Publication, Publication.id == PublishedWork.publication_id)
        .where(PublishedLink.exemplar_id.is_not(None), Publication.number == _in_force(now))
        .group_by(PublishedLink.exemplar_id)
    )


def works_about(
    *, exemplar_id: int | None = None, unit_id: int | None = None, now: datetime
) -> list[tuple[PublishedWork, Contest]]:
    """Published works about a model or a unit, of the publications in force."""
    column, value = (
        (PublishedLink.exemplar_id, exemplar_id)
        if exemplar_id is not None
        else (PublishedLink.unit_id, unit_id)
    )
    rows = db.session.execute(
        select(PublishedWork, Contest)
        .join(Publication, Publication.id == PublishedWork.publication_id)
        .join(Contest, Contest.id == PublishedWork.contest_id)
        .where(
            PublishedWork.id.in_(select(PublishedLink.work_id).where(column == value)),
            Publication.number == _in_force(now),
        )
        .order_by(PublishedWork.contest_id.desc(), PublishedWork.id)
    )
    return [(w, c) for w, c in rows]
