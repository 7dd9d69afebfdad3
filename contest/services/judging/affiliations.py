"""Where judges belong and where works come from: agencies and units compared, also across mergers and new names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, select, union
from sqlalchemy.orm import InstrumentedAttribute

from contest.domain.vietnamese import fold
from contest.models import Membership, OrgUnit, OrgUnitSuccession, db

Kin = dict[int, list[OrgUnit]]


@dataclass(frozen=True)
class House:
    """An agency or unit as it is named somewhere: the units it is, was and became, and what all of them are called."""

    name: str
    unit_id: int | None
    kin: frozenset[int]
    names: frozenset[str]

    def is_same(self, other: House) -> bool:
        """Whether both are one: by the list where both are linked to it, else by what they are called."""
        if self.unit_id and other.unit_id:
            return other.unit_id in self.kin
        return bool(self.names & other.names)


def house(name: str, unit_id: int | None, kin: Kin) -> House:
    """A house from what was typed and what that is linked to."""
    units = kin.get(unit_id or 0, [])
    names = {fold(name), *(fold(n) for u in units for n in (u.name, u.short_name))} - {""}
    return House(name, unit_id, frozenset(u.id for u in units), frozenset(names))


def named_by(judge: Membership) -> Iterator[tuple[str, int | None]]:
    """The houses of a judge: what the person says of themselves and what the organizer said when inviting."""
    for row in (judge.account.person, judge):
        yield row.agency_name, row.agency_id
        yield row.unit_name, row.unit_id


def list_kin(unit_ids: Collection[int]) -> Kin:
    """Each unit with those it came from and those that followed it, however far: one query, none without units."""
    if not unit_ids:
        return {}
    link = OrgUnitSuccession
    lines = union(
        *(
            select(line.c.root, line.c.unit)
            for line in (
                _line(unit_ids, link.unit_id, link.successor_id),
                _line(unit_ids, link.successor_id, link.unit_id),
            )
        )
    ).subquery()
    found: Kin = {}
    query = select(lines.c.root, OrgUnit).join(OrgUnit, OrgUnit.id == lines.c.unit).order_by(OrgUnit.id)
    for root, unit in db.session.execute(query):
        found.setdefault(root, []).append(unit)
    return found


def _line(
    unit_ids: Collection[int], near: InstrumentedAttribute[Any], far: InstrumentedAttribute[Any]
) -> CTE:
    line = (
        select(OrgUnit.id.label("root"), OrgUnit.id.label("unit"))
        .where(OrgUnit.id.in_(unit_ids))
        .cte(recursive=True)
    )
    return line.union(select(line.c.root, far).join(line, near == line.c.unit))
