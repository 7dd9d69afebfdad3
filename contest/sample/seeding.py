"""Loading the sample into an empty database, through the services, with dates relative to the day it is loaded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from contest.models import Account, Exemplar, OrgUnit, SiteSettings, db
from contest.models.database import writing
from contest.sample import editions
from contest.sample.cast import Cast
from contest.sample.works import stories
from contest.services import registry
from contest.services.accounts import passwords
from contest.storage import Storage


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return not db.session.scalar(select(func.count(Account.id)))


def load_sample(*, now: datetime, storage: Storage) -> None:
    """Load the three editions into an empty database."""
    from contest.sample.demo_accounts import PASSWORD

    password_hash = passwords.hash_password(PASSWORD)
    with writing():
        cast = Cast.make(password_hash, now=now)
        owner = "Ban Tuyên giáo và Dân vận Tỉnh ủy Quảng Ngãi"
        db.session.add(SiteSettings(id=1, name="Dân vận khéo Quảng Ngãi", owner=owner, updated_at=now))
        exemplars = _exemplars(now=now)
        db.session.commit()
    editions.published(cast, exemplars, storage=storage, now=now)
    editions.judged(cast, exemplars, storage=storage, now=now)
    editions.collecting(cast, exemplars, storage=storage, now=now)


def _exemplars(*, now: datetime) -> dict[str, Exemplar]:
    """The sixty models of the stories, each with its unit."""
    units = {u.name: u for u in db.session.scalars(select(OrgUnit).where(OrgUnit.valid_to.is_(None)))}
    made = {}
    for i, s in enumerate(stories()):
        made[s.exemplar] = registry.create_exemplar(
            actor=None, now=now, name=s.exemplar, field=s.field, subject_kind=s.kind, novelty=s.novelty, unit=units.get(s.unit),
            unit_name=s.unit, address=f"{s.unit}, tỉnh Quảng Ngãi", problem=_sentence(s.problem), implementers=_sentence(s.turn),
            expected_result=_sentence(s.result), registered_year=2021 + i % 6,
        )  # fmt: skip
    return made


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
