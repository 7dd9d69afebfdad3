"""The log of what was done outside contests: signing in, accounts, the site, units."""

from __future__ import annotations

from flask import Blueprint, render_template

from contest.domain.permissions import Actor, Permission
from contest.web.access import guard
from contest.web.audit.asked import log_asked
from contest.web.audit.words import Reader, words

bp = Blueprint("operator", __name__, url_prefix="/operate")


@bp.get("/log")
@guard(Permission.INSTANCE_OPERATE)
def log(actor: Actor) -> str:
    """One page of it under a filter, newest first; what was done in a contest stays in that contest's log."""
    return render_template("audit/operator/log.html", log=log_asked(None), words=words, reader=Reader())
