"""What the secretary reads on the screening desk is what there is to do."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from contest.clock import utcnow
from contest.models import Contest, Entry, SupplementRequest, db
from contest.models.database import writing
from contest.services.entries import drafting
from contest.services.entries.authors import AuthorInput
from contest.services.judging import assigning
from contest.services.judging import reading as judging
from contest.services.screening import deciding
from contest.services.screening import reading as screening
from tests.browsing import forms_of, send, words_of
from tests.cast import Stage, make_stage
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


def test_a_file_is_looked_through_once_its_copies_are_there(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow(), rounds__0__blind=True)
        address = f"/screening/{stage.entry().public_id}/files"
    secretary = sign_in(app, "secretary")
    assert "Bản xem của tệp này đang được làm" in secretary.get(address).text
    covers = "[[1, 0.1, 0.1, 0.5, 0.1]]"
    refused = send(secretary, address, cleared="y", covers=covers)
    assert refused.status_code == 409 and "chưa soát được" in refused.text
    kept = dict(forms_of(refused)[0][1])
    assert (kept["covers"], kept["cleared"]) == (covers, "y")
    with app.app_context(), writing():
        stage.reload().make_copies()
    page = secretary.get(address).text
    assert "đang được làm" not in page and "Trang 1" in page
    assert send(secretary, address, cleared="y", covers=covers).status_code == 303
    assert "đã soát" in secretary.get(address).text


def test_a_refused_finding_stays_with_its_rule_and_a_refused_question_with_its_words(app: Flask) -> None:
    with app.app_context(), writing():
        page = f"/screening/{make_stage(app, utcnow()).entry().public_id}"
    secretary = sign_in(app, "secretary")
    answers = {}
    for act, typed in (
        ("override", {"rule": "parts", "outcome": "look", "note": " "}),
        ("return", {"question": "Gửi lại trang 2", "due_on": "01/01/2020"}),
    ):
        forms = forms_of(secretary.get(page))
        at = next(i for i, (form, _) in enumerate(forms) if form.get("action") == f"{page}/{act}")
        answers[act] = send(secretary, page, form=at, **typed)
        assert answers[act].status_code == 422
    fields = {f["action"]: dict(found) for f, found in forms_of(answers["override"])}
    assert fields[f"{page}/override"]["rule"] == "parts"
    assert "Hãy ghi căn cứ" in answers["override"].text or "cần được điền" in answers["override"].text
    assert "Gửi lại trang 2" in answers["return"].text and "phải ở sau lúc này" in answers["return"].text


def test_the_question_that_waits_is_asked_again_from_the_same_page(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        name = stage.entry().public_id
    secretary, page = sign_in(app, "secretary"), f"/screening/{name}"
    for question, label in (("Gửi trang 2", "Yêu cầu bổ sung"), ("Gửi trang 2, 3", "Hỏi lại, gia hạn")):
        shown = secretary.get(page)
        assert label in shown.text
        forms = forms_of(shown)
        at = next(i for i, (form, _) in enumerate(forms) if form.get("action") == f"{page}/return")
        assert send(secretary, page, form=at, question=question).status_code == 303
    assert dict(forms_of(secretary.get(page))[at][1])["question"].strip() == "Gửi trang 2, 3"
    assert states(app) == {name: "needs_supplement"}
    assert "quá hạn trả lời" not in secretary.get(page).text
    with app.app_context(), writing():
        for question in db.session.query(SupplementRequest):
            question.due_at = question.asked_at
        db.session.commit()
    assert secretary.get(page).text.count("quá hạn trả lời") == 1


CLEAN = {
    "eligibility__agency_confirmation": {"required": False},
    "eligibility__subject": {"exemplar_required": False},
}


def hand_in_again(app: Flask, stage: Stage, public_id: str) -> None:
    """Meanwhile the author hands in another version."""
    with app.app_context(), writing():
        stage.reload()
        entry = db.session.query(Entry).filter_by(public_id=public_id).one()
        drafting.editable_version(entry, now=stage.now)
        stage.submit(entry)


def states(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {e.public_id: e.state for e in db.session.query(Entry)}


def test_a_dossier_changed_since_it_was_looked_at_is_not_accepted(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow(), **CLEAN)
        name = stage.entry().public_id
    secretary = sign_in(app, "secretary")
    page = secretary.get(f"/screening/{name}")
    path = f"/screening/{name}/accept"
    [fields] = [dict(fields) for attributes, fields in forms_of(page) if attributes.get("action") == path]
    hand_in_again(app, stage, name)
    refused = secretary.post(path, data=fields)
    assert refused.status_code == 409 and "vừa nộp bản mới" in refused.text
    assert states(app) == {name: "submitted"}
    [fields] = [dict(fields) for attributes, fields in forms_of(refused) if attributes.get("action") == path]
    assert secretary.post(path, data=fields).status_code == 303
    assert states(app) == {name: "accepted"}


def test_accepting_many_leaves_those_that_changed_since_the_list_was_shown(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow(), **CLEAN)
        same, changed = stage.entry().public_id, stage.entry("coauthor", title="Khác").public_id
    secretary = sign_in(app, "secretary")
    path = "/contests/thu/screening/accept-clean"
    data: dict[str, list[str]] = {}
    for name, value in forms_of(secretary.get(path))[0][1]:
        data.setdefault(name, []).append(value)
    assert len(data["versions"]) == 2
    hand_in_again(app, stage, changed)
    answer = secretary.post(path, data=data, follow_redirects=True)
    assert "Đã tiếp nhận 1 hồ sơ đạt tất cả. 1 hồ sơ đã đổi từ lúc xem" in words_of(answer)
    assert states(app) == {same: "accepted", changed: "submitted"}


def test_the_secretary_reads_the_declared_awards_on_both_pages(app: Flask) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        award = {"contest": "Giải Báo chí quốc gia", "organizer": "Hội", "level": "national", "year": 2025}
        entry = stage.entry(no_prior_awards=False, prior_awards=[award])
        path = entry.public_id
    secretary = sign_in(app, "secretary")
    for page in (f"/dossiers/{path}", f"/screening/{path}", f"/screening/{path}?rule=prior_awards"):
        assert "Giải Báo chí quốc gia, Hội, năm 2025" in words_of(secretary.get(page)), page


def test_who_accepts_is_told_that_a_newer_draft_exists_and_the_author_sees_what_still_can_be_done(
    app: Flask,
) -> None:
    with app.app_context(), writing():
        public_id = make_stage(app, utcnow()).entry().public_id
    secretary, author = sign_in(app, "secretary"), sign_in(app, "author")
    base, desk = f"/entries/{public_id}", f"/screening/{public_id}"
    assert "chưa nộp lại" not in secretary.get(desk).text
    send(author, f"{base}/work", title="Tên sửa sau khi nộp")
    assert "Tác giả đang sửa bản mới, chưa nộp lại" in words_of(secretary.get(desk))
    forms = forms_of(secretary.get(desk))
    at = next(i for i, (form, _) in enumerate(forms) if form.get("action") == f"{desk}/accept")
    assert send(secretary, desk, form=at).status_code == 303
    with app.app_context():
        assert db.session.query(Entry).one().state == "accepted"
    assert "Nộp lại thì Tổ Thư ký sơ loại lại" in words_of(author.get(base))
    assert send(author, f"{base}/review").status_code == 303
    assert "Nộp lại bản 2 sau khi được kết luận hợp lệ" in words_of(secretary.get(desk))
    send(author, f"{base}/work", title="Sửa lần nữa rồi thôi")
    with app.app_context(), writing():
        db.session.query(Contest).one().state = "closed"
        db.session.commit()
    assert "Có phần sửa chưa nộp và không nộp được nữa" in words_of(author.get(base))
    assert send(author, base, to=f"{base}/discard").status_code == 303
    page = words_of(author.get(base))
    assert "phần sửa" not in page.replace("Đã bỏ phần sửa", "") and "Tên sửa sau khi nộp" in page


def test_each_label_of_the_acts_leads_to_its_own_field(app: Flask) -> None:
    with app.app_context(), writing():
        name = make_stage(app, utcnow()).entry().public_id
    shown = sign_in(app, "secretary").get(f"/screening/{name}").text
    ids = re.findall(r'\bid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'<label for="([^"]+)"', shown)) <= set(ids)
    assert len([i for i in ids if i.endswith("-reason")]) > 1
