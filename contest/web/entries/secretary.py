"""The list of dossiers for secretary and organizer, one dossier with its names, its corrections, and the list as xlsx."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import local, utcnow
from contest.domain.entries import EntryAction, EntryState, actions
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission
from contest.models import Contest, Entry
from contest.models.database import writing
from contest.services import exports
from contest.services.contests import reading as contests
from contest.services.entries import arriving, correcting, reading
from contest.services.judging import conflicts, late_conflicts
from contest.services.results import publishing
from contest.services.screening import linking
from contest.services.screening import reading as screening
from contest.web import resume
from contest.web.access import guard
from contest.web.addresses import safe_path
from contest.web.asked import page_asked, whole
from contest.web.audit.words import Reader
from contest.web.dossiers import shows_names, words_of_recused
from contest.web.entries.forms import CorrectionForm, OpeningForm
from contest.web.serving import send_xlsx

bp = Blueprint("secretary", __name__)

View = str | Response | tuple[str, int]


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
    hidden = late_conflicts.entries_at_stake(contest, actor=actor)
    rows, total = screening.list_dossiers(contest.id, wanted, hidden=hidden)
    return render_template(
        "entries/secretary/dossiers.html", contest=contest, rows=rows, total=total, wanted=wanted,
        pages=max(1, -(-total // screening.PAGE_SIZE)), rulebook=contests.rulebook_of(contest),
        states=[s for s in EntryState if s is not EntryState.DRAFT], late=arriving.late_among((e for e, _ in rows), now=utcnow()), hidden=hidden, blind_now=screening.BLIND_NOW,
    )  # fmt: skip


@bp.get("/contests/<slug>/dossiers.xlsx")
@guard(Permission.DOSSIER_READ, contests.get_contest)
def dossiers_xlsx(contest: Contest, actor: Actor) -> Response:
    """Exactly what the list shows under the filter, all pages; the log keeps who took it."""
    now, hidden = utcnow(), late_conflicts.entries_at_stake(contest, actor=actor)
    body, works = exports.dossiers_workbook(contest, _filter(), now=now, hidden=hidden)
    with writing():
        exports.note_export(contest, works=works, actor=actor, now=now)
    return send_xlsx(body, f"ho-so-{contest.slug}-{local(now):%Y%m%d-%H%M}.xlsx")


@bp.get("/dossiers/<public_id>")
@guard(Permission.DOSSIER_READ, screening.get_dossier)
@shows_names
def dossier(entry: Entry, actor: Actor) -> str:
    """One dossier with names; who opened it is kept, because it recuses them from blind judging."""
    found = screening.dossier(entry, now=utcnow())
    assert found is not None
    rulebook = contests.rulebook_of(entry.contest)
    return render_template(
        "entries/secretary/dossier.html", contest=entry.contest, entry=entry, version=found.screened.version, found=found,
        rulebook=rulebook, roles={c.key: c.name for c in rulebook.credit_roles}, slots={s.key: s for s in rulebook.slots},
        waiting=linking.count_waiting(found.screened.version), may_correct=EntryAction.CORRECT in actions(reading.state_of(entry)),
        late=arriving.late_words(entry, now=utcnow()), told=late_conflicts.unasked(entry.contest, actor=actor).told,
    )  # fmt: skip


@bp.post("/dossiers/<public_id>/open")
@guard(Permission.DOSSIER_READ, reading.get_entry)
def open_dossier(entry: Entry, actor: Actor) -> View:
    """Open the dossier of a work that this person scores blindly, and score it no more; a form that waited is offered again."""
    form = OpeningForm()
    if entry.submitted_version_id is None:
        abort(404)
    if form.validate():
        late_conflicts.open_dossier(entry, actor=actor, now=utcnow())
    waiting = resume.unpack(form.resume.data) if form.resume.data else None
    if waiting:
        return render_template("accounts/public/resume.html", resumed=waiting, message="Đã mở hồ sơ.")
    dossier_page = url_for("entries.secretary.dossier", public_id=entry.public_id)
    return redirect(safe_path(form.onward.data, dossier_page), 303)  # type: ignore[return-value]


@bp.route("/dossiers/<public_id>/correction", methods=["GET", "POST"])
@guard(Permission.ENTRY_CORRECT, reading.get_entry)
@shows_names
def correction(entry: Entry, actor: Actor) -> View:
    """Names, authors, title and agency of an accepted entry put right; what was handed in stays as the version before."""
    correcting.check_correctable(entry)
    version = reading.load_credits(entry.submitted_version_id or 0)
    fresh = {"title": version.title, "agency_name": version.agency_name, "authors": [*version.authors, {}]}
    form = CorrectionForm(number=version.number, **({} if request.method == "POST" else fresh))
    form.offer(contests.rulebook_of(entry.contest))
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            done = late_conflicts.correct_entry(
                entry, form.content(), base_number=whole(form.number.data), reason=form.reason.data or "", actor=actor,
                now=utcnow(),
            )  # fmt: skip
            flash(f"Đã đính chính hồ sơ.{words_of_recused(done.recused)}", "success")
            return redirect(url_for("entries.secretary.correction", public_id=entry.public_id), 303)
        except UserError as error:
            form.add_error(error)
            status = error.status
    page = render_template(
        "entries/secretary/correction.html", contest=entry.contest, entry=entry, version=version, form=form,
        corrections=correcting.list_corrections(entry), conflicted=conflicts.list_conflicted(entry),
        reader=Reader(contests.rulebook_of(entry.contest)), waiting=publishing.waiting(entry.contest_id, now=utcnow()),
    )  # fmt: skip
    return page if status == 200 else (page, status)
