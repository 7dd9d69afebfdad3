"""Contests and their rulebook: created, opened, changed version by version, copied to the next year."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from contest.clock import end_of_day
from contest.domain.contests import ContestAction, ContestState, next_state, submission_window
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Role
from contest.domain.rulebook import (
    Rulebook,
    check_rulebook,
    diff,
    dump_rulebook,
    parse_rulebook,
    touches_criteria,
)
from contest.domain.rulebook.writing import as_data
from contest.domain.vietnamese import fold
from contest.models import (
    Account,
    Contest,
    Entry,
    Mark,
    Round,
    RulebookVersion,
    Scoresheet,
    Series,
    StoredFile,
    db,
)
from contest.models.judging import Assignment
from contest.services import audit, outbox
from contest.services.accounts.members import add_member


@lru_cache(maxsize=64)
def _parsed(toml: str) -> Rulebook:
    return parse_rulebook(toml)


def get_contest(slug: str) -> Contest | None:
    """A contest by its address."""
    return db.session.scalar(select(Contest).where(Contest.slug == slug))


def list_contests() -> list[Contest]:
    """All contests, newest first."""
    return list(db.session.scalars(select(Contest).order_by(Contest.id.desc())))


def latest_version(contest_id: int) -> RulebookVersion:
    """The version in force."""
    found = db.session.scalar(
        select(RulebookVersion)
        .where(RulebookVersion.contest_id == contest_id)
        .order_by(RulebookVersion.number.desc())
        .limit(1)
    )
    if found is None:
        raise UserError("Cuộc thi chưa có thể lệ.")
    return found


def rulebook_of(contest: Contest) -> Rulebook:
    """The rulebook in force."""
    return _parsed(latest_version(contest.id).toml)


def rulebook_at(version: RulebookVersion) -> Rulebook:
    """The rulebook of one version."""
    return _parsed(version.toml)


def list_versions(contest_id: int) -> list[RulebookVersion]:
    """All versions, newest first."""
    return list(
        db.session.scalars(
            select(RulebookVersion)
            .where(RulebookVersion.contest_id == contest_id)
            .order_by(RulebookVersion.number.desc())
        )
    )


def state_of(contest: Contest) -> ContestState:
    """The state as its enumeration."""
    return ContestState(contest.state)


def with_dates(
    rulebook: Rulebook, *, published: tuple[date, date] | None, submitted: tuple[date, date]
) -> Rulebook:
    """The same rules for other dates; later dates move by the same distance. Raises RulebookError."""
    data = as_data(rulebook)
    moved = submitted[1] - rulebook.windows.submitted.to
    windows = data["windows"]
    windows["submitted"] = {"from": submitted[0], "to": submitted[1]}
    if published:
        windows["published"] = {"from": published[0], "to": published[1]}
    if "judged" in windows:
        windows["judged"] = {k: v + moved for k, v in windows["judged"].items()}
    if "awarded" in windows:
        windows["awarded"] += moved
    for rules in data["rounds"]:
        if "due" in rules:
            rules["due"] += moved
    return check_rulebook(data)


def create_contest(
    *,
    rulebook: Rulebook,
    actor: Actor | None,
    now: datetime,
    slug: str = "",
    organizer: Account | None = None,
    copied_from: Contest | None = None,
) -> Contest:
    """A new contest with version 1 of its rulebook; `organizer` becomes its first organizer. Commits.

    Raises UserError when the address is taken.
    """
    address = slug or _free_slug(rulebook.contest.name)
    if get_contest(address) is not None:
        raise UserError(f"Địa chỉ “{address}” đã có cuộc thi khác dùng.", field="slug")
    series = db.session.scalar(select(Series).where(Series.name == rulebook.contest.series))
    if series is None:
        series = Series(name=rulebook.contest.series, created_at=now)
        db.session.add(series)
    contest = Contest(
        slug=address,
        series=series,
        name=rulebook.contest.name,
        state=ContestState.DRAFT.value,
        seed=secrets.token_hex(16),
        created_at=now,
        copied_from_id=copied_from.id if copied_from else None,
        next_receipt_number=1,
        public_version=1,
    )
    db.session.add(contest)
    db.session.flush()
    _add_version(contest, rulebook, actor=actor, now=now, reason="Bản đầu tiên")
    _sync_rounds(contest, rulebook)
    audit.record(
        "contest:created",
        actor=actor,
        now=now,
        kind="contest",
        subject_id=contest.id,
        label=contest.name,
        contest_id=contest.id,
    )
    if organizer is not None:
        add_member(contest, account=organizer, role=Role.ORGANIZER, actor=actor, now=now)
    db.session.commit()
    return contest


def _free_slug(name: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in fold(name)).split()
    base = "-".join(words)[:60].strip("-") or "cuoc-thi"
    taken = set(db.session.scalars(select(Contest.slug).where(Contest.slug.startswith(base))))
    return next(s for s in [base, *(f"{base}-{n}" for n in range(2, 1000))] if s not in taken)


def _add_version(
    contest: Contest,
    rulebook: Rulebook,
    *,
    actor: Actor | None,
    now: datetime,
    reason: str,
    document_number: str = "",
    notice: str = "",
    changes: list[Any] | None = None,
) -> RulebookVersion:
    number = db.session.scalar(
        select(func.coalesce(func.max(RulebookVersion.number), 0)).where(
            RulebookVersion.contest_id == contest.id
        )
    )
    version = RulebookVersion(
        contest_id=contest.id,
        number=(number or 0) + 1,
        toml=dump_rulebook(rulebook),
        reason=reason,
        document_number=document_number,
        notice=notice,
        changes=changes or [],
        created_at=now,
        created_by_id=actor.account_id if actor else None,
    )
    db.session.add(version)
    db.session.flush()
    return version


def _sync_rounds(contest: Contest, rulebook: Rulebook) -> None:
    """Rounds as rows: added and renamed with the rulebook; a round already opened keeps its rules' version."""
    rows = {r.key: r for r in db.session.scalars(select(Round).where(Round.contest_id == contest.id))}
    for position, rules in enumerate(rulebook.rounds):
        row = rows.pop(rules.key, None)
        if row is None:
            row = Round(
                contest_id=contest.id, key=rules.key, state="pending", name=rules.name, position=position
            )
            db.session.add(row)
        row.name, row.position = rules.name, position
        if row.state == "pending":
            row.is_blind = rules.blind
        if rules.due:
            row.due_at = end_of_day(rules.due)
    for row in rows.values():
        if row.state != "pending":
            raise UserError(f"Vòng “{row.name}” đã mở nên không bỏ được khỏi thể lệ.")
        db.session.delete(row)


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

    Raises UserError when somebody saved in between, when a reason is missing after opening, or when criteria would
    change although marks exist in their round.
    """
    current = latest_version(contest.id)
    if current.number != base_number:
        from contest.domain.errors import StaleVersion

        raise StaleVersion("Thể lệ vừa được người khác lưu. Hãy tải lại trang để xem bản mới rồi sửa tiếp.")
    old = rulebook_at(current)
    changes = diff(old, rulebook)
    if not changes:
        return None
    if state_of(contest) is not ContestState.DRAFT and not reason.strip():
        raise UserError("Cuộc thi đã mở: hãy ghi lý do thay đổi.", field="reason")
    for rules in old.rounds:
        if touches_criteria(old, rulebook, rules.key) and _has_marks(contest.id, rules.key):
            raise UserError(f"Vòng “{rules.name}” đã có điểm nên không đổi được tiêu chí và thang điểm.")
    version = _add_version(
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
    contest.public_version += 1
    _sync_rounds(contest, rulebook)
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


def extend_deadline(
    contest: Contest, *, new_day: date, reason: str, document_number: str, actor: Actor, now: datetime
) -> RulebookVersion:
    """One screen: a new last day, why, by which document. Mail goes to every author with a draft or an entry. Commits."""
    current = latest_version(contest.id)
    rulebook = rulebook_at(current)
    if new_day <= rulebook.windows.submitted.to:
        raise UserError("Ngày mới phải sau hạn đang có.", field="new_day")
    data = as_data(rulebook)
    data["windows"]["submitted"]["to"] = new_day
    if not reason.strip():
        raise UserError("Hãy ghi lý do gia hạn.", field="reason")
    shown = new_day.strftime("%d/%m/%Y")
    for mail, name in _writers(contest.id):
        outbox.queue_mail(
            "deadline_extended",
            to=mail,
            to_name=name,
            now=now,
            contest_id=contest.id,
            dedupe_key=f"deadline:{contest.id}:{shown}:{mail}",
            contest_name=contest.name,
            day=shown,
            reason=reason.strip(),
        )
    version = change_rulebook(
        contest,
        check_rulebook(data),
        actor=actor,
        now=now,
        base_number=current.number,
        reason=reason,
        document_number=document_number,
        notice=f"Gia hạn nhận tác phẩm đến hết ngày {shown}.",
    )
    assert version is not None
    return version


def _writers(contest_id: int) -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(Account.email, Account.display_name)
        .join(Entry, Entry.owner_id == Account.id)
        .where(Entry.contest_id == contest_id, Entry.state.not_in(["withdrawn", "rejected", "disqualified"]))
        .distinct()
    )
    return [(r.email, r.display_name) for r in rows]


def move_contest(
    contest: Contest, action: ContestAction, *, actor: Actor | None, now: datetime, reason: str = ""
) -> None:
    """Move a contest by the transition table; the caller commits."""
    before = state_of(contest)
    after = next_state(before, action)
    contest.state = after.value
    contest.public_version += 1
    if action is ContestAction.OPEN:
        contest.opened_at = now
    audit.record(
        f"contest:{action.value}",
        actor=actor,
        now=now,
        kind="contest",
        subject_id=contest.id,
        label=contest.name,
        contest_id=contest.id,
        before={"state": before.value},
        after={"state": after.value},
        reason=reason or None,
    )


def open_contest(contest: Contest, *, actor: Actor | None, now: datetime) -> None:
    """Open to entries; the window of the rulebook decides from when to when. Commits."""
    window = submission_window(rulebook_of(contest))
    if window.grace_until <= now:
        raise UserError("Hạn nhận tác phẩm đã qua. Hãy sửa thời gian trong thể lệ trước khi mở.")
    move_contest(contest, ContestAction.OPEN, actor=actor, now=now)
    db.session.commit()


def close_contest(contest: Contest, *, actor: Actor, now: datetime, reason: str) -> None:
    """Take no more entries. Commits."""
    move_contest(contest, ContestAction.CLOSE, actor=actor, now=now, reason=reason)
    db.session.commit()


def attach_rules(contest: Contest, file: StoredFile, *, actor: Actor, now: datetime) -> None:
    """The signed Thể lệ (PDF) is the legal text. Commits."""
    contest.rules_file = file
    contest.public_version += 1
    audit.record(
        "contest:rules_attached",
        actor=actor,
        now=now,
        kind="contest",
        subject_id=contest.id,
        label=contest.name,
        contest_id=contest.id,
        after={"sha256": file.sha256, "name": file.original_name},
    )
    db.session.commit()


def copy_contest(
    contest: Contest, *, actor: Actor, now: datetime, organizer: Account, years: int = 1
) -> Contest:
    """Next year's contest: the same rules, all dates a year later, a draft to look through. Commits."""
    rulebook = rulebook_of(contest)
    data = as_data(rulebook)
    name, year = rulebook.contest.name, rulebook.windows.submitted.to.year
    data["contest"]["name"] = (
        name.replace(str(year), str(year + years)) if str(year) in name else f"{name} ({year + years})"
    )
    shifted = _shift(data, years)
    return create_contest(
        rulebook=check_rulebook(shifted), actor=actor, now=now, organizer=organizer, copied_from=contest
    )


def _shift(value: Any, years: int) -> Any:
    if isinstance(value, dict):
        return {k: _shift(v, years) for k, v in value.items()}
    if isinstance(value, list):
        return [_shift(v, years) for v in value]
    if isinstance(value, date):
        try:
            return value.replace(year=value.year + years)
        except ValueError:
            return value + timedelta(days=365 * years)
    return value
