"""What is half typed survives: a row with any content is kept, shown again, and its gap is asked for before handing in."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest.clock import utcnow
from contest.models import Entry, db
from contest.models.database import writing
from contest.services import registry
from tests.browsing import forms_of, send, words_of
from tests.cast import make_stage
from tests.web.test_entries import sign_in

ROWS = {
    "an author without a name": ("people", "authors-1-", {"pen_name": "Sông Trà"}),
    "an author of whom only the role is chosen": ("people", "authors-1-", {"credit_role": "photo"}),
    "a part with only its outlet": ("parts", "parts-1-", {"outlet_name": "Báo Quảng Ngãi"}),
    "a part with only its page": ("parts", "parts-1-", {"detail": "số 1204, trang 3"}),
    "a part with only its minutes": ("parts", "parts-1-", {"minutes": "12"}),
    "a unit without a model": ("subject", "exemplars-1-", {"unit_name": "Xã Ba Tơ"}),
    "an award without its contest": ("declarations", "awards-0-", {"year": "2024", "level": "sector"}),
    "an award of which only the organizer is known": ("declarations", "awards-0-", {"organizer": "Hội Nhà báo"}),
}  # fmt: skip


@pytest.fixture
def draft(app: Flask) -> str:
    """The address of a draft complete but for its files, one row of each kind in it."""
    with app.app_context(), writing():
        return f"/entries/{make_stage(app, utcnow()).draft().public_id}"


@pytest.fixture
def author(app: Flask, draft: str) -> FlaskClient:
    return sign_in(app)


def step(author: FlaskClient, path: str) -> dict[str, str]:
    return next(dict(fields) for _, fields in forms_of(author.get(path)) if "revision" in dict(fields))


@pytest.mark.parametrize("kind", ROWS)
def test_a_half_typed_row_is_there_again_after_it_was_said_to_be_saved(
    author: FlaskClient, draft: str, kind: str
) -> None:
    name, row, typed = ROWS[kind]
    typed = {row + key: value for key, value in typed.items()}
    data = step(author, f"{draft}/{name}") | typed
    if name == "declarations":
        data["prior"] = "yes"
    answer = author.post(f"{draft}/{name}", data=data, headers={"X-Requested-With": "fetch"})
    assert answer.json["state"] == "saved"
    again = step(author, f"{draft}/{name}")
    assert {key: again.get(key) for key in typed} == typed


@pytest.mark.parametrize("name", ["people", "parts", "subject", "declarations"])
def test_an_emptied_row_is_gone(author: FlaskClient, draft: str, name: str) -> None:
    data = step(author, f"{draft}/{name}")
    emptied = {key: "" for key in data if "-0-" in key and not key.endswith("nationality")}
    kept = {k: v for k, v in data.items() if not k.endswith("is_contact")}
    assert author.post(f"{draft}/{name}", data=kept | emptied).status_code == 303
    rows = {key.split("-")[1] for key in step(author, f"{draft}/{name}") if key.count("-") == 2}
    assert rows == {"0"}, "the empty row to type in is all that is left"


def test_a_nameless_author_is_asked_for_and_not_handed_in(
    app: Flask, author: FlaskClient, draft: str
) -> None:
    send(author, f"{draft}/people", **{"authors-1-pen_name": "Sông Trà", "authors-1-credit_role": "photo"})
    review = author.get(f"{draft}/review")
    assert "Tác giả 2 chưa có họ tên" in words_of(review)
    assert f'href="{draft}/people">Bổ sung' in review.text
    refused = send(author, f"{draft}/review")
    assert refused.status_code == 422 and "Tác giả 2 chưa có họ tên" in words_of(refused)
    with app.app_context():
        assert db.session.query(Entry).one().state == "draft"


def test_a_unit_alone_counts_as_portrayed_and_stands_where_models_stand(
    app: Flask, author: FlaskClient, draft: str
) -> None:
    send(
        author, f"{draft}/subject", **{"exemplars-0-name": "", "exemplars-0-unit_name": "Xã Bãi Bồi Thử"}
    )  # fmt: skip
    assert "Chưa ghi mô hình" not in author.get(f"{draft}/review").text
    for page in ("review", "registration-form"):
        assert "Xã Bãi Bồi Thử" in author.get(f"{draft}/{page}").text
    assert send(author, f"{draft}/review").status_code == 303, "in time, the page of the paper may follow"
    secretary = sign_in(app, "secretary")
    dossier = f"/dossiers/{draft.rsplit('/', 1)[1]}"
    assert "Xã Bãi Bồi Thử" in secretary.get(dossier).text
    links = words_of(secretary.get(f"{dossier}/links"))
    assert "Hồ sơ không ghi mô hình nào" in links and "<h3>Xã Bãi Bồi Thử</h3>" in links


def test_a_model_chosen_and_then_typed_anew_is_the_one_typed(
    app: Flask, author: FlaskClient, draft: str
) -> None:
    """Without scripts the hidden address of the model chosen before stays in the form."""
    with app.app_context(), writing():
        made = registry.create_exemplar(
            actor=None, now=utcnow(), name="Bò giống về làng", field="Kinh tế", subject_kind="collective", novelty="new",
        )  # fmt: skip
        db.session.commit()
    chosen = {"exemplars-0-public_id": made.public_id, "exemplars-0-name": made.name}
    send(author, f"{draft}/subject", **chosen)
    assert step(author, f"{draft}/subject")["exemplars-0-public_id"] == made.public_id
    send(author, f"{draft}/subject", **{"exemplars-0-name": "Vườn cây của dân"})
    again = step(author, f"{draft}/subject")
    assert (again["exemplars-0-name"], again["exemplars-0-public_id"]) == ("Vườn cây của dân", "")


def test_who_says_yes_to_prior_awards_is_asked_for_them_in_full_and_they_are_printed_so(
    author: FlaskClient, draft: str
) -> None:
    path = f"{draft}/declarations"
    send(author, path, prior="yes")
    assert step(author, path)["prior"] == "yes", "the answer is there again without any award"
    refused = send(author, f"{draft}/review")
    assert refused.status_code == 422 and "chưa ghi giải nào" in words_of(refused)
    award = {
        "awards-0-contest": "Giải báo chí tỉnh",
        "awards-0-organizer": "Hội Nhà báo",
        "awards-0-year": "2025",
    }
    send(author, path, **award)
    assert "Giải 1 chưa ghi cấp" in words_of(author.get(f"{draft}/review"))
    send(author, path, **{"awards-0-level": "provincial"})
    for page in ("review", "registration-form"):
        words = words_of(author.get(f"{draft}/{page}"))
        assert "Giải báo chí tỉnh, Hội Nhà báo, năm 2025, giải cấp tỉnh" in words
    assert send(author, f"{draft}/review").status_code == 303
