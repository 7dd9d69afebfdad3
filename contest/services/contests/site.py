"""The name and owner that every page shows; they are the organizer's, not the product's."""

from __future__ import annotations

from datetime import datetime

from contest.domain.permissions import Actor
from contest.models import SiteSettings, db
from contest.services import audit


def get_settings() -> SiteSettings | None:
    """The one row, or None before anybody set it."""
    return db.session.get(SiteSettings, 1)


def change_settings(*, name: str, owner: str, actor: Actor, now: datetime) -> None:
    """Change name and owner. Commits."""
    row = get_settings()
    before = {"name": row.name, "owner": row.owner} if row else None
    if row is None:
        row = SiteSettings(id=1, name=name, owner=owner, updated_at=now)
        db.session.add(row)
    row.name, row.owner, row.updated_at = name, owner, now
    audit.record(
        "site:changed",
        actor=actor,
        now=now,
        kind="site",
        subject_id=1,
        label=name,
        before=before,
        after={"name": name, "owner": owner},
    )
    db.session.commit()
