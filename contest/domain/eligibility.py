"""Screening by rules: one verdict per rule of the Thể lệ, with its article, finding and evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from contest.clock import end_of_day, today
from contest.domain.arrival import arrival
from contest.domain.facts import EntryFacts
from contest.domain.lengths import lengths
from contest.domain.people_rules import authors_per_entry, entries_per_person, people
from contest.domain.rulebook import Rulebook
from contest.domain.verdicts import Outcome, Verdict, beyond
from contest.domain.vietnamese import format_date

Check = Callable[[EntryFacts, Rulebook, datetime], list[Verdict]]


def check_entry(facts: EntryFacts, rulebook: Rulebook, *, now: datetime) -> list[Verdict]:
    """Every rule's verdict on an entry, in the order a dossier is read."""
    return [verdict for check in CHECKS for verdict in check(facts, rulebook, now)]


def blocking(verdicts: list[Verdict]) -> list[Verdict]:
    """The verdicts that keep the author from submitting."""
    return [v for v in verdicts if v.blocks and v.outcome is not Outcome.PASSED]


def blocking_late(verdicts: list[Verdict]) -> list[Verdict]:
    """What keeps a dossier that came too late from being recorded: what it is and whose. All else is decided in screening."""
    found = blocking(verdicts)
    return [v for v in found if v.rule in ("basics", "people") and v.outcome is Outcome.MISSING]


def missing_files_only(verdicts: list[Verdict]) -> bool:
    """Whether all that blocks is required files: these may follow within the supplement days."""
    found = blocking(verdicts)
    return bool(found) and all(v.is_file for v in found)


def suggestion(verdicts: list[Verdict]) -> str:
    """What the machine suggests to the secretary: accept, return, reject or look."""
    outcomes = {v.outcome for v in verdicts}
    if Outcome.FAILED in outcomes:
        return "reject"
    if Outcome.MISSING in outcomes:
        return "return"
    return "look" if Outcome.LOOK in outcomes else "accept"


def _basics(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    media = rb.media_type(f.media_type)
    lacking = [
        name
        for name, there in (
            ("tên tác phẩm", f.title),
            ("loại hình", media),
            ("thể loại", f.genre or not (media and media.genres)),
            ("lĩnh vực", f.field or not rb.contest.fields),
        )
        if not there
    ]
    if lacking:
        words = ", ".join(lacking)
        return [
            Verdict(
                "basics",
                "Tên, loại hình, thể loại, lĩnh vực",
                Outcome.MISSING,
                f"Chưa có {words}",
                blocks=True,
            )
        ]
    assert media is not None
    category = rb.category_for(f.media_type, f.genre)
    if category is None or (media.genres and f.genre not in media.genres):
        text = f"Thể loại “{f.genre}” không thuộc loại hình {media.name}"
        return [Verdict("basics", "Loại hình, thể loại phù hợp", Outcome.FAILED, text, blocks=True)]
    category = rb.category(f.category) or category
    text = f"{media.name}, {f.genre}; nhóm {category.name}"
    moved = rb.category(f.moved_before)
    if moved is not None and moved != category:
        text += f". Đã chuyển sang nhóm {moved.name} trước khi đổi loại hình, thể loại; hãy xem lại nhóm"
        return [Verdict("basics", "Loại hình, thể loại phù hợp", Outcome.LOOK, text)]
    return [Verdict("basics", "Loại hình, thể loại phù hợp", Outcome.PASSED, text)]


def _parts(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    limit = rb.limits.parts_per_entry
    if not f.parts:
        return [
            Verdict(
                "parts",
                "Có ít nhất một kỳ, tập",
                Outcome.MISSING,
                "Chưa có kỳ, tập nào",
                blocks=True,
                step="parts",
            )
        ]
    if limit is None:
        return []
    title = f"Tối đa {limit.value} kỳ một tác phẩm"
    if len(f.parts) > limit.value:
        text = f"Đang có {len(f.parts)} kỳ"
        return [
            Verdict(
                "parts", title, beyond(limit.mode), text, limit.article, limit.mode == "block", step="parts"
            )
        ]
    return [Verdict("parts", title, Outcome.PASSED, f"{len(f.parts)} kỳ", limit.article, step="parts")]


def _published(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    span = rb.windows.published
    if span is None or not f.parts:
        return []
    title = f"Đăng, phát từ {format_date(span.from_)} đến hết {format_date(span.to)}"
    article = rb.windows.article
    days = [p.published_on for p in f.parts]
    known = sorted(d for d in days if d)
    if len(known) < len(days):
        undated = ", ".join(str(i) for i, d in enumerate(days, 1) if d is None)
        return [
            Verdict(
                "published",
                title,
                Outcome.MISSING,
                f"Kỳ {undated} chưa ghi ngày đăng, phát",
                article,
                True,
                step="parts",
            )
        ]
    outside = [d for d in known if not span.from_ <= d <= span.to]
    evidence = tuple((f"Kỳ {i}", format_date(d)) for i, d in enumerate(days, 1) if d)
    joined = _straddles(known, span.from_, span.to, rb.windows.straddling_series)
    if outside and not joined:
        text = f"Ngoài thời gian: {', '.join(map(format_date, outside))}"
        return [Verdict("published", title, Outcome.FAILED, text, article, True, evidence, "parts")]
    if outside:
        text = "Loạt bài có kỳ trước thời gian, nối với kỳ sau theo thể lệ"
        return [Verdict("published", title, Outcome.LOOK, text, article, False, evidence, "parts")]
    return [
        Verdict(
            "published",
            title,
            Outcome.PASSED,
            ", ".join(map(format_date, known)),
            article,
            False,
            evidence,
            "parts",
        )
    ]


def _straddles(days: list[date], start: date, end: date, rule: str) -> bool:
    """Whether a series with parts outside the window may stand: its last part lies inside, and none after the end."""
    return rule in ("join", "last_part_inside") and days[-1] <= end and days[-1] >= start and len(days) > 1


def _submitted(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    title, article = f"Nộp đến hết {format_date(rb.windows.submitted.to)}", rb.windows.article
    came = arrival(
        rb, submitted_at=f.submitted_at, received_on=f.received_on, postmarked_on=f.postmarked_on, now=now
    )
    is_off = came.is_early or came.is_late
    outcome = Outcome.FAILED if is_off else Outcome.PASSED
    return [Verdict("submitted", title, outcome, came.words, article, is_off, came.evidence)]


def _files(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    found = []
    for slot in rb.slots_for(f.media_type):
        count = f.files.get(slot.key, 0)
        if count < slot.count.min:
            text = f"Cần ít nhất {slot.count.min} tệp"
            found.append(
                Verdict(
                    f"slot:{slot.key}", slot.name, Outcome.MISSING, text, "", True, step="files", is_file=True
                )
            )
        elif count > slot.count.max:
            text = f"Đang có {count} tệp, tối đa {slot.count.max}"
            found.append(Verdict(f"slot:{slot.key}", slot.name, Outcome.FAILED, text, "", True, step="files"))
        elif slot.count.min:
            found.append(Verdict(f"slot:{slot.key}", slot.name, Outcome.PASSED, f"{count} tệp", step="files"))
    return found


def _readable(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    """A link alone cannot be judged: where no file for judges is needed, a part needs its text or such a file."""
    media = rb.media_type(f.media_type)
    shown = [s for s in rb.slots_for(f.media_type) if s.judges_copy]
    if media is None or not f.parts:
        return []
    if not media.text_required and (not shown or any(s.count.min for s in shown)):
        return []
    captured = any(f.files.get(s.key) for s in shown)
    bare = [i for i, p in enumerate(f.parts, 1) if not p.words]
    title = "Mỗi kỳ có nội dung" + (f" hoặc tệp “{shown[0].name}”" if shown else "")
    if bare and not captured:
        text = f"Kỳ {', '.join(map(str, bare))} chưa có nội dung để chấm. Dán nội dung" + (
            f", hoặc gửi tệp “{shown[0].name}” có tên báo và ngày" if shown else ""
        )
        return [Verdict("readable", title, Outcome.MISSING, text, "", True, step="parts")]
    return [Verdict("readable", title, Outcome.PASSED, step="parts")]


def _confirmation(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    rule = rb.eligibility.agency_confirmation
    if not rule.required:
        return []
    title = "Xác nhận của cơ quan báo chí"
    if f.files.get(rule.slot):
        return [Verdict("confirmation", title, Outcome.PASSED, "đã có tệp", rule.article, step="files")]
    blocks = rule.mode == "block"
    return [
        Verdict(
            "confirmation",
            title,
            Outcome.MISSING,
            "Chưa có tệp",
            rule.article,
            blocks,
            step="files",
            is_file=True,
        )
    ]


def _prior_awards(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    rule = rb.eligibility.prior_awards
    if rule.rule == "allowed":
        return []

    def say(outcome: Outcome, text: str, blocks: bool = False) -> list[Verdict]:
        evidence = tuple((a.level_name, a.name) for a in f.prior_awards)
        step = "declarations"
        return [Verdict("prior_awards", "Giải đã đạt", outcome, text, rule.article, blocks, evidence, step)]

    if any(rule.rule == "barred" or a.level in rule.barred_levels for a in f.prior_awards):
        text = "Tác phẩm đã đạt giải thuộc diện không dự thi"
        return say(beyond(rule.mode), text, rule.mode == "block")
    unsaid = _unsaid(f)
    if unsaid:
        return say(Outcome.MISSING, unsaid, True)
    return say(Outcome.PASSED, f"khai {len(f.prior_awards)} giải" if f.prior_awards else "khai không có")


def _unsaid(f: EntryFacts) -> str:
    """What the author still owes about prior awards, in words; nothing when all is said."""
    if f.prior_awards:
        rows = ((i, a.lacking) for i, a in enumerate(f.prior_awards, 1))
        return "; ".join(f"Giải {i} chưa ghi {', '.join(lacking)}" for i, lacking in rows if lacking)
    if f.no_prior_awards is None:
        return "Chưa khai"
    return "" if f.no_prior_awards else "Đã chọn “đã đạt giải” nhưng chưa ghi giải nào"


def _subject(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    rule = rb.eligibility.subject
    if not rule.exemplar_required:
        return []
    title = "Viết về mô hình, điển hình cụ thể"
    if not f.exemplars:
        blocks = rule.mode == "block"
        return [
            Verdict(
                "subject",
                title,
                Outcome.MISSING,
                "Chưa ghi mô hình, điển hình hay đơn vị nào",
                rule.article,
                blocks,
                step="subject",
            )
        ]
    if f.unlinked_exemplars:
        text = f"{f.unlinked_exemplars} mô hình, đơn vị chưa có trong danh mục"
        return [Verdict("subject", title, Outcome.LOOK, text, rule.article, step="subject")]
    return [
        Verdict(
            "subject", title, Outcome.PASSED, f"{f.exemplars} mô hình, đơn vị", rule.article, step="subject"
        )
    ]


def _declarations(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    missing = [d for d in rb.declarations if d.key not in f.declarations]
    if not rb.declarations:
        return []
    if missing:
        return [
            Verdict(
                "declarations",
                "Cam kết",
                Outcome.MISSING,
                "Chưa đánh dấu cam kết",
                "",
                True,
                step="declarations",
            )
        ]
    return [Verdict("declarations", "Cam kết", Outcome.PASSED, step="declarations")]


CHECKS: tuple[Check, ...] = (
    _basics, people, authors_per_entry, entries_per_person, _parts, _published, _submitted, lengths, _files,
    _readable, _confirmation, _prior_awards, _subject, _declarations,
)  # fmt: skip


def supplement_until(rulebook: Rulebook, now: datetime) -> datetime | None:
    """Until when missing files may follow an entry handed in at `now`; None when the rulebook gives no days."""
    days = rulebook.windows.supplement_days
    return end_of_day(today(now) + timedelta(days=days)) if days else None
