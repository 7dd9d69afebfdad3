"""Whether two persons are one: asked where names are alike, said once, used from then on."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from contest.domain.errors import UserError
from contest.domain.verdicts import Outcome
from contest.services.entries import reading
from contest.services.entries.authors import AuthorInput
from contest.services.judging import late_conflicts
from contest.services.judging import reading as judging
from contest.services.screening import reading as screening
from tests.cast import make_stage


def test_suspected_equals_wait_for_the_secretary_and_are_decided_once(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    for i in range(3):
        stage.entry(
            title=f"Bài {i}",
            authors=[
                AuthorInput(
                    "Huỳnh Tấn Lực",
                    birth_year=1988,
                    phone="0905000001",
                    credit_role="writer",
                    is_contact=True,
                )
            ],
        )
    other = stage.entry(
        "stranger",
        title="Bài lạ",
        authors=[AuthorInput("Huỳnh Tấn Lực", birth_year=1988, phone="", credit_role="photo")],
    )
    assert stage.verdict(other, "per_person").outcome is Outcome.LOOK
    author, counted = screening.dossier(other, now=now).suspects[0]
    two = {"first_id": author.person_id, "second_id": counted.row.person_id}
    late_conflicts.find_persons(other, **two, is_same=True, actor=stage.actor("secretary"), now=now)
    assert stage.verdict(other, "per_person").outcome is Outcome.FAILED
    late_conflicts.find_persons(other, **two, is_same=False, actor=stage.actor("secretary"), now=now)
    assert stage.verdict(other, "per_person").outcome is Outcome.PASSED


def test_finding_that_an_author_is_a_judge_takes_the_work_from_them(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    entries = stage.accepted(2)
    round_, judges = stage.panel(judges=2)
    stage.open_round(round_)
    author = entries[0].submitted_version.authors[0]
    pair = {"first_id": author.person_id, "second_id": judges[0].account.person_id}
    for is_same, recused in ((False, 0), (True, 1), (True, 0)):
        found = late_conflicts.find_persons(
            entries[0], **pair, is_same=is_same, actor=stage.actor("secretary"), now=now
        )
        assert found == recused
    states = {(a.judge_id, a.entry_id): a.state for a in judging.list_assignments(round_.id)}
    assert [pair for pair, state in states.items() if state != "active"] == [(judges[0].id, entries[0].id)]


def test_only_people_of_the_contest_are_compared_and_one_of_them_is_an_author_here(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    entry, other = stage.entry(), stage.entry("coauthor", title="Bài khác")
    [here], [there] = (
        reading.load_version(e.submitted_version_id).authors for e in (entry, other)
    )  # fmt: skip
    outsider = stage.people["operator"].person_id
    secretary = stage.people["secretary"].person_id
    for first, second in (
        (here.person_id, outsider),
        (there.person_id, secretary),
        (here.person_id, here.person_id),
    ):
        with pytest.raises(UserError, match="Không còn hai người này"):
            late_conflicts.find_persons(
                entry, first_id=first, second_id=second, is_same=True, actor=stage.actor("secretary"), now=now
            )
    late_conflicts.find_persons(
        entry, first_id=here.person_id, second_id=secretary, is_same=False, actor=stage.actor("secretary"), now=now
    )  # fmt: skip
