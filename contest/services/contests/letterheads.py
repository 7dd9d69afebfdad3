"""The letterhead of a contest's papers, from its rulebook in force and the owner of the site."""

from __future__ import annotations

from datetime import date

from contest.domain.letterheads import Letterhead, letterhead
from contest.models import Contest
from contest.services.contests.reading import rulebook_of
from contest.services.contests.site import get_settings


def letterhead_of(contest: Contest, *, day: date) -> Letterhead:
    """What stands above a paper of this contest made on a day."""
    settings = get_settings()
    return letterhead(rulebook_of(contest), owner=settings.owner if settings else "", day=day)
