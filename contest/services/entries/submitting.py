"""Handing in: the draft is frozen as a numbered version, a receipt is given, and limits count it from then on."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update

from contest.domain.contests import takes_entries
from contest.domain.eligibility import (
    blocking,
    blocking_late,
    check_entry,
    missing_files_only,
    supplement_until,
)
from contest.domain.entries import EntryAction, EntryState, next_state
from contest.domain.errors import NotAllowed, StaleVersion, UserError
from contest.domain.permissions import Actor
from contest.domain.rulebook import Rulebook
from contest.domain.verdicts import Verdict
from contest.models import Account, Contest, Entry, EntryVersion, SupplementRequest, db
from contest.models.database import hold
from contest.services import audit, outbox
from contest.services.contests.reading import latest_version, rulebook_at, rulebook_of, state_of
from contest.services.entries import reading, receipts
from contest.services.entries.arriving import late_words
from contest.services.entries.authors import name_persons
from contest.services.entries.drafting import editable_version, may_edit, open_request
from contest.services.entries.facts import gather, last_moves

# Codes people say on the telephone: no letters or digits that look or sound alike.
LETTERS = "ACDEFHKLMNPRTUVXY"
DIGITS = "2345679"


@dataclass(frozen=True)
class Review:
    """What an author sees before handing in."""

    verdicts: list[Verdict]
    blocks: list[Verdict]
    may_submit: bool
    may_submit_incomplete: bool
    late: str = ""


def review(entry: Entry, version: EntryVersion, *, now: datetime, takes_late: bool = False) -> Review:
    """Every rule's verdict on the draft, and whether it can be handed in now.

    `takes_late` is for who may record what came too late, so that screening decides about it: only what the work is and
    whose is asked for then, and `late` says when it came.
    """
    rulebook = rulebook_of(entry.contest)
    facts = gather(entry, version)
    is_answer = version.submitted_at is None and _is_asked(entry, now)
    if is_answer:
        facts = replace(facts, submitted_at=entry.first_submitted_at)
    verdicts = check_entry(facts, rulebook, now=now)
    late = late_words(entry, now=now) if takes_late and not is_answer else ""
    if late:
        blocks = blocking_late(verdicts)
        return Review(verdicts, blocks, not blocks, False, late)
    blocks = [v for v in blocking(verdicts) if not (v.rule == "submitted" and is_answer)]
    incomplete = (
        bool(blocks) and all(v.is_file for v in blocks) and supplement_until(rulebook, now) is not None
    )
    return Review(verdicts, blocks, not blocks, incomplete and missing_files_only(blocks))


def _is_asked(entry: Entry, now: datetime) -> bool:
    return open_request(entry, now=now) is not None


def submit_entry(
    entry: Entry,
    *,
    actor: Actor,
    now: datetime,
    base_number: int,
    base_revision: int,
    answer: str = "",
    takes_late: bool = False,
) -> EntryVersion:
    """Hand the draft in. Commits. The same page sent twice hands in once and answers the same.

    With `takes_late` what came too late is recorded as such.

    Raises UserError with what is missing, NotAllowed after the deadline, StaleVersion when the draft changed since.
    """
    hold(entry.contest, entry)
    version = _to_hand_in(entry, base_number, base_revision, now=now)
    if version.submitted_at is not None:
        return version
    if not may_edit(entry, now=now):
        raise NotAllowed("Đã hết hạn nộp nên chưa nhận lần nộp này. Bản nháp vẫn còn; hãy liên hệ Tổ Thư ký.")
    name_persons(version, now=now)
    found = review(entry, version, now=now, takes_late=takes_late)
    if found.blocks and not found.may_submit_incomplete:
        words = "; ".join(f"{v.title}: {v.finding}" for v in found.blocks)
        raise UserError(f"Chưa nộp được. {words}.")
    asked = open_request(entry, now=now)
    _take(entry, version, actor=actor, now=now, incomplete=bool(found.blocks), answer=answer)
    missing = _ask_for_files(entry, found.blocks, asked, now=now) if found.blocks else None
    _send_receipt(entry, version, missing, now=now)
    db.session.commit()
    return reading.load_version(version.id)


def _to_hand_in(entry: Entry, base_number: int, base_revision: int, *, now: datetime) -> EntryVersion:
    """The draft the page showed. Without one: the submitted version (a repeated click), or a fresh copy of it when
    the author only answers the secretary's question."""
    version = reading.current_version(entry)
    if entry.draft_version_id is None and not _is_asked(entry, now):
        return version
    if (version.number, version.revision) != (base_number, base_revision):
        raise StaleVersion("Bản nháp vừa được sửa ở nơi khác. Hãy xem lại trước khi nộp.")
    return editable_version(entry, now=now) if entry.draft_version_id is None else version


def _take(
    entry: Entry, version: EntryVersion, *, actor: Actor, now: datetime, incomplete: bool, answer: str
) -> None:
    before = reading.state_of(entry)
    action = EntryAction.SUBMIT_INCOMPLETE if incomplete else EntryAction.SUBMIT
    rules = latest_version(entry.contest_id)
    entry.state = next_state(before, action).value
    version.submitted_at = now
    version.submitted_by_id = actor.account_id
    version.rulebook_version_id = rules.id
    version.content_hash = content_hash(version)
    entry.submitted_version_id, entry.draft_version_id = version.id, None
    entry.submitted_at = now
    if entry.receipt_code is None:
        entry.receipt_code = _receipt_code(entry.contest, rulebook_at(rules))
        entry.judging_code = _judging_code(entry.contest_id)
        entry.first_submitted_at = now
    db.session.execute(
        update(SupplementRequest)
        .where(SupplementRequest.entry_id == entry.id, SupplementRequest.answered_at.is_(None))
        .values(answered_at=now, answer=answer or "Đã nộp lại")
    )
    entry.category_key = _category_key(entry, version, rulebook_at(rules))
    entry.contest.public_version += 1
    late = late_words(entry, now=now)
    verb = "recorded_late" if late else "resubmitted" if before is EntryState.ACCEPTED else "submitted"
    audit.record(
        f"entry:{verb}",
        actor=actor,
        now=now,
        kind="entry",
        subject_id=entry.id,
        label=entry.receipt_code,
        contest_id=entry.contest_id,
        before={"state": before.value},
        after={"state": entry.state, "version": version.number, "sha256": version.content_hash}
        | ({"late": late} if late else {}),
    )


def _category_key(entry: Entry, version: EntryVersion, rulebook: Rulebook) -> str | None:
    """The category the rules name, or the one the secretary moved the entry to while it is of the same kind."""
    move = last_moves([entry.id]).get(entry.id)
    if move is not None and move.still_fits(version) and rulebook.category(move.category):
        return move.category
    category = rulebook.category_for(version.media_type, version.genre)
    return category.key if category else None


def content_hash(version: EntryVersion) -> str:
    """The SHA-256 of all that was typed in a version and of its files, as the receipt shows it.

    Links to the list stay out: they are annotations made later. A version keeps the hash of its day.
    """
    content = {
        "title": version.title, "media_type": version.media_type, "genre": version.genre, "field": version.field,
        "summary": version.summary, "agency": version.agency_name, "unit": version.unit_name,
        "authors": [
            [a.legal_name, a.pen_name, a.birth_year, a.credit_role, a.phone, a.email, a.press_card, a.nationality, a.unit_name, a.is_contact]
            for a in version.authors
        ],
        "parts": [
            [p.title, p.outlet_name, str(p.published_on or ""), p.detail, p.url, p.minutes, p.text] for p in version.parts
        ],
        "files": [[f.slot, f.position, f.caption, f.file.sha256] for f in version.files],
        "exemplars": [[e.name, e.unit_name] for e in version.exemplars],
        "no_prior_awards": version.no_prior_awards, "prior_awards": version.prior_awards, "declarations": version.declarations,
    }  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _receipt_code(contest: Contest, rulebook: Rulebook) -> str:
    """Year and running number, without the media type: entries move between categories."""
    number = contest.next_receipt_number
    contest.next_receipt_number = number + 1
    return f"{rulebook.windows.submitted.to.year}-{number:04}"


def _judging_code(contest_id: int) -> str:
    """A random code without order or time."""
    taken = set(db.session.scalars(select(Entry.judging_code).where(Entry.contest_id == contest_id)))
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(2)) + "".join(
            secrets.choice(DIGITS) for _ in range(3)
        )
        if code not in taken:
            return code


def _ask_for_files(
    entry: Entry, missing: list[Verdict], asked: SupplementRequest | None, *, now: datetime
) -> SupplementRequest:
    """The open question about missing files, asked by nobody; the receipt names it with its date.

    After the deadline the date of the question that was open stays: handing in again wins no days.
    """
    rulebook = rulebook_of(entry.contest)
    due = supplement_until(rulebook, now)
    if asked is not None and not takes_entries(state_of(entry.contest), rulebook, now):
        due = asked.due_at
    assert due is not None
    words = "; ".join(f"{v.title}: {v.finding}" for v in missing)
    request = SupplementRequest(
        entry_id=entry.id, question=f"Còn thiếu: {words}.", due_at=due, asked_at=now, asked_by_id=None
    )
    db.session.add(request)
    return request


def _send_receipt(
    entry: Entry, version: EntryVersion, missing: SupplementRequest | None, *, now: datetime
) -> None:
    account_id = entry.owner_id
    contact = next((a for a in version.authors if a.is_contact and a.email), None)
    account = db.session.get(Account, account_id) if account_id else None
    address = account.email if account else (contact.email if contact else "")
    if not address:
        return
    outbox.queue_mail(
        "receipt",
        to=address,
        to_name=account.display_name if account else (contact.legal_name if contact else ""),
        now=now,
        contest_id=entry.contest_id,
        dedupe_key=f"receipt:{entry.id}:{version.number}",
        contest_name=entry.contest.name,
        code=entry.receipt_code,
        title=version.title,
        version=version.number,
        sha256=version.content_hash,
        missing=receipts.missing_words(missing) if missing else "",
        late=late_words(entry, now=now),
        terms=receipts.terms(entry, is_editable=may_edit(entry, now=now), now=now),
        # Nobody but the owner of an account can open the page.
        entry_path=f"/entries/{entry.public_id}" if account else "",
    )


def withdraw_entry(entry: Entry, *, actor: Actor, now: datetime, reason: str) -> None:
    """Take an entry back; it stays in the log and counts for nothing. Commits."""
    hold(entry)
    before = reading.state_of(entry)
    after = next_state(before, EntryAction.WITHDRAW)
    if before not in (EntryState.DRAFT,) and not reason.strip():
        raise UserError("Hãy ghi lý do rút tác phẩm.", field="reason")
    if before is EntryState.ACCEPTED and not takes_entries(
        state_of(entry.contest), rulebook_of(entry.contest), now
    ):
        raise NotAllowed("Tác phẩm đã được tiếp nhận và hết hạn nộp: hãy gửi yêu cầu rút cho Tổ Thư ký.")
    entry.state = after.value
    entry.withdrawn_at = now
    entry.withdrawn_reason = reason.strip()
    entry.contest.public_version += 1
    audit.record(
        "entry:withdrawn",
        actor=actor,
        now=now,
        kind="entry",
        subject_id=entry.id,
        label=entry.receipt_code or "Bản nháp",
        contest_id=entry.contest_id,
        before={"state": before.value},
        after={"state": after.value},
        reason=reason.strip() or None,
    )
    db.session.commit()
