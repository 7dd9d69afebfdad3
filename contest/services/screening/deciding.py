"""What the secretary decides about a dossier; each act a row that is never deleted, only followed by another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from contest.clock import local
from contest.domain.entries import EntryAction, EntryState, next_state
from contest.domain.errors import InvalidTransition, StaleVersion, UserError
from contest.domain.permissions import Actor
from contest.domain.vietnamese import format_last_day
from contest.models import (
    Account,
    Contest,
    Entry,
    EntryVersion,
    ScreeningDecision,
    SupplementRequest,
    db,
)
from contest.models.database import hold
from contest.services import audit, outbox
from contest.services.contests.reading import rulebook_of
from contest.services.entries.reading import is_assigned, load_version
from contest.services.screening.reading import Screened, open_question, screen_entries


def accept_entry(
    entry: Entry,
    *,
    actor: Actor,
    now: datetime,
    version_id: int | None = None,
    note: str = "",
    unasked: Collection[int] = (),
) -> None:
    """Find a dossier valid; it goes to the category its media type and genre name unless moved before. Commits.

    Against a rule that it fails it is accepted with a reason, the `note`, only: UserError without one, which speaks of no
    entry in `unasked`.
    Raises StaleVersion when another version than `version_id`, the one that was looked at, is handed in by now.
    """
    hold(entry.contest, entry)
    if version_id is not None and version_id != entry.submitted_version_id:
        raise StaleVersion("Tác giả vừa nộp bản mới nên chưa tiếp nhận. Bản mới hiện bên dưới; hãy xem lại.")
    screened = load_screened(entry, now=now)
    [told] = screen_entries(entry.contest, [entry], now=now, unasked=unasked) if unasked else [screened]
    if told.failed and not note.strip():
        rules = "; ".join(f"{v.title} ({v.finding})" for v in told.failed)
        raise UserError(f"Hồ sơ có điều không đạt: {rules}. Hãy ghi lý do vẫn tiếp nhận.", field="note")
    _accept(entry, screened, actor=actor, now=now, note=note.strip())
    db.session.commit()


def _accept(entry: Entry, screened: Screened, *, actor: Actor, now: datetime, note: str) -> None:
    if entry.category_key is None:
        if screened.category is None:
            raise UserError("Chưa biết tác phẩm thuộc nhóm giải nào. Hãy chuyển nhóm trước.")
        entry.category_key = screened.category.key
    row = _decide(entry, EntryAction.ACCEPT, screened, actor=actor, now=now, reason=note)
    _mail("accepted", entry, screened.version, now=now, key=f"accepted:{row.id}")
    _close_requests(entry, now=now, answer="Tổ Thư ký kết luận hợp lệ")


def accept_clean(
    contest: Contest,
    version_ids: Sequence[int],
    *,
    actor: Actor,
    now: datetime,
    unasked: Collection[int] = (),
) -> int:
    """Accept the versions that were shown, if they are the ones handed in and pass every rule still; others are left.

    Returns how many. Commits. Who scores the entries in `unasked` blindly finds none clean: not all was compared.
    """
    hold(contest)
    entries = db.session.scalars(
        select(Entry)
        .where(
            Entry.contest_id == contest.id,
            Entry.submitted_version_id.in_(version_ids),
            Entry.state == EntryState.SUBMITTED.value,
        )
        .order_by(Entry.id)
    ).all()
    clean = [s for s in screen_entries(contest, entries, now=now, unasked=unasked) if s.is_clean]
    for screened in clean:
        _accept(screened.entry, screened, actor=actor, now=now, note="Đạt tất cả, tiếp nhận cùng lúc")
    db.session.commit()
    return len(clean)


def return_entry(
    entry: Entry, *, question: str, due_at: datetime, actor: Actor, now: datetime
) -> SupplementRequest:
    """Ask the author something, with a date; editing opens for this entry until then. Commits.

    Asked again, or given a later date, the new question takes the place of the one that waits; the very same question
    with the same date is asked once.
    """
    hold(entry.contest, entry)
    if not question.strip():
        raise UserError("Hãy ghi điều cần tác giả bổ sung hoặc trả lời.", field="question")
    if due_at <= now:
        raise UserError("Hạn trả lời phải ở sau lúc này.", field="due_on")
    waiting = open_question(entry.id)
    if waiting is not None and (waiting.question, waiting.due_at) == (question.strip(), due_at):
        return waiting
    screened = load_screened(entry, now=now)
    _decide(
        entry, EntryAction.RETURN, screened, actor=actor, now=now, reason=question.strip(),
        due=(waiting.due_at if waiting else None, due_at),
    )  # fmt: skip
    _close_requests(entry, now=now, answer="Tổ Thư ký hỏi lại")
    request = SupplementRequest(
        entry_id=entry.id,
        question=question.strip(),
        due_at=due_at,
        asked_at=now,
        asked_by_id=actor.account_id,
    )
    db.session.add(request)
    db.session.flush()
    _mail(
        "supplement_asked", entry, screened.version, now=now, key=f"asked:{request.id}",
        question=question.strip(), due=format_last_day(local(due_at)),
    )  # fmt: skip
    db.session.commit()
    return request


def reject_entry(entry: Entry, *, reason: str, article: str, actor: Actor, now: datetime) -> None:
    """Find a dossier invalid, with the reason the author is told. Commits."""
    hold(entry.contest, entry)
    if not reason.strip():
        raise UserError("Hãy ghi lý do; tác giả sẽ nhận được nguyên văn.", field="reason")
    screened = load_screened(entry, now=now)
    row = _decide(
        entry,
        EntryAction.REJECT,
        screened,
        actor=actor,
        now=now,
        reason=reason.strip(),
        article=article.strip(),
    )
    _close_requests(entry, now=now, answer="Tổ Thư ký kết luận không hợp lệ")
    _mail(
        "rejected",
        entry,
        screened.version,
        now=now,
        key=f"rejected:{row.id}",
        reason=reason.strip(),
        article=article,
    )
    db.session.commit()


def move_category(entry: Entry, *, category_key: str, reason: str, actor: Actor, now: datetime) -> None:
    """Put an entry into another competing group (chuyển nhóm), before anybody judges it. Commits."""
    hold(entry.contest, entry)
    category = rulebook_of(entry.contest).category(category_key)
    if category is None:
        raise UserError("Thể lệ không có nhóm giải này.", field="category")
    if not reason.strip():
        raise UserError("Hãy ghi lý do chuyển nhóm.", field="reason")
    if is_assigned(entry.id):
        raise InvalidTransition(
            "Tác phẩm đã được phân công chấm nên không chuyển nhóm được. Thu hồi phân công trước."
        )
    before, entry.category_key = entry.category_key, category_key
    assert entry.submitted_version_id is not None
    db.session.add(
        ScreeningDecision(
            entry_id=entry.id,
            version_id=entry.submitted_version_id,
            action="move",
            reason=reason.strip(),
            from_category=before,
            to_category=category_key,
            verdicts=[],
            at=now,
            actor_id=actor.account_id,
        )  # fmt: skip
    )
    _log(
        "entry:category_moved",
        entry,
        actor=actor,
        now=now,
        before={"category": before},
        after={"category": category_key},
        reason=reason,
    )
    db.session.commit()


def undo_screening(entry: Entry, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take acceptance or rejection back while nobody judges the entry. Commits."""
    hold(entry.contest, entry)
    if is_assigned(entry.id):
        raise InvalidTransition(
            "Tác phẩm đã được phân công chấm. Thu hồi phân công trước khi hoàn lại sơ loại."
        )
    _decide(
        entry, EntryAction.UNDO, load_screened(entry, now=now), actor=actor, now=now, reason=reason.strip()
    )
    db.session.commit()


def disqualify_entry(entry: Entry, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take an accepted entry out for a breach; its sheets stay, it is ranked no more. Commits."""
    hold(entry.contest, entry)
    if not reason.strip():
        raise UserError("Hãy ghi lý do loại tác phẩm.", field="reason")
    screened = load_screened(entry, now=now)
    row = _decide(entry, EntryAction.DISQUALIFY, screened, actor=actor, now=now, reason=reason.strip())
    _mail(
        "disqualified", entry, screened.version, now=now, key=f"disqualified:{row.id}", reason=reason.strip()
    )
    db.session.commit()


def record_withdrawal(entry: Entry, *, reason: str, actor: Actor, now: datetime) -> None:
    """Its author or agency takes a dossier back in writing, at any time; sheets stay, places of closed rounds too. Commits."""
    hold(entry.contest, entry)
    if not reason.strip():
        raise UserError("Hãy ghi ai xin rút, theo văn bản nào.", field="reason")
    screened = load_screened(entry, now=now)
    row = _decide(entry, EntryAction.WITHDRAW, screened, actor=actor, now=now, reason=reason.strip())
    entry.withdrawn_at, entry.withdrawn_reason = now, reason.strip()
    _close_requests(entry, now=now, answer="Tác phẩm đã rút")
    _mail("withdrawn", entry, screened.version, now=now, key=f"withdrawn:{row.id}", reason=reason.strip())
    db.session.commit()


def load_screened(entry: Entry, *, now: datetime) -> Screened:
    """The verdicts on a submitted entry. Raises InvalidTransition for a draft."""
    found = screen_entries(entry.contest, [entry], now=now)
    if not found:
        raise InvalidTransition("Tác phẩm chưa nộp nên chưa sơ loại được.")
    return found[0]


def _decide(
    entry: Entry,
    action: EntryAction,
    screened: Screened,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
    article: str = "",
    due: tuple[datetime | None, datetime] | None = None,
) -> ScreeningDecision:
    """The row and log of an act; `due` is until when the author was and is to answer."""
    before = EntryState(entry.state)
    entry.state = next_state(before, action).value
    row = ScreeningDecision(
        entry_id=entry.id,
        version_id=screened.version.id,
        action=action.value,
        reason=reason,
        article=article,
        to_category=entry.category_key,
        verdicts=[
            {
                "rule": v.rule,
                "title": v.title,
                "outcome": v.outcome.value,
                "finding": v.finding,
                "article": v.article,
            }
            for v in screened.verdicts
        ],
        at=now,
        actor_id=actor.account_id,
    )
    db.session.add(row)
    db.session.flush()
    earlier: dict[str, object] = {"state": before.value}
    later: dict[str, object] = {"state": entry.state}
    if due is not None:
        earlier |= {"due": due[0].isoformat()} if due[0] else {}
        later["due"] = due[1].isoformat()
    _log(
        f"entry:{action.value}",
        entry,
        actor=actor,
        now=now,
        before=earlier,
        after=later,
        reason=reason,
    )
    return row


def _close_requests(entry: Entry, *, now: datetime, answer: str) -> None:
    db.session.execute(
        update(SupplementRequest)
        .where(SupplementRequest.entry_id == entry.id, SupplementRequest.answered_at.is_(None))
        .values(answered_at=now, answer=answer)
    )


def has_address(entry: Entry) -> bool:
    """Whether a mail about this dossier has somebody to go to: its owner, or an author with an address."""
    version = load_version(entry.submitted_version_id) if entry.submitted_version_id else None
    return bool(version and _reader(entry, version)[0])


def _reader(entry: Entry, version: EntryVersion) -> tuple[str, str]:
    account = db.session.get(Account, entry.owner_id) if entry.owner_id else None
    if account:
        return account.email, account.display_name
    contact = next((a for a in load_version(version.id).authors if a.is_contact and a.email), None)
    return (contact.email or "", contact.legal_name) if contact else ("", "")


def _mail(event: str, entry: Entry, version: EntryVersion, *, now: datetime, key: str, **values: Any) -> None:
    address, name = _reader(entry, version)
    if address:
        outbox.queue_mail(
            event, to=address, to_name=name, now=now, contest_id=entry.contest_id, dedupe_key=key, contest_name=entry.contest.name,
            code=entry.receipt_code, title=version.title, entry_path=f"/entries/{entry.public_id}", **values,
        )  # fmt: skip


def _log(
    action: str,
    entry: Entry,
    *,
    actor: Actor,
    now: datetime,
    before: dict[str, object],
    after: dict[str, object],
    reason: str,
) -> None:
    audit.record(
        action, actor=actor, now=now, kind="entry", subject_id=entry.id, label=entry.receipt_code or "",
        contest_id=entry.contest_id, before=before, after=after, reason=reason or None,
    )  # fmt: skip
