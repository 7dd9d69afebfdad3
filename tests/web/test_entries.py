"""The author's door without scripts: bad input gets a sentence and loses nothing."""

from __future__ import annotations

import io
import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from contest.clock import utcnow
from contest.models import Contest, Entry, EntryFile, StoredFile, db
from contest.models.database import hold, writing
from tests.browsing import Statements, forms_of, send, token_of, words_of
from tests.cast import PASSWORD, Stage, make_stage, png


@pytest.fixture
def stage(app: Flask) -> Stage:
    with app.app_context(), writing():
        return make_stage(app, utcnow())


def sign_in(app: Flask, who: str = "author") -> FlaskClient:
    client = app.test_client()
    assert send(client, "/accounts/login", email=f"{who}@kheo.example", password=PASSWORD).status_code == 303
    return client


@pytest.fixture
def author(app: Flask, stage: Stage) -> FlaskClient:
    return sign_in(app)


def start(author: FlaskClient) -> str:
    answer = send(author, "/c/thu/enter")
    assert answer.status_code == 303
    return answer.headers["Location"].rsplit("/", 1)[0]


def count(app: Flask, kind: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_double_click_on_start_is_one_draft(app: Flask, author: FlaskClient) -> None:
    attributes, fields = forms_of(author.get("/c/thu/enter"))[0]
    for _ in range(2):
        author.post("/c/thu/enter", data=dict(fields))
    assert count(app, Entry) == 1


def test_an_unknown_field_is_refused_and_changes_nothing(app: Flask, author: FlaskClient) -> None:
    base = start(author)
    answer = send(author, f"{base}/work", title="Mới", state="accepted")
    assert answer.status_code == 422 and "trường lạ" in answer.text
    assert "Mới" in answer.text, "what was typed is still there"
    answer = send(author, f"{base}/people", **{"authors-0-person_id": "1"})
    assert answer.status_code == 422


def test_a_link_with_another_scheme_is_refused_beside_the_field(author: FlaskClient) -> None:
    base = start(author)
    answer = send(author, f"{base}/parts", **{"parts-0-title": "Kỳ 1", "parts-0-url": "javascript:alert(1)"})
    assert answer.status_code == 422 and "https://" in answer.text and 'value="Kỳ 1"' in answer.text


def test_a_stale_page_is_told_and_overwrites_nothing(author: FlaskClient) -> None:
    base = start(author)
    page = author.get(f"{base}/work")
    fields = dict(forms_of(page)[0][1]) | {"title": "Tab một"}
    assert author.post(f"{base}/work", data=fields).status_code == 303
    answer = author.post(f"{base}/work", data=fields | {"title": "Tab hai"})
    assert answer.status_code == 409 and "Tab hai" in answer.text
    assert 'value="Tab một"' in author.get(f"{base}/work").text


def put(
    author: FlaskClient,
    base: str,
    body: bytes,
    *,
    name: str = "trang%204.png",
    slot: str = "published_page",
    **headers: str,
):
    wanted = {
        "X-CSRFToken": token_of(author, "/accounts/profile"),
        "X-File-Name": name,
        "Content-Type": "application/octet-stream",
    } | headers
    return author.put(f"{base}/files/{slot}", data=body, headers=wanted)


def test_a_file_is_kept_and_the_same_bytes_twice_are_one(app: Flask, author: FlaskClient) -> None:
    base = start(author)
    assert "trang 4.png" in put(author, base, png()).text
    assert put(author, base, png()).status_code == 200
    assert (count(app, EntryFile), count(app, StoredFile)) == (1, 1)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"MZ not a picture", {}, 415),
        (b"", {}, 415),
        (png(), {"X-CSRFToken": "old"}, 400),
    ],
)
def test_refused_uploads_say_why_and_keep_nothing(
    app: Flask, author: FlaskClient, body: bytes, headers: dict[str, str], status: int
) -> None:
    base = start(author)
    answer = put(author, base, body, **headers)
    assert answer.status_code == status and "<html" not in answer.text and len(answer.text) > 20
    assert count(app, StoredFile) == 0
    assert [p for p in app.config["SETTINGS"].upload_dir.rglob("*") if p.is_file()] == []


def test_what_is_too_large_is_refused_before_it_is_read(app: Flask, author: FlaskClient) -> None:
    answer = put(author, start(author), b"x" * 20_000_001, slot="agency_confirmation")
    assert answer.status_code == 413 and "20 MB" in answer.text
    assert count(app, StoredFile) == 0


def test_a_full_slot_is_said_and_the_bytes_are_taken_away(app: Flask, author: FlaskClient) -> None:
    base = start(author)
    for shade in (1, 2):
        assert put(author, base, png(shade=shade), slot="agency_confirmation").status_code == 200
    answer = put(author, base, png(shade=3), slot="agency_confirmation")
    assert answer.status_code == 422 and "tối đa 2" in answer.text
    assert len([p for p in app.config["SETTINGS"].upload_dir.rglob("*") if p.is_file()]) == 2


def test_a_file_named_a_form_is_not_read_into_memory(author: FlaskClient) -> None:
    base = start(author)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert put(author, base, b"x" * 3_000_000, **kind).status_code == 413
    assert "Chưa có tệp nào" in author.get(f"{base}/files").text


def test_files_come_by_a_plain_form_too(app: Flask, author: FlaskClient) -> None:

    base = start(author)
    data = {"csrf_token": token_of(author, "/accounts/profile"), "files": (io.BytesIO(png()), "anh.png")}
    assert (
        author.post(f"{base}/files/published_page", data=data, content_type="multipart/form-data").status_code
        == 303
    )
    assert "anh.png" in author.get(f"{base}/files").text


def test_a_file_refused_in_a_plain_form_comes_back_as_the_page_that_says_so(author: FlaskClient) -> None:
    import io

    base = start(author)

    def sent(*files: tuple[bytes, str], **more: str) -> TestResponse:
        data = {
            "csrf_token": token_of(author, "/accounts/profile"),
            "files": [(io.BytesIO(b), n) for b, n in files],
        }
        return author.post(
            f"{base}/files/published_page", data=data | more, content_type="multipart/form-data"
        )

    answer = sent((png(), "anh.png"), (b"MZ nothing", "chay.png"))
    assert answer.status_code == 415 and "chay.png: Không mở được loại tệp này" in words_of(answer)
    assert "Đã nhận tệp anh.png" in words_of(answer), "the other one is taken"
    assert sent().status_code == 422
    assert sent((png(shade=9), "b.png"), no_such_field="x").status_code == 422
    assert "b.png" not in author.get(f"{base}/files").text
    assert "chay.png" not in author.get(f"{base}/files").text


def test_a_stranger_cannot_fetch_send_or_see_anothers_file(app: Flask, author: FlaskClient) -> None:
    base = start(author)
    put(author, base, png())
    with app.app_context():
        file_id = db.session.scalars(select(StoredFile)).one().public_id
    assert author.get(f"{base}/files/original/{file_id}").data == png()
    stranger = sign_in(app, "stranger")
    assert stranger.get(f"{base}/files/original/{file_id}").status_code == 404
    assert put(stranger, base, png()).status_code == 404


def test_an_expired_login_keeps_the_form_through_the_login_page(app: Flask, author: FlaskClient) -> None:
    base = start(author)
    fields = dict(forms_of(author.get(f"{base}/work"))[0][1]) | {"title": "Viết dở thì hết phiên"}
    author.delete_cookie("session")
    answer = author.post(f"{base}/work", data=fields)
    assert answer.status_code == 401
    attributes, login = forms_of(answer)[0]
    again = author.post(
        "/accounts/login", data=dict(login) | {"email": "author@kheo.example", "password": PASSWORD}
    )
    attributes, resumed = forms_of(again)[0]
    assert author.post(attributes["action"], data=dict(resumed)).status_code == 303
    assert 'value="Viết dở thì hết phiên"' in author.get(f"{base}/work").text


def test_many_submissions_at_once_hand_in_once(app: Flask, stage: Stage) -> None:
    with app.app_context(), writing():
        entry = stage.reload().draft()
        stage.add_page(entry)
    clients = [sign_in(app) for _ in range(4)]
    path = f"/entries/{entry.public_id}/review"
    forms = [
        next(dict(found) for _, found in forms_of(c.get(path)) if "number" in dict(found)) for c in clients
    ]
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda c=c, f=f: answers.append(c.post(path, data=f).status_code))
        for c, f in zip(clients, forms, strict=True)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert answers.count(303) >= 1 and all(a in (303, 409) for a in answers)
    with app.app_context():
        assert (
            db.session.scalar(select(func.count()).select_from(Entry).where(Entry.receipt_code.is_not(None)))
            == 1
        )


def test_the_moment_of_arrival_counts_not_the_turn_to_write(app: Flask, stage: Stage) -> None:
    with app.app_context(), writing():
        entry = stage.reload().draft()
        stage.add_page(entry)
    author, path = sign_in(app), f"/entries/{entry.public_id}/review"
    form = next(dict(found) for _, found in forms_of(author.get(path)) if "number" in dict(found))
    answers: list[int] = []
    sender = threading.Thread(target=lambda: answers.append(author.post(path, data=form).status_code))
    with app.app_context(), writing():
        hold(db.session.get_one(Contest, stage.contest_id))
        sender.start()
        sender.join(0.7)
        assert sender.is_alive() and not answers, "it waits for its turn"
        turn = utcnow()
        db.session.commit()
    sender.join(10)
    with app.app_context():
        assert answers == [303]
        assert db.session.scalars(select(Entry.first_submitted_at)).one() < turn


PAGES = {
    "author": ["/work"],
    "secretary": ["/contests/thu/dossiers", "/contests/thu/desk", "/contests/thu/screening/accept-clean"],
    "organizer": [
        "/contests/thu/members",
        "/contests/thu/log",
        "/contests/thu/mails",
        "/contests/thu/rounds",
    ],
}


@pytest.mark.parametrize(("who", "path"), [(w, p) for w, paths in PAGES.items() for p in paths])
def test_no_page_asks_more_when_there_is_more_to_show(app: Flask, stage: Stage, who: str, path: str) -> None:
    client = sign_in(app, who)

    def statements() -> int:
        client.get(path)
        with Statements(app) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    with app.app_context(), writing():
        stage.reload().entry(title="Một")
    few = statements()
    with app.app_context(), writing():
        stage.reload()
        for i in range(5):
            stage.draft("author", title=f"Nháp {i}")
        stage.accepted(4)
    assert statements() == few, path
    assert few <= 24


def test_a_file_with_an_endless_name_is_taken_under_a_short_one(app: Flask, author: FlaskClient) -> None:
    path = start(author)
    token = dict(forms_of(author.get(f"{path}/work"))[0][1])["csrf_token"]
    sent = {"csrf_token": token, "files": (io.BytesIO(png()), "ằ" * 70_000 + ".png")}
    assert author.post(f"{path}/files/published_page", data=sent).status_code == 303
    sent = {"csrf_token": token, "source": (io.BytesIO(png()), "ằ" * 70_000 + ".docx")}
    assert author.post(f"{path}/parts/text?part=0", data=sent).status_code == 422
    with app.app_context():
        assert [f.original_name for f in db.session.scalars(select(StoredFile))] == ["ằ" * 110 + ".png"]


@pytest.mark.parametrize("left_out", ["number", "revision"])
def test_a_page_that_does_not_say_which_draft_it_shows_changes_nothing(
    app: Flask, author: FlaskClient, left_out: str
) -> None:
    path = start(author)
    answer = send(author, f"{path}/work", title="Không rõ bản nào", **{left_out: None})
    assert answer.status_code == 409
    assert "Không rõ bản nào" in answer.text, "what was typed stays in the form"
    assert "Không rõ bản nào" not in author.get(f"{path}/work").text
