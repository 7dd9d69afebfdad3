"""What everybody sees of a contest."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.contests import ContestState
from contest.models import Contest
from contest.services import registry
from contest.services.contests import front, reading, site
from contest.services.results import publishing
from contest.web.cache import cached_page
from contest.web.serving import send_copy, send_stored

bp = Blueprint("public", __name__)


def _visible(slug: str) -> Contest:
    contest = reading.get_contest(slug)
    if contest is None or contest.state == ContestState.DRAFT.value:
        abort(404)
    return contest


@bp.get("/")
def home() -> str | Response:
    """The contest that runs now, or a list when there are several or none."""
    shown = [c for c in reading.list_contests() if c.state != ContestState.DRAFT.value]
    running = [c for c in shown if c.state == ContestState.OPEN.value]
    if len(running) == 1:
        return redirect(url_for("contests.public.contest", slug=running[0].slug), 302)
    return render_template("contests/public/home.html", contests=shown)


@bp.get("/mark/<copy_id>")
def mark(copy_id: str) -> Response:
    """The site's mark; another one has another address."""
    settings = site.get_settings()
    if settings is None or settings.mark is None or settings.mark.public_id != copy_id:
        abort(404)
    return send_copy(settings.mark)


@bp.get("/c/<slug>")
def contest(slug: str) -> str | Response:
    """The front page: title, who runs it, time line, what to enter, prizes, rules, contact."""
    now = utcnow()
    shown = front.shown_now(slug, now=now)
    if shown is None or shown.state == ContestState.DRAFT.value:
        abort(404)

    def render() -> str:
        found = _visible(slug)
        return render_template(
            "contests/public/contest.html",
            contest=found,
            front=front.build(found, now=now),
            published=shown.publication_id is not None,
            exemplars=publishing.most_portrayed(limit=4, now=now),
            exemplar_count=registry.count_exemplars(),
        )

    # The minute: a window opens or closes while nothing in the database moves.
    return cached_page(
        ("front", shown.contest_id, shown.version, shown.publication_id, int(now.timestamp()) // 60), render
    )


@bp.get("/c/<slug>/rules.pdf")
def rules(slug: str) -> Response:
    """The signed Thể lệ."""
    found = _visible(slug)
    if found.rules_file is None:
        abort(404)
    storage = current_app.extensions["storage"]
    return send_stored(
        storage, found.rules_file.storage_key, found.rules_file.size, "application/pdf", "the-le.pdf"
    )
