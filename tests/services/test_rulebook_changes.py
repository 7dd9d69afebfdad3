"""Changing the rules: what each change needs, and what cannot be changed any more."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest.clock import end_of_day
from contest.domain.errors import StaleVersion, UserError
from contest.domain.rulebook import LONGEST_NOTICE, Change, Rulebook, check_rulebook, notice_of
from contest.domain.rulebook.writing import as_data
from contest.models import AuditEvent, db
from contest.services.contests import changing, front
from contest.services.contests.reading import latest_version, rulebook_of
from contest.services.judging import panels
from contest.services.judging import reading as judging
from tests.cast import Stage, make_stage


@pytest.fixture
def stage(context: Flask, now: datetime) -> Stage:
    return make_stage(context, now)


def changed(rulebook: Rulebook, **changes: Any) -> Rulebook:
    """The rules with other values at paths such as rounds__0__name."""
    data = as_data(rulebook)
    for path, value in changes.items():
        here: Any = data
        *way, last = path.split("__")
        for step in way:
            here = here[int(step)] if step.isdigit() else here[step]
        here[int(last) if last.isdigit() else last] = value
    return check_rulebook(data)


def save(
    stage: Stage, *, base_number: int = 1, reason: str = "Sửa sai", notice: str = "Có sửa.", **changes: Any
):
    return changing.change_rulebook(
        stage.contest, changed(rulebook_of(stage.contest), **changes), actor=stage.actor("organizer"), now=stage.now,
        base_number=base_number, reason=reason, notice=notice,
    )  # fmt: skip


def test_after_opening_a_change_needs_a_reason_and_a_notice(stage: Stage) -> None:
    with pytest.raises(changing.WordsMissing) as refused:
        save(stage, reason="", notice=" ", windows__supplement_days=7)
    assert set(refused.value.missing) == {"reason", "notice"}
    with pytest.raises(changing.WordsMissing) as refused:
        save(stage, notice="", windows__supplement_days=7)
    assert set(refused.value.missing) == {"notice"}
    assert "bổ sung tệp (ngày)" in refused.value.proposal and "→ 7" in refused.value.proposal
    assert latest_version(stage.contest.id).number == 1
    version = save(stage, windows__supplement_days=7)
    assert version is not None and (version.number, version.notice) == (2, "Có sửa.")
    assert [n.notice for n in front.build(stage.contest, now=stage.now).notices] == ["Có sửa."]


def test_saving_the_same_rules_is_no_version_and_needs_no_words(stage: Stage) -> None:
    assert save(stage, reason="", notice="") is None
    assert latest_version(stage.contest.id).number == 1


def test_who_saves_on_an_older_version_is_told(stage: Stage) -> None:
    save(stage, windows__supplement_days=7)
    with pytest.raises(StaleVersion):
        save(stage, base_number=1, windows__supplement_days=9)
    db.session.rollback()
    assert rulebook_of(stage.contest).windows.supplement_days == 7


def test_criteria_and_scale_stay_once_there_are_marks(stage: Stage) -> None:
    stage.accepted(1)
    round_, _ = stage.panel(judges=1)
    stage.open_round(round_)
    save(stage, rounds__0__criteria__0__anchor="Đúng chủ đề")
    [sheet] = assignments_of(stage)
    stage.score(sheet, "80")
    criteria = as_data(rulebook_of(stage.contest))["rounds"][0]["criteria"]
    criteria[0]["max"], criteria[1]["max"] = criteria[0]["max"] - 5, criteria[1]["max"] + 5
    with pytest.raises(UserError, match="đã có điểm"):
        save(stage, base_number=2, rounds__0__criteria=criteria)
    db.session.rollback()
    assert latest_version(stage.contest.id).number == 2
    assert save(stage, base_number=2, rounds__0__article="Điều 9") is not None, "the rest may change"


def assignments_of(stage: Stage) -> list[Any]:
    return list(judging.list_assignments(judging.list_rounds(stage.contest.id)[0].id))


def test_the_proposed_notice_is_as_long_as_a_notice_may_be() -> None:
    assert notice_of([Change("Liên hệ · điện thoại", "", "0255")]) == (
        "Thể lệ thay đổi: Liên hệ · điện thoại: (trống) → 0255."
    )
    many = notice_of([Change(f"Mục {i}", "cũ " * 100, "mới " * 100) for i in range(40)])
    assert len(many) <= LONGEST_NOTICE and many.endswith("thay đổi khác.")


def test_a_day_set_for_a_round_stays_until_the_rules_name_another(stage: Stage) -> None:
    stage.accepted(1)
    round_, _ = stage.panel(judges=1)
    stage.open_round(round_)
    by_hand = end_of_day(date(2026, 12, 1))
    panels.set_due(round_, due_at=by_hand, actor=stage.actor("organizer"), now=stage.now)
    save(stage, windows__supplement_days=7)
    assert round_.due_at == by_hand
    save(stage, base_number=2, reason="Chấm thêm", rounds__0__due=date(2026, 12, 24))
    assert round_.due_at == end_of_day(date(2026, 12, 24))
    logged = select(AuditEvent).where(AuditEvent.action == "round:due_set").order_by(AuditEvent.id)
    by_rules = list(db.session.scalars(logged))[-1]
    assert by_rules.reason == "Chấm thêm" and by_rules.before == {"due": by_hand.isoformat()}
    assert len(list(db.session.scalars(logged))) == 2, "once by hand, once by the rules"


def without(rulebook: Rulebook, part: str, key: str) -> Rulebook:
    """The rules with one row less; a media type goes with its group and its slots, which nothing else takes."""
    data = as_data(rulebook)
    gone = {"media_types": ("media_types", "categories", "slots"), "categories": ("categories",)}.get(
        part, (part,)
    )
    for rows in gone:
        of_the_type = [
            r for r in data[rows] if rows == "slots" and part == "media_types" and r["media_types"] == [key]
        ]
        data[rows] = [r for r in data[rows] if r["key"] != key and r not in of_the_type]
    if part == "categories":
        data["categories"][0]["accepts"].append({"media_type": key})
    return check_rulebook(data)


@pytest.mark.parametrize(
    ("part", "key", "said"),
    [
        ("categories", "print", "Nhóm giải “Báo in” đang có 2 tác phẩm"),
        ("media_types", "print", "“Báo in” đang có 2 tác phẩm"),
        ("slots", "published_page", "Mục tệp “Trang báo đã đăng” đang có 2 tác phẩm"),
    ],
)
def test_what_works_stand_on_is_not_taken_out(stage: Stage, part: str, key: str, said: str) -> None:
    stage.accepted(2)
    words = {"reason": "Bớt", "notice": "Bớt một mục."}
    fewer = without(rulebook_of(stage.contest), part, key)
    with pytest.raises(UserError, match=said):
        changing.change_rulebook(
            stage.contest, fewer, actor=stage.actor("organizer"), now=stage.now, base_number=1, **words
        )
    db.session.rollback()
    assert latest_version(stage.contest.id).number == 1
    data = as_data(rulebook_of(stage.contest))
    row = next(r for r in data[part] if r["key"] == key)
    row["name"] = "Tên mới"
    assert changing.change_rulebook(
        stage.contest,
        check_rulebook(data),
        actor=stage.actor("organizer"),
        now=stage.now,
        base_number=1,
        **words,
    ), "another name is no other thing"


@pytest.mark.parametrize(
    ("part", "key"), [("categories", "radio"), ("media_types", "radio"), ("slots", "audio")]
)
def test_what_nobody_uses_may_go(stage: Stage, part: str, key: str) -> None:
    stage.accepted(1)
    stage.draft("coauthor", title="Còn là bản nháp", media_type="radio", genre="phóng sự")
    assert changing.change_rulebook(
        stage.contest, without(rulebook_of(stage.contest), part, key), actor=stage.actor("organizer"), now=stage.now,
        base_number=1, reason="Bớt", notice="Bớt một mục.",
    )  # fmt: skip
