"""Changes of the rulebook, each a checked version with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from contest.domain.contests import ContestState
from contest.domain.errors import StaleVersion, UserError
from contest.domain.permissions import Actor
from contest.domain.rulebook import (
    Rulebook,
    diff,
    notice_of,
    touches_criteria,
)
from contest.models import (
    Contest,
    Mark,
    Round,
    RulebookVersion,
    Scoresheet,
    db,
)
from contest.models.database import hold
from contest.models.judging import Assignment
from contest.services import audit
from contest.services.contests.reading import latest_version, rulebook_at, state_of
from contest.services.contests.uses import refuse_taking_out_what_is_used
from contest.services.contests.versions import add_version, series_named, sync_rounds


class WordsMissing(UserError):
    """The contest has opened, so people are told what changes and why; `missing` says by field what was left out."""

    def __init__(self, *, reason: str, notice: str, proposal: str) -> None:
        self.missing = {}
        if not reason.strip():
            self.missing["reason"] = "Cuộc thi đã mở: hãy ghi lý do thay đổi."
        if not notice.strip():
            self.missing["notice"] = (
                "Cuộc thi đã mở nên thay đổi được báo trên trang cuộc thi. Hãy xem câu ở ô này, sửa cho dễ hiểu rồi lưu."
            )
        super().__init__(" ".join(self.missing.values()), field=next(iter(self.missing)))
        # A sentence to begin the notice from.
        self.proposal = proposal


def change_rulebook(
    contest: Contest,
    rulebook: Rulebook,
    *,
    actor: Actor,
    now: datetime,
    base_number: int,
    reason: str = "",
    document_number: str = "",
    notice: str = "",
) -> RulebookVersion | None:
    """A new checked version; None when nothing differs. Commits.

    Raises StaleVersion when somebody saved in between, WordsMissing when a reason or a notice is missing after opening, and
    UserError when criteria would change although marks exist in their round, or when something goes that works stand on.
    """
    hold(contest)
    current = latest_version(contest.id)
    if current.number != base_number:
        raise StaleVersion("Thể lệ vừa được người khác lưu. Hãy tải lại trang để xem bản mới rồi sửa tiếp.")
    old = rulebook_at(current)
    if rulebook == old:
        return None
    changes = diff(old, rulebook)
    for rules in old.rounds:
        if touches_criteria(old, rulebook, rules.key) and _has_marks(contest.id, rules.key):
            raise UserError(f"Vòng “{rules.name}” đã có điểm nên không đổi được tiêu chí và thang điểm.")
    refuse_taking_out_what_is_used(contest, old, rulebook)
    if state_of(contest) is not ContestState.DRAFT and not (reason.strip() and notice.strip()):
        raise WordsMissing(reason=reason, notice=notice, proposal=notice_of(changes))
    version = add_version(
        contest,
        rulebook,
        actor=actor,
        now=now,
        reason=reason.strip(),
        document_number=document_number.strip(),
        notice=notice.strip(),
        changes=[{"label": c.label, "before": c.before, "after": c.after} for c in changes],
    )
    contest.name = rulebook.contest.name
    contest.series = series_named(rulebook.contest.series, now=now)
    contest.public_version += 1
    sync_rounds(contest, rulebook, old=old, actor=actor, now=now, reason=reason.strip())
    audit.record(
        "rulebook:changed",
        actor=actor,
        now=now,
        kind="rulebook",
        subject_id=version.id,
        label=f"Thể lệ bản {version.number}",
        contest_id=contest.id,
        before={c.label: c.before for c in changes},
        after={c.label: c.after for c in changes},
        reason=reason.strip() or None,
    )
    db.session.commit()
    return version


def _has_marks(contest_id: int, round_key: str) -> bool:
    found = (
        select(Mark.id)
        .join(Scoresheet, Scoresheet.id == Mark.scoresheet_id)
        .join(Assignment, Assignment.id == Scoresheet.assignment_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(Round.contest_id == contest_id, Round.key == round_key)
        .limit(1)
    )
    return db.session.scalar(found) is not None
