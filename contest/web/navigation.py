"""The side bar: which rooms of a contest the person at the door may enter. Asks the table, never the database."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from contest.domain.contests import ContestState
from contest.domain.permissions import Permission, can
from contest.models import Contest
from contest.web.access import current_actor


@dataclass(frozen=True)
class Item:
    """One line of the side bar."""

    label: str
    icon: str
    url: str
    active: bool


# (label, icon, endpoint, permission); asked with the contest as the subject.
ROOMS: tuple[tuple[str, str, str, Permission], ...] = (
    ("Bàn điều hành", "bar-chart", "work.organizer.desk", Permission.CONTEST_OBSERVE),
    ("Hồ sơ dự thi", "inbox", "entries.secretary.dossiers", Permission.DOSSIER_READ),
    ("Nhập hồ sơ giúp", "plus", "entries.clerk.receive", Permission.ENTRY_RECEIVE),
    ("Sơ loại", "funnel", "screening.secretary.queue", Permission.ENTRY_SCREEN),
    ("Hội đồng, phân công", "diagram-3", "judging.organizer.rounds", Permission.ASSIGNMENT_MANAGE),
    ("Phiếu giấy", "clipboard-check", "judging.secretary.paper", Permission.CONTEST_OBSERVE),
    ("Kết quả, phân giải", "trophy", "results.organizer.board", Permission.CONTEST_OBSERVE),
    ("Công bố", "megaphone", "results.organizer.publication", Permission.RESULT_PUBLISH),
    ("Văn bản", "printer", "results.secretary.documents", Permission.DOCUMENT_PRINT),
    ("Thành viên", "people", "accounts.organizer.members", Permission.MEMBER_LINK),
    ("Thể lệ", "journal-text", "contests.organizer.rulebook", Permission.CONTEST_CONFIGURE),
    ("Thư gửi đi", "envelope", "outbox.organizer.mails", Permission.OUTBOX_READ),
    ("Nhật ký", "clock-history", "audit.organizer.log", Permission.AUDIT_READ),
)

# Doors that stand in the room of another feature.
LODGERS = {"registry.secretary": "entries.secretary"}


def side_bar(contest: Contest | None = None) -> list[Item]:
    """The rooms for the current person, those of `contest` included."""
    actor = current_actor()
    here = request.path
    found = [Item("Việc của tôi", "house", "/work", here == "/work")]
    if contest is not None:
        rooms = [room for room in ROOMS if can(actor, room[3], contest)]
        mine = _room_of_here([endpoint for _, _, endpoint, _ in rooms], contest)
        for label, icon, endpoint, _ in rooms:
            found.append(Item(label, icon, url_for(endpoint, slug=contest.slug), endpoint == mine))
    if can(actor, Permission.INSTANCE_OPERATE):
        for label, icon, endpoint in (
            ("Cuộc thi", "award", "contests.operator.contests"),
            ("Tài khoản", "person-badge", "accounts.operator.accounts"),
            ("Đơn vị, báo chí", "building", "registry.operator.units"),
            ("Thư hệ thống", "envelope", "outbox.operator.mails"),
            ("Nhật ký hệ thống", "clock-history", "audit.operator.log"),
            ("Cài đặt", "gear", "contests.operator.settings"),
        ):
            url = url_for(endpoint)
            found.append(Item(label, icon, url, here == url))
    return found


def _room_of_here(endpoints: list[str], contest: Contest) -> str | None:
    """The room this page belongs to: the one whose address begins this page's, else the first of the same feature."""
    urls = {endpoint: url_for(endpoint, slug=contest.slug) for endpoint in endpoints}
    for endpoint, url in urls.items():
        if request.path == url or request.path.startswith(url + "/"):
            return endpoint
    door = LODGERS.get(request.blueprint or "", request.blueprint or "")
    for name in (door, (request.endpoint or "").partition(".")[0]):
        for endpoint in endpoints:
            if name and endpoint.startswith(f"{name}."):
                return endpoint
    return None


def state_words(contest: Contest) -> str:
    """The contest's state for the card on top of the side bar."""
    return ContestState(contest.state).label
