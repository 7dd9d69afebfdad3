"""The models that dossiers name, tied to the list: one that is there, or one that is added from what the dossier says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.vietnamese import fold
from contest.models import Entry, EntryExemplar, EntryVersion, Exemplar, OrgUnit, db
from contest.models.database import hold
from contest.services import audit, registry
from contest.services.entries.reading import load_version
from contest.services.screening.linking import day_of_work, list_entries


@dataclass(frozen=True)
class NewExemplar:
    """A model as the secretary writes it for the list."""

    name: str
    field: str
    subject_kind: str
    novelty: str
    unit_id: int | None = None
    unit_name: str = ""
    address: str = ""
    summary: str = ""
    registered_year: int | None = None


def link_exemplar(
    entry: Entry,
    *,
    position: int,
    exemplar_id: str,
    also: Sequence[int] = (),
    actor: Actor,
    now: datetime,
) -> int:
    """Tie a model that the author only named to one of the list, and where it still waits in the dossiers of `also`.

    Returns how many dossiers changed: 0 the second time. Commits.
    """
    hold(*list_entries({entry.id, *also}, entry.contest_id))
    row = get_portrayed(entry, position)
    exemplar = registry.get_exemplar(exemplar_id)
    if row is None or exemplar is None:
        raise UserError("Hãy gõ vài chữ rồi chọn một mô hình trong danh mục.", field="name")
    changed = set()
    if row.exemplar_id != exemplar.id:
        _tie_exemplar(entry, row, exemplar, actor=actor, now=now)
        changed.add(entry.id)
    changed |= _tie_elsewhere(entry, row, exemplar, also, actor=actor, now=now)
    if changed:
        db.session.commit()
    return len(changed)


def _tie_elsewhere(
    entry: Entry,
    row: EntryExemplar,
    exemplar: Exemplar,
    also: Sequence[int],
    *,
    actor: Actor,
    now: datetime,
) -> set[int]:
    """Tie the same words to the same model in other dossiers where nothing is tied to them yet."""
    found = _models_waiting(entry, _words(row)) if also else []
    same = [(other, one) for other, one in found if other.id in also]
    for other, one in same:
        _tie_exemplar(other, one, exemplar, actor=actor, now=now)
    return {other.id for other, _ in same}


def _words(row: EntryExemplar) -> tuple[str, str]:
    """What tells models apart before they are linked: one name in two places is two models."""
    return fold(row.name), fold(row.unit_name)


def _models_waiting(entry: Entry, *wanted: tuple[str, str]) -> list[tuple[Entry, EntryExemplar]]:
    """Where the other dossiers of the contest name one of these models and nothing is tied to it."""
    rows = db.session.execute(
        select(Entry, EntryExemplar)
        .join(EntryExemplar, EntryExemplar.version_id == Entry.submitted_version_id)
        .where(
            Entry.contest_id == entry.contest_id, Entry.id != entry.id, EntryExemplar.exemplar_id.is_(None)
        )
        .order_by(Entry.id, EntryExemplar.position)
    )
    return [(other, one) for other, one in rows if _words(one) in wanted]


def models_elsewhere(entry: Entry, version: EntryVersion) -> dict[int, list[Entry]]:
    """The other dossiers that wait with the same words, for each model of a version by its position. One query."""
    words = {e.position: _words(e) for e in version.exemplars}
    found = _models_waiting(entry, *words.values()) if words else []
    return {
        at: list(dict.fromkeys(other for other, one in found if _words(one) == same))
        for at, same in words.items()
    }


def get_portrayed(entry: Entry, position: int) -> EntryExemplar | None:
    """The model that the submitted version names at a position, or None."""
    version_id = entry.submitted_version_id
    found = select(EntryExemplar).where(
        EntryExemplar.version_id == version_id, EntryExemplar.position == position
    )
    return db.session.scalar(found)


def _unit_of(content: NewExemplar, *, on: date) -> OrgUnit | None:
    """The unit of a new model: the one chosen, else the only one with that name on the day."""
    found = registry.get_unit(content.unit_id) if content.unit_id is not None else None
    return found or (registry.find_unit(content.unit_name, on=on) if content.unit_name else None)


def suspects(content: NewExemplar, *, on: date) -> list[Exemplar]:
    """Models of the list that may be the one about to be added."""
    return registry.similar_exemplars(
        content.name, unit=_unit_of(content, on=on), unit_name=content.unit_name
    )


def suspects_of(portrayed: EntryExemplar, version: EntryVersion) -> list[Exemplar]:
    """Models of the list that may be the one a dossier names, a few."""
    named = NewExemplar(portrayed.name, "", "", "", portrayed.unit_id, portrayed.unit_name)
    return suspects(named, on=day_of_work(version))[:3]


def add_exemplar(
    entry: Entry,
    *,
    position: int,
    content: NewExemplar,
    is_another: bool,
    also: Sequence[int] = (),
    actor: Actor,
    now: datetime,
) -> Exemplar:
    """Add the model that a dossier names to the list and link it, and those of `also` that wait with the same words.

    The second click changes nothing.

    Commits. Raises UserError when the list has one alike and nobody said that this is another, or it is linked already.
    """
    hold(entry.contest, *list_entries({entry.id, *also}, entry.contest_id))
    row = get_portrayed(entry, position)
    if row is None:
        raise UserError("Không còn mô hình này trong bản đã nộp. Hãy tải lại trang.")
    if row.exemplar is not None:
        if fold(row.exemplar.name) == fold(content.name):
            return row.exemplar
        raise UserError(f"Hồ sơ đã nối với “{row.exemplar.name}” trong danh mục. Hãy tải lại trang.")
    day = day_of_work(load_version(row.version_id))
    if not is_another and suspects(content, on=day):
        raise UserError(
            "Danh mục đã có mô hình giống tên. Hãy nối với mô hình đó, hoặc đánh dấu rằng đây là mô hình khác.",
            field="is_another",
        )
    unit = _unit_of(content, on=day)
    made = registry.create_exemplar(
        actor=actor, now=now, name=content.name, field=content.field, subject_kind=content.subject_kind,
        novelty=content.novelty, unit=unit, unit_name=content.unit_name, address=content.address, summary=content.summary,
        registered_year=content.registered_year,
    )  # fmt: skip
    _tie_exemplar(entry, row, made, actor=actor, now=now)
    _tie_elsewhere(entry, row, made, also, actor=actor, now=now)
    db.session.commit()
    return made


def _tie_exemplar(
    entry: Entry, row: EntryExemplar, exemplar: Exemplar, *, actor: Actor, now: datetime
) -> None:
    before = {"exemplar": row.exemplar.name} if row.exemplar else None
    row.exemplar_id, row.unit_id = exemplar.id, exemplar.unit_id or row.unit_id
    audit.record(
        "exemplar:linked", actor=actor, now=now, kind="entry", subject_id=entry.id, label=entry.receipt_code or "",
        contest_id=entry.contest_id, before=before, after={"typed": row.name, "exemplar": exemplar.name},
    )  # fmt: skip
