"""A rulebook in plain Vietnamese, for the public summary. The legal text is the signed Thể lệ, not this."""

from __future__ import annotations

from dataclasses import dataclass

from contest.domain.facts import LEVELS
from contest.domain.rulebook.judging import Prize, RoundRules, TieCriterion
from contest.domain.rulebook.schema import MediaType, Rulebook
from contest.domain.scoring import Carried
from contest.domain.vietnamese import format_date, format_decimal, format_int, format_money

ROLES = {
    "steering": "Ban Chỉ đạo",
    "organizer": "Ban Tổ chức",
    "judge": "Hội đồng chấm",
    "secretary": "Tổ Thư ký",
}
AGGREGATIONS = {
    "mean": "trung bình cộng",
    "median": "trung vị",
    "trimmed": "trung bình sau khi bỏ một phiếu cao nhất, một phiếu thấp nhất (từ 5 phiếu)",
    "outlier_filtered": "trung bình sau khi bỏ phiếu lệch quá ngưỡng",
}


@dataclass(frozen=True)
class Section:
    """A heading with its sentences."""

    title: str
    lines: tuple[str, ...]


def describe(rb: Rulebook) -> list[Section]:
    """The rules in words, section by section; empty sections are left out."""
    sections = [
        Section("Ai được dự thi", tuple(who_may_enter(rb))),
        Section("Thời gian", tuple(_times(rb))),
        Section("Gửi gì", tuple(f"{m.name}: {media_words(m)}" for m in rb.media_types)),
        Section("Giới hạn", tuple(limits(rb))),
        Section("Hồ sơ", tuple(_dossier(rb))),
        Section("Cách chấm", tuple(line for r in rb.rounds for line in round_words(rb, r))),
        Section("Khi bằng điểm", tuple(_ties(rb))),
        Section("Giải thưởng", tuple(_prizes(rb))),
        Section("Công bố", tuple(_publication(rb))),
    ]
    return [s for s in sections if s.lines]


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
    found += [("Bằng điểm", line) for line in _ties(rb)]
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
            _cited(f"Mỗi người đứng tên tối đa {per.value} tác phẩm, kể cả đồng tác giả", per.article)
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
        lines.append(_cited(f"Mỗi tác phẩm tối đa {several.value} tác giả", several.article))
    if found.parts_per_entry:
        same = ", cùng nhóm tác giả" if found.same_authors_in_series else ""
        parts = found.parts_per_entry
        lines.append(_cited(f"Loạt bài tối đa {parts.value} kỳ{same}", parts.article))
    return lines


def media_words(media: MediaType) -> str:
    """Genres, lengths and the remark of a media type."""
    words = ", ".join(media.genres) or "mọi thể loại"
    if media.max_words_per_part:
        words += f"; đến {format_int(media.max_words_per_part.value)} chữ mỗi {media.part_name or 'kỳ'}"
    if media.max_minutes_per_part:
        words += f"; đến {media.max_minutes_per_part.value} phút mỗi {media.part_name or 'tập'}"
    return words + (f"; {media.note}" if media.note else "")


def _cited(sentence: str, article: str) -> str:
    """A sentence with its place in the paper Thể lệ."""
    return f"{sentence} ({article})" if article else sentence


def _times(rb: Rulebook) -> list[str]:
    w = rb.windows
    span = w.submitted
    lines = [f"Nhận tác phẩm từ {format_date(span.from_)} đến hết ngày {format_date(span.to)} (giờ Việt Nam)"]
    if w.postmark_grace_days:
        lines.append(f"Hồ sơ giấy tính theo dấu bưu điện, đến sau không quá {w.postmark_grace_days} ngày")
    if w.supplement_days:
        lines.append(f"Nộp đúng hạn mà còn thiếu tệp thì bổ sung trong {w.supplement_days} ngày")
    if w.judged:
        lines.append(f"Chấm từ {format_date(w.judged.from_)} đến {format_date(w.judged.to)}")
    if w.awarded:
        lines.append(f"Trao giải ngày {format_date(w.awarded)}")
    return lines


def _dossier(rb: Rulebook) -> list[str]:
    kinds = {"pdf": "PDF", "image": "ảnh", "audio": "âm thanh", "video": "hình", "docx": "Word"}
    names = {m.key: m.name for m in rb.media_types}
    lines = []
    for slot in rb.slots:
        need = "bắt buộc" if slot.count.min else "không bắt buộc"
        media = f" ({', '.join(names[k] for k in slot.media_types)})" if slot.media_types else ""
        lines.append(
            f"{slot.name}{media}: {', '.join(kinds[k] for k in slot.kinds)}, {need}, đến {slot.count.max} tệp"
        )
    return lines


def round_words(rb: Rulebook, rules: RoundRules) -> list[str]:
    """How one round is judged."""
    judges = "cả hội đồng" if rules.judges_per_entry == "panel" else f"{rules.judges_per_entry} giám khảo"
    blind = ", chấm không biết tên tác giả" if rules.blind else ""
    top = format_decimal(rules.scale.max)
    lines = [
        _cited(
            f"{rules.name}: {judges} chấm mỗi tác phẩm, thang {top}, lấy {AGGREGATIONS[rules.aggregation.method]}{blind}",
            rules.article,
        )
    ]
    if not rules.same_criteria_as:
        lines += [
            f"{c.name}: tối đa {format_decimal(c.max)}, bước {format_decimal(c.step)}" for c in rules.criteria
        ]
    return lines + _carried(rb, rules) + _shortlist(rb, rules)


def _carried(rb: Rulebook, rules: RoundRules) -> list[str]:
    carry = rules.carry_over
    earlier = rb.round(carry.round) if carry else None
    return [carried_words(Carried(earlier.key, earlier.name, carry.weight))] if carry and earlier else []


def carried_words(carried: Carried | None) -> str:
    """What an earlier round counts in a later one, as a sentence without its stop; "" where nothing is carried over."""
    if carried is None:
        return ""
    if not carried.weight:
        return f"Kết quả {carried.name} được ghi bên cạnh để tham khảo, không tính vào kết quả"
    share = format_decimal(carried.weight * 100)
    rest = format_decimal((1 - carried.weight) * 100)
    return f"Kết quả gồm {rest}% điểm vòng này và {share}% kết quả {carried.name}"


def _shortlist(rb: Rulebook, rules: RoundRules) -> list[str]:
    rule = rules.shortlist
    if rule is None:
        return []
    parts = [f"mỗi nhóm không quá {rule.per_category} tác phẩm"] if rule.per_category else []
    parts += [f"{_name(rb, key)} không quá {count}" for key, count in rule.by_category.items()]
    parts += [f"từ {format_decimal(rule.floor)} điểm"] if rule.floor is not None else []
    return [f"Chọn vào vòng sau: {', '.join(parts)}"] if parts else []


def _name(rb: Rulebook, category: str) -> str:
    found = rb.category(category)
    return found.name if found else category


def _ties(rb: Rulebook) -> list[str]:
    criteria = {c.key: c.name for r in rb.rounds for c in rb.criteria_of(r.key)}
    words = {
        "higher_median": "trung vị cao hơn",
        "chair": "Chủ tịch hội đồng quyết định, ghi lý do",
        "shared": "cùng nhận giải",
    }
    chain = [
        f"điểm “{criteria.get(k.criterion, k.criterion)}” cao hơn"
        if isinstance(k, TieCriterion)
        else words[k]
        for k in rb.ties.chain
    ]
    return [_cited("Xét lần lượt: " + "; ".join(chain), rb.ties.article)] if chain else []


def _prizes(rb: Rulebook) -> list[str]:
    lines = [prize_words(rb, p) for p in rb.prizes]
    basis = rb.prize_basis
    if basis and any(p.value_base_salaries is not None for p in rb.prizes):
        day = f", ngày {format_date(basis.on)}" if basis.on else ""
        lines.append(f"Tính theo mức lương cơ sở {format_money(basis.base_salary_vnd)}{day}")
    return lines


def _publication(rb: Rulebook) -> list[str]:
    days = rb.publication.public_notice_days
    lines = [f"Niêm yết danh sách đề nghị trao giải {days} ngày trước khi quyết định"] if days else []
    if not rb.publication.several_prizes_per_person:
        lines.append("Mỗi người nhận một giải; người có nhiều tác phẩm đạt giải thì Ban Tổ chức quyết định")
    return lines


def prize_words(rb: Rulebook, prize: Prize) -> str:
    """One tier: how many, for what, worth."""
    q = prize.quota
    if q.range:
        count = f"{q.range[0]}–{q.range[1]} giải"
    elif q.exact is not None:
        count = f"{q.exact} giải"
    elif q.total is not None:
        count = f"tổng cộng {q.total} giải"
    else:
        count = f"không quá {q.at_most} giải"
    scope = " mỗi nhóm" if prize.per == "category" else ""
    value = rb.prize_value(prize)
    worth = "".join(f", {part}" for part in (format_money(value) if value else "", prize.in_kind) if part)
    own = [f"{_name(rb, key)} {many}" for key, many in q.by_category.items()]
    apart = f" (riêng {', '.join(own)})" if own else ""
    need = prize.condition.min_entries_at_tier if prize.condition else None
    asks = f", cần ít nhất {need.count} tác phẩm đạt {need.tier} trở lên" if need else ""
    return f"{prize.tier}: {count}{scope}{apart}{worth}{asks}"
