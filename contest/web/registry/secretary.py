"""Tying what authors typed to the list, from a dossier: agencies, units, models; a model that is missing is added here."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission
from contest.models import Entry, EntryExemplar, EntryVersion
from contest.services.contests import reading as contests
from contest.services.entries import reading
from contest.services.judging import late_conflicts
from contest.services.screening import linking, portrayed
from contest.web.access import current_actor, guard
from contest.web.asked import row_id, whole
from contest.web.dossiers import shows_names, words_of_recused
from contest.web.forms import Form
from contest.web.registry.forms import ExemplarForm, NameForm, PortrayedForm

bp = Blueprint("secretary", __name__, url_prefix="/dossiers/<public_id>/links")

View = str | Response | tuple[str, int]


@bp.get("")
@guard(Permission.DOSSIER_LINK, reading.get_entry)
@shows_names
def links(entry: Entry, actor: Actor) -> View:
    """Every name of the dossier: what is free text, what is linked, and to what."""
    return _page(entry)


def _page(entry: Entry, *, broken: Form | None = None) -> View:
    version = reading.load_version(entry.submitted_version_id or 0)
    actor = current_actor()
    assert actor is not None
    unasked = late_conflicts.entries_at_stake(entry.contest, actor=actor)
    names = linking.list_names(entry, version, unasked=unasked)
    page = render_template(
        "registry/secretary/links.html", contest=entry.contest, entry=entry, version=version, names=names, broken=broken,
        elsewhere=portrayed.models_elsewhere(entry, version),
        alike={e.position: portrayed.suspects_of(e, version) for e in version.exemplars if e.name and e.exemplar_id is None},
    )  # fmt: skip
    return (page, 422) if broken else page


@bp.post("")
@guard(Permission.DOSSIER_LINK, reading.get_entry)
@shows_names
def link(entry: Entry, actor: Actor) -> View:
    """Tie a name to a unit, here and in the dossiers ticked beside it."""
    form = NameForm()
    if not form.validate():
        return _page(entry, broken=form)
    try:
        linked = late_conflicts.link_name(
            entry, typed=form.typed.data or "", unit_id=_id(form.unit.data), unit_name=form.name.data or "",
            also=_ids(form.also.data), actor=actor, now=utcnow(),
        )  # fmt: skip
    except UserError as error:
        form.add_error(error)
        return _page(entry, broken=form)
    return _linked(entry, linked.dossiers, linked.recused)


def _linked(entry: Entry, changed: int, recused: int = 0) -> View:
    done = f"Đã nối ở {changed} hồ sơ." if changed > 1 else "Đã nối với danh mục."
    flash(f"{done}{words_of_recused(recused)}", "success")
    return redirect(url_for("registry.secretary.links", public_id=entry.public_id), 303)


@bp.post("/exemplar")
@guard(Permission.DOSSIER_LINK, reading.get_entry)
@shows_names
def exemplar(entry: Entry, actor: Actor) -> View:
    """Tie a model to one of the list."""
    form = PortrayedForm()
    if not form.validate():
        return _page(entry, broken=form)
    try:
        changed = portrayed.link_exemplar(
            entry, position=whole(form.position.data), exemplar_id=form.exemplar.data or "", also=_ids(form.also.data),
            actor=actor, now=utcnow(),
        )  # fmt: skip
    except UserError as error:
        form.add_error(error)
        return _page(entry, broken=form)
    return _linked(entry, changed)


@bp.route("/exemplar/<int:position>/new", methods=["GET", "POST"])
@guard(Permission.DOSSIER_LINK, lambda public_id, position: reading.get_entry(public_id))
@shows_names
def add(entry: Entry, actor: Actor) -> View:
    """Add a model that is missing; those of the list that may be the same stand above the form."""
    version = reading.load_version(entry.submitted_version_id or 0)
    position = int((request.view_args or {})["position"])
    named = portrayed.get_portrayed(entry, position)
    if named is None:
        abort(404)
    if request.method == "GET" and named.exemplar_id is not None:
        return redirect(url_for("registry.secretary.links", public_id=entry.public_id), 303)
    day = linking.day_of_work(version)
    form = _exemplar_form(entry, version, named)
    if form.validate_on_submit():
        try:
            made = portrayed.add_exemplar(
                entry, position=position, content=_content(form), is_another=bool(form.is_another.data),
                also=_ids(form.also.data), actor=actor, now=utcnow(),
            )  # fmt: skip
            flash(f"Đã thêm “{made.name}” vào danh mục và nối với hồ sơ này.", "success")
            return redirect(url_for("registry.secretary.links", public_id=entry.public_id), 303)
        except UserError as error:
            form.add_error(error)
    page = render_template(
        "registry/secretary/add.html", contest=entry.contest, entry=entry, version=version, portrayed=named, form=form,
        alike=portrayed.suspects(_content(form), on=day), day=day, others=portrayed.models_elsewhere(entry, version)[position],
    )  # fmt: skip
    return (page, 422) if form.errors or form.form_errors else page


def _exemplar_form(entry: Entry, version: EntryVersion, named: EntryExemplar) -> ExemplarForm:
    """The form, begun with what the dossier says."""
    form = ExemplarForm(
        name=named.name, subject_kind="collective", novelty="new", field=version.field, unit=named.unit_id or "",
        unit_name=named.unit_name, problem=version.summary,
    )  # fmt: skip
    fields = contests.rulebook_of(entry.contest).contest.fields
    form.field.choices = [("", "Chọn lĩnh vực"), *((f, f) for f in fields)]
    return form


def _content(form: ExemplarForm) -> portrayed.NewExemplar:
    return portrayed.NewExemplar(
        name=form.name.data or "", field=form.field.data or "", subject_kind=form.subject_kind.data or "",
        novelty=form.novelty.data or "", unit_id=_id(form.unit.data), unit_name=form.unit_name.data or "",
        address=form.address.data or "", problem=form.problem.data or "", implementers=form.implementers.data or "",
        expected_result=form.expected_result.data or "", registered_year=form.registered_year.data,
    )  # fmt: skip


def _ids(text: str | None) -> list[int]:
    """The ids of the dossiers ticked beside a name."""
    return [row_id(word) for word in (text or "").split()]


def _id(text: object) -> int | None:
    """The id that the picker put into its hidden field, or None."""
    found = whole(str(text))
    return found if found >= 0 else None
