"""The letterhead of papers as they are opened to be printed."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import utcnow
from contest.models.database import writing
from tests.browsing import send
from tests.cast import make_stage
from tests.web.test_access import sign_in

PAPER = "/contests/thu/documents/screening"
INFO = "/contests/thu/rulebook/info"


@pytest.fixture
def organizer(app: Flask) -> FlaskClient:
    with app.app_context(), writing():
        make_stage(app, utcnow())
    return sign_in(app, "organizer")


def test_the_letterhead_is_changed_in_the_forms(organizer: FlaskClient) -> None:
    before = organizer.get(PAPER).text
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in before
    assert "BAN TUYÊN GIÁO VÀ DÂN VẬN TỈNH ỦY" in before
    assert "Quảng Ngãi, ngày" in before
    changed = {"heading": "state", "issuer": "Ủy ban nhân dân tỉnh", "place": "Cẩm Thành"}
    words = {"reason": "Tỉnh chủ trì", "notice": "Ủy ban nhân dân tỉnh chủ trì."}
    assert send(organizer, INFO, **words, **changed).status_code == 303
    after = organizer.get(PAPER).text
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" not in after
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in after
    assert "Độc lập - Tự do - Hạnh phúc" in after
    assert "ỦY BAN NHÂN DÂN TỈNH" in after
    assert "Cẩm Thành, ngày" in after
