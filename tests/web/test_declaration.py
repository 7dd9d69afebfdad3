"""The judge's declaration: before anything is seen, kept when refused, for every seat, asked again about new works."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from contest.clock import utcnow
from contest.models import (
    Conflict,
    Entry,
    Membership,
    RoundOutcome,
    Scoresheet,
    db,
)
from contest.models.database import writing
from contest.services.judging import assigning, conflicts
from contest.services.judging import reading as judging
from contest.services.screening import deciding
from tests.browsing import forms_of, send, token_of, words_of
from tests.cast import PASSWORD, Stage
from tests.web.test_recusal import first_visit, stage

__all__ = ["stage"]


def test_nothing_is_seen_or_scored_before_the_declaration(app: Flask, stage: Stage) -> None:
    judge, seat, (work, _) = first_visit(app, stage)
    declaration = f"/judging/{seat}/declaration"
    for path in (
        f"/judging/work/{work}",
        f"/judging/{seat}/scores",
        f"/judging/{seat}/sign",
        f"/judging/{seat}/begin/1",
    ):
        answer = judge.get(path)
        assert (answer.status_code, answer.location) == (303, declaration), path
    sent = {
        "csrf_token": token_of(judge, declaration),
        "version": "0",
        "discovery": "8",
        "password": PASSWORD,
    }
    told = judge.post(f"/judging/work/{work}", data=sent, headers={"X-Requested-With": "fetch"})
    assert (
        told.status_code == 409 and told.json["state"] == "refused" and "khai trước" in told.json["message"]
    )
    assert judge.post(f"/judging/work/{work}", data=sent).status_code == 409
    assert judge.post(f"/judging/{seat}/sign", data=sent).location == declaration
    refused = judge.post(
        f"/judging/work/{work}/conflict", data={"csrf_token": sent["csrf_token"], "reason": ""}
    )
    assert (refused.status_code, refused.location) == (303, declaration)
    with app.app_context():
        assert db.session.scalar(select(Scoresheet.id)) is None
    assert send(judge, declaration, agree="y").location == f"/judging/{seat}/begin/1"
    assert judge.get(f"/judging/work/{work}").status_code == 200


def test_a_refused_declaration_keeps_what_was_ticked_and_written(app: Flask, stage: Stage) -> None:
    judge, seat, (first, second) = first_visit(app, stage)
    declaration = f"/judging/{seat}/declaration"
    said = {f"reason-{first}": "Người thân là tác giả"}
    for typed, sentence in (
        (said | {"conflict": first}, "đồng ý với quy định chấm"),
        ({"agree": "y", "conflict": [first, second]} | said, "Hãy ghi lý do xin không chấm."),
        ({"agree": "y"} | said, "hoặc xóa lý do"),
    ):
        refused = send(judge, declaration, **typed)
        assert refused.status_code == 422 and sentence in words_of(refused)
        (fields,) = [dict(f) for _, f in forms_of(refused) if dict(f).get("seen")]
        assert fields[f"reason-{first}"] == "Người thân là tác giả"
        assert fields.get("agree") == typed.get("agree")
        assert ("conflict" in fields) is ("conflict" in typed)
    with app.app_context():
        assert db.session.scalar(select(Conflict.id)) is None
        assert db.session.get_one(Membership, seat).declared_at is None


def test_a_conflict_declared_at_the_first_visit_counts_in_every_seat_of_the_person(
    app: Flask, stage: Stage
) -> None:
    judge, seat, (first, second) = first_visit(app, stage)
    declaration = f"/judging/{seat}/declaration"
    more = {"agree": "y", "conflict": first, f"reason-{first}": "Người thân là tác giả"}
    assert send(judge, declaration, **more).status_code == 303
    assert judge.get(f"/judging/work/{first}").status_code == 404
    assert judge.get(f"/judging/work/{second}").status_code == 200
    assert "Người thân là tác giả" in words_of(judge.get(f"/judging/{seat}/scores"))
    with app.app_context(), writing():
        stage.reload()
        before, final = judging.list_rounds(stage.contest_id)
        kept = db.session.scalars(select(Conflict)).one()
        rows = [a for a in judging.list_assignments(before.id) if a.state == "active"]
        stage.judge_all(before, {a.entry_id: ["90", "80"] for a in rows})
        for e in db.session.scalars(select(Entry)):
            db.session.add(
                RoundOutcome(
                    round_id=before.id, entry_id=e.id, category_key=e.category_key, sheet_count=2, tied=False,
                    divergent=False, reasons=[], tie_reasons=[], is_shortlisted=True,
                )
            )  # fmt: skip
        db.session.commit()
        final, judges = stage.panel(judges=2, position=1, name="Chung khảo")
        chosen = assigning.plan_round(final).panels[0].proposal.judges
        seats = {j.account.display_name: j.id for j in judges}
        assert seats["Giám Khảo B"] not in chosen[kept.entry_id]
        assert all(seats["Giám Khảo B"] in js for e, js in chosen.items() if e != kept.entry_id)


def test_works_given_after_the_declaration_are_asked_about_alone(app: Flask, stage: Stage) -> None:
    judge, seat, works = first_visit(app, stage)
    declaration = f"/judging/{seat}/declaration"
    stale = dict(next(f for _, f in forms_of(judge.get(declaration)) if dict(f).get("seen")))
    assert send(judge, declaration, agree="y").status_code == 303
    with app.app_context(), writing():
        stage.reload()
        stage.contest.state = "open"
        late = stage.entry("coauthor", title="Bài giao thêm")
        deciding.accept_entry(late, actor=stage.actor("secretary"), now=stage.now)
        stage.contest.state = "judging"
        round_ = judging.list_rounds(stage.contest_id)[0]
        assigning.apply_plan(round_, actor=None, now=utcnow() + timedelta(minutes=1))
    for page in ("/work", f"/judging/{seat}/scores"):
        assert "1 tác phẩm mới được giao" in words_of(judge.get(page))
    assert judge.get(f"/judging/{seat}/begin/1").location == declaration
    asked = words_of(judge.get(declaration))
    assert "Bài giao thêm" in asked and "Tác phẩm 01" not in asked
    old = judge.post(declaration, data=stale | {"agree": "y"})
    assert old.status_code == 422 and "vừa được giao thêm" in words_of(old), (
        "a page from before does not answer for it"
    )
    with app.app_context(), writing():
        conflicts.declare(
            db.session.get_one(Membership, seat), {}, actor=stage.reload().actor("judge1"),
            now=utcnow() + timedelta(minutes=2),
        )  # fmt: skip
    assert judge.get(f"/judging/{seat}/begin/1").location.startswith("/judging/work/")
    assert "mới được giao" not in words_of(judge.get("/work"))
