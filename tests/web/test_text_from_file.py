"""The text of a part out of a file: a proposal in its field, stored only when the author saves; nothing of the file is kept."""

from __future__ import annotations

import io

import docx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest.clock import utcnow
from contest.models import EntryPart, StoredFile, db
from contest.models.database import writing
from tests import hostile
from tests.browsing import forms_of, send, token_of
from tests.cast import PASSWORD, make_stage, png


@pytest.fixture
def author(app: Flask) -> FlaskClient:
    with app.app_context(), writing():
        make_stage(app, utcnow())
    client = app.test_client()
    assert send(client, "/accounts/login", email="author@kheo.example", password=PASSWORD).status_code == 303
    return client


@pytest.fixture
def parts(author: FlaskClient) -> str:
    """The address of the step of parts of a new draft."""
    return send(author, "/c/thu/enter").headers["Location"].rsplit("/", 1)[0] + "/parts"


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    body = io.BytesIO()
    document.save(body)
    return body.getvalue()


def take(author: FlaskClient, parts: str, body: bytes, name: str):
    return author.post(
        f"{parts}/text?part=0",
        data={"csrf_token": token_of(author, parts), "source": (io.BytesIO(body), name)},
        headers={"X-Requested-With": "fetch"},
    )


def kept(app: Flask) -> tuple[int, str]:
    with app.app_context():
        files = db.session.scalar(select(func.count(StoredFile.id))) or 0
        return files, "".join(db.session.scalars(select(EntryPart.text)))


def test_the_text_comes_back_and_nothing_is_stored_yet(app: Flask, author: FlaskClient, parts: str) -> None:
    answer = take(author, parts, word("Tiếng chiêng", "Sáng sớm, sương phủ kín."), "bài.docx")
    assert answer.get_json() == {"text": "Tiếng chiêng\nSáng sớm, sương phủ kín."}
    assert kept(app) == (0, "")
    uploads = app.config["SETTINGS"].upload_dir
    assert not [p for p in uploads.rglob("*") if p.is_file()], "no bytes stay behind"


def test_without_scripts_the_page_shows_the_text_beside_what_was_typed(
    app: Flask, author: FlaskClient, parts: str
) -> None:
    _, fields = forms_of(author.get(parts))[0]
    data = dict(fields) | {
        "parts-0-title": "Kỳ 1",
        "parts-0-source": (io.BytesIO(word("Chữ trong tệp.")), "bài.docx"),
    }
    page = author.post(f"{parts}/text?part=0", data=data)
    assert page.status_code == 200 and "Chữ trong tệp." in page.text and 'value="Kỳ 1"' in page.text
    assert kept(app) == (0, "")
    _, fields = forms_of(page)[0]
    assert author.post(parts, data=dict(fields)).status_code == 303
    assert kept(app) == (0, "Chữ trong tệp.")


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        (png(), "ảnh.png", "Mục này nhận"),
        (hostile.pdf("/JavaScript (x)"), "a.pdf", "không nhận"),
        (hostile.pdf(), "quét.pdf", "không có chữ"),
        (b"", "rỗng.docx", "rỗng"),
    ],
)
def test_a_file_without_text_or_not_of_these_kinds_is_refused_with_a_sentence(
    app: Flask, author: FlaskClient, parts: str, body: bytes, name: str, words: str
) -> None:
    answer = take(author, parts, body, name)
    assert 400 <= answer.status_code < 500 and words in answer.get_json()["message"]
    assert kept(app) == (0, "")
