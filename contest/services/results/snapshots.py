"""What a publication holds: plain data copied once from the works and prizes, so that later changes touch nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from contest.domain.assignment import shuffle_key
from contest.domain.prizes import Award
from contest.models import Contest, Entry, EntryAuthor, EntryExemplar, EntryFile, EntryVersion, StoredFile, db
from contest.services.contests.reading import rulebook_of
from contest.services.media import waiting_copies
from contest.services.results.collective import is_beyond, with_condition
from contest.services.results.credits import Credit
from contest.services.results.prizes import PrizeBoard


@dataclass(frozen=True)
class Work:
    """One awarded work with the address of its dossier: the category of its prize ("" for one of the whole contest), what
    its public page shows, and the models and units it is about."""

    entry_id: int
    public_id: str
    slug: str
    category: str
    content: dict[str, Any]
    links: list[tuple[int | None, int | None]]


def load_awarded(board: PrizeBoard) -> dict[int, EntryVersion]:
    """The versions that hold a prize with all that a publication shows of them: three queries whatever their number."""
    wanted = [board.board.entries[e].submitted_version_id for e in board.awarded]
    query = (
        select(EntryVersion)
        .options(
            joinedload(EntryVersion.authors),
            joinedload(EntryVersion.exemplars).joinedload(EntryExemplar.exemplar),
            selectinload(EntryVersion.parts),
            selectinload(EntryVersion.files).joinedload(EntryFile.file).joinedload(StoredFile.renditions),
        )
        .where(EntryVersion.id.in_(wanted))
        .execution_options(populate_existing=True)
    )
    return {v.id: v for v in db.session.scalars(query).unique()}


def credits_in(versions: dict[int, EntryVersion]) -> list[Credit]:
    """The authors of loaded versions, as `credits_of` asks for them."""
    ordered = sorted(versions.values(), key=lambda v: v.entry_id)
    return [
        Credit(str(v.entry_id), v.agency_name, a.person_id, a.legal_name) for v in ordered for a in v.authors
    ]


def build_works(contest: Contest, board: PrizeBoard, versions: dict[int, EntryVersion]) -> list[Work]:
    """The awarded works in the order of categories and tiers. A work's address follows from the contest and the entry, so
    that it stays from one publication to the next."""
    rulebook = rulebook_of(contest)
    awards = [(c.key, c.name, a) for c in board.categories for s in c.slots for a in c.awards_in(s.tier)]
    listed = {id(a) for _, _, a in awards}
    awards += [
        (c.key, c.name, a) for c in board.categories for a in c.allocation.awards if id(a) not in listed
    ]
    awards = [("", "", a) for a in board.overall_awards] + awards
    worth = {p.tier: rulebook.prize_value(p) for p in reversed(rulebook.prizes)}
    ranks = {p.tier: i for i, p in enumerate(rulebook.prizes, start=1)}
    works = []
    for key, name, award in awards:
        entry = board.board.entries[award.entry]
        version = versions[entry.submitted_version_id or 0]
        slug = shuffle_key(f"{contest.seed}:work", entry.id).hex()[:10]
        media = rulebook.media_type(version.media_type)
        content = {
            **_content(version, [s.key for s in rulebook.slots if s.judges_copy]),
            "slug": slug,
            "code": entry.receipt_code,
            "media_name": media.name if media else "",
            "category": key or (entry.category_key or ""),
            "category_name": name,
            "tier": award.tier,
            "rank": ranks.get(award.tier, 9),
            "is_extra": award.is_extra,
            "value_vnd": worth.get(award.tier) if award.value_vnd is None else award.value_vnd,
            "total": _total(board, award),
        }
        links = {(e.exemplar_id, e.unit_id) for e in version.exemplars if e.exemplar_id or e.unit_id}
        works.append(Work(entry.id, entry.public_id, slug, key, content, sorted(links, key=str)))
    return works


def waiting_titles(board: PrizeBoard, versions: dict[int, EntryVersion]) -> list[str]:
    """Titles of awarded works whose copies for readers are still being made."""
    shown = [s.key for s in board.rulebook.slots if s.judges_copy]
    titles = {
        f.file_id: v.title
        for v in versions.values()
        for f in v.files
        if f.slot in shown and f.file.renditions_done_at is None
    }
    return sorted({titles[i] for i in waiting_copies(list(titles))}) if titles else []


def _total(board: PrizeBoard, award: Award) -> str | None:
    if not board.rulebook.publication.show_totals:
        return None
    found = (p for c in board.categories for p in c.placings if p.entry == award.entry)
    placing = next(found, None)
    return str(placing.tally.value) if placing else None


def _content(version: EntryVersion, judged_slots: list[str]) -> dict[str, Any]:
    copies = [
        {
            "id": r.public_id,
            "role": r.role,
            "page": r.page_number,
            "width": r.width,
            "height": r.height,
            "mime": r.mime,
        }
        for f in version.files
        if f.slot in judged_slots
        for r in f.file.renditions
        if r.cover_key == ""
    ]
    durations = [f.file.duration_ms for f in version.files if f.file.duration_ms]
    return {
        "title": version.title,
        "media_type": version.media_type,
        "genre": version.genre,
        "field": version.field,
        "summary": version.summary,
        "agency": version.agency_name,
        "authors": [
            {"name": a.legal_name, "pen_name": a.pen_name, "unit": a.unit_name} for a in version.authors
        ],
        "parts": [
            {
                "title": p.title,
                "text": p.text,
                "url": p.url,
                "outlet": p.outlet_name,
                "date": p.published_on.isoformat() if p.published_on else None,
            }
            for p in version.parts
        ],
        "exemplars": [
            {
                "name": e.subject,
                "unit": e.unit_name if e.name else "",
                "public_id": e.exemplar.public_id if e.exemplar else None,
                "unit_id": e.unit_id,
            }
            for e in version.exemplars
        ],
        "copies": copies,
        "duration_ms": sum(durations) if durations else None,
    }


PLAYED = ("audio", "video")
BRIEF = (
    "slug", "title", "media_type", "media_name", "genre", "field", "summary", "agency", "authors", "exemplars", "tier", "rank",
    "category", "is_extra", "value_vnd", "total", "duration_ms",
)  # fmt: skip


def build_snapshot(contest: Contest, board: PrizeBoard, works: list[Work]) -> dict[str, Any]:
    """The list of winners as plain data: by category and tier, collective prizes, the counts."""
    rulebook = rulebook_of(contest)
    conditions = with_condition(board.rulebook, [(w.content["agency"], w.content["tier"]) for w in works])

    def brief(work: Work) -> dict[str, Any]:
        found = {k: work.content[k] for k in BRIEF}
        found["parts"] = len(work.content["parts"])
        found["players"] = [[c["role"], c["id"]] for c in work.content["copies"] if c["role"] in PLAYED]
        found["thumb"] = next((c["id"] for c in work.content["copies"] if c["role"] == "thumb"), None)
        dates = sorted(p["date"] for p in work.content["parts"] if p["date"])
        found["dates"] = [dates[0], dates[-1]] if dates else []
        return found

    return {
        "name": contest.name,
        "bodies": [{"label": b.label, "name": b.name} for b in rulebook.bodies],
        "categories": [
            {
                "key": c.key,
                "name": c.name,
                "works": [brief(w) for w in works if w.category == c.key],
            }
            for c in board.categories
        ],
        "overall": [brief(w) for w in works if not w.category],
        "collective": [
            {
                "tier": a.tier,
                "recipient": a.recipient,
                "value_vnd": a.value_vnd,
                "reason": a.reason,
                "is_beyond": is_beyond(conditions, a.tier, a.recipient),
            }
            for a in board.collective
        ],
        "has_collective": bool(board.collective) or any(p.kind == "collective" for p in rulebook.prizes),
        "counts": {**_submitted(contest), "prizes": len(works) + len(board.collective)},
    }


def _submitted(contest: Contest) -> dict[str, int]:
    """How many entries were handed in, and by how many authors."""
    entries = select(func.count(Entry.id)).where(
        Entry.contest_id == contest.id, Entry.first_submitted_at.is_not(None)
    )
    authors = (
        select(func.count(func.distinct(EntryAuthor.person_id)))
        .join(Entry, Entry.submitted_version_id == EntryAuthor.version_id)
        .where(Entry.contest_id == contest.id)
    )
    row = db.session.execute(select(entries.scalar_subquery(), authors.scalar_subquery())).one()
    return {"entries": row[0], "authors": row[1]}
