"""The published edition of the sample from its first sheet to a correction of its winners."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from contest.clock import start_of_day
from contest.models import Contest, Entry, Membership, Round, db
from contest.models.database import writing
from contest.sample import judging as sample_judging
from contest.sample.cast import Cast
from contest.services.judging import assigning, panels, watching
from contest.services.judging import reading as judging
from contest.services.results import closing, prizes, publishing, shortlisting


def run(contest: Contest, cast: Cast, accepted: list[Entry], *, last: date) -> None:
    """Two rounds, the shortlist between them, prizes, and two publications."""
    at = start_of_day(last + timedelta(days=8))
    first = sample_judging.set_up(contest, cast, at=at)
    _judge(first, at=at + timedelta(days=5))
    _close(first, cast, at=at + timedelta(days=20))
    with writing():
        shortlisting.apply_shortlist(
            judging.list_rounds(contest.id)[0], actor=cast.actor("organizer"), now=at + timedelta(days=21)
        )
    final = _final(contest, cast, at=at + timedelta(days=22))
    _judge(final, at=at + timedelta(days=24))
    _close(final, cast, at=at + timedelta(days=30))
    with writing():
        contest = db.session.get_one(Contest, contest.id)
        _prizes(contest, cast, at=at + timedelta(days=32))
        _publish(contest, cast, at=at + timedelta(days=40, hours=20), note="")
    with writing():
        contest = db.session.get_one(Contest, contest.id)
        _correct(contest, cast, at=at + timedelta(days=43, hours=9))


def _judge(round_: Round, *, at: datetime) -> None:
    for i, judge in enumerate(judging.judges_of(round_.id)):
        with writing():
            judge = db.session.get_one(Membership, judge.id)
            sample_judging.fill(
                judge,
                1.0,
                at=at + timedelta(hours=i),
                generous=(-0.02, 0.0, 0.02)[i % 3],
                odd=3 if i == 2 else -1,
            )
            sample_judging.sign(
                judge, db.session.get_one(Round, round_.id), at=at + timedelta(days=6, hours=i)
            )


def _close(round_: Round, cast: Cast, *, at: datetime) -> None:
    with writing():
        found = judging.get_round(round_.id)
        assert found is not None
        chair = cast.actor("chair")
        for tally in closing.preview_closing(found).undecided:
            entry = db.session.get_one(Entry, int(tally.entry))
            words = "Hội đồng đã đọc lại cùng nhau, giữ kết quả trung bình."
            watching.decide_divergence(found, entry, decision=words, actor=chair, now=at)
        closing.close_round(found, waive_unsigned=True, actor=chair, now=at)


def _final(contest: Contest, cast: Cast, *, at: datetime) -> Round:
    with writing():
        round_ = judging.list_rounds(contest.id)[1]
        panel = panels.create_panel(round_, name="Hội đồng Chung khảo", categories=[], actor=None, now=at)
        db.session.refresh(round_, ["panels"])
        sample_judging.seat(contest, panel, [cast.judges[0], *cast.judges[5:9]], at=at)
        assigning.apply_plan(round_, actor=None, now=at)
        panels.open_round(round_, actor=None, now=at)
        return round_


def _prizes(contest: Contest, cast: Cast, *, at: datetime) -> None:
    """Ties settled, one slot left empty, two collective prizes; each with its reason."""
    organizer = cast.actor("organizer")
    while (board := prizes.prize_board(contest)) is not None and board.open_ties:
        tie = board.open_ties[0][1]
        prizes.settle_tie(
            contest, slot=tie.slot, entry_ids=[int(e) for e in tie.entries[: tie.places]], is_shared=False,
            reason="Hội đồng Chung khảo biểu quyết, ưu tiên tác phẩm về cơ sở vùng sâu.", actor=organizer, now=at,
        )  # fmt: skip
    assert board is not None, "the last round has been closed"
    collective = prizes.collective_prizes(board)[0]
    for recipient, _ in collective.meeting()[:2]:
        prizes.adjust_prizes(
            contest, kind="collective", tier=collective.prize.tier, category_key="", recipient=recipient, value_vnd=5_000_000,
            reason="Nhiều tác phẩm dự thi và có tác phẩm đạt giải Ba trở lên.", actor=organizer, now=at,
        )  # fmt: skip


def _publish(contest: Contest, cast: Cast, *, at: datetime, note: str) -> None:
    snapshot = publishing.preview(contest).snapshot
    publishing.publish(
        contest, publish_at=None, decision=f"Quyết định số 12-QĐ/BTC ngày {at:%d/%m/%Y}", correction_note=note,
        expected=publishing.digest_of(snapshot), actor=cast.actor("organizer"), now=at,
    )  # fmt: skip


def _correct(contest: Contest, cast: Cast, *, at: datetime) -> None:
    """One prize added outside the structure, shown as an erratum."""
    board = prizes.prize_board(contest)
    assert board is not None
    left = next(p for c in board.categories for p in c.placings if p.entry not in board.awarded)
    category = board.board.entries[left.entry].category_key or ""
    prizes.adjust_prizes(
        contest, kind="extra", tier="Giải Khuyến khích", category_key=category, entry_id=int(left.entry),
        reason="Bổ sung theo kết luận giải quyết kiến nghị.", actor=cast.actor("organizer"), now=at,
    )  # fmt: skip
    title = board.board.titles[left.entry]
    _publish(
        contest,
        cast,
        at=at,
        note=f"Bổ sung giải Khuyến khích cho tác phẩm “{title}” theo kết luận giải quyết kiến nghị.",
    )
