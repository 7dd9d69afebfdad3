"""Names offered from the list: as of the day they are of, and which of two of the same name was meant."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest.clock import utcnow
from contest.domain.succession import UnitKind
from contest.models import EntryVersion, OrgUnit, db
from contest.models.database import writing
from contest.services import registry
from contest.services.entries.reading import load_version
from tests.browsing import forms_of, send
from tests.cast import Stage, make_stage
from tests.web.test_access import sign_in

NAME = "Trung tâm Truyền thông Cơ sở"
OLD, DAY = date(2020, 1, 1), date(2026, 6, 1)


class World:
    """A draft, and two agencies of the same name under different districts."""

    def __init__(self, app: Flask) -> None:
        self.app, self.now = app, utcnow()
        with app.app_context(), writing():
            stage: Stage = make_stage(app, self.now)
            self.path = f"/entries/{stage.draft().public_id}"
            self.twins = [self._unit(stage, NAME, parent) for parent in ("Huyện Một", "Huyện Hai")]
            self.other = self._unit(stage, "Đài Cơ sở", "Huyện Ba")

    def _unit(self, stage: Stage, name: str, parent: str) -> int:
        actor = stage.actor("operator")
        above = registry.create_unit(registry.NewUnit(parent, UnitKind.DISTRICT), actor=actor, now=self.now)
        content = registry.NewUnit(name, UnitKind.PRESS, parent_id=above.id, valid_from=date(2025, 7, 1))
        return registry.create_unit(content, actor=actor, now=self.now).id

    def version(self) -> EntryVersion:
        with self.app.app_context():
            return load_version(db.session.scalars(select(EntryVersion.id)).one())


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


@pytest.fixture
def author(app: Flask, world: World) -> FlaskClient:
    return sign_in(app, "author")


def part(day: date = DAY, name: str = NAME, picked: object = "") -> dict[str, str]:
    return {
        "parts-0-outlet_name": name, "parts-0-outlet_id": str(picked), "parts-0-published_on": f"{day:%d/%m/%Y}",
    }  # fmt: skip


def test_only_names_of_that_day_are_offered(world: World, author: FlaskClient) -> None:
    pick = "/registry/pick/agencies?q=truyen+thong+co+so&on={:%d/%m/%Y}"
    assert author.get(pick.format(OLD)).json == []
    offered = author.get(pick.format(DAY)).json
    assert sorted((o["id"], o["detail"]) for o in offered) == sorted(
        zip(map(str, world.twins), ("Huyện Một", "Huyện Hai"), strict=True)
    )
    page = author.get(f"{world.path}/parts").text
    assert 'data-on-field="parts-0-published_on"' in page and 'data-id-field="parts-0-outlet_id"' in page


@pytest.mark.parametrize("twin", [0, 1])
def test_of_two_of_the_same_name_the_picked_one_is_linked(
    world: World, author: FlaskClient, twin: int
) -> None:
    assert send(author, f"{world.path}/parts", **part()).status_code in (200, 303)
    assert world.version().parts[0].outlet_id is None, "the name alone does not say which"
    send(author, f"{world.path}/parts", **part(picked=world.twins[twin]))
    assert world.version().parts[0].outlet_id == world.twins[twin]
    # Without scripts the page brings it back, so that saving again keeps it.
    fields = dict(forms_of(author.get(f"{world.path}/parts"))[0][1])
    assert fields["parts-0-outlet_id"] == str(world.twins[twin])
    send(author, f"{world.path}/parts", **{"parts-0-title": "Tên khác"})
    assert world.version().parts[0].outlet_id == world.twins[twin]


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "Đài Cơ sở cũ"},  # another name, typed without scripts over the picked one
        {"day": OLD},  # the name of a day before the unit was there
        {"picked": "999999"},
        {"picked": "²"},
        {"picked": "' OR 1"},
    ],
)
def test_a_picked_one_holds_only_for_its_name_and_day(
    world: World, author: FlaskClient, typed: dict[str, object]
) -> None:
    send(author, f"{world.path}/parts", **part(**{"picked": world.twins[0]} | typed))  # type: ignore[arg-type]
    assert world.version().parts[0].outlet_id is None


def test_only_an_agency_is_an_outlet(world: World, author: FlaskClient) -> None:
    with world.app.app_context():
        district = db.session.scalars(select(OrgUnit.id).where(OrgUnit.name == "Huyện Một")).one()
    send(author, f"{world.path}/parts", **part(name="Huyện Một", picked=district))
    assert world.version().parts[0].outlet_id is None


def test_the_other_steps_keep_what_was_picked_too(world: World, author: FlaskClient) -> None:
    first, second = map(str, world.twins)
    send(author, f"{world.path}/work", agency_name=NAME, agency_id=first, unit_name=NAME, unit_id=second)
    send(author, f"{world.path}/people", **{"authors-0-unit_name": NAME, "authors-0-unit_id": second})
    send(author, f"{world.path}/subject", **{"exemplars-0-unit_name": NAME, "exemplars-0-unit_id": first})
    found = world.version()
    assert (found.agency_id, found.unit_id) == (world.twins[0], world.twins[1])
    assert (found.authors[0].unit_id, found.exemplars[0].unit_id) == (world.twins[1], world.twins[0])
