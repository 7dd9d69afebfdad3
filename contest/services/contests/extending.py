"""A later deadline: a new version of the rules, a notice, and a mail to everybody who has something to hand in."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from sqlalchemy import func, select

from contest.clock import end_of_day
from contest.domain.contests import ContestAction, ContestState, state_extended
from contest.domain.errors import UserError
from contest.domain.permissions import Actor
from contest.domain.rulebook import check_rulebook
from contest.domain.rulebook.writing import as_data
from contest.domain.vietnamese import format_date
from contest.models import Account, Contest, Entry, EntryAuthor, RulebookVersion, db
from contest.models.database import hold
from contest.services import outbox
from contest.services.contests.changing import change_rulebook
from contest.services.contests.moving import move_contest
from contest.services.contests.reading import latest_version, rulebook_at, state_of

OUT = ("withdrawn", "rejected", "disqualified")


def extend_deadline(
    contest: Contest, *, new_day: date, reason: str, document_number: str, actor: Actor, now: datetime
) -> RulebookVersion:
    """One screen: a new last day, why, by which document. Commits.

    A closed contest takes entries again. Mail goes to everybody with a draft or an entry, to who entered a dossier for
    somebody, and to the contact named in it. Raises InvalidTransition once judging has begun, UserError for a day that is
    not later or has passed already.
    """
    hold(contest)
    before = state_of(contest)
    after = state_extended(before)
    current = latest_version(contest.id)
    rulebook = rulebook_at(current)
    if new_day <= rulebook.windows.submitted.to:
        raise UserError("Ngày mới phải sau hạn đang có.", field="new_day")
    if end_of_day(new_day) <= now:
        raise UserError("Ngày này đã qua. Hãy chọn từ hôm nay trở đi.", field="new_day")
    if not reason.strip():
        raise UserError("Hãy ghi lý do gia hạn.", field="reason")
    data = as_data(rulebook)
    data["windows"]["submitted"]["to"] = new_day
    extended = check_rulebook(data)
    shown = format_date(new_day)
    for address, name in _writers(contest.id):
        outbox.queue_mail(
            "deadline_extended",
            to=address,
            to_name=name,
            now=now,
            contest_id=contest.id,
            # An address may be longer than a key.
            dedupe_key=f"deadline:{contest.id}:{shown}:{hashlib.sha256(address.encode()).hexdigest()}",
            contest_name=contest.name,
            day=shown,
            reason=reason.strip(),
        )
    if after is not before:
        move_contest(contest, ContestAction.REOPEN, actor=actor, now=now, reason=reason.strip())
        db.session.flush()  # the contest is held, and so read, once more
    is_known = before is not ContestState.DRAFT
    version = change_rulebook(
        contest,
        extended,
        actor=actor,
        now=now,
        base_number=current.number,
        reason=reason,
        document_number=document_number,
        notice=f"Gia hạn nhận tác phẩm đến hết ngày {shown}." if is_known else "",
    )
    assert version is not None
    return version


def _writers(contest_id: int) -> list[tuple[str, str]]:
    """Address and name of everybody to tell, once each; an account goes before a contact of the same address."""
    still_in = (Entry.contest_id == contest_id, Entry.state.not_in(OUT))
    accounts = select(Account.email, Account.display_name).join(
        Entry, (Entry.owner_id == Account.id) | (Entry.entered_by_id == Account.id)
    )
    contacts = (
        select(EntryAuthor.email, EntryAuthor.legal_name)
        .join(
            Entry, EntryAuthor.version_id == func.coalesce(Entry.draft_version_id, Entry.submitted_version_id)
        )
        .where(Entry.entered_for.is_(True), EntryAuthor.is_contact.is_(True), EntryAuthor.email != "")
    )
    found: dict[str, str] = {}
    for people in (accounts.order_by(Account.id), contacts.order_by(EntryAuthor.id)):
        for address, name in db.session.execute(people.where(*still_in)):
            found.setdefault(address.casefold(), name)
    return list(found.items())
