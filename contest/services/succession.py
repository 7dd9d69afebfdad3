"""Units that end: on which day, what followed them, by which decision. Pickers offer a unit on the days it existed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.succession import leads_back
from contest.domain.vietnamese import format_date, nfc
from contest.models import OrgUnit, OrgUnitSuccession, db
from contest.models.database import hold
from contest.services import audit, registry


@dataclass(frozen=True)
class Successor:
    """A unit named as successor: chosen in the picker, or only typed."""

    name: str
    unit_id: int | None = None


def end_unit(
    unit: OrgUnit,
    *,
    valid_to: date | None,
    successors: Sequence[Successor],
    source: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Say that a unit exists until the end of a day and what followed it; without a day it exists on. Commits.

    The same again changes nothing. Raises UserError for a day before its beginning, a successor that does not exist on
    the next day, successors that lead back to the unit, and successors of a unit that goes on.
    """
    if valid_to is None and successors:
        raise UserError("Hãy ghi ngày kết thúc khi đã có đơn vị kế thừa.", field="valid_to")
    if valid_to and unit.valid_from and valid_to < unit.valid_from:
        raise UserError(
            f"Ngày kết thúc không thể trước ngày bắt đầu hoạt động, {format_date(unit.valid_from)}.",
            field="valid_to",
        )
    found = [_find(s, after=valid_to) for s in successors if valid_to]
    hold(*sorted({u.id: u for u in (unit, *found)}.values(), key=lambda u: u.id))
    if leads_back(unit.id, [u.id for u in found], _pairs()):
        raise UserError(
            f"Không thể: đơn vị kế thừa lại do “{unit.name}” kế thừa. Hãy xem lại các đơn vị đã chọn."
        )
    if registry.overlaps(unit.name, unit.parent_id, unit.valid_from, valid_to, but=unit.id):
        raise UserError(
            f"Danh mục đã có một “{unit.name}” khác trong thời gian này. Hãy ghi ngày kết thúc trước đơn vị đó.",
            field="valid_to",
        )
    before = _shown(unit, registry.list_successors(unit.id))
    unit.valid_to, unit.source = valid_to, nfc(source)
    _set_successors(unit, {u.id for u in found})
    after = _shown(unit, registry.list_successors(unit.id))
    if before == after:
        return
    audit.record(
        "unit:ended" if valid_to else "unit:continued", actor=actor, now=now, kind="unit", subject_id=unit.id,
        label=unit.name, before=before, after=after,
    )  # fmt: skip
    db.session.commit()


def _find(asked: Successor, *, after: date | None) -> OrgUnit:
    """The unit meant, as it is on the day after `after`. Raises UserError without one."""
    assert after is not None
    day = after + timedelta(days=1)
    found = registry.get_unit(asked.unit_id) if asked.unit_id is not None else None
    if found is None or found.name != nfc(asked.name):
        found = registry.find_unit(asked.name, on=day)
    if found is None:
        raise UserError(
            f"Chưa xác định được “{asked.name}” vào ngày {format_date(day)}. Hãy chọn một đơn vị trong danh sách hiện ra "
            "khi gõ; chưa có thì thêm đơn vị đó vào danh mục trước."
        )  # fmt: skip
    if not registry.exists_on(found, day):
        raise UserError(
            f"“{found.name}” trong danh mục không hoạt động vào ngày {format_date(day)}, ngày sau khi đơn vị này kết thúc."
        )
    return found


def _pairs() -> list[tuple[int, int]]:
    """Every succession there is, as (unit, successor)."""
    return [(r[0], r[1]) for r in db.session.execute(select(OrgUnitSuccession.unit_id, OrgUnitSuccession.successor_id))]  # fmt: skip


def _set_successors(unit: OrgUnit, wanted: set[int]) -> None:
    known = {successor for one, successor in _pairs() if one == unit.id}
    gone = OrgUnitSuccession.successor_id.in_(known - wanted)
    db.session.execute(delete(OrgUnitSuccession).where(OrgUnitSuccession.unit_id == unit.id, gone))
    for successor_id in sorted(wanted - known):
        db.session.add(OrgUnitSuccession(unit_id=unit.id, successor_id=successor_id))
    db.session.flush()


def _shown(unit: OrgUnit, successors: Sequence[OrgUnit]) -> dict[str, object]:
    return {
        "until": unit.valid_to.isoformat() if unit.valid_to else "",
        "successors": "; ".join(u.name for u in successors),
        "source": unit.source,
    }
