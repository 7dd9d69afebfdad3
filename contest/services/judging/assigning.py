"""Assignment: proposed, looked at, applied, and mended when a judge falls ill."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from contest.domain.assignment import Proposal, order_for, propose
from contest.domain.errors import InvalidTransition, UserError
from contest.domain.permissions import Actor
from contest.domain.rounds import RoundState, SheetAction, SheetState, next_sheet_state
from contest.models import (
    Assignment,
    Entry,
    EntryFile,
    EntryVersion,
    Membership,
    Panel,
    Round,
    db,
)
from contest.models.database import hold
from contest.services import audit
from contest.services.judging.conflicts import (
    ConflictKind,
    Found,
    find_conflicts,
    keep_conflicts,
    known_conflicts,
    recuse,
)
from contest.services.judging.reading import (
    entries_in_round,
    list_assignments,
    list_seats,
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


@dataclass(frozen=True)
class Plan:
    """A proposal for a whole round, with what stands in the way.

    `conflicts` keep judges from works; `late` are those among them whose work was given already and is taken back when
    the plan is applied; `signed` were found only after the sheet was signed: people decide about these.
    """

    panels: list[PanelPlan]
    without_panel: list[Entry]
    uncleared: list[Entry]
    conflicts: list[Found]
    late: list[Found]
    signed: list[Found]
    new: int

    @property
    def changes(self) -> int:
        """How many assignments applying the plan makes or takes back."""
        return self.new + len(self.late)


def plan_round(round_: Round) -> Plan:
    """A balanced proposal that keeps what is assigned and completes it. Nothing is written."""
    entries = list(entries_in_round(round_))
    judges = [j for j, absence in list_seats(round_.id) if j.ended_at is None and absence is None]
    uncleared = {e.id for e in uncleared_entries(round_, entries)}
    found = {(f.judge_id, f.entry_id): f for f in find_conflicts(round_, judges, entries)}
    apart = set(found) | {(k.judge_id, k.entry_id) for k in known_conflicts(judges) if k.stays}
    signed, open_ = _given(round_, {j.id for j in judges})
    apart |= _scored_in_another_seat(round_, judges, signed)
    given: dict[int, list[int]] = {}
    for judge_id, entry_id in [*signed, *(pair for pair in open_ if pair not in found)]:
        given.setdefault(entry_id, []).append(judge_id)
    rules = rulebook_in(round_).round(round_.key)
    wanted = rules.judges_per_entry if rules else 1
    panels, new = [], 0
    for panel in round_.panels:
        mine = [e for e in entries if panel_for(round_, e.category_key) is panel and e.id not in uncleared]
        seats = [j for j in judges if j.panel_id == panel.id]
        kept = {e.id: given.get(e.id, []) for e in mine}
        proposal = propose(
            [e.id for e in mine],
            [j.id for j in seats],
            per_entry=None if wanted == "panel" else int(wanted),
            conflicts=apart,
            seed=f"{round_.contest.seed}:{round_.key}",
            given=kept,
            at_least=rules.min_sheets if rules else 1,
        )
        new += sum(len(js) for js in proposal.judges.values()) - sum(len(js) for js in kept.values())
        panels.append(PanelPlan(panel, seats, mine, proposal))
    return Plan(
        panels=panels,
        without_panel=[e for e in entries if panel_for(round_, e.category_key) is None],
        uncleared=[e for e in entries if e.id in uncleared],
        conflicts=[f for pair, f in found.items() if pair not in signed],
        late=[found[pair] for pair in open_ if pair in found],
        # Who opened the dossier of a work after signing its sheet had no name before the eyes while scoring.
        signed=[found[p] for p in signed if p in found and found[p].kind is not ConflictKind.DOSSIER],
        new=new,
    )


Pairs = dict[tuple[int, int], None]


def _scored_in_another_seat(
    round_: Round, judges: Sequence[Membership], signed: Pairs
) -> set[tuple[int, int]]:
    """(judge, entry) where the same person has signed a sheet in a seat that ended: nobody counts twice."""
    accounts = {j.id: j.account_id for j, _ in list_seats(round_.id)}
    by_account = {(accounts.get(judge_id), entry_id): judge_id for judge_id, entry_id in signed}
    return {
        (j.id, entry_id)
        for j in judges
        for (account_id, entry_id), seat in by_account.items()
        if account_id == j.account_id and seat != j.id
    }


def _given(round_: Round, present: Collection[int]) -> tuple[Pairs, Pairs]:
    """(judge, entry) of sheets that are signed and count, whoever left since, and of works that those present have."""
    signed: Pairs = {}
    open_: Pairs = {}
    for a in list_assignments(round_.id):
        is_signed = a.scoresheet is not None and a.scoresheet.state == SheetState.SIGNED.value
        if is_signed and a.state != "recused":
            signed[a.judge_id, a.entry_id] = None
        elif a.state == "active" and a.judge_id in present:
            open_[a.judge_id, a.entry_id] = None
    return signed, open_


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
    """Write the proposal as it stands now, and take back works with a conflict found since. Commits.

    Returns how many assignments are new. `expected` is the number of changes the person looked at; raises UserError when
    it is another now, InvalidTransition when the round is closed.
    """
    hold(round_.contest, round_)
    if round_.state == RoundState.CLOSED.value:
        raise InvalidTransition("Vòng chấm đã khóa nên phân công không đổi được nữa.")
    plan = plan_round(round_)
    if expected is not None and plan.changes != expected:
        raise UserError("Danh sách đã đổi từ lúc xem. Hãy xem lại đề xuất mới rồi áp dụng.")
    keep_conflicts(round_, plan.conflicts, now=now)
    rows = db.session.scalars(select(Assignment).where(Assignment.round_id == round_.id))
    held = {(a.judge_id, a.entry_id): a for a in rows}
    for f in plan.late:
        recuse(held[f.judge_id, f.entry_id], f.kind, reason=f.reason, actor=actor, now=now)
    made = 0
    for panel in plan.panels:
        for entry_id, judge_ids in panel.proposal.judges.items():
            for judge_id in judge_ids:
                found = held.get((judge_id, entry_id))
                made += (
                    _assign(round_, panel.panel, entry_id, judge_id, now=now)
                    if found is None
                    else _give_again(found)
                )
    db.session.flush()
    _order(round_)
    _log(round_, "assignment:applied", f"{made} phân công mới", actor=actor, now=now)
    db.session.commit()
    return made


def _assign(round_: Round, panel: Panel, entry_id: int, judge_id: int, *, now: datetime) -> int:
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


def _give_again(assignment: Assignment) -> int:
    """A work that was taken away from this judge is theirs again, with the marks it had, to be signed anew."""
    sheet = assignment.scoresheet
    if assignment.state == "active" or (sheet is not None and sheet.state == SheetState.SIGNED.value):
        return 0
    assignment.state, assignment.released_at, assignment.release_reason = "active", None, None
    if sheet is not None and sheet.state == SheetState.VOID.value:
        sheet.state = next_sheet_state(SheetState.VOID, SheetAction.RESTORE).value
        sheet.void_reason, sheet.signed_at = None, None
        sheet.confirmed_by_id, sheet.confirmed_at = None, None
        sheet.version += 1
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


def _log(
    round_: Round, action: str, label: str, *, actor: Actor | None, now: datetime, reason: str = ""
) -> None:
    audit.record(
        action, actor=actor, now=now, kind="round", subject_id=round_.id, label=label,
        contest_id=round_.contest_id, round_id=round_.id, reason=reason or None,
    )  # fmt: skip
