"""Long texts: as much as a form says it takes is taken, more is answered with a sentence, and nothing typed is lost."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import utcnow
from contest.models import EntryVersion, db
from contest.models.database import writing
from contest.services.entries.reading import load_version
from contest.web.forms import LONG_TEXT
from tests.browsing import forms_of, send, words_of
from tests.cast import make_stage
from tests.web.test_access import sign_in

FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def path(app: Flask) -> str:
    with app.app_context(), writing():
        return f"/entries/{make_stage(app, utcnow()).draft().public_id}"


@pytest.fixture
def author(app: Flask, path: str) -> FlaskClient:
    return sign_in(app, "author")


def typed(author: FlaskClient, path: str, texts: list[str]) -> dict[str, str]:
    """The form of the parts with these texts in it."""
    fields = dict(forms_of(author.get(f"{path}/parts"))[0][1])
    return fields | {f"parts-{i}-text": text for i, text in enumerate(texts)}


def kept(app: Flask) -> list[str]:
    with app.app_context():
        version = load_version(db.session.scalars(db.select(EntryVersion.id)).one())
        return [part.text for part in version.parts]


def test_the_longest_text_of_the_widest_letters_is_taken(app: Flask, author: FlaskClient, path: str) -> None:
    half = "ữ" * (LONG_TEXT // 2)
    answer = author.post(f"{path}/parts", data=typed(author, path, [half, half]), headers=FETCH)
    assert (answer.status_code, answer.json["state"]) == (200, "saved")
    assert kept(app) == [half, half]


def test_longer_texts_are_refused_with_their_length_and_stay_in_the_form(
    app: Flask, author: FlaskClient, path: str
) -> None:
    before = kept(app)
    texts = ["a" * 90_000, "b" * 90_000, "c" * 90_000]
    for headers in ({}, FETCH):
        answer = author.post(f"{path}/parts", data=typed(author, path, texts), headers=headers)
        assert answer.status_code == 422
        said = " ".join(" ".join(error) for error in answer.json["errors"]) if headers else words_of(answer)
        assert "270.000 ký tự, nhiều hơn 200.000" in said
        if not headers:
            assert dict(forms_of(answer)[0][1])["parts-2-text"].strip() == texts[2]
    assert kept(app) == before


def test_what_is_too_long_for_the_line_is_answered_in_words(author: FlaskClient, path: str) -> None:
    fields = typed(author, path, ["ữ" * 100_000] * 3)
    answer = author.post(f"{path}/parts", data=fields, headers=FETCH)
    assert (answer.status_code, answer.mimetype) == (413, "text/plain")
    assert "quá lớn" in answer.text


def test_more_fields_than_any_page_has_are_not_read(author: FlaskClient, path: str) -> None:
    body = "&".join(f"a={i}" for i in range(60_000))
    kind = "application/x-www-form-urlencoded"
    assert author.post(f"{path}/parts", data=body, content_type=kind, headers=FETCH).status_code == 413


def test_a_series_of_twenty_parts_goes_through_the_form_for_files_too(
    app: Flask, author: FlaskClient, path: str
) -> None:
    """Without scripts the button that takes text out of a file sends every field, and each counts as one part."""
    fields = typed(author, path, ["chữ"] * 20)
    for i in range(20):
        names = ("title", "outlet_name", "outlet_id", "published_on", "detail", "url", "minutes")
        fields = {f"parts-{i}-{name}": "" for name in names} | fields
    answer = author.post(
        f"{path}/parts/text?part=0", data=fields | {"parts-0-source": (BytesIO(b"%PDF-"), "a.pdf")}
    )
    assert answer.status_code in (200, 415, 422) and "quá lớn" not in words_of(answer)


def test_a_rulebook_as_long_as_a_rulebook_may_be_is_read(app: Flask, path: str) -> None:
    organizer = sign_in(app, "organizer")
    toml = dict(forms_of(organizer.get("/contests/thu/rulebook-import"))[0][1])["toml"]
    padded = f"{toml}\n# {'ữ' * (LONG_TEXT - len(toml) - 10)}"
    assert send(organizer, "/contests/thu/rulebook-import", toml=padded).status_code == 303
