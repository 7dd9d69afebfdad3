"""Conflicts that come to light while works are being scored: a dossier opened, a name linked, two persons found to be one,
a dossier corrected, what is said of a judge's agency.

The unsigned work leaves its judge in the same act, as it would not have been given; what is signed stays for people to decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from contest.domain.permissions import Actor
from contest.domain.rounds import RoundState, SheetState
from contest.domain.unasked import NOTHING, Unasked
from contest.models import (
    Account,
    Assignment,
    Contest,
    DossierOpening,
    Entry,
    EntryAuthor,
    EntryVersion,
    Round,
    db,
)
from contest.models.database import add_once, hold
from contest.services import audit
from contest.services.accounts import invitations
from contest.services.accounts.actors import load_actor
from contest.services.accounts.profile import Profile, write_profile
from contest.services.entries.correcting import Credits, write_correction
from contest.services.entries.reading import load_version
from contest.services.judging.conflicts import BLIND, ConflictKind, find_conflicts, recuse
from contest.services.screening import findings, linking


def has_opened(entry: Entry, *, actor: Actor) -> bool:
    """Whether this person has opened the dossier before."""
    found = select(DossierOpening.id).where(
        DossierOpening.entry_id == entry.id, DossierOpening.account_id == actor.account_id
    )
    return db.session.scalar(found) is not None


def works_at_stake(entry: Entry, *, actor: Actor) -> list[Assignment]:
    """What somebody is scoring blindly and must not score once the dossier with its names has been opened."""
    if not actor.judge_ids:
        return []
    own = and_(Assignment.entry_id == entry.id, Assignment.judge_id.in_(actor.judge_ids))
    return [a for a in _unsigned(own) if a.round.is_blind]


def unasked(contest: Contest, *, actor: Actor) -> Unasked:
    """The works of a contest whose names must not be shown to somebody unasked, who is scoring them blindly."""
    if not actor.judge_ids:
        return NOTHING
    own = and_(Assignment.contest_id == contest.id, Assignment.judge_id.in_(actor.judge_ids))
    works = [a.entry for a in _unsigned(own) if a.round.is_blind]
    codes = {code for e in works for code in (e.receipt_code, e.judging_code) if code}
    return Unasked(frozenset(e.id for e in works), frozenset(codes))


def entries_at_stake(contest: Contest, *, actor: Actor) -> frozenset[int]:
    """The same works by id, for lists."""
    return unasked(contest, actor=actor).entries


def open_dossier(entry: Entry, *, actor: Actor, now: datetime) -> None:
    """Keep who opened a dossier with names in it, once; in blind rounds the work leaves their list. Commits."""
    for a in works_at_stake(entry, actor=actor):
        recuse(a, ConflictKind.DOSSIER, reason=BLIND, actor=actor, now=now)
    if add_once(DossierOpening, entry_id=entry.id, account_id=actor.account_id, at=now):
        audit.record(
            "dossier:opened", actor=actor, now=now, kind="entry", subject_id=entry.id, label=entry.receipt_code or "",
            contest_id=entry.contest_id,
        )  # fmt: skip
    db.session.commit()


@dataclass(frozen=True)
class Linked:
    """In how many dossiers a name was linked, and how many works left their judges because of it."""

    dossiers: int
    recused: int


def link_name(
    entry: Entry,
    *,
    typed: str,
    unit_id: int | None,
    unit_name: str,
    also: Sequence[int] = (),
    actor: Actor,
    now: datetime,
) -> Linked:
    """Tie a spelling to a unit as `linking.tie_name` does, and look for conflicts again. Commits, raises what that raises."""
    _hold_rounds(entry.contest)
    changed = linking.tie_name(
        entry, typed=typed, unit_id=unit_id, unit_name=unit_name, also=also, actor=actor, now=now
    )
    db.session.flush()
    recused = recuse_found(changed, actor=actor, now=now)
    if changed:
        db.session.commit()
    return Linked(len(changed), recused)


@dataclass(frozen=True)
class Corrected:
    """The version that counts after a correction, and how many works left their judges because of it."""

    version: EntryVersion
    recused: int


def correct_entry(
    entry: Entry, credits: Credits, *, base_number: int, reason: str, actor: Actor, now: datetime
) -> Corrected:
    """Correct a dossier as `write_correction` does, and look for conflicts again. Commits, raises what that raises."""
    _hold_rounds(entry.contest)
    version = write_correction(entry, credits, base_number=base_number, reason=reason, actor=actor, now=now)
    recused = recuse_found([entry], actor=actor, now=now)
    db.session.commit()
    return Corrected(load_version(version.id), recused)


def find_persons(
    entry: Entry, *, first_id: int, second_id: int, is_same: bool, actor: Actor, now: datetime
) -> int:
    """Say once whether two persons are one, and look for conflicts again in all their works. Commits.

    Returns how many works left their judges. Raises UserError for persons this entry is not about.
    """
    _hold_rounds(entry.contest)
    findings.compare_persons(
        entry, first_id=first_id, second_id=second_id, is_same=is_same, actor=actor, now=now
    )
    db.session.flush()
    named = select(EntryAuthor.version_id).where(EntryAuthor.person_id.in_((first_id, second_id)))
    works = select(Entry).where(Entry.submitted_version_id.in_(named)).order_by(Entry.id)
    recused = recuse_found(db.session.scalars(works).all() if is_same else [], actor=actor, now=now)
    db.session.commit()
    return recused


def change_profile(account: Account, said: Profile, *, actor: Actor, now: datetime) -> None:
    """Change what somebody says about themselves, and look for conflicts again in the works they are scoring. Commits.

    In a blind round a work that leaves for the house of its judge counts as declared: it does not come back when the
    profile says something else again, so that nobody asks house by house where works come from.
    """
    write_profile(account, said, actor=actor, now=now)
    db.session.flush()
    if actor.judge_ids:
        rows = _unsigned(Assignment.judge_id.in_(actor.judge_ids))
        _recuse_among(rows, actor=actor, now=now, from_profile=True)
    db.session.commit()


def accept_invitation(
    token: str, *, account_id: int | None, password_hash: str | None, now: datetime
) -> Account:
    """Take up an invitation as `invitations.take_up` does; it may say anew where the judge of a seat works. Commits.

    Works in conflict with that leave the seat. Raises what `take_up` raises.
    """
    seat = invitations.take_up(token, account_id=account_id, password_hash=password_hash, now=now)
    db.session.flush()
    _recuse_among(_unsigned(Assignment.judge_id == seat.id), actor=load_actor(seat.account), now=now)
    db.session.commit()
    return seat.account


def recuse_found(entries: Sequence[Entry], *, actor: Actor, now: datetime) -> int:
    """Take unsigned works with a conflict from their judges; the caller commits. Returns how many."""
    if not entries:
        return 0
    rows = _unsigned(Assignment.entry_id.in_([e.id for e in entries]))
    return _recuse_among(rows, actor=actor, now=now)


def _hold_rounds(contest: Contest) -> None:
    """Keep the rounds in which works may leave their judges: before the entries, which others hold after their round."""
    rounds = select(Round).where(Round.contest_id == contest.id, Round.state != RoundState.CLOSED.value)
    hold(contest, *db.session.scalars(rounds.order_by(Round.id)))


def _recuse_among(
    assignments: Sequence[Assignment], *, actor: Actor, now: datetime, from_profile: bool = False
) -> int:
    waiting: dict[Round, list[Assignment]] = {}
    for a in assignments:
        waiting.setdefault(a.round, []).append(a)
    recused = 0
    for round_, rows in waiting.items():
        judges = list({a.judge_id: a.judge for a in rows}.values())
        works = list({a.entry_id: a.entry for a in rows}.values())
        found = {(f.judge_id, f.entry_id): f for f in find_conflicts(round_, judges, works)}
        for a in rows:
            hit = found.get((a.judge_id, a.entry_id))
            if hit is None:
                continue
            by_house = hit.kind in (ConflictKind.AGENCY, ConflictKind.UNIT)
            kind = ConflictKind.PROFILE if from_profile and round_.is_blind and by_house else hit.kind
            recuse(a, kind, reason=hit.reason, actor=actor, now=now)
            recused += 1
    return recused


def _unsigned(which: ColumnElement[bool]) -> list[Assignment]:
    """Works that judges have in rounds not closed yet and have not signed."""
    rows = db.session.scalars(
        select(Assignment)
        .join(Round, Round.id == Assignment.round_id)
        .options(
            joinedload(Assignment.round),
            joinedload(Assignment.entry),
            joinedload(Assignment.judge),
            joinedload(Assignment.scoresheet),
        )
        .where(which, Assignment.state == "active", Round.state != RoundState.CLOSED.value)
        .order_by(Assignment.round_id, Assignment.id)
    )
    return [a for a in rows if a.scoresheet is None or a.scoresheet.state != SheetState.SIGNED.value]
