"""A round through the chair's door: notes for the panel, closing, waiving what is not signed, what is printed of it."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from contest.clock import utcnow
from contest.models import Assignment, Membership, Round, RoundOutcome, db
from contest.models.database import writing
from contest.services.judging import scoring, signatures
from tests.browsing import forms_of, send, words_of
from tests.cast import Stage, make_stage
from tests.web.test_entries import sign_in

MARKS = {"discovery": "27,5", "relevance": "21", "craft": "19,5", "effect": "14"}


@dataclass
class OneWork:
    """An open round of one work, scored by three judges; each judge's assignment and seat."""

    app: Flask
    stage: Stage
    round_id: int
    works: list[str]
    seats: list[int]

    def client(self, who: str) -> FlaskClient:
        return sign_in(self.app, who)

    def score(self, i: int, **changes: object) -> None:
        with self.app.app_context(), writing():
            stage = self.stage.reload()
            found = scoring.get_assignment(self.works[i])
            note = {k: changes.pop(k) for k in ("comment", "comment_shared") if k in changes}
            scoring.save_sheet(
                found,
                typed=MARKS | changes,
                base_version=0,
                actor=stage.actor(f"judge{i}"),
                now=utcnow(),
                **note,
            )

    def sign(self, i: int) -> None:
        with self.app.app_context(), writing():
            stage, judge = self.stage.reload(), db.session.get_one(Membership, self.seats[i])
            round_ = db.session.get_one(Round, self.round_id)
            signatures.sign_sheets(judge, round_, actor=stage.actor(f"judge{i}"), now=utcnow())

    def state(self) -> str:
        with self.app.app_context():
            return db.session.get_one(Round, self.round_id).state


@pytest.fixture
def one(app: Flask) -> OneWork:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow(), rounds__0__min_sheets=2)
        stage.accepted(1)
        round_, judges = stage.panel(judges=3)
        stage.open_round(round_)
        rows = [
            db.session.scalars(select(Assignment).where(Assignment.judge_id == j.id)).one() for j in judges
        ]
        return OneWork(app, stage, round_.id, [a.public_id for a in rows], [j.id for j in judges])


def close(client: FlaskClient, round_id: int, **fields: str):
    """The form that closes a round, as it stands on the page of progress."""
    path = f"/rounds/{round_id}/progress"
    forms = forms_of(client.get(path))
    place = next(i for i, (a, _) in enumerate(forms) if a.get("action", "").endswith("/close"))
    return send(client, path, form=place, **fields)


def test_notes_for_the_panel_are_read_after_the_own_signature_and_private_ones_by_nobody(
    one: OneWork,
) -> None:
    progress, shared, private = f"/rounds/{one.round_id}/progress", "Nhân vật thật đắt", "Đọc lại đoạn kết"
    one.score(1, comment=shared, comment_shared=True)
    one.score(2, comment=private)
    chair, organizer = one.client("judge0"), one.client("organizer")
    one.sign(1)
    one.sign(2)
    assert shared not in chair.get(progress).text, "the chair has not signed"
    one.score(0)
    one.sign(0)
    assert shared in chair.get(progress).text and shared not in organizer.get(progress).text
    third, own = one.client("judge2"), f"/judging/work/{one.works[2]}"
    assert shared not in third.get(own).text, "the round is open"
    assert close(chair, one.round_id).status_code == 303 and one.state() == "closed"
    assert shared in third.get(own).text and private in third.get(own).text
    assert f"Ghi chú: {private}" in words_of(third.get(f"/judging/{one.seats[2]}/receipt"))
    papers = f"/rounds/{one.round_id}/documents/signed-sheets"
    for page in (chair.get(progress), organizer.get(progress), organizer.get(papers)):
        assert page.status_code == 200 and shared in page.text and private not in page.text
    assert "Ghi chú của hội đồng" not in one.client("judge1").get(f"/judging/work/{one.works[1]}").text


def test_closing_needs_the_words_that_unsigned_sheets_are_not_counted(one: OneWork) -> None:
    for i in (0, 1):
        one.score(i)
        one.sign(i)
    chair = one.client("judge0")
    refused = close(chair, one.round_id)
    assert refused.status_code == 422 and "Còn 1 phiếu chưa ký" in words_of(refused) and one.state() == "open"
    assert close(chair, one.round_id, waive="y").status_code == 303 and one.state() == "closed"
    with one.app.app_context():
        kept = db.session.scalars(select(RoundOutcome)).one()
        assert (kept.total_thousandths, kept.sheet_count, kept.place) == (82_000, 2, 1)
    again = chair.post(
        f"/rounds/{one.round_id}/close", data={"csrf_token": token_in(chair, one), "waive": "y"}
    )
    assert again.status_code == 409, "closed once"


def token_in(client: FlaskClient, one: OneWork) -> str:
    fields = forms_of(client.get(f"/rounds/{one.round_id}/progress"))[0][1]
    return dict(fields)["csrf_token"]


def test_a_round_with_too_few_sheets_has_no_open_button_and_stays_open(one: OneWork) -> None:
    one.score(0)
    one.sign(0)
    chair = one.client("judge0")
    refused = close(chair, one.round_id, waive="y")
    assert refused.status_code == 422 and "chưa đủ số phiếu" in words_of(refused) and one.state() == "open"


def test_blank_sheets_name_every_criterion_and_no_mark(one: OneWork) -> None:
    one.score(0)
    shown = words_of(one.client("secretary").get(f"/rounds/{one.round_id}/documents/sheets"))
    assert shown.count("PHIẾU CHẤM ĐIỂM") == 3 and "Điểm bằng chữ" in shown and "Tác phẩm 01" in shown
    for name in ("Giám Khảo A", "Giám Khảo B", "Giám Khảo C"):
        assert name in shown
    assert "27,5" not in shown and "19,5" not in shown


def test_signed_sheets_hold_every_mark_in_figures_and_the_total_in_words(one: OneWork) -> None:
    for i in range(3):
        one.score(i)
        one.sign(i)
    assert close(one.client("judge0"), one.round_id).status_code == 303
    shown = words_of(one.client("organizer").get(f"/rounds/{one.round_id}/documents/signed-sheets"))
    assert shown.count("PHIẾU CHẤM ĐIỂM") == 3
    for figure in (*MARKS.values(), "82", "tám mươi hai"):
        assert shown.lower().count(figure) >= 3, figure


def test_judges_with_one_name_each_sign_their_own_paper(one: OneWork) -> None:
    for i in range(3):
        one.score(i)
        one.sign(i)
    assert close(one.client("judge0"), one.round_id).status_code == 303
    with one.app.app_context(), writing():
        for seat in one.seats:
            db.session.get_one(Membership, seat).account.display_name = "Nguyễn Văn Hùng"
        db.session.commit()
    shown = words_of(one.client("organizer").get(f"/rounds/{one.round_id}/documents/signed-sheets"))
    assert shown.count("PHIẾU CHẤM ĐIỂM") == shown.count("Nguyễn Văn Hùng") == 3


def test_the_own_workbook_holds_the_own_marks_and_nobody_elses(one: OneWork) -> None:
    one.score(0, discovery="10")
    one.score(1, comment="Ghi riêng")
    answer = one.client("judge1").get(f"/judging/{one.seats[1]}/scores.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    place, _, title, *marks, total, note = rows[-1]
    assert (place, title, total, note) == (1, "Tác phẩm 01", 82, "Ghi riêng")
    assert [float(m) for m in marks] == [27.5, 21, 19.5, 14] and len(rows) == 2


def test_on_a_phone_every_figure_of_the_table_is_named_by_its_judge(one: OneWork) -> None:
    for i in range(3):
        one.score(i)
        one.sign(i)
    close(one.client("judge0"), one.round_id)
    page = one.client("organizer").get(f"/rounds/{one.round_id}/table").text
    assert 'class="data stacked"' in page
    for label in ("Hạng", "Mã", "Giám Khảo A", "Giám Khảo B", "Giám Khảo C", "Kết quả"):
        assert page.count(f'data-label="{label}"') == 1, label


def on_assignment(client: FlaskClient, one: OneWork, door: str, **fields: str):
    """A form of the page of assignment, sent; the page shown afterwards in words."""
    path = f"/rounds/{one.round_id}/assignment"
    forms = forms_of(client.get(path))
    place = next(i for i, (a, _) in enumerate(forms) if door in a.get("action", ""))
    answer = send(client, path, form=place, **fields)
    return answer, words_of(client.get(path) if answer.status_code == 303 else answer)


def test_a_day_that_has_passed_is_no_end_of_a_round(one: OneWork) -> None:
    answer, shown = on_assignment(one.client("organizer"), one, "/due", due_on="01/01/2020")
    assert answer.status_code == 422 and "Ngày này đã qua" in shown and 'value="01/01/2020"' in answer.text


def test_a_reminder_says_how_many_mails_leave_and_that_a_second_one_sends_none(one: OneWork) -> None:
    organizer = one.client("organizer")
    assert "Đã xếp 3 thư nhắc" in on_assignment(organizer, one, "/remind")[1]
    assert "Không có thư nhắc nào để gửi thêm" in on_assignment(organizer, one, "/remind")[1]


def test_a_judge_who_returns_is_said_to_have_works_again_only_if_there_are_some(one: OneWork) -> None:
    organizer = one.client("organizer")
    on_assignment(organizer, one, f"/judges/{one.seats[2]}/release", reason="Ốm")
    assert "Xem đề xuất mới bên dưới" in on_assignment(organizer, one, f"/judges/{one.seats[2]}/return")[1]
    on_assignment(organizer, one, f"/rounds/{one.round_id}/assignment")
    shown = words_of(organizer.get(f"/rounds/{one.round_id}/assignment"))
    assert "Đã phân công đủ" in shown
