"""What the secretary reads on the screening desk is what there is to do."""

from __future__ import annotations

import re

from flask import Flask

from contest.clock import utcnow
from contest.models.database import writing
from tests.browsing import words_of
from tests.cast import make_stage
from tests.web.test_entries import sign_in


def test_only_files_that_judges_see_wait_for_the_look_through(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow(), rounds__0__blind=True)
        entry = stage.draft("author")
        stage.add_page(entry)
        stage.add_page(entry, slot="agency_confirmation")
        address = f"/screening/{stage.submit(entry).public_id}"
    secretary = sign_in(app, "secretary")
    assert "(1 chưa soát)" in " ".join(secretary.get(address).text.split())
    assert len(re.findall('name="cleared"', secretary.get(f"{address}/files").text)) == 1


def test_the_list_of_clean_dossiers_names_the_category_each_goes_to(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(
            app,
            utcnow(),
            eligibility__agency_confirmation={"required": False},
            eligibility__subject={"exemplar_required": False},
        )
        stage.entry()
    page = sign_in(app, "secretary").get("/contests/thu/screening/accept-clean").text
    assert '<td data-label="Sẽ vào nhóm">Báo in</td>' in page


def test_the_secretary_reads_the_declared_awards_on_both_pages(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        award = {"contest": "Giải Báo chí quốc gia", "organizer": "Hội", "level": "national", "year": 2025}
        entry = stage.entry(no_prior_awards=False, prior_awards=[award])
        path = entry.public_id
    secretary = sign_in(app, "secretary")
    for page in (f"/dossiers/{path}", f"/screening/{path}", f"/screening/{path}?rule=prior_awards"):
        assert "Giải Báo chí quốc gia, Hội, năm 2025" in words_of(secretary.get(page)), page
