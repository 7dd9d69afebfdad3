"""Linking what authors typed to the list: the words stay, the link is added once, and a missing model is added once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest.clock import today
from contest.domain.errors import UserError
from contest.domain.succession import UnitKind
from contest.models import AuditEvent, Entry, Exemplar, OrgUnit, db
from contest.services import desk, registry
from contest.services.entries import drafting, reading
from contest.services.entries.authors import AuthorInput
from contest.services.entries.submitting import content_hash
from contest.services.judging import conflicts
from contest.services.screening import deciding, linking, portrayed
from tests.cast import Stage, make_stage
from tests.services.test_races import at_once, on, stage_in

PAPER = "Báo mạng Quê Nhà"


@pytest.fixture
def stage(context: Flask, now: datetime) -> Stage:
    registry.load_shipped_units(now=now)
    return make_stage(context, now)


def entry_of(stage: Stage, who: str = "author", **changes: object) -> Entry:
    author = AuthorInput(
        "Trần Thị Nở",
        birth_year=1980,
        phone="0905000009",
        credit_role="writer",
        is_contact=True,
        unit_name="Thôn Lá Xanh",
    )
    part = drafting.PartInput(
        title="Kỳ 1", outlet_name=PAPER, published_on=today(stage.now) - timedelta(days=30), text="chữ " * 50
    )
    return stage.entry(who, **{"agency_name": PAPER, "authors": [author], "parts": [part]} | changes)  # fmt: skip


def version_of(entry: Entry):
    return reading.load_version(entry.submitted_version_id)


def link(stage: Stage, entry: Entry, typed: str, name: str, **more: object) -> int:
    return linking.link_name(
        entry, typed=typed, unit_id=None, unit_name=name, actor=stage.actor("secretary"), now=stage.now, **more
    )  # fmt: skip


def acts(action: str) -> list[AuditEvent]:
    return list(
        db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id))
    )


def unit(stage: Stage, name: str, **more: object) -> OrgUnit:
    content = registry.NewUnit(**{"name": name, "kind": UnitKind.PRESS} | more)
    return registry.create_unit(content, actor=stage.actor("operator"), now=stage.now)


def test_a_spelling_is_linked_wherever_it_stands_and_stays_as_it_was_typed(stage: Stage) -> None:
    entry = entry_of(stage)
    before = content_hash(version_of(entry))
    assert [n.typed for n in linking.list_names(entry, version_of(entry)) if n.waiting] == [
        PAPER,
        "Thôn Lá Xanh",
    ]
    found = unit(stage, "Báo Quê Nhà")
    assert link(stage, entry, PAPER, "Báo Quê Nhà") == 1
    version = version_of(entry)
    assert (version.agency_id, version.parts[0].outlet_id) == (found.id, found.id)
    assert (version.agency_name, version.authors[0].unit_id) == (PAPER, None)
    assert content_hash(version) == before == version.content_hash
    (act,) = acts("unit:linked")
    assert (
        act.after["typed"] == PAPER
        and act.after["unit"] == "Báo Quê Nhà"
        and act.contest_id == stage.contest.id
    )


def test_the_second_click_changes_nothing_and_another_unit_is_written_to_the_log(stage: Stage) -> None:
    entry = entry_of(stage)
    unit(stage, "Báo Quê Nhà")
    other = unit(stage, "Báo Quê Người")
    assert [link(stage, entry, PAPER, "Báo Quê Nhà") for _ in range(2)] == [1, 0]
    assert len(acts("unit:linked")) == 1
    assert link(stage, entry, PAPER, "Báo Quê Người") == 1
    assert version_of(entry).agency_id == other.id
    assert acts("unit:linked")[-1].before == {"unit": "Báo Quê Nhà"}


def test_refusals_say_what_is_wrong_and_change_nothing(stage: Stage) -> None:
    entry = entry_of(stage)
    ended = unit(stage, "Báo Đã Dừng", valid_to=date(2020, 1, 1))
    school = unit(stage, "Trường Lá Xanh", kind=UnitKind.OTHER)

    def why(typed: str, name: str, unit_id: int | None = None) -> str:
        with pytest.raises(UserError) as refused:
            linking.link_name(
                entry, typed=typed, unit_id=unit_id, unit_name=name, actor=stage.actor("secretary"), now=stage.now
            )  # fmt: skip
        return str(refused.value)

    assert "nhờ người vận hành" in why(PAPER, "Báo Không Có")
    assert "gõ vài chữ" in why(PAPER, "")
    assert "không hoạt động vào ngày" in why(PAPER, ended.name, ended.id)
    assert "không phải là cơ quan báo chí" in why(PAPER, school.name, school.id)
    assert "không còn trong hồ sơ" in why("Tên khác", school.name, school.id)
    assert acts("unit:linked") == [] and version_of(entry).agency_id is None


def test_other_dossiers_with_the_same_words_are_shown_and_linked_at_once(stage: Stage) -> None:
    first, second = entry_of(stage), entry_of(stage, "coauthor", agency_name="báo mạng  quê nhà")
    part = drafting.PartInput(
        title="Kỳ 1",
        outlet_name="Báo Khác",
        published_on=today(stage.now) - timedelta(days=30),
        text="chữ " * 50,
    )
    third = entry_of(stage, "stranger", agency_name="Báo Khác", parts=[part])
    unit(stage, "Báo Quê Nhà")
    (name,) = [n for n in linking.list_names(first, version_of(first)) if n.typed == PAPER]
    assert [e.id for e in name.others] == [second.id]
    assert link(stage, first, PAPER, "Báo Quê Nhà", also=[second.id, third.id, 999_999]) == 2
    assert version_of(second).agency.name == "Báo Quê Nhà"
    assert version_of(second).agency_name == "báo mạng  quê nhà"
    assert version_of(third).agency_id is None
    assert {a.subject_id for a in acts("unit:linked")} == {first.id, second.id}


def test_each_place_takes_only_a_unit_of_its_own_day(stage: Stage) -> None:
    old_day = today(stage.now) - timedelta(days=200)
    part = drafting.PartInput(title="Kỳ 1", outlet_name=PAPER, published_on=old_day, text="chữ " * 50)
    entry = entry_of(stage, parts=[part])
    border = today(stage.now) - timedelta(days=100)
    old = unit(stage, "Báo Cũ", valid_to=border)
    new = unit(stage, "Báo Mới", valid_from=border + timedelta(days=1))
    link(stage, entry, PAPER, "Báo Mới")
    assert (version_of(entry).agency_id, version_of(entry).parts[0].outlet_id) == (new.id, None)
    link(stage, entry, PAPER, "Báo Cũ")
    assert (version_of(entry).agency_id, version_of(entry).parts[0].outlet_id) == (new.id, old.id)


def test_a_link_outlives_the_authors_next_version_while_the_words_stay(stage: Stage) -> None:
    entry = entry_of(stage)
    found = unit(stage, "Báo Quê Nhà")
    village = unit(stage, "Thôn Lá Xanh Một", kind=UnitKind.OTHER)
    link(stage, entry, PAPER, "Báo Quê Nhà")
    link(stage, entry, "Thôn Lá Xanh", "Thôn Lá Xanh Một")
    deciding.return_entry(
        entry, question="Sửa tên", due_at=stage.now + timedelta(days=3), actor=stage.actor("secretary"), now=stage.now
    )  # fmt: skip
    old = version_of(entry)
    author = AuthorInput("Trần Thị Nở", birth_year=1980, phone="0905000009", unit_name="Thôn Lá Xanh")
    part = drafting.PartInput(title="Kỳ một", outlet_name=PAPER, published_on=old.parts[0].published_on)
    draft = drafting.editable_version(entry, now=stage.now)
    content = drafting.DraftInput(agency_name=PAPER, authors=[author], parts=[part])
    drafting.save_draft(
        entry, content, actor=stage.actor("author"), now=stage.now, base_number=draft.number, base_revision=draft.revision
    )  # fmt: skip
    kept = reading.current_version(entry)
    assert kept.id != old.id
    assert (kept.agency_id, kept.parts[0].outlet_id) == (found.id, found.id)
    assert kept.authors[0].unit_id == village.id


MODEL = portrayed.NewExemplar(
    "Già làng Phạm Văn Sốt", "Kinh tế", "individual", "new", unit_name="Xã Sơn Hạ", registered_year=2026
)


def add(
    stage: Stage, entry: Entry, content: portrayed.NewExemplar = MODEL, *, is_another: bool = False
) -> Exemplar:
    return portrayed.add_exemplar(
        entry, position=1, content=content, is_another=is_another, actor=stage.actor("organizer"), now=stage.now
    )  # fmt: skip


def count_models() -> int:
    return db.session.scalar(select(func.count(Exemplar.id))) or 0


def test_a_missing_model_is_added_and_linked_in_one_act_once(stage: Stage) -> None:
    entry = stage.entry()
    made = [add(stage, entry).id for _ in range(2)]
    assert made[0] == made[1] and count_models() == 1
    portrayed = version_of(entry).exemplars[0]
    assert portrayed.exemplar.unit.name == "Xã Sơn Hạ" and portrayed.unit_id == portrayed.exemplar.unit_id
    assert registry.list_exemplars()[1] == 1, "it stands on the public page"
    assert len(acts("exemplar:created")) == len(acts("exemplar:linked")) == 1
    with pytest.raises(UserError, match="đã nối"):
        add(stage, entry, replace(MODEL, name="Tên khác"))


def test_a_model_alike_in_the_same_unit_must_be_looked_at_first(stage: Stage) -> None:
    first, second = stage.entry(), stage.entry("coauthor", title="Bài khác")
    add(stage, first)
    spelled = replace(MODEL, name="GIA LANG PHAM VAN SOT")
    with pytest.raises(UserError, match="giống tên"):
        add(stage, second, spelled)
    assert version_of(second).exemplars[0].exemplar_id is None and count_models() == 1
    assert add(stage, second, spelled, is_another=True).id != version_of(first).exemplars[0].exemplar_id
    elsewhere = replace(MODEL, unit_name="Xã Sơn Linh")
    assert portrayed.suspects(elsewhere, on=today(stage.now)) == []


def test_linking_a_model_twice_is_one_act_and_an_unknown_one_is_refused(stage: Stage) -> None:
    first, second = stage.entry(), stage.entry("coauthor", title="Bài khác")
    model = add(stage, first)
    for _ in range(2):
        portrayed.link_exemplar(
            second, position=1, exemplar_id=model.public_id, actor=stage.actor("secretary"), now=stage.now
        )
    assert [a.subject_id for a in acts("exemplar:linked")] == [first.id, second.id]
    for position, exemplar_id in ((1, "không có"), (9, model.public_id)):
        with pytest.raises(UserError):
            portrayed.link_exemplar(
                second, position=position, exemplar_id=exemplar_id, actor=stage.actor("secretary"), now=stage.now
            )  # fmt: skip


def dossiers_about_one_model(stage: Stage) -> list[Entry]:
    """Two with the same words, one with the words written otherwise, one about another place, one of another name."""
    named = [
        ("Tổ hòa giải", "Xã Sơn Hạ"), ("Tổ hòa giải", "Xã Sơn Hạ"), ("TO HOA GIAI", "xã sơn hạ"), ("Tổ hòa giải", "Xã Sơn Linh"),
        ("Tổ khác", "Xã Sơn Hạ"),
    ]  # fmt: skip
    made = []
    for i, (name, place) in enumerate(named):
        model = drafting.ExemplarInput(name, unit_name=place)
        made.append(stage.entry(("author", "coauthor")[i % 2], title=f"Bài {i}", exemplars=[model]))
    return made


def linked_models(entries: list[Entry]) -> list[int | None]:
    return [version_of(e).exemplars[0].exemplar_id for e in entries]


def test_one_model_is_linked_in_every_dossier_that_waits_with_the_same_words(stage: Stage) -> None:
    entries = dossiers_about_one_model(stage)
    first = entries[0]
    assert portrayed.models_elsewhere(first, version_of(first)) == {1: [entries[1], entries[2]]}
    model = add(stage, entries[4], replace(MODEL, name="Tổ hòa giải liên thôn"))
    ask = {"position": 1, "exemplar_id": model.public_id, "also": [e.id for e in entries]}
    who = {"actor": stage.actor("secretary"), "now": stage.now}
    assert [portrayed.link_exemplar(first, **ask, **who) for _ in range(2)] == [3, 0]
    assert linked_models(entries) == [model.id] * 3 + [None, model.id]
    assert [a.subject_id for a in acts("exemplar:linked")][1:] == [e.id for e in entries[:3]]
    assert portrayed.models_elsewhere(first, version_of(first)) == {1: []}


def test_a_model_added_to_the_list_is_linked_where_it_was_ticked(stage: Stage) -> None:
    entries = dossiers_about_one_model(stage)
    made = portrayed.add_exemplar(
        entries[0], position=1, content=replace(MODEL, name="Tổ hòa giải"), is_another=False, also=[entries[1].id],
        actor=stage.actor("secretary"), now=stage.now,
    )  # fmt: skip
    assert linked_models(entries) == [made.id, made.id, None, None, None]


def test_the_operator_adds_a_unit_once_in_its_time(stage: Stage) -> None:
    made = unit(
        stage, "Trường Lá Xanh", kind=UnitKind.OTHER, parent_name="Xã Sơn Hạ", valid_from=date(2025, 7, 1)
    )
    assert made.parent.name == "Xã Sơn Hạ" and not made.is_press_agency
    assert [u.id for u in registry.search_units("truong la", on=date(2025, 7, 1))] == [made.id]
    assert registry.search_units("truong la", on=date(2025, 6, 30)) == []
    for changes in (
        {"parent_name": "Xã Sơn Hạ"},
        {"parent_name": "Xã Sơn Hạ", "valid_from": date(2026, 1, 1)},
        {"parent_name": "Không có đơn vị này"},
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
        {"name": "  "},
    ):
        with pytest.raises(UserError):
            unit(stage, **{"name": "Trường Lá Xanh", "kind": UnitKind.OTHER} | changes)
    earlier = unit(stage, "Trường Lá Xanh", parent_name="Xã Sơn Hạ", valid_to=date(2025, 6, 30))
    assert earlier.id != made.id
    assert len(acts("unit:created")) == 2
    assert registry.list_units("truong la")[1] == 2


def test_acts_at_the_same_moment_make_one_unit_one_model_one_link(app: Flask, now: datetime) -> None:
    def prepare(stage: Stage) -> list[str]:
        registry.load_shipped_units(now=now)
        unit(stage, "Báo Quê Nhà")
        return [entry_of(stage).public_id, entry_of(stage, "coauthor").public_id]

    stage, ids = stage_in(app, now, prepare)
    school = {"name": "Trường Lá Xanh", "kind": UnitKind.OTHER}
    first, second = (lambda: reading.get_entry(ids[0])), (lambda: reading.get_entry(ids[1]))

    def thrice(act: Callable[[Stage], object]) -> Counter[str]:
        return Counter(at_once(app, [on(stage, act)] * 3))

    assert thrice(lambda s: unit(s, **school)) == {"done": 1, "UserError": 2}
    assert thrice(lambda s: add(s, first())) == {"done": 3}
    assert thrice(lambda s: add(s, second())) == {"UserError": 3}, "the list has it already"
    assert thrice(lambda s: link(s, first(), PAPER, "Báo Quê Nhà")) == {"done": 3}
    with app.app_context():
        assert count_models() == 1
        assert {a: len(acts(a)) for a in ("exemplar:linked", "unit:linked")} == {
            "exemplar:linked": 1,
            "unit:linked": 1,
        }


def test_what_a_name_is_linked_to_counts_at_the_desk_and_for_conflicts(stage: Stage) -> None:
    entries = stage.accepted(2, agency_name=PAPER)
    round_, judges = stage.panel(judges=2)
    judges[0].account.person.agency_name = "BÁO QUÊ NHÀ"
    db.session.commit()
    assert conflicts.find_conflicts(round_, judges, entries) == []
    unit(stage, "Báo Quê Nhà")
    link(stage, entries[0], PAPER, "Báo Quê Nhà")
    (found,) = conflicts.find_conflicts(round_, judges, entries)
    assert (found.judge_id, found.entry_id, found.kind.value) == (judges[0].id, entries[0].id, "agency")
    shown = desk.build(stage.contest, sends_mail=False, now=stage.now).agencies
    assert dict(shown) == {PAPER: 1, "Báo Quê Nhà": 1}
