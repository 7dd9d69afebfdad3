"""A unit ends on a day and others follow it: pickers keep to the day, nothing follows itself, the log says both."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest.domain.errors import UserError
from contest.domain.succession import UnitKind, leads_back
from contest.models import AuditEvent, OrgUnit, db
from contest.services import registry, succession
from contest.services.succession import Successor
from tests.cast import Stage, make_stage

LAST = date(2026, 6, 30)
NEXT = LAST + timedelta(days=1)


@pytest.fixture
def stage(context: Flask, now: datetime) -> Stage:
    return make_stage(context, now)


def unit(stage: Stage, name: str, **more: object) -> OrgUnit:
    content = registry.NewUnit(**{"name": name, "kind": UnitKind.COMMUNE} | more)
    return registry.create_unit(content, actor=stage.actor("operator"), now=stage.now)


def end(stage: Stage, one: OrgUnit, *successors: str, on: date | None = LAST, source: str = "NQ 1") -> None:
    succession.end_unit(
        one, valid_to=on, successors=[Successor(name) for name in successors], source=source,
        actor=stage.actor("operator"), now=stage.now,
    )  # fmt: skip


def offered(words: str, day: date) -> list[str]:
    return [o.name for o in registry.search_units(words, on=day)]


def log(action: str) -> list[AuditEvent]:
    return list(
        db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id))
    )


def test_a_unit_is_offered_until_its_last_day_and_its_successors_after_it(stage: Stage) -> None:
    old, new = unit(stage, "Xã Lá Cũ"), unit(stage, "Xã Lá Mới", valid_from=NEXT)
    other = unit(stage, "Xã Lá Khác")
    for _ in range(2):
        end(stage, old, "Xã Lá Mới", "Xã Lá Khác")
    assert offered("xa la", LAST) == ["Xã Lá Cũ", "Xã Lá Khác"]
    assert offered("xa la", NEXT) == ["Xã Lá Khác", "Xã Lá Mới"]
    assert [u.id for u in registry.list_successors(old.id)] == [other.id, new.id]
    assert [u.id for u in registry.list_predecessors(new.id)] == [old.id]
    [event] = log("unit:ended")
    assert event.before == {"until": "", "successors": "", "source": ""}
    assert event.after == {
        "until": "2026-06-30",
        "successors": "Xã Lá Khác; Xã Lá Mới",
        "source": "NQ 1",
    }


def test_what_was_written_is_put_right_or_taken_back(stage: Stage) -> None:
    old = unit(stage, "Xã Lá Cũ")
    unit(stage, "Xã Lá Mới"), unit(stage, "Xã Lá Khác")
    end(stage, old, "Xã Lá Mới")
    end(stage, old, "Xã Lá Khác")
    assert [u.name for u in registry.list_successors(old.id)] == ["Xã Lá Khác"]
    end(stage, old, on=None)
    assert (old.valid_to, registry.list_successors(old.id)) == (None, [])
    assert [e.before["successors"] for e in log("unit:continued")] == ["Xã Lá Khác"]
    assert "Xã Lá Cũ" in offered("xa la", NEXT)


@pytest.mark.parametrize(
    ("successors", "on", "said"),
    [
        (["Xã Lá Mới"], date(2025, 6, 30), "không thể trước ngày bắt đầu"),
        (["Xã Lá Mới"], None, "Hãy ghi ngày kết thúc"),
        (["Xã Không Có"], LAST, "Chưa xác định được “Xã Không Có”"),
        (["Xã Lá Xưa"], LAST, "Chưa xác định được “Xã Lá Xưa”"),
        (["Xã Lá Cũ"], LAST, "Không thể"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    stage: Stage, successors: list[str], on: date | None, said: str
) -> None:
    old = unit(stage, "Xã Lá Cũ", valid_from=date(2025, 7, 1))
    unit(stage, "Xã Lá Mới"), unit(stage, "Xã Lá Xưa", valid_to=LAST)
    with pytest.raises(UserError, match=said):
        end(stage, old, *successors, on=on)
    assert old.valid_to is None and registry.list_successors(old.id) == [] and log("unit:ended") == []


def test_a_picked_successor_must_exist_on_the_next_day(stage: Stage) -> None:
    old, gone = unit(stage, "Xã Lá Cũ"), unit(stage, "Xã Lá Xưa", valid_to=LAST)
    with pytest.raises(UserError, match="không hoạt động vào ngày 01/07/2026"):
        succession.end_unit(
            old, valid_to=LAST, successors=[Successor("Xã Lá Xưa", gone.id)], source="", actor=stage.actor("operator"),
            now=stage.now,
        )  # fmt: skip


def test_no_unit_follows_itself_however_long_the_way(stage: Stage) -> None:
    first, second, third = (unit(stage, f"Xã {n}") for n in ("Một", "Hai", "Ba"))
    end(stage, first, "Xã Hai", on=LAST)
    end(stage, second, "Xã Ba", on=NEXT)
    with pytest.raises(UserError, match="Không thể"):
        succession.end_unit(
            third, valid_to=LAST - timedelta(days=9), successors=[Successor("Xã Một", first.id)], source="",
            actor=stage.actor("operator"), now=stage.now,
        )  # fmt: skip
    assert registry.list_successors(third.id) == []
    assert leads_back(1, [1], []) and leads_back(1, [2], [(2, 3), (3, 1)])
    assert not leads_back(1, [2, 3], [(2, 3), (3, 2), (1, 2)])


def test_a_unit_goes_on_only_where_no_other_bears_its_name(stage: Stage) -> None:
    old = unit(stage, "Xã Lá Cũ", valid_to=LAST)
    unit(stage, "Xã Lá Cũ", valid_from=NEXT)
    with pytest.raises(UserError, match="trong thời gian này"):
        end(stage, old, on=None)
