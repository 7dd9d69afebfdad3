"""What a page of mails shows. Secret links are shown in the demo only, where nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, flash

from contest.domain.unasked import NOTHING, Unasked
from contest.models import OutboxMail
from contest.services import outbox
from contest.web.asked import page_asked

PAGE_SIZE = 50


@dataclass(frozen=True)
class MailsPage:
    """One page of mails, and how they are shown: whether they leave, whether links in them are read here."""

    rows: Sequence[OutboxMail]
    total: int
    unsent: int
    page: int
    base: str
    shows_secrets: bool
    sends_mail: bool
    leaves_out: bool = False
    placeholder: str = outbox.BASE
    link_dead: str = outbox.LINK_DEAD
    given_up: int = outbox.MAIL_ATTEMPTS

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE_SIZE))


def mails_of(contest_id: int | None, *, unasked: Unasked = NOTHING) -> MailsPage:
    """The mails of a contest, or with None those of no contest."""
    number, settings = page_asked(), current_app.config["SETTINGS"]
    rows, total = outbox.list_mails(contest_id, page=number, page_size=PAGE_SIZE, unasked=unasked)
    return MailsPage(
        rows, total, outbox.count_unsent(contest_id), number, settings.base_url, shows_secrets=settings.demo,
        sends_mail=settings.sends_mail, leaves_out=bool(unasked),
    )  # fmt: skip


def say_where_mails_are() -> None:
    """In the demo nothing is sent: whoever waits for a mail is told where it can be read."""
    if current_app.config["SETTINGS"].demo:
        flash(
            "Bản dùng thử không gửi thư. Đăng nhập bằng tài khoản người vận hành rồi mở “Thư hệ thống” (/operate/mails) "
            "để đọc thư này.",
            "warning",
        )
