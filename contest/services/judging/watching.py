"""What the chair and the desk watch: progress per judge, spread and divergence, reminders to the slow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from contest.clock import local, today
from contest.domain.entries import EntryState
from contest.domain.errors import InvalidTransition, UserError
from contest.domain.permissions import Actor
from contest.domain.rounds import RoundState, SheetState
from contest.domain.scoring import Tally
from contest.domain.vietnamese import format_last_day
from contest.models import (
    Account,
    Assignment,
    DivergenceDecision,
    Entry,
    JudgeAbsence,
    Membership,
    Panel,
    Round,
    RoundOutcome,
    Scoresheet,
    db,
)
from contest.models.database import ask_once, hold
from contest.services import audit, outbox
from contest.services.judging.reading import entries_in_round, marked_criteria, rules_in

# Judges who are behind are reminded by themselves, once a day, when the end of their round is this near.
REMINDED_BEFORE_END = timedelta(days=3)


@dataclass(frozen=True)
class JudgeProgress:
    """How far one judge is. `expected` is where today should be, between 0 and 1; None without dates."""

    judge: Membership
    name: str
    panel: str
    panel_id: int
    total: int
    scored: int
    signed: int
    recused: int
    is_absent: bool
    expected: float | None

    @property
    def is_late(self) -> bool:
        """Clearly behind where today should be, with works left."""
        if self.expected is None or not self.total or self.is_absent:
            return False
        return self.scored < self.total and self.scored / self.total < self.expected - 0.2


def progress(round_: Round, *, now: datetime) -> list[JudgeProgress]:
    """Every judge of a round, scored works being those with a mark for every criterion: one query, and nobody's marks.

    A work that left after the round was closed still counts: it has its outcome there.
    """
    complete = marked_criteria() == len(rules_in(round_).criteria)
    kept = exists().where(RoundOutcome.round_id == round_.id, RoundOutcome.entry_id == Assignment.entry_id)
    active = (Assignment.state == "active") & or_(Entry.state == EntryState.ACCEPTED.value, kept)
    rows = db.session.execute(
        select(
            Membership,
            Account.display_name,
            Panel.name,
            func.sum(case((active, 1), else_=0)),
            func.sum(case((active & complete, 1), else_=0)),
            func.sum(case((active & (Scoresheet.state == "signed"), 1), else_=0)),
            func.sum(case((Assignment.state == "recused", 1), else_=0)),
            exists().where(JudgeAbsence.judge_id == Membership.id),
        )
        .select_from(Membership)
        .join(Panel, Panel.id == Membership.panel_id)
        .join(Account, Account.id == Membership.account_id)
        .outerjoin(Assignment, Assignment.judge_id == Membership.id)
        .outerjoin(Entry, Entry.id == Assignment.entry_id)
        .outerjoin(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .where(Panel.round_id == round_.id, Membership.ended_at.is_(None))
        .group_by(Membership.id, Account.id, Panel.id)
        .order_by(Panel.id, Membership.id)
    ).unique()
    expected = _expected(round_, now)
    return [
        JudgeProgress(
            m,
            name,
            panel,
            m.panel_id or 0,
            int(t or 0),
            int(s or 0),
            int(g or 0),
            int(r or 0),
            away,
            expected,
        )
        for m, name, panel, t, s, g, r, away in rows
    ]


@dataclass(frozen=True)
class EntrySpread:
    """How far the signed totals of one entry lie apart, and who has not signed yet."""

    tally: Tally
    missing: list[int]
    is_unseen: bool = False

    @property
    def spread(self) -> Decimal | None:
        """Highest less lowest; None below two sheets."""
        totals = self.tally.sheets.values()
        return max(totals) - min(totals) if len(totals) > 1 else None


def list_spreads(
    tallies: Sequence[Tally], unsigned: Sequence[Assignment], *, own: Collection[int] = ()
) -> list[EntrySpread]:
    """Every entry of a round, those that differ most first, those without two sheets last.

    `own` are the seats of who looks: an entry they have still to sign stays unseen and stands last, in its own order.
    """
    missing: dict[int, list[int]] = {}
    for a in unsigned:
        missing.setdefault(a.entry_id, []).append(a.judge_id)
    found = [
        EntrySpread(t, waits, any(j in own for j in waits))
        for t, waits in ((t, missing.get(int(t.entry), [])) for t in tallies)
    ]

    def order(f: EntrySpread) -> tuple[bool, bool, Decimal, int]:
        spread = None if f.is_unseen else f.spread
        return f.is_unseen, spread is None, -(spread or Decimal(0)), int(f.tally.entry)

    return sorted(found, key=order)


@dataclass(frozen=True)
class SharedNote:
    """What a judge wrote about a work for the panel to read."""

    judge_id: int
    judge: str
    words: str


def shared_notes(round_: Round, *, entry_id: int | None = None) -> dict[int, list[SharedNote]]:
    """The notes on signed sheets that their judges share, by entry: one query. Who may read them now is asked by the doors."""
    query = (
        select(Assignment.entry_id, Assignment.judge_id, Account.display_name, Scoresheet.comment)
        .join(Scoresheet, Scoresheet.assignment_id == Assignment.id)
        .join(Membership, Membership.id == Assignment.judge_id)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Assignment.round_id == round_.id,
            Assignment.state != "recused",
            Scoresheet.state == SheetState.SIGNED.value,
            Scoresheet.comment_shared.is_(True),
            Scoresheet.comment != "",
        )
        .order_by(Assignment.entry_id, Assignment.judge_id)
    )
    if entry_id is not None:
        query = query.where(Assignment.entry_id == entry_id)
    found: dict[int, list[SharedNote]] = {}
    for entry, judge_id, judge, words in db.session.execute(query):
        found.setdefault(entry, []).append(SharedNote(judge_id, judge, words))
    return found


def _expected(round_: Round, now: datetime) -> float | None:
    """Where today should be if the work were spread evenly from opening to the due day."""
    if round_.opened_at is None or round_.due_at is None or round_.state != "open":
        return None
    whole = (round_.due_at - round_.opened_at).total_seconds()
    return min(1.0, max(0.0, (now - round_.opened_at).total_seconds() / whole)) if whole > 0 else 1.0


def remind_judges(round_: Round, *, actor: Actor, now: datetime) -> int:
    """Mail every judge with unsigned works, at most once a day each. Commits. Returns how many mails were queued."""
    if round_.state != "open":
        raise UserError("Vòng chấm không mở nên không nhắc được.")
    found = [p for p in progress(round_, now=now) if p.signed < p.total and not p.is_absent]
    sent = _remind(round_, found, now=now)
    _log_reminder(round_, sent, actor=actor, now=now)
    db.session.commit()
    return sent


def remind_the_slow(*, now: datetime) -> int:
    """In the last days of every open round, mail the judges who are behind. Commits. Returns how many mails were queued.

    Behind is who has scored less than an even pace would have by now; on the last day also who has not signed.
    """
    open_rounds = db.session.scalars(
        select(Round)
        .options(joinedload(Round.contest))
        .where(Round.state == "open", Round.due_at > now, Round.due_at <= now + REMINDED_BEFORE_END)
        .order_by(Round.id)
    ).all()
    sent = 0
    for round_ in open_rounds:
        is_last_day = round_.due_at is not None and round_.due_at - now <= timedelta(days=1)
        behind = [
            p
            for p in progress(round_, now=now)
            if p.total
            and not p.is_absent
            and ((is_last_day and p.signed < p.total) or p.scored / p.total < (p.expected or 0))
        ]
        mails = _remind(round_, behind, now=now)
        if mails:
            _log_reminder(round_, mails, actor=None, now=now)
        sent += mails
    db.session.commit()
    return sent


def _remind(round_: Round, people: Sequence[JudgeProgress], *, now: datetime) -> int:
    """Queue a reminder to each, at most one a day; the caller commits."""
    return sum(
        outbox.queue_mail(
            "judging_reminder", to=p.judge.account.email, to_name=p.name, now=now, contest_id=round_.contest_id,
            dedupe_key=f"remind:{p.judge.id}:{today(now)}", contest_name=round_.contest.name, round_name=round_.name,
            left=p.total - p.scored, unsigned=p.total - p.signed,
            due=format_last_day(local(round_.due_at)) if round_.due_at else "",
        )
        for p in people
    )  # fmt: skip


def _log_reminder(round_: Round, mails: int, *, actor: Actor | None, now: datetime) -> None:
    audit.record(
        "round:reminded", actor=actor, now=now, kind="round", subject_id=round_.id, label=round_.name,
        contest_id=round_.contest_id, after={"mails": mails}, round_id=round_.id,
    )  # fmt: skip


def list_divergence_decisions(round_id: int) -> dict[int, DivergenceDecision]:
    """What the chair wrote about diverging entries, by entry."""
    query = select(DivergenceDecision).where(DivergenceDecision.round_id == round_id)
    rows = ask_once(("divergence decisions", round_id), lambda: db.session.scalars(query).all())
    return {r.entry_id: r for r in rows}


def decide_divergence(
    round_: Round, entry: Entry, *, decision: str, actor: Actor, now: datetime
) -> DivergenceDecision:
    """The chair's written decision about an entry whose judges differ too much. Commits.

    Raises UserError without words, or for an entry that is not judged here, InvalidTransition when the round is not open.
    """
    hold(round_)
    if round_.state != RoundState.OPEN.value:
        raise InvalidTransition("Vòng chấm không mở nên quyết định về lệch điểm không đổi được nữa.")
    if entry.id not in {e.id for e in entries_in_round(round_)}:
        raise UserError("Tác phẩm này không được chấm trong vòng này. Hãy tải lại trang.")
    if not decision.strip():
        raise UserError("Hãy ghi quyết định của Trưởng tiểu ban.", field="decision")
    row = list_divergence_decisions(round_.id).get(entry.id)
    if row is None:
        row = DivergenceDecision(
            round_id=round_.id, entry_id=entry.id, decision="", at=now, actor_id=actor.account_id
        )
        db.session.add(row)
    row.decision, row.at, row.actor_id = decision.strip(), now, actor.account_id
    audit.record(
        "divergence:decided", actor=actor, now=now, kind="entry", subject_id=entry.id,
        label=entry.judging_code or "", contest_id=round_.contest_id, reason=decision.strip(), round_id=round_.id,
    )  # fmt: skip
    db.session.commit()
    return row
