"""Questions of screening: the queue with its verdicts, one dossier with evidence, what was decided before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from contest.domain.eligibility import check_entry, suggestion
from contest.domain.entries import EntryAction, EntryState
from contest.domain.rulebook.schema import Category
from contest.domain.verdicts import Outcome, Verdict
from contest.domain.vietnamese import fold
from contest.models import (
    Contest,
    Entry,
    EntryAuthor,
    EntryVersion,
    ScreeningDecision,
    SupplementRequest,
    VerdictOverride,
    db,
)
from contest.services.contests.reading import rulebook_of
from contest.services.entries.facts import Counted, Member, gather_many, namesakes_of, suspects_of
from contest.services.entries.reading import load_version, load_versions

WAITING = (EntryState.SUBMITTED.value, EntryState.NEEDS_SUPPLEMENT.value)
SCREENABLE = (*WAITING, EntryState.ACCEPTED.value, EntryState.REJECTED.value, EntryState.DISQUALIFIED.value)


@dataclass(frozen=True)
class Screened:
    """One dossier with every rule's verdict, the secretary's own findings laid over the machine's.

    `category` is the one it is in, or goes to when it is accepted.
    """

    entry: Entry
    version: EntryVersion
    verdicts: list[Verdict]
    suggestion: str
    category: Category | None

    @property
    def counts(self) -> Counter[Outcome]:
        """How many verdicts of each kind."""
        return Counter(v.outcome for v in self.verdicts)

    @property
    def failed(self) -> list[Verdict]:
        """The rules it does not meet."""
        return [v for v in self.verdicts if v.outcome is Outcome.FAILED]

    @property
    def is_clean(self) -> bool:
        """Whether every rule passed."""
        return set(self.counts) <= {Outcome.PASSED}


def screen_entries(
    contest: Contest, entries: Sequence[Entry], *, now: datetime, unasked: Collection[int] = ()
) -> list[Screened]:
    """The verdicts on some entries: a fixed number of queries; as told to whoever scores those of `unasked` blindly."""
    wanted = [e.submitted_version_id for e in entries if e.submitted_version_id]
    versions = load_versions(wanted, joinedload(EntryVersion.overrides))
    pairs = [(e, versions[e.submitted_version_id]) for e in entries if e.submitted_version_id in versions]
    return _screen(contest, pairs, now=now, unasked=unasked)


def _screen(
    contest: Contest,
    pairs: Sequence[tuple[Entry, EntryVersion]],
    *,
    now: datetime,
    unasked: Collection[int],
) -> list[Screened]:
    facts = gather_many(contest.id, pairs, unasked=unasked)
    rulebook = rulebook_of(contest)
    found = []
    for entry, version in pairs:
        machine = check_entry(facts[entry.id], rulebook, now=now)
        own = {o.rule: o for o in version.overrides}
        verdicts = [_laid_over(v, own.get(v.rule)) for v in machine]
        category = rulebook.category(entry.category_key) or rulebook.category_for(
            version.media_type, version.genre
        )
        found.append(Screened(entry, version, verdicts, suggestion(verdicts), category))
    return found


def _laid_over(verdict: Verdict, own: VerdictOverride | None) -> Verdict:
    if own is None:
        return verdict
    return replace(verdict, outcome=Outcome(own.outcome), finding=f"{own.note} (Tổ Thư ký kết luận)")


@dataclass(frozen=True)
class Queue:
    """The dossiers of a contest for the secretary, those to look at first, and the one that is open beside them."""

    waiting: list[Screened]
    asked: list[Screened]
    done: int
    total: int
    opened: Screened | None = None

    def versions(self) -> list[EntryVersion]:
        """The versions whose verdicts stand here."""
        found = [s.version for s in (*self.waiting, *self.asked)]
        return found if self.opened is None or self.opened.version in found else [*found, self.opened.version]


def queue(
    contest: Contest, *, now: datetime, opened: Entry | None = None, unasked: Collection[int] = ()
) -> Queue:
    """The screening queue: what waits, what waits for an answer, how much is done; `opened` is screened with them."""
    of_contest = (Entry.contest_id == contest.id, Entry.submitted_version_id.is_not(None))
    total = select(func.count(Entry.id)).where(*of_contest, Entry.state.in_(SCREENABLE)).scalar_subquery()
    shown = Entry.state.in_(WAITING) | (Entry.id == opened.id) if opened else Entry.state.in_(WAITING)
    rows = db.session.execute(select(Entry, total).where(*of_contest, shown).order_by(Entry.id)).all()
    screened = screen_entries(contest, [entry for entry, _ in rows], now=now, unasked=unasked)
    screened.sort(key=lambda s: (s.is_clean, s.entry.id))
    asked = [s for s in screened if s.entry.state == EntryState.NEEDS_SUPPLEMENT.value]
    waiting = [s for s in screened if s.entry.state == EntryState.SUBMITTED.value]
    number = rows[0][1] if rows else db.session.scalar(select(total)) or 0
    beside = next((s for s in screened if opened and s.entry.id == opened.id), None)
    return Queue(waiting, asked, number - len(waiting) - len(asked), number, beside)


@dataclass(frozen=True)
class Dossier:
    """One dossier opened for screening."""

    screened: Screened
    suspects: list[tuple[EntryAuthor, Counted]]
    namesakes: list[tuple[EntryAuthor, Member]]
    decisions: list[ScreeningDecision]
    requests: list[SupplementRequest]

    @property
    def waiting(self) -> SupplementRequest | None:
        """The question that waits for the author's answer, overdue or not."""
        return next((r for r in self.requests if r.answered_at is None), None)


def get_dossier(public_id: str) -> Entry | None:
    """An entry by its address with its contest and all that was decided and asked about it: one query."""
    query = select(Entry).options(
        joinedload(Entry.contest),
        joinedload(Entry.decisions).defer(ScreeningDecision.verdicts),
        joinedload(Entry.supplement_requests),
    )
    return db.session.scalars(query.where(Entry.public_id == public_id)).unique().one_or_none()


def dossier(entry: Entry, *, now: datetime) -> Dossier | None:
    """Everything the secretary needs about one submitted entry, or None for a draft."""
    if entry.submitted_version_id is None:
        return None
    version = load_version(entry.submitted_version_id)
    [screened] = _screen(entry.contest, [(entry, version)], now=now, unasked=())
    return _dossier(screened, [version], ())


def dossier_in_queue(
    entry: Entry, *, now: datetime, unasked: Collection[int] = ()
) -> tuple[Dossier, Queue] | None:
    """The same beside the queue of its contest, in as many queries as the queue alone; None for a draft.

    Nothing is told of the entries in `unasked` (by id), which the reader scores blindly.
    """
    if entry.submitted_version_id is None:
        return None
    around = queue(entry.contest, now=now, opened=entry, unasked=unasked)
    assert around.opened is not None
    return _dossier(around.opened, around.versions(), unasked), around


def _dossier(screened: Screened, among: Sequence[EntryVersion], unasked: Collection[int]) -> Dossier:
    """`among` are the versions that were screened together, whose surroundings have been asked for already."""
    entry, version = screened.entry, screened.version
    return Dossier(
        screened=screened,
        suspects=suspects_of(entry, version, among=among, unasked=unasked),
        namesakes=namesakes_of(entry, version, among=among),
        decisions=list(entry.decisions),
        requests=list(entry.supplement_requests),
    )


def open_question(entry_id: int) -> SupplementRequest | None:
    """The question to the author that waits for an answer, overdue or not."""
    waiting = select(SupplementRequest).where(
        SupplementRequest.entry_id == entry_id, SupplementRequest.answered_at.is_(None)
    )
    return db.session.scalar(waiting.order_by(SupplementRequest.id.desc()).limit(1))


def list_decisions(entry_id: int) -> list[ScreeningDecision]:
    """What was decided about an entry, newest first."""
    return list(
        db.session.scalars(
            select(ScreeningDecision)
            .where(ScreeningDecision.entry_id == entry_id)
            .order_by(ScreeningDecision.id.desc())
        )
    )


@dataclass(frozen=True)
class DossierFilter:
    """What the list of dossiers is narrowed to; empty means all."""

    text: str = ""
    state: str = ""
    category: str = ""
    media_type: str = ""
    sort: str = "code"
    page: int = 1


PAGE_SIZE = 50
BLIND_NOW = "đang chấm kín"  # stands for the names of a work in lists, for who scores it
SORTS: dict[str, tuple[Any, ...]] = {
    "code": (Entry.receipt_code,),
    "title": (EntryVersion.title_fold,),
    "state": (Entry.state, Entry.receipt_code),
    "time": (Entry.submitted_at.desc(),),
    "agency": (EntryVersion.agency_name, Entry.receipt_code),
}


def list_dossiers(
    contest_id: int,
    wanted: DossierFilter,
    *,
    everything: bool = False,
    hidden: Collection[int] = (),
) -> tuple[list[tuple[Entry, EntryVersion]], int]:
    """Submitted entries by filter with their versions and authors, a page or all, and how many there are.

    Entries in `hidden` (by id) are neither found by their authors nor sorted by their agency.
    """
    query = (
        select(Entry, EntryVersion)
        .join(EntryVersion, EntryVersion.id == Entry.submitted_version_id)
        .where(Entry.contest_id == contest_id)
    )
    if wanted.text:
        words = fold(wanted.text)
        by_author = select(EntryAuthor.version_id).where(
            EntryAuthor.legal_name.icontains(wanted.text, autoescape=True)
            | EntryAuthor.pen_name.icontains(wanted.text, autoescape=True)
        )
        query = query.where(
            EntryVersion.title_fold.contains(words, autoescape=True)
            | Entry.receipt_code.icontains(wanted.text, autoescape=True)
            | and_(EntryVersion.id.in_(by_author), Entry.id.not_in(hidden))
        )
    for column, value in (
        (Entry.state, wanted.state),
        (Entry.category_key, wanted.category),
        (EntryVersion.media_type, wanted.media_type),
    ):
        if value:
            query = query.where(column == value)
    total = (
        db.session.scalar(select(func.count()).select_from(query.with_only_columns(Entry.id).subquery())) or 0
    )
    order = SORTS.get(wanted.sort, SORTS["code"])
    if hidden and wanted.sort == "agency":
        order = (case((Entry.id.in_(hidden), ""), else_=EntryVersion.agency_name), Entry.receipt_code)
    query = query.order_by(*order, Entry.id)
    if not everything:
        query = query.limit(PAGE_SIZE).offset((max(wanted.page, 1) - 1) * PAGE_SIZE)
    query = query.options(selectinload(EntryVersion.authors))
    return [(e, v) for e, v in db.session.execute(query)], total


def last_decisions(contest_id: int) -> dict[int, ScreeningDecision]:
    """The last finding on each entry of a contest, moves left out."""
    rows = db.session.scalars(
        select(ScreeningDecision)
        .join(Entry, Entry.id == ScreeningDecision.entry_id)
        .where(Entry.contest_id == contest_id, ScreeningDecision.action != "move")
        .order_by(ScreeningDecision.id)
    )
    return {r.entry_id: r for r in rows}


def why_accepted(decision: ScreeningDecision | None) -> str:
    """Why an entry was accepted though it came too late: the reason of the act, else the finding laid over the rule."""
    if decision is None or decision.action != EntryAction.ACCEPT.value:
        return ""
    own = (v["finding"] for v in decision.verdicts if v["rule"] == "submitted" and v["outcome"] == "passed")
    return decision.reason or next(own, "")


def list_moves(contest_id: int) -> list[ScreeningDecision]:
    """The moves from one category to another that hold: a work of another genre since goes by the rules again."""
    return list(
        db.session.scalars(
            select(ScreeningDecision)
            .join(Entry, Entry.id == ScreeningDecision.entry_id)
            .where(Entry.contest_id == contest_id, ScreeningDecision.action == "move")
            .where(ScreeningDecision.to_category == Entry.category_key)
            .order_by(ScreeningDecision.id)
        )
    )
