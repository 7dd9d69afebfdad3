"""A new contest, from a rulebook or from last year."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select

from contest.domain.contests import ContestState
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Role
from contest.domain.rulebook import Rulebook
from contest.domain.rulebook.editions import for_later_year
from contest.domain.vietnamese import fold
from contest.models import (
    Account,
    Contest,
    Membership,
    db,
)
from contest.models.database import hold
from contest.services import audit
from contest.services.accounts.members import add_member
from contest.services.contests.reading import get_contest, rulebook_of
from contest.services.contests.versions import add_version, series_named, sync_rounds


def create_contest(
    *,
    rulebook: Rulebook,
    actor: Actor | None,
    now: datetime,
    slug: str = "",
    organizer: Account | None = None,
    copied_from: Contest | None = None,
) -> Contest:
    """A new contest with version 1 of its rulebook; `organizer` becomes its first organizer. Commits.

    Raises UserError when the address is taken.
    """
    address = slug or _free_slug(rulebook.contest.name)
    if get_contest(address) is not None:
        raise UserError(f"Địa chỉ “{address}” đã có cuộc thi khác dùng.", field="slug")
    contest = Contest(
        slug=address,
        series=series_named(rulebook.contest.series, now=now),
        name=rulebook.contest.name,
        state=ContestState.DRAFT.value,
        seed=secrets.token_hex(16),
        created_at=now,
        copied_from_id=copied_from.id if copied_from else None,
        next_receipt_number=1,
        public_version=1,
    )
    db.session.add(contest)
    db.session.flush()
    add_version(contest, rulebook, actor=actor, now=now, reason="Bản đầu tiên")
    sync_rounds(contest, rulebook, actor=actor, now=now)
    audit.record(
        "contest:created",
        actor=actor,
        now=now,
        kind="contest",
        subject_id=contest.id,
        label=contest.name,
        contest_id=contest.id,
    )
    if organizer is not None:
        add_member(contest, account=organizer, role=Role.ORGANIZER, actor=actor, now=now)
    db.session.commit()
    return contest


def _free_slug(name: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in fold(name)).split()
    base = "-".join(words)[:60].strip("-") or "cuoc-thi"
    taken = set(db.session.scalars(select(Contest.slug).where(Contest.slug.startswith(base))))
    return next(s for s in [base, *(f"{base}-{n}" for n in range(2, 1000))] if s not in taken)


def copy_contest(contest: Contest, *, actor: Actor, now: datetime, organizer: Account) -> Contest:
    """Next year's contest: the same rules, all dates a year later, a draft to look through. Commits.

    A second click finds the copy that the first one made, as long as it has not been opened.
    """
    rulebook = for_later_year(rulebook_of(contest))
    hold(contest)
    made = db.session.scalar(
        select(Contest)
        .join(Membership, Membership.contest_id == Contest.id)
        .where(
            Contest.copied_from_id == contest.id,
            Contest.name == rulebook.contest.name,
            Contest.state == ContestState.DRAFT.value,
            Membership.account_id == organizer.id,
            Membership.role == Role.ORGANIZER.value,
            Membership.ended_at.is_(None),
        )
        .order_by(Contest.id)
        .limit(1)
    )
    return made or create_contest(
        rulebook=rulebook, actor=actor, now=now, organizer=organizer, copied_from=contest
    )
