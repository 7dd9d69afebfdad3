"""Names as authors typed them, tied to the list: press agencies, units (models in `portrayed.py`). A link is an annotation
of the submitted version; the typed name stays as it was typed and as its content hash says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, select, union_all

from contest.clock import today
from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.vietnamese import fold, format_date
from contest.models import (
    Entry,
    EntryAuthor,
    EntryExemplar,
    EntryPart,
    EntryVersion,
    OrgUnit,
    db,
)
from contest.models.database import hold
from contest.services import audit, registry
from contest.services.entries.reading import load_versions


@dataclass(frozen=True)
class Place:
    """A place of a version where a unit or press agency is named, and the day on which the name counts."""

    label: str
    typed: str
    day: date
    is_press: bool
    row: EntryVersion | EntryAuthor | EntryPart | EntryExemplar
    column: str

    @property
    def unit_id(self) -> int | None:
        """The unit it is linked to."""
        found: int | None = getattr(self.row, self.column)
        return found


def list_places(version: EntryVersion) -> list[Place]:
    """Every named unit of a version. Who hands in counts on the day of handing in, what was published on its own day."""
    sent, out = _days(version)
    places = [
        Place("Cơ quan báo chí", version.agency_name, sent, True, version, "agency_id"),
        Place("Đơn vị gửi", version.unit_name, sent, False, version, "unit_id"),
        *(Place(f"Đơn vị của {a.legal_name}", a.unit_name, sent, False, a, "unit_id") for a in version.authors),
        *(
            Place(f"Nơi đăng, phát “{p.title or version.title}”", p.outlet_name, p.published_on or sent, True, p, "outlet_id")
            for p in version.parts
        ),
        *(Place(f"Đơn vị của “{e.name}”" if e.name else "Đơn vị được viết tới", e.unit_name, out, False, e, "unit_id") for e in version.exemplars),
    ]  # fmt: skip
    return [p for p in places if p.typed.strip()]


def count_waiting(version: EntryVersion) -> int:
    """How many names of a version are free text still: one for each spelling of a unit, one for each model."""
    units = {fold(p.typed) for p in list_places(version) if p.unit_id is None}
    return len(units) + sum(e.name != "" and e.exemplar_id is None for e in version.exemplars)


def _days(version: EntryVersion) -> tuple[date, date]:
    """When a version was handed in, and when the work first came out (the same where no part says it)."""
    sent = today(version.submitted_at or version.saved_at)
    return sent, min((p.published_on for p in version.parts if p.published_on), default=sent)


def day_of_work(version: EntryVersion) -> date:
    """The day on which the units that a work is about are looked up."""
    return _days(version)[1]


@dataclass(frozen=True)
class Name:
    """One spelling in a dossier with the places where it stands and the other dossiers that wait with the same words."""

    typed: str
    places: list[Place]
    units: dict[int, OrgUnit]
    others: list[Entry] = field(default_factory=list)

    @property
    def waiting(self) -> list[Place]:
        """The places not linked yet."""
        return [p for p in self.places if p.unit_id is None]

    @property
    def linked(self) -> list[OrgUnit]:
        """The units it is linked to; several when it means another unit on another day."""
        return [self.units[i] for i in dict.fromkeys(p.unit_id for p in self.places) if i is not None]

    @property
    def is_press(self) -> bool:
        """Whether only a press agency fits everywhere."""
        return any(p.is_press for p in self.waiting or self.places)

    @property
    def day(self) -> date:
        """The day on which the list is asked."""
        return (self.waiting or self.places)[0].day


def list_names(entry: Entry, version: EntryVersion, *, unasked: Collection[int] = ()) -> list[Name]:
    """The names of units in a dossier, those to link first; where else they wait but in `unasked`. Two queries."""
    groups: dict[str, list[Place]] = {}
    for place in list_places(version):
        groups.setdefault(fold(place.typed), []).append(place)
    ids = {p.unit_id for places in groups.values() for p in places if p.unit_id}
    units = {u.id: u for u in db.session.scalars(select(OrgUnit).where(OrgUnit.id.in_(ids)))}
    others = _waiting_elsewhere(
        entry, [f for f, places in groups.items() if any(not p.unit_id for p in places)], unasked
    )
    names = [Name(places[0].typed, places, units, others.get(f, [])) for f, places in groups.items()]
    return sorted(names, key=lambda n: not n.waiting)


def _waiting_elsewhere(
    entry: Entry, wanted: Sequence[str], unasked: Collection[int]
) -> dict[str, list[Entry]]:
    """The other dossiers of the contest in which one of these names waits, by folded name."""
    if not wanted:
        return {}
    found: dict[str, set[int]] = {}
    for row in db.session.execute(union_all(*_waiting_in(entry.contest_id))):
        if row.entry_id != entry.id and row.entry_id not in unasked and fold(row.typed) in wanted:
            found.setdefault(fold(row.typed), set()).add(row.entry_id)
    rows = list_entries({i for ids in found.values() for i in ids}, entry.contest_id)
    return {name: [e for e in rows if e.id in ids] for name, ids in found.items()}


def _waiting_in(contest_id: int) -> Iterator[Select[int, str]]:
    """Each kind of place that waits in a contest as (entry, what was typed)."""
    handed_in = EntryVersion.id == Entry.submitted_version_id
    for typed, link, rows in (
        (EntryVersion.agency_name, EntryVersion.agency_id, None),
        (EntryVersion.unit_name, EntryVersion.unit_id, None),
        (EntryAuthor.unit_name, EntryAuthor.unit_id, EntryVersion.authors),
        (EntryPart.outlet_name, EntryPart.outlet_id, EntryVersion.parts),
        (EntryExemplar.unit_name, EntryExemplar.unit_id, EntryVersion.exemplars),
    ):
        query = select(Entry.id.label("entry_id"), typed.label("typed")).join(EntryVersion, handed_in)
        query = query.join(rows) if rows is not None else query
        yield query.where(Entry.contest_id == contest_id, link.is_(None), typed != "")


def list_entries(ids: Iterable[int], contest_id: int) -> list[Entry]:
    """These of a contest's entries, in the order in which they are held."""
    query = select(Entry).where(Entry.id.in_(set(ids)), Entry.contest_id == contest_id).order_by(Entry.id)
    return list(db.session.scalars(query))


def tie_name(
    entry: Entry,
    *,
    typed: str,
    unit_id: int | None,
    unit_name: str,
    also: Sequence[int] = (),
    actor: Actor,
    now: datetime,
) -> list[Entry]:
    """Tie a spelling to a unit wherever it stands in the dossier, and where it still waits in those of `also`.

    Each place takes the unit only if it existed on the place's day. Returns the dossiers that changed: none the second
    time. The caller commits. Raises UserError when nothing in this dossier can take the unit.
    """  # fmt: skip
    entries = list_entries({entry.id, *also}, entry.contest_id)
    hold(*entries)
    versions = load_versions([e.submitted_version_id for e in entries if e.submitted_version_id])
    own = [p for p in _places_of(entry, versions) if fold(p.typed) == fold(typed)]
    if not own:
        raise UserError("Tên này không còn trong hồ sơ. Hãy tải lại trang.")
    first = next((p for p in own if p.unit_id is None), own[0])
    unit = _unit_asked(unit_id, unit_name, first)
    if not any(_fits(unit, p) for p in own):
        raise UserError(_why_not(unit, first), field="name")
    changed = []
    for one in entries:
        same = [p for p in _places_of(one, versions) if fold(p.typed) == fold(typed) and _fits(unit, p)]
        places = [p for p in same if p.unit_id != unit.id and (one.id == entry.id or p.unit_id is None)]
        if places:
            _tie(one, places, unit, actor=actor, now=now)
            changed.append(one)
    return changed


def _places_of(entry: Entry, versions: dict[int, EntryVersion]) -> list[Place]:
    version = versions.get(entry.submitted_version_id or 0)
    return list_places(version) if version else []


def _unit_asked(unit_id: int | None, name: str, place: Place) -> OrgUnit:
    """The unit chosen in the picker, or the only one with exactly the name typed. Raises UserError without one."""
    if not name.strip():
        raise UserError("Hãy gõ vài chữ rồi chọn một tên trong danh mục.", field="name")
    found = registry.get_unit(unit_id) if unit_id is not None else None
    found = found or registry.find_unit(name, on=place.day, agencies=True if place.is_press else None)
    if found is None:
        kind = "cơ quan báo chí" if place.is_press else "đơn vị"
        raise UserError(
            f"Chưa xác định được {kind} “{name}” vào ngày {format_date(place.day)}. Hãy chọn một tên trong danh sách hiện ra "
            "khi gõ; chưa có thì nhờ người vận hành thêm vào danh mục.",
            field="name",
        )  # fmt: skip
    return found


def _fits(unit: OrgUnit, place: Place) -> bool:
    return registry.exists_on(unit, place.day) and (unit.is_press_agency or not place.is_press)


def _why_not(unit: OrgUnit, place: Place) -> str:
    if place.is_press and not unit.is_press_agency:
        return f"“{unit.name}” không phải là cơ quan báo chí trong danh mục. Hãy chọn một cơ quan báo chí."
    return (
        f"“{unit.name}” trong danh mục không hoạt động vào ngày {format_date(place.day)}. "
        "Hãy chọn đơn vị hoạt động vào ngày đó."
    )


def _tie(entry: Entry, places: list[Place], unit: OrgUnit, *, actor: Actor, now: datetime) -> None:
    earlier = [registry.get_unit(p.unit_id) for p in places if p.unit_id]
    for place in places:
        setattr(place.row, place.column, unit.id)
    names = dict.fromkeys(u.name for u in earlier if u)
    audit.record(
        "unit:linked", actor=actor, now=now, kind="entry", subject_id=entry.id, label=entry.receipt_code or "",
        contest_id=entry.contest_id, before={"unit": "; ".join(names)} if names else None,
        after={"typed": places[0].typed, "unit": unit.name, "places": "; ".join(p.label for p in places)},
    )  # fmt: skip
