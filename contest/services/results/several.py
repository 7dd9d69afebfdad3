"""People whose works hold more than one prize: who they are, and what is decided where the rulebook gives each one only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.models import Contest, TieDecision, db
from contest.models.database import hold
from contest.services import audit
from contest.services.results.credits import Credit, credits_of
from contest.services.results.decisions import SEVERAL, keep_decision, tie_decisions, undo_several
from contest.services.results.prizes import PrizeBoard, prize_board


@dataclass(frozen=True)
class SeveralPrizes:
    """A person with the works that win, as (entry, tier), and the decision that lets all of them stand."""

    person_id: int
    name: str
    awards: tuple[tuple[str, str], ...]
    decision: TieDecision | None


def list_several(board: PrizeBoard, credits: Iterable[Credit] | None = None) -> list[SeveralPrizes]:
    """Every person named on more than one awarded work, co-authors included; `credits` when they are known already.

    A decision stands for the works it was made about: when they change, it is asked again.
    """
    tiers = dict(board.held)
    names: dict[int, str] = {}
    works: dict[int, dict[str, str]] = {}
    for credit in credits_of(board.awarded) if credits is None else credits:
        if credit.person_id is not None:
            names.setdefault(credit.person_id, credit.name)
            works.setdefault(credit.person_id, {})[credit.entry] = tiers[credit.entry]
    decided = {d.slot: d for d in tie_decisions(board.round.id)}
    found = []
    for person, own in works.items():
        decision = decided.get(_slot(person))
        stands = decision is not None and {str(e) for e in decision.entry_ids} == set(own)
        if len(own) > 1:
            found.append(
                SeveralPrizes(person, names[person], tuple(own.items()), decision if stands else None)
            )
    return found


def unsettled(board: PrizeBoard, several: list[SeveralPrizes]) -> list[SeveralPrizes]:
    """Whom of these people must still decide about; nobody where the rulebook lets one person win several prizes."""
    if board.rulebook.publication.several_prizes_per_person:
        return []
    return [s for s in several if s.decision is None]


def let_stand(contest: Contest, *, person_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """All prizes of one person stand, with a reason. Commits. Raises UserError when there are not several any more."""
    hold(contest)
    if not reason.strip():
        raise UserError("Hãy ghi lý do giữ cả các giải.", field="reason")
    board = prize_board(contest)
    found = next((s for s in list_several(board) if s.person_id == person_id), None) if board else None
    if board is None or found is None:
        raise UserError("Người này không còn nhiều giải. Hãy tải lại trang.")
    entries = [int(entry) for entry, _ in found.awards]
    keep_decision(
        board.round, _slot(person_id), entry_ids=entries, is_shared=False, reason=reason, actor=actor, now=now
    )
    audit.record(
        "prize:several_kept", actor=actor, now=now, kind="prize", subject_id=contest.id, label=found.name,
        contest_id=contest.id, after={"entries": len(entries)}, reason=reason.strip(),
    )  # fmt: skip
    db.session.commit()


def ask_again(contest: Contest, *, person_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Take back that all prizes of one person stand, with a reason; it is asked again. Commits.

    Raises UserError without a reason or when nothing stands to be taken back, InvalidTransition once the results are
    published or wait for their hour.
    """
    hold(contest)
    board = prize_board(contest)
    found = next((s for s in list_several(board) if s.person_id == person_id), None) if board else None
    if board is None or found is None or found.decision is None:
        raise UserError("Quyết định này đã được bỏ. Hãy tải lại trang.")
    undo_several(board.round, found.decision.id, name=found.name, reason=reason, actor=actor, now=now)


def _slot(person_id: int) -> str:
    """How a decision about a person is called beside those about ties."""
    return f"{SEVERAL}{person_id}"
