"""Units, press agencies and exemplars: loading what ships, finding as of a day, adding to the list."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from contest.clock import today
from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.succession import UnitKind, UnitRow, parse_units, rank_match, search_text
from contest.domain.vietnamese import fold, nfc
from contest.models import Exemplar, OrgUnit, OrgUnitSuccession, db
from contest.models.database import add_once
from contest.services import audit

DATA = Path(__file__).resolve().parents[1] / "data"
CANDIDATES = 200
PAGE_SIZE = 50


def load_shipped_units(*, now: datetime) -> int:
    """Load the units and agencies that ship with the product, once; returns how many were new. Commits."""
    if db.session.scalar(select(func.count(OrgUnit.id))):
        return 0
    units = parse_units((DATA / "units-quang-ngai.csv").read_text("utf-8"))
    agencies = parse_units((DATA / "press-agencies.csv").read_text("utf-8"))
    rows = {row.code: OrgUnit(**_columns(row)) for row in [*units, *agencies]}
    db.session.add_all(rows.values())
    db.session.flush()
    _link(units, rows)
    db.session.commit()
    return len(rows)


def _columns(row: UnitRow) -> dict[str, Any]:
    return {
        "code": row.code, "name": row.name, "short_name": row.short_name, "fold": search_text(row)[:500], "kind": row.kind,
        "is_press_agency": UnitKind(row.kind).is_press, "valid_from": row.valid_from, "valid_to": row.valid_to, "source": row.source,
    }  # fmt: skip


def _link(rows: Iterable[UnitRow], units: dict[str, OrgUnit]) -> None:
    for row in rows:
        if row.parent_code in units:
            units[row.code].parent_id = units[row.parent_code].id
        for successor in row.successors:
            if successor in units:
                db.session.add(
                    OrgUnitSuccession(unit_id=units[row.code].id, successor_id=units[successor].id)
                )


@dataclass(frozen=True)
class UnitOption:
    """A unit as a picker offers it."""

    id: int
    name: str
    detail: str


def search_units(query: str, *, on: date, agencies: bool | None = None, limit: int = 12) -> list[UnitOption]:
    """Units valid on a day whose name fits, best first; without diacritics. `agencies` narrows to press or others."""
    wanted = fold(query)
    if not wanted:
        return []
    found = valid_on(select(OrgUnit), on).where(OrgUnit.fold.contains(wanted, autoescape=True))
    if agencies is not None:
        found = found.where(OrgUnit.is_press_agency.is_(agencies))
    rows = list(db.session.scalars(found.order_by(OrgUnit.id).limit(CANDIDATES)).unique())
    rows.sort(key=lambda unit: rank_match(query, unit.name, unit.short_name))
    parents = _names([unit.parent_id for unit in rows[:limit]])
    return [UnitOption(u.id, u.name, parents.get(u.parent_id or 0, "")) for u in rows[:limit]]


def valid_on(query: Select[OrgUnit], day: date) -> Select[OrgUnit]:
    """Narrow a query to units that exist on a day."""
    return query.where(
        or_(OrgUnit.valid_from.is_(None), OrgUnit.valid_from <= day),
        or_(OrgUnit.valid_to.is_(None), OrgUnit.valid_to >= day),
    )


def exists_on(unit: OrgUnit, day: date) -> bool:
    """Whether a unit exists on a day under this name."""
    return (unit.valid_from or day) <= day <= (unit.valid_to or day)


def _names(ids: list[int | None]) -> dict[int, str]:
    wanted = {i for i in ids if i}
    if not wanted:
        return {}
    return {
        r.id: r.name
        for r in db.session.execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(wanted)))
    }


def find_unit(name: str, *, on: date, agencies: bool | None = None) -> OrgUnit | None:
    """The one unit with exactly this name on a day, or None when none or several bear it."""
    query = valid_on(select(OrgUnit), on).where(
        or_(OrgUnit.name == nfc(name), OrgUnit.short_name == nfc(name))
    )
    if agencies is not None:
        query = query.where(OrgUnit.is_press_agency.is_(agencies))
    rows = list(db.session.scalars(query.limit(2)))
    return rows[0] if len(rows) == 1 else None


def link_of(
    name: str, known: Mapping[str, int | None], *, on: date, agencies: bool | None = None
) -> int | None:
    """The unit a typed name means on a day: what these words are linked to already, else the one that bears the name."""
    kept = known.get(name)
    unit = get_unit(kept) if kept is not None else None
    if unit is None or not exists_on(unit, on):
        unit = find_unit(name, on=on, agencies=agencies) if name else None
    return unit.id if unit else None


def get_unit(unit_id: int) -> OrgUnit | None:
    """A unit by id."""
    return db.session.get(OrgUnit, unit_id)


def list_successors(unit_id: int) -> list[OrgUnit]:
    """The units that followed this one."""
    return list(
        db.session.scalars(
            select(OrgUnit)
            .join(OrgUnitSuccession, OrgUnitSuccession.successor_id == OrgUnit.id)
            .where(OrgUnitSuccession.unit_id == unit_id)
            .order_by(OrgUnit.name)
        )
    )


def list_predecessors(unit_id: int) -> list[OrgUnit]:
    """The units this one followed."""
    return list(
        db.session.scalars(
            select(OrgUnit)
            .join(OrgUnitSuccession, OrgUnitSuccession.unit_id == OrgUnit.id)
            .where(OrgUnitSuccession.successor_id == unit_id)
            .order_by(OrgUnit.name)
        )
    )


def search_exemplars(query: str, *, limit: int = 12) -> list[Exemplar]:
    """Exemplars whose name or unit fits, without diacritics."""
    wanted = fold(query)
    if not wanted:
        return []
    rows = list(
        db.session.scalars(
            select(Exemplar)
            .where(Exemplar.fold.contains(wanted, autoescape=True))
            .order_by(Exemplar.id)
            .limit(CANDIDATES)
        )
    )
    rows.sort(key=lambda e: rank_match(query, e.name, ""))
    return rows[:limit]


def similar_exemplars(name: str, *, unit: OrgUnit | None, unit_name: str = "") -> list[Exemplar]:
    """Models that may be this one: one name holds the other, without diacritics, and the units are not two different ones."""
    wanted = fold(name)
    if not wanted:
        return []
    same_unit = [Exemplar.unit_id == unit.id] if unit else []
    rows = db.session.scalars(
        select(Exemplar)
        .where(or_(Exemplar.fold.contains(wanted, autoescape=True), *same_unit))
        .order_by(Exemplar.id)
        .limit(CANDIDATES)
    )
    place = fold(unit.name if unit else unit_name)
    return [e for e in rows if _is_alike(wanted, fold(e.name)) and _may_be_one(e, unit, place)]


def _is_alike(wanted: str, name: str) -> bool:
    return f" {wanted} " in f" {name} " or f" {name} " in f" {wanted} "


def _may_be_one(exemplar: Exemplar, unit: OrgUnit | None, place: str) -> bool:
    if unit is not None and exemplar.unit_id is not None:
        return exemplar.unit_id == unit.id
    return not place or not exemplar.unit_name or fold(exemplar.unit_name) == place


def get_exemplar(public_id: str) -> Exemplar | None:
    """An exemplar by its public address."""
    return db.session.scalar(select(Exemplar).where(Exemplar.public_id == public_id))


def list_exemplars(
    *, page: int = 1, page_size: int = 24, field: str = "", query: str = ""
) -> tuple[list[Exemplar], int]:
    """A page of exemplars, proposed ones left out, and how many there are."""
    found = select(Exemplar).where(Exemplar.is_proposed.is_(False))
    if field:
        found = found.where(Exemplar.field == field)
    if query:
        found = found.where(Exemplar.fold.contains(fold(query), autoescape=True))
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = db.session.scalars(
        found.order_by(Exemplar.id.desc()).limit(page_size).offset((page - 1) * page_size)
    )
    return list(rows), total


def count_exemplars() -> int:
    """How many exemplars there are, proposed ones left out."""
    query = select(func.count(Exemplar.id)).where(Exemplar.is_proposed.is_(False))
    return db.session.scalar(query) or 0


def list_fields() -> list[str]:
    """The fields in which there are exemplars."""
    return list(
        db.session.scalars(
            select(Exemplar.field).where(Exemplar.is_proposed.is_(False)).distinct().order_by(Exemplar.field)
        )
    )


def exemplars_of(unit_id: int) -> list[Exemplar]:
    """The exemplars of a unit."""
    return list(
        db.session.scalars(
            select(Exemplar)
            .where(Exemplar.unit_id == unit_id, Exemplar.is_proposed.is_(False))
            .order_by(Exemplar.name)
        )
    )


def create_exemplar(
    *,
    actor: Actor | None,
    now: datetime,
    name: str,
    field: str,
    subject_kind: str,
    novelty: str,
    unit: OrgUnit | None = None,
    unit_name: str = "",
    address: str = "",
    summary: str = "",
    registered_year: int | None = None,
    is_proposed: bool = False,
) -> Exemplar:
    """A new exemplar with the fields of the plan's form; the unit's name of the day stays with it. The caller commits."""
    shown = " ".join(nfc(name).split())
    if not shown:
        raise UserError("Hãy ghi tên mô hình, điển hình.", field="name")
    kept_unit = unit.name if unit else nfc(unit_name)
    exemplar = Exemplar(
        public_id=secrets.token_hex(6),
        name=shown,
        fold=fold(f"{shown} {kept_unit}")[:400],
        field=field,
        subject_kind=subject_kind,
        novelty=novelty,
        unit_id=unit.id if unit else None,
        unit_name=kept_unit,
        address=nfc(address),
        summary=nfc(summary),
        registered_year=registered_year,
        is_proposed=is_proposed,
        created_at=now,
        created_by_id=actor.account_id if actor else None,
        extra={},
    )
    db.session.add(exemplar)
    db.session.flush()
    audit.record(
        "exemplar:proposed" if is_proposed else "exemplar:created",
        actor=actor,
        now=now,
        kind="exemplar",
        subject_id=exemplar.id,
        label=shown,
    )
    return exemplar


@dataclass(frozen=True)
class NewUnit:
    """A unit or press agency as the operator writes it."""

    name: str
    kind: UnitKind
    short_name: str = ""
    parent_id: int | None = None
    parent_name: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""


def list_units(words: str, *, page: int = 1) -> tuple[list[OrgUnit], int]:
    """A page of all units, past ones included, whose name fits without diacritics, and how many there are."""
    query = select(OrgUnit).options(joinedload(OrgUnit.parent))
    if words:
        query = query.where(OrgUnit.fold.contains(fold(words), autoescape=True))
    total = db.session.scalar(
        select(func.count()).select_from(query.with_only_columns(OrgUnit.id).subquery())
    )
    rows = db.session.scalars(
        query.order_by(OrgUnit.id.desc()).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    )
    return list(rows), total or 0


def create_unit(content: NewUnit, *, actor: Actor, now: datetime) -> OrgUnit:
    """A new unit of the list. Commits. Raises UserError for one that the list has in that time, and for days the wrong way round."""
    name = " ".join(nfc(content.name).split())
    if not name:
        raise UserError("Hãy ghi tên đơn vị.", field="name")
    if content.valid_from and content.valid_to and content.valid_to < content.valid_from:
        raise UserError("Ngày kết thúc phải sau ngày bắt đầu hoạt động.", field="valid_to")
    parent = _parent_of(content, on=content.valid_from or today(now))
    known = overlaps(name, parent.id if parent else None, content.valid_from, content.valid_to)
    # The code says which unit it is, so that two clicks at once make one row.
    key = f"{fold(name)}|{parent.code if parent else ''}|{content.valid_from or ''}"
    code = f"N-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    row = UnitRow(
        code=code, name=name, short_name=nfc(content.short_name), kind=content.kind.value, parent_code="",
        valid_from=content.valid_from, valid_to=content.valid_to, successors=(), source=nfc(content.source),
    )  # fmt: skip
    if known or not add_once(OrgUnit, **_columns(row), parent_id=parent.id if parent else None):
        raise UserError(
            f"Danh mục đã có “{name}” trong thời gian này. Hãy tìm ở danh sách bên dưới.", field="name"
        )
    unit = db.session.scalars(select(OrgUnit).where(OrgUnit.code == code)).one()
    audit.record(
        "unit:created", actor=actor, now=now, kind="unit", subject_id=unit.id, label=unit.name,
        after={"kind": content.kind.label, "parent": parent.name if parent else ""},
    )  # fmt: skip
    db.session.commit()
    return unit


def _parent_of(content: NewUnit, *, on: date) -> OrgUnit | None:
    found = get_unit(content.parent_id) if content.parent_id is not None else None
    found = found or (find_unit(content.parent_name, on=on) if content.parent_name else None)
    if found is None and content.parent_name:
        raise UserError(
            f"Chưa xác định được “{content.parent_name}”. Hãy chọn một đơn vị trong danh sách hiện ra khi gõ, hoặc để trống.",
            field="parent_name",
        )
    return found


def overlaps(
    name: str,
    parent_id: int | None,
    valid_from: date | None,
    valid_to: date | None,
    *,
    but: int | None = None,
) -> bool:
    """Whether another unit than `but` with this name under this parent exists on some day of that time."""
    same = select(OrgUnit).where(
        OrgUnit.fold.contains(fold(name), autoescape=True),
        OrgUnit.parent_id == parent_id if parent_id is not None else OrgUnit.parent_id.is_(None),
        OrgUnit.id != (but or 0),
    )
    begin, end = valid_from or date.min, valid_to or date.max
    return any(
        u.name.casefold() == name.casefold()
        and (u.valid_from or date.min) <= end
        and begin <= (u.valid_to or date.max)
        for u in db.session.scalars(same)
    )
