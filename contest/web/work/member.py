"""The first page after signing in."""

from __future__ import annotations

from flask import Blueprint, render_template

from contest.clock import utcnow
from contest.domain.permissions import Actor, Permission
from contest.services import work
from contest.web.access import guard

bp = Blueprint("member", __name__, url_prefix="/work")


@bp.get("")
@guard(Permission.ACCOUNT_USE)
def home(actor: Actor) -> str:
    """What is waiting for me?"""
    return render_template("work/member/home.html", waiting=work.waiting_for(actor, now=utcnow()))
