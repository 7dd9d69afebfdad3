"""The judge's own list and its receipt: order, filters, and numbers that are those that were signed."""

from __future__ import annotations

import pytest
from flask import Flask

from contest.models import Membership, Round, db
from contest.services.accounts import actors
from contest.services.judging import own_sheets, scoring, signatures
from contest.services.judging import reading as judging
from contest.services.judging.own_sheets import Wish, arrange
from tests.cast import Stage, make_stage

Judged = tuple[Stage, Round, Membership]


@pytest.fixture
def judged(context: Flask, now) -> Judged:
    """Four works, of which a judge has scored three; two of them alike."""
    stage = make_stage(context, now)
    stage.accepted(4)
    round_, judges = stage.panel()
    stage.open_round(round_)
    for own, total in zip(listed(judges[1], round_), ["80", "90", "80"], strict=False):
        stage.score(scoring.get_assignment(own.public_id), total)
    return stage, round_, judges[1]


def listed(judge: Membership, round_: Round) -> list[scoring.OwnSheet]:
    db.session.expire_all()
    return scoring.list_own_sheets(judge, judging.rules_in(round_))


def test_the_unscored_stand_last_whichever_way_the_list_goes(judged: Judged) -> None:
    _, round_, judge = judged
    sheets = listed(judge, round_)
    assert [s.total for s in arrange(sheets, Wish())] == [90, 80, 80, None]
    assert [s.total for s in arrange(sheets, Wish(upwards=True))] == [80, 80, 90, None]
    assert [s.code for s in arrange(sheets, Wish("code", upwards=True))] == sorted(s.code for s in sheets)


def test_an_unknown_wish_in_the_address_is_the_usual_list(judged: Judged) -> None:
    _, round_, _ = judged
    rules = judging.rules_in(round_)
    assert own_sheets.read_wish({"sort": "password", "show": "x", "dir": "y"}, rules) == Wish()
    assert own_sheets.read_wish({"sort": "craft", "dir": "up"}, rules) == Wish("craft", upwards=True)


def test_filters_and_words_without_diacritics_find_what_they_say(judged: Judged) -> None:
    _, round_, judge = judged
    sheets = listed(judge, round_)
    assert {key: n for key, _, n in own_sheets.count_filters(sheets)} == {"all": 4, "unscored": 1, "tied": 2}
    wanted = sheets[0]
    assert arrange(sheets, Wish(words=wanted.title.upper().replace("Á", "A").replace("Ẩ", "A"))) == [wanted]


def test_before_signing_gaps_and_equal_totals_are_named(judged: Judged) -> None:
    _, round_, judge = judged
    found = own_sheets.review(listed(judge, round_), judging.rules_in(round_))
    assert len(found.gaps) == 1 and [len(g) for g in found.tied] == [2] and found.unsigned == 4
    assert sum(n for _, n in found.spread) == 3


def test_the_receipt_holds_the_signed_numbers_and_follows_a_second_signature(judged: Judged) -> None:
    stage, round_, judge = judged
    actor = actors.load_actor(judge.account)
    assert own_sheets.receipt(judge) is None
    stage.score(scoring.get_assignment(listed(judge, round_)[3].public_id), "70")
    signatures.sign_sheets(judge, round_, actor=actor, now=stage.now)
    first = own_sheets.receipt(judge)
    assert first is not None and sorted(line.total for line in first.lines) == [70, 80, 80, 90]
    assert own_sheets.receipt(judge) == first
    changed = scoring.get_assignment(listed(judge, round_)[0].public_id)
    signatures.reopen_sheet(changed.scoresheet, reason="Bấm nhầm", actor=stage.actor("judge0"), now=stage.now)
    again = own_sheets.list_reopened(judge, listed(judge, round_))
    assert [(r.sheet.id, r.reason, r.who) for r in again] == [(changed.id, "Bấm nhầm", "Giám Khảo A")]
    half = own_sheets.receipt(judge)
    assert half is not None and len(half.lines) == 3
    stage.score(changed, "85", version=changed.scoresheet.version)
    db.session.expire_all()
    signatures.sign_sheets(judge, round_, actor=actor, now=stage.now)
    assert own_sheets.list_reopened(judge, listed(judge, round_)) == []
    second = own_sheets.receipt(judge)
    assert second is not None and 85 in [line.total for line in second.lines] and second.check != first.check
