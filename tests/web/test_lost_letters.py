"""Bytes that are no letters: a line with one is refused beside its field, and the rest of the form stays."""

from __future__ import annotations

from urllib.parse import quote_from_bytes, urlencode

import pytest
from flask import Flask

from contest.clock import utcnow
from contest.models.database import writing
from tests.browsing import forms_of, words_of
from tests.cast import make_stage
from tests.web.test_access import sign_in


@pytest.mark.parametrize(
    "name", [b"a\x00b", b"a\xed\xa0\x80b", "a\N{REPLACEMENT CHARACTER}b".encode(), b"\xff"]
)
def test_a_lost_letter_is_asked_for_again(app: Flask, name: bytes) -> None:
    with app.app_context(), writing():
        make_stage(app, utcnow())
    author = sign_in(app, "author")
    fields = dict(forms_of(author.get("/accounts/profile"))[0][1]) | {"pen_names": "Sông Trà"}
    del fields["name"]
    body = f"{urlencode(fields)}&name={quote_from_bytes(name)}"
    answer = author.post("/accounts/profile", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422 and "Có chữ bị hỏng (�) khi gửi" in words_of(answer)
    assert "Sông Trà" in answer.text
    assert "Sông Trà" not in author.get("/accounts/profile").text
