"""Assignment: proposed, looked at, applied, and mended when a judge falls ill."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from contest.domain.assignment import Proposal, order_for, propose
from contest.domain.errors import InvalidTransition, UserError
from contest.domain.permissions import Actor
from contest.domain.rounds import RoundState, SheetAction, SheetState, next_sheet_state
from contest.models import (
    Assignment,
    Entry,
    EntryFile,
    EntryVersion,
    JudgeAbsence,
    Membership,
    Panel,
    Round,
    db,
)
from contest.models.database import hold
from contest.services import audit
from contest.services.judging.conflicts import Found, find_conflicts, keep_conflicts, known_conflicts
from contest.services.judging.reading import (
    entries_in_round,
    judges_of,
    list_assignments,
    panel_for,
    rulebook_in,
)


@dataclass(frozen=True)
class PanelPlan:
    """What is proposed for one panel."""

    panel: Panel
    judges: list[Membership]
    entries: list[Entry]
    proposal: Proposal
    kept: dict[int, int]


@dataclass(frozen=True)
class Plan:
    """A proposal for a whole round, with what stands in the way."""

    panels: list[PanelPlan]
    without_panel: list[Entry]
    uncleared: list[Entry]
    conflicts: list[Found]
    new: int


def plan_round(round_: Round) -> Plan:
    """A balanced proposal that keeps what is assigned and completes it. Nothing is written."""
    entries = list(entries_in_round(round_))
    absent = absent_judges(round_.id)
    judges = [j for j in judges_of(round_.id) if j.id not in absent]
    uncleared = {e.id for e in uncleared_entries(round_, entries)}
    found = find_conflicts(round_, judges, entries)
    apart = {(f.judge_id, f.entry_id) for f in found}
    apart |= {(c.judge_id, c.entry_id) for c in known_conflicts([j.id for j in judges])}
    given, left = _given(round_)
    apart |= left
    rules = rulebook_in(round_).round(round_.key)
    wanted = rules.judges_per_entry if rules else 1
    panels, new = [], 0
    for panel in round_.panels:
        mine = [e for e in entries if panel_for(round_, e.category_key) is panel and e.id not in uncleared]
        seats = [j for j in judges if j.panel_id == panel.id]
        kept = {e.id: [j for j in given.get(e.id, []) if j in {s.id for s in seats}] for e in mine}
        proposal = propose(
            [e.id for e in mine],
            [j.id for j in seats],
            per_entry=None if wanted == "panel" else int(wanted),
            conflicts=apart,
            seed=f"{round_.contest.seed}:{round_.key}",
            given=kept,
        )
        new += sum(len(js) for js in proposal.judges.values()) - sum(len(js) for js in kept.values())
        panels.append(PanelPlan(panel, seats, mine, proposal, {e: len(js) for e, js in kept.items()}))
    return Plan(
        panels=panels,
        without_panel=[e for e in entries if panel_for(round_, e.category_key) is None],
        uncleared=[e for e in entries if e.id in uncleared],
        conflicts=found,
        new=new,
    )


def _given(round_: Round) -> tuple[dict[int, list[int]], set[tuple[int, int]]]:
    """Judges who count for each entry already, and pairs that were taken apart and stay so."""
    given: dict[int, list[int]] = {}
    left = set()
    for a in list_assignments(round_.id):
        if a.state == "active" or (a.scoresheet is not None and a.scoresheet.state == "signed"):
            given.setdefault(a.entry_id, []).append(a.judge_id)
        else:
            left.add((a.judge_id, a.entry_id))
    return given, left


def absent_judges(round_id: int) -> dict[int, JudgeAbsence]:
    """Judges recorded as absent in a round, by membership."""
    rows = db.session.scalars(
        select(JudgeAbsence)
        .join(Membership, Membership.id == JudgeAbsence.judge_id)
        .join(Panel, Panel.id == Membership.panel_id)
        .where(Panel.round_id == round_id)
    )
    return {r.judge_id: r for r in rows}


def uncleared_entries(round_: Round, entries: Sequence[Entry]) -> list[Entry]:
    """In a blind round, entries with a file for judges that nobody has looked through yet."""
    if not round_.is_blind:
        return []
    slots = [s.key for s in rulebook_in(round_).slots if s.judges_copy]
    rows = db.session.scalars(
        select(EntryVersion.entry_id)
        .join(EntryFile, EntryFile.version_id == EntryVersion.id)
        .where(
            EntryVersion.id.in_([e.submitted_version_id for e in entries]),
            EntryFile.slot.in_(slots),
            EntryFile.cleared_at.is_(None),
        )
    )
    blocked = set(rows)
    return [e for e in entries if e.id in blocked]


def apply_plan(round_: Round, *, actor: Actor | None, now: datetime, expected: int | None = None) -> int:
    """Write the proposal as it stands now. Commits. Returns how many assignments are new.

    `expected` is the number the person looked at; raises UserError when it has changed since.
    """
    hold(round_.contest, round_)
    plan = plan_round(round_)
    if expected is not None and plan.new != expected:
        raise UserError("Danh sách đã đổi từ lúc xem. Hãy xem lại đề xuất mới rồi áp dụng.")
    keep_conflicts(round_, plan.conflicts, now=now)
    held = {
        (a.entry_id, a.judge_id)
        for a in db.session.scalars(
            select(Assignment).where(Assignment.round_id == round_.id, Assignment.state == "active")
        )
    }
    made = 0
    for panel in plan.panels:
        for entry_id, judge_ids in panel.proposal.judges.items():
            for judge_id in judge_ids:
                made += _assign(round_, panel.panel, entry_id, judge_id, held, now=now)
    db.session.flush()
    _order(round_)
    _log(round_, "assignment:applied", f"{made} phân công mới", actor=actor, now=now)
    db.session.commit()
    return made


def _assign(
    round_: Round,
    panel: Panel,
    entry_id: int,
    judge_id: int,
    held: set[tuple[int, int]],
    *,
    now: datetime,
) -> int:
    if (entry_id, judge_id) in held:
        return 0
    db.session.add(
        Assignment(
            public_id=secrets.token_hex(8),
            contest_id=round_.contest_id,
            round_id=round_.id,
            panel_id=panel.id,
            entry_id=entry_id,
            judge_id=judge_id,
            state="active",
            created_at=now,
            position=0,
            later_count=0,
        )  # fmt: skip
    )
    return 1


def _order(round_: Round) -> None:
    """Each judge's own seeded order; works already given keep the order among themselves."""
    rows = db.session.scalars(select(Assignment).where(Assignment.round_id == round_.id)).all()
    by_judge: dict[int, list[Assignment]] = {}
    for a in rows:
        by_judge.setdefault(a.judge_id, []).append(a)
    for judge_id, mine in by_judge.items():
        placed = {
            e: i
            for i, e in enumerate(order_for(judge_id, [a.entry_id for a in mine], seed=round_.contest.seed))
        }
        for a in mine:
            a.position = placed[a.entry_id]


def release_judge(judge: Membership, *, reason: str, void_signed: bool, actor: Actor, now: datetime) -> int:
    """Take an absent judge's unsigned works away; signed sheets are kept, or voided with the reason. Commits.

    The judge is recorded as absent, so that nobody counts missing sheets as zero and no new work is proposed. Returns how many works need another judge now. Raises UserError without a reason.
    """
    round_ = db.session.scalars(select(Round).join(Panel).where(Panel.id == judge.panel_id)).one()
    hold(round_, judge)
    _check_not_closed(round_)
    if not reason.strip():
        raise UserError("Hãy ghi lý do, ví dụ: ốm, đi công tác.", field="reason")
    freed = 0
    rows = db.session.scalars(
        select(Assignment).where(Assignment.judge_id == judge.id, Assignment.state == "active")
    ).all()
    for a in rows:
        sheet = a.scoresheet
        if sheet is not None and sheet.state == SheetState.SIGNED.value and not void_signed:
            continue
        if sheet is not None and sheet.state != SheetState.VOID.value:
            sheet.state = next_sheet_state(SheetState(sheet.state), SheetAction.VOID).value
            sheet.void_reason = reason.strip()
        a.state, a.released_at, a.release_reason = "released", now, reason.strip()
        freed += 1
    if not db.session.scalar(select(JudgeAbsence.id).where(JudgeAbsence.judge_id == judge.id)):
        db.session.add(
            JudgeAbsence(judge_id=judge.id, reason=reason.strip(), at=now, actor_id=actor.account_id)
        )
    audit.record(
        "judge:released", actor=actor, now=now, kind="member", subject_id=judge.id,
        label=judge.account.display_name, contest_id=judge.contest_id, reason=reason.strip(),
        after={"released": freed, "signed_voided": void_signed},
    )  # fmt: skip
    db.session.commit()
    return freed


def return_judge(judge: Membership, *, actor: Actor, now: datetime) -> None:
    """The judge is back and may be given works again. Commits."""
    hold(judge)
    db.session.execute(delete(JudgeAbsence).where(JudgeAbsence.judge_id == judge.id))
    audit.record(
        "judge:returned", actor=actor, now=now, kind="member", subject_id=judge.id,
        label=judge.account.display_name, contest_id=judge.contest_id,
    )  # fmt: skip
    db.session.commit()


def _check_not_closed(round_: Round) -> None:
    if round_.state == RoundState.CLOSED.value:
        raise InvalidTransition("Vòng chấm đã khóa nên phân công và phiếu không đổi được nữa.")


def _log(
    round_: Round, action: str, label: str, *, actor: Actor | None, now: datetime, reason: str = ""
) -> None:
    audit.record(
        action, actor=actor, now=now, kind="round", subject_id=round_.id, label=label,
        contest_id=round_.contest_id, round_id=round_.id, reason=reason or None,
    )  # fmt: skip
