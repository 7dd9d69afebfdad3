"""What everybody reads of results: only the publication in force, and earlier ones by number. No arithmetic here."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

from flask import Blueprint, abort, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.vietnamese import fold
from contest.models import Contest, Publication, PublishedWork, Rendition, db
from contest.services.contests import front
from contest.services.results import publishing
from contest.services.results.winners_list import render_winners_list
from contest.web.cache import cached_page
from contest.web.serving import send_copy

bp = Blueprint("public", __name__, url_prefix="/c/<slug>")

View = str | Response
# The tab of prizes for agencies, beside those of the categories.
COLLECTIVE = "collective"


def _published(slug: str) -> tuple[Contest, list[Publication]]:
    found = publishing.readable(slug, now=utcnow())
    if found is None:
        abort(404)
    return found


@bp.get("/results")
def results(slug: str) -> View:
    """The winners, as they were published."""
    shown = front.shown_now(slug, now=utcnow())
    if shown is None or shown.publication_id is None:
        abort(404)
    key = ("results", shown.contest_id, shown.version, shown.publication_id, request.query_string)
    return cached_page(key, lambda: _page(*_published(slug)))


def _numbered(publications: list[Publication], number: int) -> Publication:
    found = next((p for p in publications if p.number == number), None)
    return found or abort(404)


def _page(contest: Contest, history: list[Publication], number: int | None = None) -> str:
    latest = history[0]
    publication = latest if number is None else _numbered(history, number)
    category, words = request.args.get("category", ""), fold(request.args.get("q", "")[:100])
    snapshot = publishing.snapshot_of(publication)
    rows = _rows(snapshot, category, words)
    leads = _leads(snapshot)
    return render_template(
        "results/public/results.html", contest=contest, publication=publication, snapshot=snapshot, history=history,
        is_latest=publication is latest, category=category, q=request.args.get("q", "")[:100], rows=rows, leads=leads,
        tabs=_tabs(snapshot), collective_key=COLLECTIVE, won=_won(snapshot),
    )  # fmt: skip


def _tabs(snapshot: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Key, name and number of prizes of each tab; the last is for agencies where the rules know such a prize."""
    counts = Counter(w["category"] for w in _works(snapshot))
    tabs = [("", "Tất cả", snapshot["counts"]["prizes"])]
    tabs += [(c["key"], c["name"], counts[c["key"]]) for c in snapshot["categories"]]
    return tabs + (
        [(COLLECTIVE, "Tập thể", len(snapshot["collective"]))] if snapshot["has_collective"] else []
    )


def _works(snapshot: dict[str, Any]) -> list[dict[str, Any]]:
    """All awarded works; one with a prize of the whole contest belongs to the category it competed in as well."""
    return [*snapshot["overall"], *(w for c in snapshot["categories"] for w in c["works"])]


def _won(snapshot: dict[str, Any]) -> Counter[str]:
    """How many awarded works came from each agency."""
    return Counter(w["agency"] for w in _works(snapshot))


def _leads(snapshot: dict[str, Any]) -> list[dict[str, Any]]:
    """The works at the top: prizes of the whole contest, then the first prizes in the order of categories."""
    every = [*snapshot["overall"], *(w for c in snapshot["categories"] for w in c["works"] if w["rank"] == 1)]
    return every[:4]


def _rows(snapshot: dict[str, Any], category: str, words: str) -> list[dict[str, Any]]:
    """The plain rows under the filter: category and words without diacritics."""
    leads = {w["slug"] for w in _leads(snapshot)} if not category and not words else set()
    return [
        work
        for work in sorted(_works(snapshot), key=lambda w: w["rank"])
        if (not category or work["category"] == category)
        and work["slug"] not in leads
        and (not words or words in _searched(work))
    ]


def _searched(work: dict[str, Any]) -> str:
    """What a search in the results looks at, without diacritics."""
    names = [a["name"] + " " + a["pen_name"] for a in work["authors"]] + [
        e["name"] for e in work["exemplars"]
    ]
    return fold(" ".join([work["title"], work["agency"], *names]))


@bp.get("/results/<int:number>")
def version(slug: str, number: int) -> View:
    """One publication by number; after a correction the earlier one stays readable."""
    return _page(*_published(slug), number)


@bp.get("/results/<int:number>/winners.pdf")
def winners_pdf(slug: str, number: int) -> View:
    """The list of winners of one publication, to print and to attach."""
    _, history = _published(slug)
    found = _numbered(history, number)
    response = Response(_winners_list(found.id, found.sha256), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="danh-sach-giai-{slug}.pdf"'
    return response


@lru_cache(maxsize=8)
def _winners_list(publication_id: int, sha256: str) -> bytes:
    """Set once: a publication never changes, and setting a page costs more than sending it."""
    return render_winners_list(db.session.get_one(Publication, publication_id))


@bp.get("/works/<work_slug>")
def work(slug: str, work_slug: str) -> View:
    """One awarded work, readable and playable, with the models and units it is about."""
    contest, history = _published(slug)
    found = publishing.get_work(contest.id, work_slug, now=utcnow())
    if found is None:
        abort(404)
    return cached_page(
        ("work", found.id, contest.public_version),
        lambda: render_template(
            "results/public/work.html", contest=contest, publication=history[0], work=found.content
        ),
    )


@bp.get("/works/<work_slug>/copy/<copy_id>")
def copy(slug: str, work_slug: str, copy_id: str) -> View:
    """A page image, sound or film of a published work, in ranges."""
    contest, _ = _published(slug)
    found = publishing.get_work(contest.id, work_slug, now=utcnow())
    if found is None or not _holds(found, copy_id):
        abort(404)
    copy_ = db.session.scalar(select(Rendition).where(Rendition.public_id == copy_id))
    if copy_ is None:
        abort(404)
    response = send_copy(copy_)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _holds(work: PublishedWork, copy_id: str) -> bool:
    return any(c["id"] == copy_id for c in work.content["copies"])
