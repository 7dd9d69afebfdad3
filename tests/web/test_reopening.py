"""A signed sheet that is open again: its judge reads why, the chair reads whose sheets are missing before closing."""

from __future__ import annotations

import pytest
from flask import Flask

from contest.clock import utcnow
from contest.models.database import writing
from contest.services.judging import conflicts, signatures
from contest.services.judging import reading as judging
from tests.browsing import words_of
from tests.cast import make_stage
from tests.web.test_access import sign_in


@pytest.fixture
def reopened(app: Flask) -> tuple[int, int, str]:
    """A round that all have signed, one sheet of the second judge open again: the round, the judge, the work."""
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        works = [e.id for e in stage.accepted(2)]
        round_, judges = stage.panel(judges=3)
        stage.open_round(round_)
        stage.judge_all(round_, {e: ["80", "80", "80"] for e in works})
        for i, judge in enumerate(judges):
            conflicts.declare(judge, {}, actor=stage.actor(f"judge{i}"), now=stage.now)
        sheet = next(a for a in judging.list_assignments(round_.id) if a.judge_id == judges[1].id)
        signatures.reopen_sheet(
            sheet.scoresheet, reason="Gõ nhầm một điểm", actor=stage.actor("judge0"), now=stage.now
        )
        return round_.id, judges[1].id, sheet.public_id


def test_the_judge_reads_who_opened_the_sheet_again_and_why(
    app: Flask, reopened: tuple[int, int, str]
) -> None:
    _, judge_id, public_id = reopened
    judge = sign_in(app, "judge1")
    for page in (f"/judging/{judge_id}/sign", f"/judging/{judge_id}/scores"):
        shown = words_of(judge.get(page))
        assert "được mở lại, chờ ký lại:</b> Gõ nhầm một điểm" in shown and "(Giám Khảo A," in shown
        assert "1 phiếu được mở lại" in shown
    assert "Giám Khảo A mở lại phiếu này:</b> Gõ nhầm một điểm" in words_of(
        judge.get(f"/judging/work/{public_id}")
    )


def test_the_reason_is_told_to_that_judge_alone(app: Flask, reopened: tuple[int, int, str]) -> None:
    round_id, judge_id, _ = reopened
    other = sign_in(app, "judge2")
    assert "Gõ nhầm" not in other.get(f"/judging/{judge_id + 1}/scores").text
    assert other.get(f"/judging/{judge_id}/scores").status_code == 404


def test_the_chair_reads_whose_sheets_would_not_count(app: Flask, reopened: tuple[int, int, str]) -> None:
    shown = words_of(sign_in(app, "judge0").get(f"/rounds/{reopened[0]}/progress"))
    assert "1 phiếu chưa ký</b> sẽ không được tính: Giám Khảo B (1)" in shown
    assert "Giám Khảo B: 1 phiếu" in shown and "Giám Khảo C: 2 phiếu" in shown
