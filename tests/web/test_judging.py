"""The judge's door: a save is short, what is wrong is said, another's sheet is not there."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest.clock import utcnow
from contest.models import Assignment, Entry, Scoresheet, StoredFile, db
from contest.models.database import writing
from contest.services.accounts import actors
from contest.services.judging import conflicts
from tests.browsing import Statements, forms_of, send, stretch_waits, token_of, words_of
from tests.cast import PASSWORD, make_stage
from tests.web.test_entries import sign_in

Sheet = tuple[FlaskClient, str, str]
STATEMENTS_OF_A_SAVE = 8
STATEMENTS_OF_THE_LIST = 13


@pytest.fixture
def sheet(app: Flask) -> Sheet:
    """A judge who has declared, signed in; the address of one work of theirs and of a work's sheet of another judge."""
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        stage.accepted(2)
        round_, judges = stage.panel()
        stage.open_round(round_)
        mine, other = (
            db.session.scalars(select(Assignment).where(Assignment.judge_id == j.id)).first()
            for j in judges[:2]
        )
        assert mine is not None and other is not None
        conflicts.declare(judges[0], {}, actor=actors.load_actor(judges[0].account), now=stage.now)
        addresses = [f"/judging/work/{a.public_id}" for a in (mine, other)]
    client = app.test_client()
    assert send(client, "/accounts/login", email="judge0@kheo.example", password=PASSWORD).status_code == 303
    return client, addresses[0], addresses[1]


def test_who_looks_at_a_work_is_told_whether_copies_are_being_made_or_could_not_be(
    app: Flask, sheet: Sheet
) -> None:
    client, address, _ = sheet
    with app.app_context(), writing():
        entry = db.session.scalars(select(Entry).order_by(Entry.id)).first()
        assert entry is not None
        dossier = f"/screening/{entry.public_id}/files"
    secretary = sign_in(app, "secretary")
    shown = [words_of(client.get(address)), words_of(secretary.get(dossier))]
    assert all("đang được làm" in page and "không xem được" not in page for page in shown)
    with app.app_context(), writing():
        for file in db.session.scalars(select(StoredFile)):
            file.renditions_done_at, file.renditions_note = utcnow(), "Chưa làm được bản nghe, xem"
        db.session.commit()
    judge, desk = words_of(client.get(address)), words_of(secretary.get(dossier))
    assert "Có tệp của tác phẩm không xem được ở đây" in judge and "đang được làm" not in judge
    assert "giám khảo không thấy tệp" in desk and "đang được làm" not in desk


def save(sheet: Sheet, version: int, **marks: str):
    client, address, _ = sheet
    return client.post(
        address,
        data={"csrf_token": token_of(client, address), "version": version, **marks},
        headers={"X-Requested-With": "fetch"},
    )


def kept(app: Flask) -> list[int]:
    with app.app_context():
        return sorted(m.thousandths for s in db.session.scalars(select(Scoresheet)) for m in s.marks)


def test_a_save_takes_few_statements(app: Flask, sheet: Sheet) -> None:
    client, address, _ = sheet
    assert save(sheet, 0, discovery="8").status_code == 200
    token = token_of(client, address)
    with Statements(app) as seen:
        answer = client.post(
            address,
            data={"csrf_token": token, "version": 1, "discovery": "8,5"},
            headers={"X-Requested-With": "fetch"},
        )
    assert answer.status_code == 200 and kept(app) == [8500]
    assert len(seen) <= STATEMENTS_OF_A_SAVE, seen


def test_saving_and_going_on_never_comes_back_to_the_work_just_left(sheet: Sheet) -> None:
    client, address, _ = sheet
    left = send(client, address, form=1, discovery="8", go="next")
    onward = client.get(left.location).location
    assert onward.startswith("/judging/work/") and onward != address
    assert client.get(send(client, onward, form=1, discovery="9", go="next").location).location == address


@pytest.mark.parametrize("typed", ["8,53", "31", "-1", "NaN", "Infinity", "1e1", "tám", "8,5,5"])
def test_a_wrong_mark_is_answered_with_a_sentence(app: Flask, sheet: Sheet, typed: str) -> None:
    answer = save(sheet, 0, discovery=typed)
    assert 400 <= answer.status_code < 500 and kept(app) == []


def test_an_older_version_is_told_and_overwrites_nothing(app: Flask, sheet: Sheet) -> None:
    assert save(sheet, 0, discovery="8").status_code == 200
    assert save(sheet, 0, discovery="20").status_code == 409
    assert kept(app) == [8000]


def test_the_sheet_of_another_judge_is_not_there(app: Flask, sheet: Sheet) -> None:
    client, mine, other = sheet
    token = token_of(client, mine)
    assert client.get(other).status_code == 404
    assert client.post(other, data={"csrf_token": token, "version": 0, "discovery": "8"}).status_code == 404
    assert kept(app) == []


def test_signing_leads_to_a_receipt_with_every_number(app: Flask, sheet: Sheet) -> None:
    client, _, _ = sheet
    with app.app_context():
        judge = db.session.scalars(select(Assignment.judge_id).order_by(Assignment.judge_id)).first()
        works = db.session.scalars(select(Assignment.public_id).where(Assignment.judge_id == judge)).all()
    sign = f"/judging/{judge}/sign"
    refused = client.post(
        sign, data={"csrf_token": token_of(client, f"/judging/work/{works[0]}"), "password": PASSWORD}
    )
    assert refused.status_code == 422 and "chưa chấm đủ" in words_of(refused)
    assert client.get(f"/judging/{judge}/receipt").status_code == 303, "nothing is signed yet"
    for i, work in enumerate(works):
        marks = {"discovery": f"{20 + i},5", "relevance": "20", "craft": "20", "effect": "15"}
        assert save((client, f"/judging/work/{work}", ""), 0, **marks).status_code == 200
    home = client.get("/work").text
    assert sign in home and "Chấm tiếp" not in home, "all is scored: what is left is to sign"
    wrong = send(client, sign, password="sai")
    assert wrong.status_code == 422 and "Mật khẩu chưa đúng" in words_of(wrong)
    done = send(client, sign, password=PASSWORD)
    assert done.status_code == 303 and done.location.endswith("/receipt")
    shown = words_of(client.get(done.location))
    assert "Mã kiểm tra" in shown and "75,5" in shown and "76,5" in shown
    assert f"Đã ký {len(works)} phiếu chấm." in shown
    home = client.get("/work").text
    assert sign not in home and "/begin/" not in home and "Đã ký" not in home


def test_guessing_the_password_at_the_signature_makes_one_wait(app: Flask, sheet: Sheet) -> None:
    client, address, _ = sheet
    with app.app_context():
        judge = db.session.scalars(select(Assignment.judge_id).order_by(Assignment.judge_id)).first()
    sign, sent = f"/judging/{judge}/sign", {"csrf_token": token_of(client, address), "password": "đoán mò"}
    for _ in range(5):
        client.post(sign, data=sent)
    stretch_waits(app)
    answer = client.post(sign, data=sent)
    assert answer.status_code == 422 and "tài khoản không bị khóa" in words_of(answer)
    assert "Hãy đợi" in words_of(client.post(sign, data=sent | {"password": PASSWORD}))
    assert client.get(address).status_code == 200, "scoring goes on meanwhile"


def test_the_own_list_is_read_with_few_statements_however_long(app: Flask, sheet: Sheet) -> None:
    client, address, _ = sheet
    with app.app_context():
        judge = db.session.scalars(select(Assignment.judge_id).order_by(Assignment.judge_id)).first()
    with Statements(app) as seen:
        page = client.get(f"/judging/{judge}/scores?sort=craft&dir=up&show=unscored")
    assert page.status_code == 200 and 'aria-sort="ascending"' in page.text
    assert len(seen) <= STATEMENTS_OF_THE_LIST, seen
    assert "Không có tác phẩm nào như vậy" in words_of(client.get(f"/judging/{judge}/scores?q=zzz"))


def test_the_side_of_the_work_is_remembered_for_every_work(app: Flask, sheet: Sheet) -> None:
    client, address, other = sheet
    assert "judge-body swapped" not in client.get(address).text
    values = {"csrf_token": token_of(client, address), "side": "right"}
    assert client.post(f"{address}/side", data=values | {"side": "top"}).status_code == 303
    assert "judge-body swapped" not in client.get(address).text
    assert client.post(f"{address}/side", data=values).location == address
    assert "judge-body swapped" in client.get(address).text
    assert client.post(f"{other}/side", data=values).status_code == 404


def test_a_refused_form_without_script_keeps_the_note(sheet: Sheet) -> None:
    client, address, _ = sheet
    refused = send(
        client, address, form=1, discovery="8,53", comment="Đầu đề hay\r\nkết vội", comment_shared="y"
    )
    assert refused.status_code == 422
    fields = dict(next(f for a, f in forms_of(refused) if a.get("id") == "sheet"))
    assert (
        fields["comment"] == "Đầu đề hay\nkết vội"
        and fields["comment_shared"] == "y"
        and fields["discovery"] == "8,53"
    )


def test_an_endless_note_is_refused_and_stays_in_the_form(sheet: Sheet) -> None:
    client, address, _ = sheet
    answer = send(client, address, form=1, discovery="8", comment="ă" * 5_001)
    assert answer.status_code == 422 and "5.000 ký tự" in words_of(answer)
    assert dict(forms_of(answer)[1][1])["comment"] == "ă" * 5_001
    assert save(sheet, 0, comment="ă" * 5_000).status_code == 200


def test_a_stale_page_is_told_the_note_that_stands_now(sheet: Sheet) -> None:
    assert save(sheet, 0, discovery="8", comment="Của tab kia").status_code == 200
    told = save(sheet, 0, discovery="9", comment="Của tab này").get_json()
    assert told["state"] == "changed"
    assert told["values"] == {"discovery": "8", "comment": "Của tab kia", "comment_shared": ""}


def test_a_stale_form_without_script_shows_both_sides(sheet: Sheet) -> None:
    client, address, _ = sheet
    assert save(sheet, 0, discovery="8", comment="Của tab kia").status_code == 200
    stale = send(client, address, form=1, version="0", discovery="9", comment="Của tab này")
    shown = words_of(stale)
    assert stale.status_code == 409 and "ở đây 9, ở máy kia 8" in shown and "ở máy kia: Của tab kia" in shown
    fields = dict(next(f for a, f in forms_of(stale) if a.get("id") == "sheet"))
    assert (fields["discovery"], fields["comment"], fields["version"]) == ("9", "Của tab này", "1")
