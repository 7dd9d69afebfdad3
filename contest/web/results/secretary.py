"""Papers on A4 with signature lines: minutes, lists, tables and blank sheets, printed from the browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, url_for

from contest.clock import today, utcnow
from contest.domain.entries import EntryState
from contest.domain.permissions import Actor, Permission
from contest.domain.rulebook.judging_words import carried_words
from contest.domain.vietnamese import number_in_words
from contest.models import Contest, Round
from contest.services.contests import reading as contests
from contest.services.contests.letterheads import letterhead_of
from contest.services.entries import arriving
from contest.services.judging import late_conflicts
from contest.services.judging import reading as judging
from contest.services.results import changes, collective, decisions, prizes, several, shortlisting, tallying
from contest.services.results import papers as papers_of
from contest.services.screening import reading as screening
from contest.web.access import guard

bp = Blueprint("secretary", __name__)


def _heading(contest: Contest) -> dict[str, Any]:
    day = today(utcnow())
    return {
        "contest": contest,
        "rulebook": contests.rulebook_of(contest),
        "letterhead": letterhead_of(contest, day=day),
        "today": day,
    }


@bp.get("/contests/<slug>/documents")
@guard(Permission.DOCUMENT_PRINT, contests.get_contest)
def documents(contest: Contest, actor: Actor) -> str:
    """All papers of a contest, those that can be printed now."""
    rounds = judging.list_rounds(contest.id, panels=False)
    return render_template(
        "results/secretary/documents.html", contest=contest, rounds=rounds, prizes=prizes.final_round(contest),
        listed=shortlisting.listed_rounds(contest.id),
    )  # fmt: skip


@bp.get("/contests/<slug>/documents/screening")
@guard(Permission.DOCUMENT_PRINT, contests.get_contest)
def screening_minutes(contest: Contest, actor: Actor) -> str:
    """Biên bản sơ loại: counts by category, rejected ones with reasons, moved ones."""
    rows, total = screening.list_dossiers(contest.id, screening.DossierFilter(), everything=True)
    decisions = screening.last_decisions(contest.id)
    unasked = late_conflicts.unasked(contest, actor=actor)
    late = arriving.late_among((e for e, _ in rows), now=utcnow())
    return render_template(
        "results/secretary/screening_minutes.html", **_heading(contest), rows=rows, total=total, decisions=decisions, S=EntryState,
        late=late, why=screening.why_accepted,
        hidden=unasked.entries, told=unasked.told, blind_now=screening.BLIND_NOW,
        moves=screening.list_moves(contest.id), back=url_for("results.secretary.documents", slug=contest.slug),
    )  # fmt: skip


@bp.get("/rounds/<int:round_id>/documents/sheets")
@guard(Permission.DOCUMENT_PRINT, judging.get_round)
def blank_sheets(round_: Round, actor: Actor) -> str:
    """Blank sheets for every judge of a round: code, title, criteria, points in figures and words."""
    return render_template(
        "results/secretary/blank_sheets.html", **_heading(round_.contest), round=round_, rules=judging.rules_in(round_),
        groups=papers_of.blank_sheets(round_), back=url_for("results.secretary.documents", slug=round_.contest.slug),
    )  # fmt: skip


@bp.get("/rounds/<int:round_id>/documents/signed-sheets")
@guard(Permission.DOCUMENT_PRINT, judging.get_round)
def signed_sheets(round_: Round, actor: Actor) -> str:
    """Phiếu chấm as signed, once the round is closed."""
    if round_.state != "closed":
        abort(404)
    return render_template(
        "results/secretary/signed_sheets.html", **_heading(round_.contest), round=round_, rules=judging.rules_in(round_),
        groups=papers_of.signed_sheets(round_), words=number_in_words, back=url_for("results.secretary.documents", slug=round_.contest.slug),
    )  # fmt: skip


@bp.get("/rounds/<int:round_id>/documents/table")
@guard(Permission.DOCUMENT_PRINT, judging.get_round)
def score_table(round_: Round, actor: Actor) -> str:
    """Bảng tổng hợp điểm of a closed round."""
    if round_.state != "closed":
        abort(404)
    return render_template(
        "results/secretary/score_table.html", **_heading(round_.contest), round=round_, board=tallying.load_board(round_),
        rules=judging.rules_in(round_), carried=carried_words(judging.rules_in(round_).carried),
        said=decisions.said_about(round_.id), back=url_for("results.secretary.documents", slug=round_.contest.slug),
    )  # fmt: skip


@bp.get("/rounds/<int:round_id>/documents/shortlist")
@guard(Permission.DOCUMENT_PRINT, judging.get_round)
def shortlist_paper(round_: Round, actor: Actor) -> str:
    """Danh sách vào vòng sau, once it was made."""
    later = judging.next_round(round_)
    view = shortlisting.view_shortlist(round_) if round_.state == "closed" and later else None
    if view is None or not view.is_applied:
        abort(404)
    return render_template(
        "results/secretary/shortlist_paper.html", **_heading(round_.contest), round=round_, later=later,
        view=view, rules=judging.rules_in(round_),
        back=url_for("results.secretary.documents", slug=round_.contest.slug),
    )  # fmt: skip


@bp.get("/contests/<slug>/documents/prizes")
@guard(Permission.DOCUMENT_PRINT, contests.get_contest)
def prize_proposal(contest: Contest, actor: Actor) -> str:
    """Danh sách đề nghị trao giải, with people's changes and their reasons."""
    board = prizes.prize_board(contest)
    if board is None:
        abort(404)
    return render_template(
        "results/secretary/prize_proposal.html", **_heading(contest), prizes=board, authors=papers_of.bylines(board),
        conditions=prizes.collective_prizes(board), is_beyond=collective.is_beyond,
        rules=judging.rules_in(board.round), changes=changes.list_changes(board, several.list_several(board)),
        back=url_for("results.secretary.documents", slug=contest.slug),
    )  # fmt: skip
