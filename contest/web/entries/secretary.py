"""The list of dossiers for secretary and organizer, one dossier with its names, and the list as xlsx."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from contest.clock import local, utcnow
from contest.domain.entries import EntryState
from contest.domain.permissions import Actor, Permission
from contest.models import Contest, Entry
from contest.models.database import begin_writing
from contest.services import exports
from contest.services.contests import reading as contests
from contest.services.screening import findings, linking
from contest.services.screening import reading as screening
from contest.web.access import guard
from contest.web.asked import page_asked
from contest.web.serving import send_xlsx

bp = Blueprint("secretary", __name__)


def _filter() -> screening.DossierFilter:
    a = request.args
    return screening.DossierFilter(
        text=a.get("q", "").strip()[:100], state=a.get("state", ""), category=a.get("category", ""),
        media_type=a.get("media_type", ""), sort=a.get("sort", "code"), page=page_asked(),
    )  # fmt: skip


@bp.get("/contests/<slug>/dossiers")
@guard(Permission.DOSSIER_READ, contests.get_contest)
def dossiers(contest: Contest, actor: Actor) -> str:
    """All submitted entries, found by words without diacritics, by state, category and media type."""
    wanted = _filter()
    rows, total = screening.list_dossiers(contest.id, wanted)
    return render_template(
        "entries/secretary/dossiers.html", contest=contest, rows=rows, total=total, wanted=wanted,
        pages=max(1, -(-total // screening.PAGE_SIZE)), rulebook=contests.rulebook_of(contest),
        states=[s for s in EntryState if s is not EntryState.DRAFT],
    )  # fmt: skip


@bp.get("/contests/<slug>/dossiers.xlsx")
@guard(Permission.DOSSIER_READ, contests.get_contest)
def dossiers_xlsx(contest: Contest, actor: Actor) -> Response:
    """Exactly what the list shows under the filter, all pages."""
    body = exports.dossiers_workbook(contest, _filter())
    return send_xlsx(body, f"ho-so-{contest.slug}-{local(utcnow()):%Y%m%d-%H%M}.xlsx")


@bp.get("/dossiers/<public_id>")
@guard(Permission.DOSSIER_READ, screening.get_dossier)
def dossier(entry: Entry, actor: Actor) -> str:
    """One dossier with names; who opened it is kept, because it recuses them from blind judging."""
    now = utcnow()
    if entry.submitted_version_id is None:
        abort(404)
    if not findings.has_opened(entry, actor=actor):
        begin_writing()
        findings.note_opening(entry, actor=actor, now=now)
    found = screening.dossier(entry, now=now)
    assert found is not None
    rulebook = contests.rulebook_of(entry.contest)
    return render_template(
        "entries/secretary/dossier.html", contest=entry.contest, entry=entry, version=found.screened.version, found=found,
        rulebook=rulebook, roles={c.key: c.name for c in rulebook.credit_roles}, slots={s.key: s for s in rulebook.slots},
        waiting=linking.count_waiting(found.screened.version),
    )  # fmt: skip
