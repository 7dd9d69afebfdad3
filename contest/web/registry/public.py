"""Public pages of models and units: what they are, and the published works about them."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from contest.clock import utcnow
from contest.services import registry
from contest.services.results import publishing
from contest.web.asked import page_asked

bp = Blueprint("public", __name__)

PAGE_SIZE = 24


@bp.get("/exemplars")
def exemplars() -> str:
    """All models and exemplars, by field and words."""
    number = page_asked()
    field, words = request.args.get("field", "")[:120], request.args.get("q", "").strip()[:100]
    rows, total = registry.list_exemplars(page=number, page_size=PAGE_SIZE, field=field, query=words)
    return render_template(
        "registry/public/exemplars.html", rows=rows, total=total, page=number, pages=max(1, -(-total // PAGE_SIZE)), field=field,
        q=words, fields=registry.list_fields(), written=publishing.count_works_about([e.id for e in rows], now=utcnow()),
    )  # fmt: skip


@bp.get("/exemplars/<public_id>")
def exemplar(public_id: str) -> str:
    """One model or exemplar with the works about it."""
    found = registry.get_exemplar(public_id)
    if found is None or found.is_proposed:
        abort(404)
    return render_template(
        "registry/public/exemplar.html",
        exemplar=found,
        works=publishing.works_about(exemplar_id=found.id, now=utcnow()),
    )


@bp.get("/units/<int:unit_id>")
def unit(unit_id: int) -> str:
    """One unit through time, its models and the works about it."""
    found = registry.get_unit(unit_id)
    if found is None:
        abort(404)
    return render_template(
        "registry/public/unit.html", unit=found, before=registry.list_predecessors(unit_id), after=registry.list_successors(unit_id),
        exemplars=registry.exemplars_of(unit_id), works=publishing.works_about(unit_id=unit_id, now=utcnow()),
    )  # fmt: skip
