"""Agency and unit of a person as a form names them: picked from the list, or typed and found there, or free text."""

from __future__ import annotations

from datetime import datetime

from contest.clock import today
from contest.services import registry
from contest.services.accounts.persons import Affiliation
from contest.web.accounts.forms import AffiliationForm
from contest.web.asked import whole


def read_affiliations(form: AffiliationForm, *, now: datetime) -> tuple[Affiliation, Affiliation]:
    """(press agency, other unit) that a form names on the day of `now`."""
    agency, unit = form.agency_name.data or "", form.unit_name.data or ""
    day = today(now)
    return (
        Affiliation(agency, registry.unit_named(_id(form.agency.data), agency, on=day, agencies=True)),
        Affiliation(unit, registry.unit_named(_id(form.unit.data), unit, on=day)),
    )


def _id(text: str | None) -> int | None:
    found = whole(text)
    return found if found >= 0 else None
