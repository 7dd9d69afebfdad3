"""Saving the rules of an open contest: what is asked for stands beside its box, and nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import utcnow
from contest.models.database import writing
from tests.browsing import forms_of, send, words_of
from tests.cast import make_stage
from tests.web.test_access import sign_in

DATES = "/contests/thu/rulebook/dates"
IMPORT = "/contests/thu/rulebook-import"


@pytest.fixture
def organizer(app: Flask) -> FlaskClient:
    with app.app_context(), writing():
        make_stage(app, utcnow())
    return sign_in(app, "organizer")


def shown(page: object) -> dict[str, str]:
    return dict(forms_of(page)[0][1])  # type: ignore[arg-type]


def test_the_notice_is_asked_for_and_begun_from_what_differs(
    app: Flask, client: FlaskClient, organizer: FlaskClient
) -> None:
    answer = send(organizer, DATES, supplement_days="7", reason="Bão số 9")
    assert answer.status_code == 422
    assert "báo trên trang cuộc thi" in re.findall(r'id="notice-error">(.*?)</div>', answer.text, re.S)[0]
    fields = shown(answer)
    assert "bổ sung tệp (ngày)" in fields["notice"] and "→ 7" in fields["notice"]
    assert (fields["supplement_days"], fields["reason"]) == ("7", "Bão số 9")
    again = organizer.post(DATES, data=fields)
    assert again.status_code == 303
    assert fields["notice"] in words_of(client.get("/c/thu"))


def test_both_words_are_asked_for_at_once(organizer: FlaskClient) -> None:
    answer = send(organizer, DATES, supplement_days="7")
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text and 'id="notice-error"' in answer.text


def test_an_imported_file_needs_them_too(organizer: FlaskClient) -> None:
    toml = shown(organizer.get(IMPORT))["toml"].replace("supplement_days = 3", "supplement_days = 8")
    answer = send(organizer, IMPORT, toml=toml, reason="Theo văn bản mới")
    assert answer.status_code == 422
    fields = shown(answer)
    assert "→ 8" in fields["notice"] and fields["toml"].strip() == toml.strip()
    assert organizer.post(IMPORT, data=fields).status_code == 303
    page = words_of(organizer.get("/contests/thu/rulebook"))
    assert "Bản 2" in page and "Theo văn bản mới" in page


def test_a_stale_page_is_told_and_keeps_what_was_typed(organizer: FlaskClient) -> None:
    words = {"reason": "Bão số 9", "notice": "Thêm ngày bổ sung."}
    first = shown(organizer.get(DATES)) | words
    assert send(organizer, DATES, supplement_days="7", **words).status_code == 303
    answer = organizer.post(DATES, data=first | {"supplement_days": "9"})
    assert answer.status_code == 409 and "vừa được người khác lưu" in words_of(answer)
    assert shown(answer)["supplement_days"] == "9"
