"""A rulebook in plain Vietnamese, for the public summary. The legal text is the signed Thể lệ, not this."""

from __future__ import annotations

from dataclasses import dataclass

from contest.domain.facts import LEVELS
from contest.domain.rulebook.judging_words import cited, judging_words, prizes_words, round_words, tie_words
from contest.domain.rulebook.parts import Mode
from contest.domain.rulebook.schema import Category, LengthLimit, MediaType, Rulebook, Slot
from contest.domain.vietnamese import format_date, format_decimal, format_int

ROLES = {
    "steering": "Ban Chỉ đạo",
    "organizer": "Ban Tổ chức",
    "judge": "Hội đồng chấm",
    "secretary": "Tổ Thư ký",
}
OTHERWISE: dict[Mode, str] = {
    "block": "không nộp được",
    "warn": "được nhắc, vẫn nộp được",
    "secretary": "Tổ Thư ký quyết định",
}
STRADDLING = {
    "all_inside": "Loạt bài phải đăng, phát mọi kỳ trong thời gian này",
    "last_part_inside": "Loạt bài có kỳ đăng, phát trước thời gian này được dự thi khi kỳ cuối nằm trong",
    "join": "Loạt bài có kỳ đăng, phát trước thời gian này được nối với các kỳ nằm trong",
}
KINDS = {"pdf": "PDF", "image": "ảnh", "audio": "âm thanh", "video": "hình", "docx": "Word"}
HEADINGS = {"party": "văn bản của Đảng", "state": "văn bản hành chính"}


@dataclass(frozen=True)
class Section:
    """A heading with its sentences."""

    title: str
    lines: tuple[str, ...]


def describe(rb: Rulebook) -> list[Section]:
    """The rules in words, section by section; empty sections are left out."""
    sections = [
        Section("Cuộc thi", tuple(_contest(rb))),
        Section("Ai được dự thi", tuple(_entrants(rb))),
        Section("Thời gian", tuple(_times(rb))),
        Section("Gửi gì", tuple(f"{m.name}: {_media(m)}" for m in rb.media_types)),
        Section("Nhóm giải", tuple(_category(rb, c) for c in rb.categories)),
        Section("Giới hạn", tuple(_limits(rb))),
        Section("Hồ sơ", tuple(_dossier(rb))),
        Section("Cách chấm", tuple(judging_words(rb))),
        Section("Khi bằng điểm", tuple(tie_words(rb))),
        Section("Giải thưởng", tuple(prizes_words(rb))),
        Section("Công bố", tuple(_publication(rb))),
    ]
    return [s for s in sections if s.lines]


def describe_to_organizer(rb: Rulebook) -> list[Section]:
    """The rules in words with what concerns pages and papers rather than those who enter."""
    shown = {True: "hiện", False: "không hiện"}
    papers, rules = rb.papers, rb.publication
    issuer = f", do {papers.issuer} ban hành" if papers.issuer else ""
    place = f", tại {papers.place}" if papers.place else ""
    lines = [
        f"Văn bản in theo thể thức {HEADINGS[papers.heading]}{issuer}{place}",
        f"Trang cuộc thi {shown[rules.show_received_count]} số tác phẩm đã nhận",
        f"Trang kết quả {shown[rules.show_totals]} điểm",
    ]
    if rb.contest.summary:
        lines.append(f"Lời giới thiệu: {' '.join(rb.contest.summary.split())}")
    return [*describe(rb), Section("Trang và văn bản", tuple(lines))]


def key_rules(rb: Rulebook) -> list[tuple[str, str]]:
    """What one has to know before sending a work, as (topic, sentence) in the order of a Thể lệ."""
    w = rb.windows
    needed = [s for s in rb.slots if s.count.min]
    names = {m.key: m.name.lower() for m in rb.media_types}
    found = [("Hạn nộp", f"Đến hết ngày {format_date(w.submitted.to)}, tính theo giờ máy chủ lúc nhận")]
    if w.postmark_grace_days:
        found.append(
            ("Hồ sơ giấy", f"Tính theo dấu bưu điện, đến sau hạn không quá {w.postmark_grace_days} ngày")
        )
    if w.supplement_days:
        found.append(("Bổ sung", f"Nộp đúng hạn mà còn thiếu tệp thì bổ sung trong {w.supplement_days} ngày"))
    if needed:
        slots = [
            s.name.lower() + (f" ({', '.join(names[k] for k in s.media_types)})" if s.media_types else "")
            for s in needed
        ]
        found.append(("Phải có", "; ".join(slots)))
    if rb.eligibility.agency_confirmation.required:
        found.append(("Xác nhận", "Có xác nhận của cơ quan báo chí đã đăng, phát"))
    for rules in rb.rounds:
        first = round_words(rb, rules)[0].partition(": ")[2]
        found.append((rules.name, first[0].upper() + first[1:]))
        if rules.criteria and not rules.same_criteria_as:
            marks = [f"{c.name[0].lower()}{c.name[1:]} {format_decimal(c.max)}" for c in rules.criteria]
            found.append(("Tiêu chí", f"Thang {format_decimal(rules.scale.max)}: {', '.join(marks)}"))
    found += [("Bằng điểm", line) for line in tie_words(rb)]
    return [(topic, sentence[0].upper() + sentence[1:]) for topic, sentence in found]


def who_may_enter(rb: Rulebook) -> list[str]:
    """Who may and who may not enter, and with what kind of work."""
    e = rb.eligibility
    people = {
        "vietnamese": "Công dân Việt Nam, không phân biệt nhà báo, cộng tác viên",
        "overseas_vietnamese": "Công dân Việt Nam và người Việt Nam ở nước ngoài",
        "any": "Mọi người, không phân biệt quốc tịch",
    }
    lines = [people[e.nationality]]
    if rb.windows.published:
        span = rb.windows.published
        lines.append(f"Tác phẩm đăng, phát từ {format_date(span.from_)} đến hết ngày {format_date(span.to)}")
    if e.excluded_roles:
        lines.append(f"Thành viên {', '.join(ROLES[r] for r in e.excluded_roles)} không dự thi")
    if e.prior_awards.rule == "barred":
        lines.append("Tác phẩm đã đạt giải ở nơi khác không dự thi")
    elif e.prior_awards.rule == "declare":
        barred = [LEVELS[level].lower() for level in e.prior_awards.barred_levels]
        lines.append(
            "Giải đã đạt phải khai" + (f"; đã đạt {', '.join(barred)} thì không dự thi" if barred else "")
        )
    return lines


def limits(rb: Rulebook) -> list[str]:
    """The counts that bind."""
    lines, found = [], rb.limits
    if found.entries_per_person:
        per = found.entries_per_person
        lines.append(
            cited(f"Mỗi người đứng tên tối đa {per.value} tác phẩm, kể cả đồng tác giả", per.article)
        )
        names = {c.key: c.name for c in rb.credit_roles}
        lines += [
            f"Người {names.get(k, k)} được đứng tên đến {v} tác phẩm" for k, v in per.by_credit_role.items()
        ]
        lines += [
            f"Có tác phẩm {', '.join(b.genres)} thì được gửi thêm {b.extra} tác phẩm thể loại khác"
            for b in per.bonus
        ]
    if found.authors_per_entry:
        several = found.authors_per_entry
        lines.append(cited(f"Mỗi tác phẩm tối đa {several.value} tác giả", several.article))
    if found.parts_per_entry:
        same = ", cùng nhóm tác giả" if found.same_authors_in_series else ""
        parts = found.parts_per_entry
        lines.append(cited(f"Loạt bài tối đa {parts.value} kỳ{same}", parts.article))
    return lines


def media_words(media: MediaType) -> str:
    """Genres, lengths and the remark of a media type."""
    words = ", ".join(media.genres) or "mọi thể loại"
    if media.max_words_per_part:
        words += f"; đến {format_int(media.max_words_per_part.value)} chữ mỗi {media.part_name or 'kỳ'}"
    if media.max_minutes_per_part:
        words += f"; đến {media.max_minutes_per_part.value} phút mỗi {media.part_name or 'tập'}"
    return words + (f"; {media.note}" if media.note else "")


def _contest(rb: Rulebook) -> list[str]:
    info, contact = rb.contest, rb.contact
    lines = [f"{info.name}, thuộc {info.series}"]
    lines += [f"Căn cứ: {info.basis}"] if info.basis else []
    lines += [f"Lĩnh vực: {', '.join(info.fields)}"] if info.fields else []
    lines += [f"{b.label}: {b.name}" for b in rb.bodies]
    reached = [part for part in (contact.office, contact.address, contact.phone, contact.email) if part]
    return lines + ([f"Liên hệ: {', '.join(reached)}"] if reached else [])


def _entrants(rb: Rulebook) -> list[str]:
    """Who may enter, with what happens otherwise and where the Thể lệ says so."""
    e, slots = rb.eligibility, {s.key: s.name for s in rb.slots}
    first, *lines = who_may_enter(rb)
    lines.insert(0, cited(first, e.article))
    if e.excluded_roles:
        lines.append(f"Hồ sơ có tác giả thuộc diện không dự thi: {OTHERWISE[e.excluded_mode]}")
    if e.prior_awards.rule == "allowed":
        lines.append(cited("Tác phẩm đã đạt giải ở nơi khác được dự thi", e.prior_awards.article))
    else:
        words = f"Tác phẩm đã đạt giải thuộc diện không dự thi: {OTHERWISE[e.prior_awards.mode]}"
        lines.append(cited(words, e.prior_awards.article))
    paper = e.agency_confirmation
    if paper.required:
        slot = slots.get(paper.slot, paper.slot)
        words = f"Cần xác nhận của cơ quan báo chí ở mục “{slot}”; thiếu thì {OTHERWISE[paper.mode]}"
        lines.append(cited(words, paper.article))
    if e.subject.exemplar_required:
        words = f"Phải viết về một mô hình, điển hình cụ thể; chưa ghi thì {OTHERWISE[e.subject.mode]}"
        lines.append(cited(words, e.subject.article))
    return lines


def _limits(rb: Rulebook) -> list[str]:
    found = rb.limits
    bounds = {
        "số tác phẩm": found.entries_per_person, "số tác giả": found.authors_per_entry, "số kỳ": found.parts_per_entry,
    }  # fmt: skip
    lines = [f"Quá {what}: {OTHERWISE[bound.mode]}" for what, bound in bounds.items() if bound]
    if found.same_authors_in_series and not found.parts_per_entry:
        lines.insert(0, "Các kỳ của một loạt bài cùng nhóm tác giả")
    return limits(rb) + lines


def _media(media: MediaType) -> str:
    words = media_words(media)
    words += _length(media.max_words_per_part, "chữ") + _length(media.max_minutes_per_part, "phút")
    return words + ("; mỗi kỳ phải có nội dung chữ hoặc tệp cho giám khảo" if media.text_required else "")


def _length(limit: LengthLimit | None, unit: str) -> str:
    if limit is None:
        return ""
    least = f"; ít nhất {format_int(limit.min)} {unit}" if limit.min else ""
    return f"{least}; {cited(f'không đúng số {unit} thì {OTHERWISE[limit.mode]}', limit.article)}"


def _category(rb: Rulebook, category: Category) -> str:
    names = {m.key: m.name for m in rb.media_types}
    taken = [
        names.get(a.media_type, a.media_type) + (f" ({', '.join(a.genres)})" if a.genres else "")
        for a in category.accepts
    ]
    # A group of one media type that bears its name says nothing more by repeating it.
    return category.name if taken == [category.name] else f"{category.name}: nhận {'; '.join(taken)}"


def _times(rb: Rulebook) -> list[str]:
    w = rb.windows
    span = w.submitted
    lines = [f"Nhận tác phẩm từ {format_date(span.from_)} đến hết ngày {format_date(span.to)} (giờ Việt Nam)"]
    if w.postmark_grace_days:
        lines.append(f"Hồ sơ giấy tính theo dấu bưu điện, đến sau không quá {w.postmark_grace_days} ngày")
    if w.supplement_days:
        lines.append(f"Nộp đúng hạn mà còn thiếu tệp thì bổ sung trong {w.supplement_days} ngày")
    if w.grace_minutes:
        lines.append(f"Sau hạn còn nhận thêm {w.grace_minutes} phút")
    if w.published:
        lines.append(STRADDLING[w.straddling_series])
    if w.judged:
        lines.append(f"Chấm từ {format_date(w.judged.from_)} đến {format_date(w.judged.to)}")
    if w.awarded:
        lines.append(f"Trao giải ngày {format_date(w.awarded)}")
    return [cited(lines[0], w.article), *lines[1:]]


def _dossier(rb: Rulebook) -> list[str]:
    lines = [_slot(rb, slot) for slot in rb.slots]
    if rb.credit_roles:
        lines.append(f"Vai trò của tác giả: {', '.join(r.name for r in rb.credit_roles)}")
    return lines + [f"Tác giả cam kết: “{' '.join(d.text.split())}”" for d in rb.declarations]


def _slot(rb: Rulebook, slot: Slot) -> str:
    names = {m.key: m.name for m in rb.media_types}
    media = f" ({', '.join(names.get(k, k) for k in slot.media_types)})" if slot.media_types else ""
    low, high = slot.count.min, slot.count.max
    need = f"bắt buộc, {low} tệp" if low else "không bắt buộc"
    words = f"{slot.name}{media}: {', '.join(KINDS[k] for k in slot.kinds)}, {need}"
    words += f" đến {high} tệp" if high != low else ""
    words += f", mỗi tệp đến {format_int(slot.max_mb)} MB" + (", giám khảo xem" if slot.judges_copy else "")
    return words + (f"; {slot.help}" if slot.help else "")


def _publication(rb: Rulebook) -> list[str]:
    days = rb.publication.public_notice_days
    lines = [f"Niêm yết danh sách đề nghị trao giải {days} ngày trước khi quyết định"] if days else []
    if not rb.publication.several_prizes_per_person:
        lines.append("Mỗi người nhận một giải; người có nhiều tác phẩm đạt giải thì Ban Tổ chức quyết định")
    return lines
