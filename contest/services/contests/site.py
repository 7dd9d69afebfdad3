"""The name, owner and mark that every page shows; they are the organizer's, not the product's."""

from __future__ import annotations

from datetime import datetime

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.models import SiteSettings, StoredFile, db
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


def change_mark(file: StoredFile | None, *, actor: Actor, now: datetime) -> None:
    """Show the small copy of this picture beside the name; None brings the plain mark back. Commits.

    Raises UserError before the site has a name, or when no copy of the picture could be made.
    """
    row = get_settings()
    if row is None:
        raise UserError("Hãy đặt tên trang trước.")
    copy = next((r for r in file.renditions if r.role == "thumb"), None) if file is not None else None
    if file is not None and copy is None:
        raise UserError("Chưa làm được bản nhỏ của ảnh này. Hãy lưu lại ảnh dạng PNG hoặc JPG rồi gửi lại.")
    row.mark_id, row.updated_at = copy.id if copy else None, now
    audit.record(
        "site:mark_changed", actor=actor, now=now, kind="site", subject_id=1, label=row.name,
        after={"file": file.original_name if file else None},
    )  # fmt: skip
    db.session.commit()
