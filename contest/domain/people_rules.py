"""The rules about people: who may enter, how many authors, how many entries each."""

from __future__ import annotations

from datetime import datetime

from contest.domain.facts import AuthorFacts, EntryFacts, OtherEntry
from contest.domain.rulebook import Rulebook
from contest.domain.verdicts import Outcome, Verdict, beyond

NATIONALITIES = {
    "vietnamese": {"vietnamese"},
    "overseas_vietnamese": {"vietnamese", "overseas_vietnamese"},
    "any": {"vietnamese", "overseas_vietnamese", "foreign"},
}

# Said of every dossier alike, so that it tells of none.
PARTLY_COMPARED = "Bạn đang chấm kín nên hồ sơ này chưa được so với các tác phẩm bạn chấm; cần người khác trong Tổ Thư ký xem"


def people(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    """Nationality and excluded roles; a name that a member with such a role bears too is for the secretary to look at.

    A judge's namesake is looked at even where judges may enter, because nobody scores an own work.
    """
    e = rb.eligibility
    title = "Tác giả được dự thi, không thuộc diện loại trừ"
    named = [a for a in f.authors if a.name]
    if not f.authors:
        return [Verdict("people", title, Outcome.MISSING, "Chưa có tác giả", e.article, True, step="people")]
    nameless = ", ".join(str(i) for i, a in enumerate(f.authors, 1) if not a.name)
    if nameless:
        text = f"Tác giả {nameless} chưa có họ tên. Ghi tên, hoặc xóa hết các ô của người đó"
        return [Verdict("people", "Họ và tên tác giả", Outcome.MISSING, text, e.article, True, step="people")]
    foreign = [a.name for a in named if a.nationality not in NATIONALITIES[e.nationality]]
    excluded = [a.name for a in named if set(a.roles) & set(e.excluded_roles)]
    if foreign:
        text = f"Quốc tịch không thuộc diện dự thi: {', '.join(foreign)}"
        return [Verdict("people", title, Outcome.FAILED, text, e.article, True, step="people")]
    if excluded:
        text = f"Đang giữ nhiệm vụ trong cuộc thi: {', '.join(excluded)}"
        outcome = beyond(e.excluded_mode)
        return [Verdict("people", title, outcome, text, e.article, e.excluded_mode == "block", step="people")]
    asked_about = {*e.excluded_roles, "judge"}
    alike = [a.name for a in named if set(a.namesakes) & asked_about]
    if alike:
        text = f"Trùng tên với người đang giữ nhiệm vụ trong cuộc thi: {', '.join(alike)}"
        return [Verdict("people", title, Outcome.LOOK, text, e.article, step="people")]
    return [Verdict("people", title, Outcome.PASSED, f"{len(named)} tác giả", e.article, step="people")]


def authors_per_entry(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    """How many authors one entry may have."""
    limit = rb.limits.authors_per_entry
    if limit is None:
        return []
    count = sum(bool(a.name) for a in f.authors)
    title = f"Tối đa {limit.value} tác giả một tác phẩm"
    if count > limit.value:
        text = f"Đang có {count} tác giả, bớt {count - limit.value}"
        return [
            Verdict(
                "authors",
                title,
                beyond(limit.mode),
                text,
                limit.article,
                limit.mode == "block",
                step="people",
            )
        ]
    return [Verdict("authors", title, Outcome.PASSED, f"{count} tác giả", limit.article, step="people")]


def counted_beside(author: AuthorFacts, rb: Rulebook) -> list[OtherEntry]:
    """The other entries that count with this one: a role with a bound of its own has its own count, all others share one.

    So it does not matter in which order somebody is named as a camera operator and as a writer.
    """
    limit = rb.limits.entries_per_person
    own = limit.by_credit_role if limit is not None else {}
    if author.credit_role in own:
        return [o for o in author.others if o.credit_role == author.credit_role]
    return [o for o in author.others if o.credit_role not in own]


def allowed_entries(author: AuthorFacts, genre: str, rb: Rulebook) -> int:
    """How many entries may name this person, this one included.

    A higher limit of a credit role holds when the person has that role here; the bonus of a genre holds when one of
    the entries is of it and another is of another genre: a documentary and a report are two, two reports are one.
    """
    limit = rb.limits.entries_per_person
    assert limit is not None
    allowed = max(limit.value, limit.by_credit_role.get(author.credit_role, 0))
    genres = [o.genre for o in counted_beside(author, rb)] + [genre]
    for bonus in limit.bonus:
        with_bonus = [g for g in genres if g in bonus.genres]
        if with_bonus and len(set(genres)) > 1:
            allowed = max(allowed, limit.value + bonus.extra)
    return allowed


def _listed(labels: list[str]) -> str:
    """Entries by their codes, and how many there are of which the reader is not told."""
    known = [label for label in labels if label]
    left = len(labels) - len(known)
    return ", ".join([*known, f"{left} tác phẩm khác"] if left else known)


def entries_per_person(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    """How many entries may name one person, and who may be one person."""
    limit = rb.limits.entries_per_person
    if limit is None:
        return []
    title = f"Mỗi người đứng tên tối đa {limit.value} tác phẩm"
    for author in f.authors:
        counted = counted_beside(author, rb)
        total, allowed = len(counted) + 1, allowed_entries(author, f.genre, rb)
        if total > allowed:
            labels = _listed([o.label for o in counted])
            text = f"{author.name} đã đứng tên {labels}; đây là tác phẩm thứ {total}, được {allowed}"
            outcome = beyond(limit.mode)
            return [
                Verdict(
                    "per_person",
                    title,
                    outcome,
                    text,
                    limit.article,
                    limit.mode == "block",
                    (("Đã nộp", labels),),
                    "people",
                )
            ]
    for author in f.authors:
        if author.suspects:
            who = _listed([label for label, _ in author.suspects])
            text = f"{author.name} có thể là người đã đứng tên ở {who}"
            return [
                Verdict(
                    "per_person",
                    title,
                    Outcome.LOOK,
                    text,
                    limit.article,
                    evidence=tuple(s for s in author.suspects if s[0]),
                    step="people",
                )
            ]
    if f.is_partly_compared:
        return [Verdict("per_person", title, Outcome.LOOK, PARTLY_COMPARED, limit.article, step="people")]
    return [Verdict("per_person", title, Outcome.PASSED, "", limit.article, step="people")]
