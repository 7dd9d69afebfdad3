"""The review before handing in: under "judges will see" stands what their own page is made from, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from contest.clock import utcnow
from contest.domain.vietnamese import format_date
from contest.models import EntryPart, db
from contest.models.database import writing
from contest.services.entries import drafting, reading
from contest.services.entries.authors import AuthorInput
from contest.services.judging import conflicts
from contest.services.judging import reading as judging
from contest.services.screening import deciding, findings
from tests.browsing import Statements, words_of
from tests.cast import Stage, make_stage, png
from tests.web.test_entries import sign_in


def drafted(app: Flask, *, blind: bool, copies: bool = True) -> tuple[Stage, str, str]:
    """A draft with a page of the paper and the agency's paper; (stage, address, day of publication)."""
    stage = make_stage(app, utcnow(), rounds__0__blind=blind, rounds__1__blind=blind)
    entry = stage.draft()
    stage.add_page(entry)
    stage.add_page(entry, slot="agency_confirmation", body=png(shade=7))
    if copies:
        stage.make_copies()
    day = format_date(db.session.query(EntryPart).one().published_on)
    return stage, f"/entries/{entry.public_id}", day


def judged_part(page: Any) -> str:
    words = words_of(page)
    return words[words.index("as-judged") : words.index("<h2>", words.index("as-judged"))]


def test_a_unit_written_about_without_a_model_is_not_said_to_be_unwritten(app: Flask) -> None:
    with app.app_context(), writing():
        named = [drafting.ExemplarInput(unit_name="Thôn Châu Me")]
        base = f"/entries/{make_stage(app, utcnow()).draft(exemplars=named).public_id}"
    page = words_of(sign_in(app).get(f"{base}/review"))
    assert "Thôn Châu Me" in page and "Đơn vị có mô hình" not in page


@pytest.mark.parametrize("blind", [True, False])
def test_the_author_sees_the_work_as_judges_do_and_names_only_where_they_do(app: Flask, blind: bool) -> None:
    with app.app_context(), writing():
        _, base, day = drafted(app, blind=blind)
    seen = judged_part(sign_in(app).get(f"{base}/review"))
    for shown in ("Tiếng chiêng", "chữ chữ chữ", "Già làng Phạm Văn Sốt", "Tóm tắt"):
        assert shown in seen
    assert seen.count("<img") == 1, "the page of the paper; the agency's paper is not for judges"
    assert "trang 1.png" not in seen
    for named in ("Phạm Thị Hà", "Báo Quảng Ngãi", day):
        assert (named in seen) is not blind, named


def test_copies_still_being_made_are_said_to_be(app: Flask) -> None:
    with app.app_context(), writing():
        _, base, _ = drafted(app, blind=True, copies=False)
    seen = judged_part(sign_in(app).get(f"{base}/review"))
    assert "<img" not in seen and "Bản xem của tác phẩm đang được làm" in seen


@pytest.mark.parametrize("blind", [True, False])
def test_the_judges_page_says_the_same(app: Flask, blind: bool) -> None:
    with app.app_context(), writing():
        stage, base, _ = drafted(app, blind=blind)
    promised = judged_part(sign_in(app).get(f"{base}/review"))
    article = promised[promised.index("<article") : promised.index("</article>")]
    with app.app_context(), writing():
        stage.reload()
        entry = stage.submit(reading.get_entry(base.rsplit("/", 1)[1]))
        deciding.accept_entry(entry, actor=stage.actor("secretary"), now=stage.now)
        for row in reading.load_version(entry.submitted_version_id).files:
            findings.clear_file(
                entry, row.file.public_id, covers=[], is_cleared=True, actor=stage.actor("secretary"), now=stage.now
            )  # fmt: skip
        round_, judges = stage.panel()
        stage.open_round(round_)
        conflicts.declare(judges[0], {}, actor=stage.actor("judge0"), now=stage.now)
        mine = next(
            a for a in judging.list_assignments(round_.id) if a.judge.account.email == "judge0@kheo.example"
        )
        address = f"/judging/work/{mine.public_id}"
    page = words_of(sign_in(app, "judge0").get(address))
    given = page[page.index("<article") : page.index("</article>")]
    for tag, other in (("h1", "h3"), ("h2", "h4")):
        given = given.replace(f"<{tag}>", f"<{other}>").replace(f"</{tag}>", f"</{other}>")
    assert given == article


def test_the_review_asks_no_more_than_the_house_allows(app: Flask) -> None:
    with app.app_context(), writing():
        _, base, _ = drafted(app, blind=False)
    author = sign_in(app)
    author.get(f"{base}/review")
    with Statements(app) as seen:
        assert author.get(f"{base}/review").status_code == 200
    assert len(seen) <= 12


def test_an_author_is_not_told_which_works_of_others_name_somebody(app: Flask) -> None:
    """Whoever types a name could ask otherwise who has entered."""
    named = AuthorInput("Kiều Giấu Tên", birth_year=1979, credit_role="writer", is_contact=True)
    unsure = replace(named, birth_year=None)
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        code = stage.entry("author", authors=[named]).receipt_code
        addresses = {
            who: f"/entries/{stage.draft(who, title='Bài mới', authors=[unsure]).public_id}/review"
            for who in ("author", "coauthor")
        }
    own, others = (words_of(sign_in(app, who).get(page)) for who, page in addresses.items())
    assert f"Kiều Giấu Tên có thể là người đã đứng tên ở {code}" in own
    assert "Kiều Giấu Tên có thể là người đã đứng tên ở 1 tác phẩm khác" in others
    assert code not in others and "1979" not in others
