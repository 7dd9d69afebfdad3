"""What of the rules the works at hand stand on, and so cannot be taken out of them any more."""

from __future__ import annotations

from sqlalchemy import Select, distinct, func, select

from contest.domain.errors import UserError
from contest.domain.rulebook import Rulebook
from contest.models import Contest, Entry, EntryFile, EntryVersion, db

# A draft may still be changed by its author, and what was taken back counts nowhere.
NOT_HANDED_IN = ("draft", "withdrawn")


def refuse_taking_out_what_is_used(contest: Contest, old: Rulebook, new: Rulebook) -> None:
    """Raise UserError when a group, a media type or a place for files goes although works stand in it."""
    for kind, before, after, used in (
        ("Nhóm giải", old.categories, new.categories, _by_category(contest.id)),
        ("Loại hình", old.media_types, new.media_types, _by_media_type(contest.id)),
        ("Mục tệp", old.slots, new.slots, _by_slot(contest.id)),
    ):
        kept = {part.key for part in after}
        gone = {part.key: part.name for part in before if part.key not in kept}
        if not gone:
            continue
        counts: dict[str | None, int] = {row[0]: row[1] for row in db.session.execute(used)}
        for key, name in gone.items():
            if counts.get(key):
                raise UserError(
                    f"{kind} “{name}” đang có {counts[key]} tác phẩm nên không bỏ được. Đổi tên thì được: các tác phẩm đi theo."
                    f" Trong tệp thể lệ, giữ nguyên khóa “{key}”."
                )


def _by_category(contest_id: int) -> Select[str | None, int]:
    """By the group that was decided: a work that left after a round closed keeps its place there."""
    return (
        select(Entry.category_key, func.count(Entry.id))
        .where(Entry.contest_id == contest_id, Entry.category_key.is_not(None))
        .group_by(Entry.category_key)
    )


def _by_media_type(contest_id: int) -> Select[str, int]:
    return (
        select(EntryVersion.media_type, func.count(Entry.id))
        .join(Entry, Entry.submitted_version_id == EntryVersion.id)
        .where(Entry.contest_id == contest_id, Entry.state.not_in(NOT_HANDED_IN))
        .group_by(EntryVersion.media_type)
    )


def _by_slot(contest_id: int) -> Select[str, int]:
    return (
        select(EntryFile.slot, func.count(distinct(Entry.id)))
        .join(Entry, Entry.submitted_version_id == EntryFile.version_id)
        .where(Entry.contest_id == contest_id, Entry.state.not_in(NOT_HANDED_IN))
        .group_by(EntryFile.slot)
    )
