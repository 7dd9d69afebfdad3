"""Roles in a contest: somebody who reads names and judges a blind round is told of, logged and kept from what was opened."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from contest.domain.permissions import Role
from contest.models import Account, AuditEvent, db
from contest.services.accounts import members
from contest.services.judging import late_conflicts
from tests.cast import Stage, make_stage


@pytest.fixture
def stage(context: Flask, now: datetime) -> Stage:
    return make_stage(context, now, rounds__0__blind=True, rounds__1__blind=False)


def invite(stage: Stage, who: str, role: Role, *, position: int | None = None) -> members.Invitation:
    panel = stage.panel(judges=1, position=position)[0].panels[0] if position is not None else None
    return members.invite(
        stage.contest, actor=stage.actor("organizer"), now=stage.now, email=f"{who}@kheo.example", name="Người được mời", role=role,
        panel=panel,
    )  # fmt: skip


def last_event(verb: str) -> dict[str, object]:
    event = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == verb).order_by(AuditEvent.id)
    ).all()[-1]
    return event.after or {}


def test_a_secretary_invited_to_judge_blind_is_warned_of_and_logged(stage: Stage) -> None:
    made = invite(stage, "secretary", Role.JUDGE, position=0)
    assert "vai trò Thư ký" in made.warning and "sẽ không phân cho người này chấm" in made.warning
    assert last_event("member:invited")["also"] == "secretary"
    late_conflicts.accept_invitation(
        made.path.rsplit("/", 1)[1],
        account_id=stage.people["secretary"].id,
        password_hash=None,
        now=stage.now,
    )
    assert last_event("member:added")["also"] == "secretary"


def test_a_judge_of_a_blind_round_invited_as_secretary_likewise(stage: Stage) -> None:
    judge = stage.panel(judges=1)[1][0]
    email = db.session.get_one(Account, judge.account_id).email
    made = invite(stage, email.split("@")[0], Role.SECRETARY)
    assert "vai trò Giám khảo" in made.warning
    assert last_event("member:invited")["also"] == "judge"


@pytest.mark.parametrize(
    ("who", "role", "position"),
    [("secretary", Role.JUDGE, 1), ("author", Role.JUDGE, 0), ("someone.new", Role.JUDGE, 0), ("clerk", Role.SECRETARY, None)],
    ids=["judges openly", "reads no names", "has no role yet", "judges nothing"],
)  # fmt: skip
def test_nobody_else_is(stage: Stage, who: str, role: Role, position: int | None) -> None:
    assert invite(stage, who, role, position=position).warning == ""
    assert "also" not in last_event("member:invited")
