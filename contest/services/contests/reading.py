"""Questions about contests: which there are, which rules are in force."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select

from contest.domain.contests import ContestState
from contest.domain.errors import UserError
from contest.domain.rulebook import (
    Rulebook,
    parse_rulebook,
)
from contest.models import (
    Contest,
    RulebookVersion,
    db,
)
from contest.models.database import ask_once


@lru_cache(maxsize=64)
def _parsed(toml: str) -> Rulebook:
    return parse_rulebook(toml)


def get_contest(slug: str) -> Contest | None:
    """A contest by its address."""
    return db.session.scalar(select(Contest).where(Contest.slug == slug))


def list_contests() -> list[Contest]:
    """All contests, newest first."""
    return list(db.session.scalars(select(Contest).order_by(Contest.id.desc())))


def latest_version(contest_id: int) -> RulebookVersion:
    """The version in force."""
    newest = (
        select(RulebookVersion)
        .where(RulebookVersion.contest_id == contest_id)
        .order_by(RulebookVersion.number.desc())
        .limit(1)
    )
    found = ask_once(("latest rulebook", contest_id), lambda: db.session.scalar(newest))
    if found is None:
        raise UserError("Cuộc thi chưa có thể lệ.")
    return found


def rulebook_of(contest: Contest) -> Rulebook:
    """The rulebook in force."""
    return _parsed(latest_version(contest.id).toml)


def rulebook_at(version: RulebookVersion) -> Rulebook:
    """The rulebook of one version."""
    return _parsed(version.toml)


def list_versions(contest_id: int) -> list[RulebookVersion]:
    """All versions, newest first."""
    return list(
        db.session.scalars(
            select(RulebookVersion)
            .where(RulebookVersion.contest_id == contest_id)
            .order_by(RulebookVersion.number.desc())
        )
    )


def state_of(contest: Contest) -> ContestState:
    """The state as its enumeration."""
    return ContestState(contest.state)
