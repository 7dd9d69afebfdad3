"""What the secretary reads on the screening desk is what there is to do."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from contest.clock import utcnow
from contest.models import Entry, db
from contest.models.database import writing
from contest.services.entries.authors import AuthorInput
from contest.services.judging import assigning
from contest.services.judging import reading as judging
from contest.services.screening import deciding
from contest.services.screening import reading as screening
from tests.browsing import forms_of, send
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


@pytest.mark.parametrize(
    ("answer", "is_excluded", "kept_from"), [("yes", True, ["author"]), ("no", False, [])], ids=["one", "two"]
)
@pytest.mark.parametrize("excluded", [["judge"], []], ids=["judges may not enter", "judges may enter"])
def test_a_co_author_with_the_name_of_a_judge_is_asked_about_and_the_answer_counts(
    app: Flask, excluded: list[str], answer: str, is_excluded: bool, kept_from: list[str]
) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow(), eligibility__excluded_roles=excluded)
        stage.panel(judges=1)
        named = [
            AuthorInput(
                "Phạm Thị Hà", birth_year=1980, phone="0900000001", credit_role="writer", is_contact=True
            ),
            AuthorInput("giám khảo A", credit_role="writer"),
        ]
        entry = stage.entry(authors=named)
        deciding.accept_entry(entry, actor=stage.actor("secretary"), now=stage.now)
        entry_id, address = entry.id, f"/screening/{entry.public_id}?rule=people"

    def verdict() -> str:
        with app.app_context():
            found = screening.dossier(db.session.get_one(Entry, entry_id), now=utcnow())
            assert found is not None
            return next(v.finding for v in found.screened.verdicts if v.rule == "people")

    secretary = sign_in(app, "secretary")
    page = secretary.get(address)
    assert "Hai “giám khảo A” là một người?" in page.text and "Trùng tên" in verdict()
    number, form = next((i, f) for i, f in enumerate(forms_of(page)) if "/persons" in str(f[0].get("action")))
    assert send(secretary, address, form=number, to=form[0]["action"], same=answer).status_code == 303
    assert "là một người?" not in secretary.get(address).text
    assert ("Đang giữ nhiệm vụ" in verdict()) is (is_excluded and bool(excluded))
    assert "Trùng tên" not in verdict()
    with app.app_context():
        plan = assigning.plan_round(judging.list_rounds(stage.contest_id)[0])
        assert [f.kind.value for f in plan.conflicts] == kept_from


def test_birth_years_tell_namesakes_apart(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        judge = stage.panel(judges=1)[1][0]
        judge.account.person.birth_year = 1960
        db.session.commit()
        entry = stage.entry(
            authors=[AuthorInput("Giám Khảo A", birth_year=1990, phone="0900000001", is_contact=True)]
        )
        address = f"/screening/{entry.public_id}?rule=people"
    assert "là một người?" not in sign_in(app, "secretary").get(address).text
