"""The days of a paper dossier at the doors of the clerk and the secretary."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from contest.clock import today, utcnow
from contest.domain.vietnamese import format_date
from contest.models import Entry, db
from contest.models.database import writing
from contest.services.entries import receiving
from tests.browsing import send
from tests.cast import make_stage
from tests.web.test_entries import sign_in


def test_the_days_of_a_paper_dossier_are_corrected_by_clerk_and_secretary_only(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        day = today(stage.now)
        entry = receiving.receive_dossier(
            stage.contest, received_on=day, postmarked_on=None, actor=stage.actor("clerk"), now=stage.now, key="k"
        )  # fmt: skip
        path = f"/dossiers/{entry.public_id}/days"
        own = f"/dossiers/{stage.entry().public_id}/days"
        form = f"/entries/{entry.public_id}/work"
    clerk = sign_in(app, "clerk")
    assert path in clerk.get("/contests/thu/receive").text
    assert path in clerk.get(form).text and "Hồ sơ nhập giúp" in clerk.get(form).text
    for who, when in (("clerk", day - timedelta(days=2)), ("secretary", day - timedelta(days=3))):
        answer = send(sign_in(app, who), path, postmarked_on=format_date(when))
        assert answer.status_code == 303
        with app.app_context():
            assert db.session.query(Entry).filter_by(entered_for=True).one().postmarked_on == when
    assert sign_in(app, "author").get(path).status_code == 404
    assert sign_in(app, "secretary").get(own).status_code == 404


def test_a_day_that_cannot_be_is_refused_beside_its_field_and_stays_typed(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        entry = receiving.receive_dossier(
            stage.contest, received_on=None, postmarked_on=None, actor=stage.actor("clerk"), now=stage.now, key="k"
        )  # fmt: skip
        path, tomorrow = f"/dossiers/{entry.public_id}/days", today(stage.now) + timedelta(days=1)
    answer = send(sign_in(app, "clerk"), path, postmarked_on=format_date(tomorrow))
    assert answer.status_code == 422
    assert "không thể ở sau hôm nay" in answer.text and format_date(tomorrow) in answer.text
