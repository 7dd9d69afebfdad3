"""Panels of a round, and the opening of the round."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from contest.domain.contests import ContestAction, ContestState
from contest.domain.errors import InvalidTransition, UserError
from contest.domain.permissions import Actor
from contest.domain.rounds import RoundAction, RoundState, next_round_state
from contest.domain.vietnamese import nfc
from contest.models import Assignment, Membership, Panel, Round, db
from contest.models.database import hold
from contest.services import audit
from contest.services.accounts import invitations
from contest.services.contests.moving import move_contest
from contest.services.contests.reading import latest_version, rulebook_of, state_of


def create_panel(
    round_: Round, *, name: str, categories: list[str], actor: Actor | None, now: datetime
) -> Panel:
    """A new panel (tiểu ban) for some categories of a round. Commits. Raises UserError when one is taken already."""
    hold(round_.contest, round_)
    shown = " ".join(nfc(name).split())
    if not shown:
        raise UserError("Hãy đặt tên hội đồng, tiểu ban.", field="name")
    if any(p.name == shown for p in round_.panels):
        raise UserError("Vòng này đã có hội đồng tên như vậy.", field="name")
    known = {c.key for c in rulebook_of(round_.contest).categories}
    taken = {c for p in round_.panels for c in p.categories}
    if set(categories) - known:
        raise UserError("Thể lệ không có nhóm giải này.", field="categories")
    if set(categories) & taken or (not categories and round_.panels):
        raise UserError("Có nhóm giải đã thuộc hội đồng khác của vòng này.", field="categories")
    panel = Panel(contest_id=round_.contest_id, round_id=round_.id, name=shown, categories=categories)
    db.session.add(panel)
    db.session.flush()
    _log(
        "panel:created", panel.name, round_, actor=actor, now=now, after={"categories": ", ".join(categories)}
    )
    db.session.commit()
    return panel


def remove_panel(panel: Panel, *, actor: Actor, now: datetime) -> None:
    """Remove a panel nobody sits in and nobody judged for, and the invitations to it. Commits."""
    hold(panel.round.contest, panel.round)
    held = db.session.scalar(select(Membership.id).where(Membership.panel_id == panel.id).limit(1))
    if held or db.session.scalar(select(Assignment.id).where(Assignment.panel_id == panel.id).limit(1)):
        raise UserError("Hội đồng đã có thành viên nên không xóa được. Hãy đổi tên hoặc đổi thành viên.")
    round_ = panel.round
    invitations.withdraw_panel_invitations(panel, actor=actor, now=now)
    db.session.delete(panel)
    _log("panel:removed", panel.name, round_, actor=actor, now=now)
    db.session.commit()


def open_round(round_: Round, *, actor: Actor | None, now: datetime) -> None:
    """Let the judges begin; the rulebook of this moment holds for the round. Commits.

    Raises UserError while nothing is assigned; moves the contest to judging with its first round.
    """
    hold(round_.contest, round_)
    after = next_round_state(RoundState(round_.state), RoundAction.OPEN)
    if not db.session.scalar(select(Assignment.id).where(Assignment.round_id == round_.id).limit(1)):
        raise UserError("Chưa phân công tác phẩm nào trong vòng này. Hãy phân công trước khi mở.")
    if state_of(round_.contest) in (ContestState.OPEN, ContestState.CLOSED):
        move_contest(round_.contest, ContestAction.START_JUDGING, actor=actor, now=now)
    if state_of(round_.contest) is not ContestState.JUDGING:
        raise InvalidTransition("Cuộc thi không ở giai đoạn chấm nên chưa mở được vòng này.")
    round_.state = after.value
    round_.opened_at = now
    round_.rulebook_version = latest_version(round_.contest_id)
    _log("round:opened", round_.name, round_, actor=actor, now=now)
    db.session.commit()


def set_due(round_: Round, *, due_at: datetime, actor: Actor, now: datetime) -> None:
    """Until when the judges of a round have time. Commits.

    Raises InvalidTransition when the round is closed, UserError for a time that has passed.
    """
    hold(round_)
    if round_.state == RoundState.CLOSED.value:
        raise InvalidTransition("Vòng chấm đã khóa nên hạn chấm không đổi được nữa.")
    if due_at <= now:
        raise UserError("Ngày này đã qua. Hãy chọn hôm nay hoặc một ngày sau.", field="due_on")
    before, round_.due_at = round_.due_at, due_at
    _log(
        "round:due_set", round_.name, round_, actor=actor, now=now,
        before={"due": before.isoformat() if before else None}, after={"due": due_at.isoformat()},
    )  # fmt: skip
    db.session.commit()


def _log(
    action: str,
    label: str,
    round_: Round,
    *,
    actor: Actor | None,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    audit.record(
        action, actor=actor, now=now, kind="round", subject_id=round_.id, label=label,
        contest_id=round_.contest_id, before=before, after=after, round_id=round_.id,
    )  # fmt: skip
