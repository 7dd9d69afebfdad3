"""The receipt of a submitted entry: its PDF, and the stops on the way that the author follows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select

from contest.clock import local
from contest.domain.contests import ContestState, takes_entries
from contest.domain.entries import EntryState
from contest.domain.vietnamese import format_date, format_datetime, format_last_day
from contest.models import Account, Entry, EntryVersion, SupplementRequest, db
from contest.services import documents
from contest.services.contests.letterheads import letterhead_of
from contest.services.contests.reading import rulebook_of, state_of
from contest.services.entries.arriving import late_words
from contest.services.entries.drafting import may_edit, open_request

LATE = "Hồ sơ nhận quá hạn nộp; Tổ Thư ký kết luận theo Thể lệ."


def missing_at(entry: Entry, version: EntryVersion) -> SupplementRequest | None:
    """The question about files that were missing when this version was handed in; None when there is nothing to follow."""
    return db.session.scalar(
        select(SupplementRequest).where(
            SupplementRequest.entry_id == entry.id,
            SupplementRequest.asked_by_id.is_(None),
            SupplementRequest.asked_at == version.submitted_at,
            SupplementRequest.answered_at.is_(None),
        )
    )


def missing_words(asked: SupplementRequest) -> str:
    """What is missing and until when it may follow."""
    return f"{asked.question} Hạn bổ sung: {format_last_day(local(asked.due_at))} (giờ Việt Nam)."


def receipt_pdf(entry: Entry, version: EntryVersion, *, now: datetime) -> bytes:
    """The receipt with every file's SHA-256, made anew from the frozen version each time; what can be done is as of `now`."""
    assert version.submitted_at is not None
    lines = [
        ["Mã biên nhận", entry.receipt_code or ""],
        ["Tác phẩm", version.title],
        ["Tác giả", ", ".join(_byline(a.legal_name, a.pen_name) for a in version.authors)],
        ["Đăng tại", version.agency_name],
        [
            "Nhận lúc",
            f"{format_datetime(local(version.submitted_at))} (giờ Việt Nam), bản nộp số {version.number}",
        ],
    ]
    if entry.received_on:
        lines.append(["Hồ sơ giấy nhận", format_date(entry.received_on)])
    if entry.postmarked_on:
        lines.append(["Dấu bưu điện", format_date(entry.postmarked_on)])
    late = late_words(entry, now=now)
    if late:
        lines.append(["Nhận quá hạn", late])
    who = entered_by(entry)
    if who:
        lines.append(["Nhập bởi", who])
    missing = missing_at(entry, version)
    if missing:
        lines.append(["Cần bổ sung", missing_words(missing)])
    return documents.render_pdf(
        "receipt",
        {
            "letterhead": asdict(letterhead_of(entry.contest, day=local(version.submitted_at).date())),
            "code": entry.receipt_code,
            "contest": entry.contest.name,
            "lines": lines,
            "files": [[f.file.original_name, f.file.sha256] for f in version.files],
            "sha256": version.content_hash or "",
            "note": terms(entry, is_editable=may_edit(entry, now=now), now=now),
        },
    )


def _byline(name: str, pen_name: str) -> str:
    return f"{name} ({pen_name})" if pen_name else name


def entered_by(entry: Entry) -> str:
    """Who entered the dossier for its author, or nothing."""
    account = db.session.get(Account, entry.entered_by_id) if entry.entered_by_id else None
    return account.display_name if account else ""


def terms(entry: Entry, *, is_editable: bool, now: datetime) -> str:
    """Whether and until when the entry can still be changed, in sentences that are true now."""
    is_undecided = EntryState(entry.state) in (EntryState.SUBMITTED, EntryState.NEEDS_SUPPLEMENT)
    late = f"{LATE} " if is_undecided and late_words(entry, now=now) else ""
    return late + _changes(entry, is_editable=is_editable, now=now)


def _changes(entry: Entry, *, is_editable: bool, now: datetime) -> str:
    state, rulebook = EntryState(entry.state), rulebook_of(entry.contest)
    asked = open_request(entry, now=now)
    if asked is not None:
        return f"Bổ sung được đến {format_last_day(local(asked.due_at))} (giờ Việt Nam)."
    if entry.entered_for and is_editable:
        return (
            "Hồ sơ được nhập giúp tác giả: muốn sửa hoặc rút, tác giả báo nơi đã nhập hoặc Tổ Thư ký trước khi "
            "sơ loại xong."
        )
    if is_editable:
        last = format_date(rulebook.windows.submitted.to)
        again = " Nộp lại thì Tổ Thư ký sơ loại lại từ đầu." if state is EntryState.ACCEPTED else ""
        return (
            f"Sửa, nộp lại hoặc rút được đến hết ngày {last} (giờ Việt Nam), miễn là chưa phân công chấm; "
            f"bản nộp sau cùng được tính.{again}"
        )
    if state is EntryState.ACCEPTED and not entry.entered_for and _is_taken_to_judges(entry, now):
        return "Tác phẩm đã được đưa vào chấm nên không sửa được nữa; bản đã nộp được giữ nguyên."
    if entry.submitted_version_id is None:
        return "Đang không nhận tác phẩm nên không sửa và nộp được."
    if state is EntryState.WITHDRAWN:
        return "Tác phẩm đã rút nên không sửa được nữa; bản đã nộp được giữ làm hồ sơ."
    return "Không sửa được nữa; bản đã nộp được giữ nguyên."


def _is_taken_to_judges(entry: Entry, now: datetime) -> bool:
    """Of a valid entry that cannot be changed: while entries are taken only an assignment to a judge holds it fast."""
    contest = state_of(entry.contest)
    return contest is ContestState.JUDGING or takes_entries(contest, rulebook_of(entry.contest), now)


def progress(entry: Entry, *, now: datetime) -> list[tuple[str, str, str]]:
    """(stop, words, past | now | future) from submission to results; never tells marks or places."""
    state, contest = EntryState(entry.state), state_of(entry.contest)
    if state is EntryState.WITHDRAWN:
        return [("Đã rút", entry.withdrawn_reason or "", "now")]
    late = late_words(entry, now=now)
    first = "Đã ghi nhận, quá hạn" if late else "Đã nộp"
    stops = [
        (first, late or (format_datetime(local(entry.submitted_at)) if entry.submitted_at else ""), "past")
    ]
    screened = {
        EntryState.SUBMITTED: ("Chờ sơ loại", "Tổ Thư ký xem hồ sơ theo thể lệ", "now"),
        EntryState.NEEDS_SUPPLEMENT: ("Chờ bổ sung", "đang chờ tác giả bổ sung, trả lời", "now"),
        EntryState.ACCEPTED: ("Hợp lệ", "đã qua sơ loại", "past"),
        EntryState.REJECTED: ("Không hợp lệ", "xem thư của Tổ Thư ký", "now"),
        EntryState.DISQUALIFIED: ("Bị loại", "xem thư của Ban Tổ chức", "now"),
    }[state]
    stops.append(screened)
    if state in (EntryState.REJECTED, EntryState.DISQUALIFIED):
        return stops
    published = contest in (ContestState.PUBLISHED, ContestState.ARCHIVED)
    judging = (
        "past"
        if published
        else "now"
        if contest is ContestState.JUDGING and state is EntryState.ACCEPTED
        else "future"
    )
    stops.append(("Chấm", "điểm và giám khảo không được mở trong lúc chấm", judging))
    stops.append(("Công bố kết quả", "xem ở trang cuộc thi", "now" if published else "future"))
    return stops
