"""The rulebook as Vietnamese forms: everything it can say is said by a form, and nothing changes by looking."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel

from contest.clock import utcnow
from contest.domain.rulebook import Rulebook, check_rulebook, parse_rulebook
from contest.domain.rulebook.writing import as_data
from contest.models.database import writing
from contest.services.contests import creating
from contest.services.contests.reading import get_contest, rulebook_of
from contest.web.contests.sections import SECTIONS
from tests.browsing import forms_of, send, words_of
from tests.cast import Stage, make_stage
from tests.web.test_access import sign_in

SHIPPED = Path(__file__).resolve().parents[2] / "contest" / "data" / "rulebooks"
FULL = Path(__file__).parent.joinpath("everything.toml").read_text("utf-8")
BARE = """
format = 1
contest = { series = "S", name = "N" }
windows.submitted = { from = 2026-01-01, to = 2026-02-01 }
media_types = [{ key = "m", name = "M" }]
categories = [{ key = "c", name = "C", accepts = [{ media_type = "m" }] }]
credit_roles = []
ties.chain = []
[[rounds]]
key = "r"
name = "R"
scale.max = 10
criteria = [{ key = "k", name = "K", max = 10 }]
"""


def leaves(kind: Any, path: str = "") -> Iterator[str]:
    """Every key of the shape that holds a value, as a path; a key with one possible value needs no form."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            yield from leaves(field.annotation, f"{path}.{field.alias or name}".lstrip("."))
        return
    models = [m for m in _inner(kind) if isinstance(m, type) and issubclass(m, BaseModel)]
    for model in models:
        yield from leaves(model, path)
    if not models and not _has_one_value(kind):
        yield path


def _inner(kind: Any) -> Iterator[Any]:
    yield kind
    for part in get_args(kind) if get_origin(kind) is not Literal else ():
        yield from _inner(part)


def _has_one_value(kind: Any) -> bool:
    found = [part for part in _inner(kind) if get_origin(part) is Literal]
    return len(found) == 1 and len(get_args(found[0])) == 1


def said(value: Any, path: str = "") -> Iterator[str]:
    """The paths that a rulebook says something other than its default at."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from said(inner, f"{path}.{key}".lstrip("."))
    if isinstance(value, list | tuple):
        for inner in value:
            yield from said(inner, path)
    yield path


def contest_of(app: Flask, stage: Stage, rulebook: Rulebook, slug: str) -> None:
    """A draft contest with these rules, run by the organizer of the stage, who is signed in by the clock."""
    with app.app_context(), writing():
        organizer = stage.reload().people["organizer"]
        creating.create_contest(rulebook=rulebook, actor=None, now=utcnow(), slug=slug, organizer=organizer)


def rules_in(app: Flask, slug: str) -> Rulebook:
    with app.app_context():
        contest = get_contest(slug)
        assert contest is not None
        return rulebook_of(contest)


def pages(app: Flask, slug: str) -> list[str]:
    """The addresses of all forms of a contest's rulebook, in the order one fills them."""
    rounds = [f"rounds/{r.key}" for r in rules_in(app, slug).rounds]
    return [
        *(s for s in SECTIONS if s not in ("ties", "prizes", "publication")),
        *rounds,
        "ties",
        "prizes",
        "publication",
    ]


@pytest.fixture
def stage(app: Flask, now: Any) -> Stage:
    with app.app_context(), writing():
        return make_stage(app, now)


@pytest.fixture
def organizer(app: Flask, stage: Stage) -> FlaskClient:
    return sign_in(app, "organizer")


def test_the_full_rulebook_says_every_key_of_the_shape() -> None:
    """Fails for a new key: say it in everything.toml, and the next test asks for its form."""
    dumped = parse_rulebook(FULL).model_dump(by_alias=True, exclude_defaults=True, exclude_none=True)
    assert set(leaves(Rulebook)) - set(said(dumped)) == set()


def test_every_key_is_reachable_by_a_form(app: Flask, stage: Stage, organizer: FlaskClient) -> None:
    """What the forms of a full contest show, typed into the forms of a bare one, makes it the same."""
    full = parse_rulebook(FULL)
    contest_of(app, stage, full, "day-du")
    contest_of(app, stage, parse_rulebook(BARE), "trong")
    for _ in range(2):  # the second time, what the first made can be chosen
        for page in pages(app, "day-du"):
            if page.startswith("rounds/") and page.removeprefix("rounds/") not in [
                r.key for r in rules_in(app, "trong").rounds
            ]:
                continue
            shown = forms_of(organizer.get(f"/contests/day-du/rulebook/{page}"))[0][1]
            answer = copy_into(organizer, f"/contests/trong/rulebook/{page}", shown)
            assert answer.status_code == 303, (page, words_of(answer)[-3000:])
    made = rules_in(app, "trong")
    assert in_any_order(made.model_dump()) == in_any_order(full.model_dump())


def in_any_order(value: Any) -> Any:
    """Choices without their order: ticked boxes have none. Rounds, prizes and other rows keep theirs."""
    if isinstance(value, dict):
        return {k: sorted(map(str, v)) if k == "accepts" else in_any_order(v) for k, v in value.items()}
    if isinstance(value, list):
        found = [in_any_order(v) for v in value]
        return found if any(isinstance(v, dict) for v in found) else sorted(map(str, found))
    return value


def copy_into(client: FlaskClient, path: str, shown: list[tuple[str, str]]) -> Any:
    """Send another page's values to a form, with this form's own token and version."""
    own = {name: value for name, value in forms_of(client.get(path))[0][1] if name in ("base", "csrf_token")}
    data: dict[str, list[str]] = {}
    for name, value in [*((n, v) for n, v in shown if n not in own), *own.items()]:
        data.setdefault(name, []).append(value)
    return client.post(path, data=data)


@pytest.mark.parametrize("name", ["quang-ngai", "nghe-an-2024", "quang-ngai-bao-chi", "everything"])
def test_saving_unchanged_changes_nothing(
    app: Flask, stage: Stage, organizer: FlaskClient, name: str
) -> None:
    text = FULL if name == "everything" else SHIPPED.joinpath(f"{name}.toml").read_text("utf-8")
    contest_of(app, stage, parse_rulebook(text), "nguyen")
    for page in pages(app, "nguyen"):
        answer = send(organizer, f"/contests/nguyen/rulebook/{page}")
        assert answer.status_code == 303, (page, words_of(answer)[-2000:])
    assert rules_in(app, "nguyen") == parse_rulebook(text)
    assert "Bản 2" not in organizer.get("/contests/nguyen/rulebook").text


CHANGES = [
    ("info", {"summary": "Mới"}, "contest__summary", "Mới"),
    ("dates", {"submitted_to": "15/9/2026"}, "windows__submitted__to", date(2026, 9, 15)),
    ("media", {"media-0-words": "2.000"}, "media_types__0__max_words_per_part__value", 2000),
    ("slots", {"slots-0-high": "9"}, "slots__0__count__max", 9),
    ("people", {"subject_mode": "block"}, "eligibility__subject__mode", "block"),
    ("limits", {"roles-2-entries": "5"}, "limits__entries_per_person__by_credit_role", {"camera": 5}),
    ("rounds", {"rounds-0-name": "Vòng một"}, "rounds__0__name", "Vòng một"),
    ("rounds/preliminary", {"criteria-1-anchor": "Gắn bó"}, "rounds__0__criteria__1__anchor", "Gắn bó"),
    ("ties", {"article": "Điều 12"}, "ties__article", "Điều 12"),
    ("prizes", {"prizes-0-by_category-3": "2"}, "prizes__0__quota__by_category", {"tv": 2}),
    ("publication", {"show_totals": "y"}, "publication__show_totals", True),
]


@pytest.mark.parametrize(("page", "typed", "place", "value"), CHANGES, ids=[c[0] for c in CHANGES])
def test_a_changed_field_changes_only_that(
    app: Flask, stage: Stage, organizer: FlaskClient, page: str, typed: dict[str, str], place: str, value: Any
) -> None:
    before = parse_rulebook(SHIPPED.joinpath("quang-ngai.toml").read_text("utf-8"))
    contest_of(app, stage, before, "mot")
    assert send(organizer, f"/contests/mot/rulebook/{page}", **typed).status_code == 303
    expected = as_data(before)
    *way, last = place.split("__")
    here: Any = expected
    for step in way:
        here = here[int(step)] if step.isdigit() else here[step]
    here[last] = value
    assert rules_in(app, "mot") == check_rulebook(expected)


REFUSED = [
    ("dates", {"submitted_to": "31/02/2026"}, "submitted_to", "Không có ngày 31/02/2026"),
    ("dates", {"submitted_to": "01/01/2026"}, "submitted_to", "trước ngày bắt đầu"),
    ("dates", {"judged_from": "01/10/2026"}, "judged_to", "Thiếu mục này"),
    ("media", {"categories-3-whole": None, "categories-3-some": "Điện ảnh: hài"}, "categories-3-some", "Chưa rõ loại hình"),
    ("slots", {"slots-1-low": "13"}, "slots-1-high", "nhỏ hơn số tệp ít nhất"),
    ("limits", {"entries_per_person": "", "roles-0-entries": "2"}, "entries_per_person", "giới hạn chung"),
    ("rounds/preliminary", {"criteria-0-step": "0,7"}, "criteria-0-step", "không chia hết"),
    ("rounds/preliminary", {"criteria-0-max": "31"}, "scale_max", "101"),
    ("rounds/preliminary", {"method": "outlier_filtered"}, "threshold", "ngưỡng"),
    ("prizes", {"prizes-1-high": ""}, "prizes-1-high", "Hãy ghi số giải"),
    ("prizes", {"prizes-1-tier": "Giải Nhất"}, "prizes-1-tier", "đã có ở trên"),
    ("prizes", {"prizes-0-value_base_salaries": "10"}, "prizes-0-value_base_salaries", "mức lương"),
    ("prizes", {"prizes-0-value_vnd": "mười"}, "prizes-0-value_vnd", "số nguyên"),
    ("prizes", {"prizes-0-high": "²"}, "prizes-0-high", "số nguyên"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "typed", "field", "sentence"), REFUSED)
def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(
    app: Flask,
    stage: Stage,
    organizer: FlaskClient,
    page: str,
    typed: dict[str, Any],
    field: str,
    sentence: str,
) -> None:
    contest_of(app, stage, parse_rulebook(SHIPPED.joinpath("quang-ngai.toml").read_text("utf-8")), "sai")
    answer = send(organizer, f"/contests/sai/rulebook/{page}", **typed)
    assert answer.status_code == 422
    beside = re.search(rf'id="{field}-error">(.*?)</div>', answer.text, re.S)
    assert beside and sentence in beside[1], words_of(answer)[-3000:]
    shown = dict(forms_of(answer)[0][1])
    assert all(shown[name].strip() == value for name, value in typed.items() if value is not None)
    assert "Bản 2" not in organizer.get("/contests/sai/rulebook").text


def test_rows_are_added_and_moved_without_scripts_and_nothing_is_saved_yet(
    app: Flask, stage: Stage, organizer: FlaskClient
) -> None:
    before = parse_rulebook(SHIPPED.joinpath("quang-ngai.toml").read_text("utf-8"))
    contest_of(app, stage, before, "hang")
    path = "/contests/hang/rulebook/prizes"
    more = send(organizer, path, add="prizes", **{"prizes-0-tier": "Giải Đặc biệt"})
    shown = dict(forms_of(more)[0][1])
    assert (shown["prizes-0-tier"], shown["prizes-6-tier"], shown["prizes-5-tier"]) == (
        "Giải Đặc biệt",
        "",
        "",
    )
    moved = send(organizer, path, up="prizes-1")
    shown = dict(forms_of(moved)[0][1])
    assert (shown["prizes-0-tier"], shown["prizes-1-tier"]) == ("Giải Nhì", "Giải Nhất")
    assert (shown["prizes-0-value_vnd"], shown["prizes-1-value_vnd"]) == ("7.000.000", "10.000.000")
    assert rules_in(app, "hang") == before
    assert send(organizer, path, up="prizes-0").status_code == 200
    assert send(organizer, path, up="nothing-7").status_code == 200
    assert send(organizer, path, add="nothing").status_code == 200


def test_rounds_are_added_put_in_order_and_taken_out(
    app: Flask, stage: Stage, organizer: FlaskClient
) -> None:
    contest_of(app, stage, parse_rulebook(SHIPPED.joinpath("quang-ngai.toml").read_text("utf-8")), "vong")
    path = "/contests/vong/rulebook/rounds"
    send(organizer, path, **{"rounds-2-name": "Bán kết"})
    assert [r.name for r in rules_in(app, "vong").rounds] == ["Sơ khảo", "Chung khảo", "Bán kết"]
    assert rules_in(app, "vong").criteria_of("ban_ket") == rules_in(app, "vong").criteria_of("preliminary")
    swapped = send(organizer, path, up="rounds-2")
    assert copy_into(organizer, path, forms_of(swapped)[0][1]).status_code == 303
    assert [r.key for r in rules_in(app, "vong").rounds] == ["preliminary", "ban_ket", "final"]
    refused = send(organizer, path, **{"rounds-0-remove": "y"})
    assert refused.status_code == 422
    assert "không phải là một vòng trước" in refused.text
    assert send(organizer, path, **{"rounds-1-remove": "y"}).status_code == 303
    assert [r.key for r in rules_in(app, "vong").rounds] == ["preliminary", "final"]


def test_a_new_media_type_and_its_group_are_said_in_one_form(
    app: Flask, stage: Stage, organizer: FlaskClient
) -> None:
    contest_of(app, stage, parse_rulebook(SHIPPED.joinpath("quang-ngai.toml").read_text("utf-8")), "anh")
    path = "/contests/anh/rulebook/media"
    typed = {"media-4-name": "Ảnh báo chí", "media-4-genres": "ảnh đơn\nphóng sự ảnh"}
    refused = send(organizer, path, **typed)
    assert refused.status_code == 422
    assert "Không nhóm giải nào nhận" in refused.text
    assert 'value="anh_bao_chi"' in refused.text, "the new media type can be ticked now"
    typed |= {"categories-4-name": "Ảnh", "categories-4-whole": ["anh_bao_chi"]}
    assert send(organizer, path, **typed).status_code == 303
    assert rules_in(app, "anh").category_for("anh_bao_chi", "ảnh đơn").name == "Ảnh"


def test_a_renamed_tier_keeps_the_conditions_that_name_it(
    app: Flask, stage: Stage, organizer: FlaskClient
) -> None:
    contest_of(app, stage, parse_rulebook(FULL), "doi-ten")
    path = "/contests/doi-ten/rulebook/prizes"
    swapped = {"prizes-1-tier": "Giải Ba", "prizes-2-tier": "Giải Nhì"}
    shown = dict(forms_of(send(organizer, path, add="prizes", **swapped))[0][1])
    assert shown["prizes-3-need_tier"] == "Giải Ba", "the tier is known by its name in the rulebook"
    assert send(organizer, path, **swapped).status_code == 303
    prizes = rules_in(app, "doi-ten").prizes
    assert [p.tier for p in prizes[1:3]] == ["Giải Ba", "Giải Nhì"]
    assert prizes[3].condition.min_entries_at_tier.tier == "Giải Nhì"
    assert send(organizer, path, **{"prizes-2-tier": "Giải C"}).status_code == 303
    assert rules_in(app, "doi-ten").prizes[3].condition.min_entries_at_tier.tier == "Giải C"
    assert send(organizer, path, **{"prizes-2-remove": "y"}).status_code == 422, "a condition still names it"


def test_a_round_that_has_opened_keeps_its_place(app: Flask, stage: Stage, organizer: FlaskClient) -> None:
    with app.app_context(), writing():
        stage.reload().accepted(1)
        round_, _ = stage.panel(judges=2)
        stage.open_round(round_)
    path = "/contests/thu/rulebook/rounds"
    added = send(organizer, path, reason="Thêm vòng", notice="Thêm vòng ba.", **{"rounds-2-name": "Vòng ba"})
    assert added.status_code == 303
    swapped = send(organizer, path, up="rounds-1", reason="Đổi thứ tự", notice="Đổi thứ tự vòng.")
    answer = copy_into(organizer, path, forms_of(swapped)[0][1])
    assert answer.status_code in (409, 422)
    assert rules_in(app, "thu").rounds[0].key == "preliminary"


def test_the_series_moves_with_its_name(app: Flask, stage: Stage, organizer: FlaskClient) -> None:
    assert (
        send(
            organizer,
            "/contests/thu/rulebook/info",
            series="Giải khác",
            reason="Đổi tên",
            notice="Đổi tên giải.",
        ).status_code
        == 303
    )
    with app.app_context():
        assert get_contest("thu").series.name == "Giải khác"
