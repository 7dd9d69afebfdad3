"""The operator's list of units and press agencies: found by name, a missing one added, one that ended followed by others."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contest.clock import today, utcnow
from contest.domain.errors import UserError
from contest.domain.permissions import Actor, Permission
from contest.domain.succession import UnitKind
from contest.models import OrgUnit
from contest.services import registry, succession
from contest.web.access import guard
from contest.web.asked import page_asked, whole
from contest.web.registry.forms import EndForm, UnitForm

bp = Blueprint("operator", __name__, url_prefix="/operate/units")

View = str | Response | tuple[str, int]


@bp.get("")
@guard(Permission.INSTANCE_OPERATE)
def units(actor: Actor) -> View:
    """All units through time, by words."""
    return _page(UnitForm(formdata=None))


def _page(form: UnitForm) -> View:
    words, number = request.args.get("q", "").strip()[:100], page_asked()
    rows, total = registry.list_units(words, page=number)
    page = render_template(
        "registry/operator/units.html", form=form, rows=rows, total=total, q=words, page=number,
        pages=max(1, -(-total // registry.PAGE_SIZE)), kinds=UnitKind, day=today(utcnow()),
    )  # fmt: skip
    return (page, 422) if form.errors or form.form_errors else page


@bp.post("")
@guard(Permission.INSTANCE_OPERATE)
def add(actor: Actor) -> View:
    """Add one unit."""
    form = UnitForm()
    if form.validate():
        parent = whole(form.parent.data)
        try:
            made = registry.create_unit(
                registry.NewUnit(
                    name=form.name.data or "", kind=UnitKind(form.kind.data), short_name=form.short_name.data or "",
                    parent_id=parent if parent >= 0 else None, parent_name=form.parent_name.data or "",
                    valid_from=form.valid_from.data, valid_to=form.valid_to.data, source=form.source.data or "",
                ),
                actor=actor,
                now=utcnow(),
            )  # fmt: skip
            flash(f"Đã thêm “{made.name}”. Tổ Thư ký nối được ngay.", "success")
            return redirect(url_for("registry.operator.units", q=made.name), 303)
        except UserError as error:
            form.add_error(error)
    return _page(form)


@bp.route("/<int:unit_id>/end", methods=["GET", "POST"])
@guard(Permission.INSTANCE_OPERATE, registry.get_unit)
def end(unit: OrgUnit, actor: Actor) -> View:
    """The last day of a unit and the units that followed it."""
    known = registry.list_successors(unit.id)
    empty = [{"unit": "", "name": ""}] * EMPTY_ROWS
    form, status = (
        EndForm(obj=unit, successors=[*({"unit": u.id, "name": u.name} for u in known), *empty]),
        422,
    )
    if form.validate_on_submit():
        try:
            succession.end_unit(
                unit, valid_to=form.valid_to.data, successors=_named(form), source=form.source.data or "", actor=actor,
                now=utcnow(),
            )  # fmt: skip
            flash(f"Đã ghi thời gian hoạt động của “{unit.name}”.", "success")
            return redirect(url_for("registry.operator.units", q=unit.name), 303)
        except UserError as error:
            form.add_error(error)
            status = error.status
    page = render_template("registry/operator/end.html", unit=unit, form=form)
    return (page, status) if form.problems() else page


# Without scripts the page itself has room for so many successors more.
EMPTY_ROWS = 2


def _named(form: EndForm) -> list[succession.Successor]:
    """The rows that name a unit."""
    rows = [(r.form.name.data, whole(str(r.form.unit.data))) for r in form.successors]
    return [succession.Successor(name, unit_id if unit_id >= 0 else None) for name, unit_id in rows if name]
