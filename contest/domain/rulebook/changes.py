"""What differs between two versions of a rulebook, in words for the notice and the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from contest.domain.rulebook.schema import Rulebook
from contest.domain.vietnamese import format_date

LABELS = {
    "contest": "Cuộc thi", "series": "tên giải", "name": "tên", "kind": "loại", "basis": "căn cứ", "decimals": "số chữ số thập phân",
    "timezone": "múi giờ", "languages": "ngôn ngữ", "format": "dạng tệp",
    "fields": "lĩnh vực", "summary": "giới thiệu", "bodies": "Các cơ quan", "papers": "Văn bản in", "heading": "tiêu đề", "issuer": "cơ quan ban hành", "place": "địa danh", "label": "nhãn", "contact": "Liên hệ",
    "office": "nơi liên hệ", "address": "địa chỉ", "phone": "điện thoại", "email": "thư điện tử",
    "windows": "Thời gian", "published": "đăng, phát", "submitted": "nhận tác phẩm", "judged": "chấm", "awarded": "trao giải",
    "from": "từ ngày", "to": "đến hết ngày", "postmark_grace_days": "đến sau theo dấu bưu điện (ngày)",
    "grace_minutes": "nới sau hạn (phút)", "supplement_days": "bổ sung tệp (ngày)",
    "straddling_series": "loạt bài đăng từ trước", "article": "điều trong Thể lệ",
    "media_types": "Loại hình", "key": "khóa", "genres": "thể loại", "part_name": "cách gọi một phần",
    "max_words_per_part": "số chữ mỗi kỳ", "max_minutes_per_part": "số phút mỗi kỳ", "value": "tối đa", "min": "tối thiểu",
    "max": "tối đa", "mode": "khi không đạt", "text_required": "phải có nội dung", "note": "ghi thêm",
    "categories": "Nhóm giải", "accepts": "nhận", "media_type": "loại hình",
    "eligibility": "Điều kiện dự thi", "nationality": "quốc tịch", "excluded_roles": "diện không dự thi",
    "excluded_mode": "khi thuộc diện không dự thi", "prior_awards": "giải đã đạt", "rule": "quy định",
    "barred_levels": "cấp giải không dự thi", "agency_confirmation": "xác nhận của cơ quan báo chí", "required": "bắt buộc",
    "slot": "mục tệp", "subject": "mô hình, điển hình", "exemplar_required": "bắt buộc", "recognised": "đã công nhận",
    "limits": "Giới hạn", "entries_per_person": "số tác phẩm mỗi người", "authors_per_entry": "số tác giả mỗi tác phẩm",
    "parts_per_entry": "số kỳ mỗi tác phẩm", "same_authors_in_series": "các kỳ cùng nhóm tác giả",
    "by_credit_role": "riêng vai trò", "bonus": "thêm theo thể loại", "extra": "số tác phẩm thêm",
    "credit_roles": "Vai trò", "slots": "Tệp hồ sơ", "kinds": "nhận tệp", "count": "số tệp", "max_mb": "dung lượng (MB)",
    "judges_copy": "giám khảo xem", "help": "hướng dẫn", "declarations": "Cam kết", "text": "câu",
    "rounds": "Vòng chấm", "method": "cách làm", "blind": "chấm kín", "due": "hạn chấm",
    "judges_per_entry": "số giám khảo mỗi tác phẩm", "min_sheets": "số phiếu tối thiểu", "scale": "thang điểm",
    "aggregation": "gộp phiếu", "drop": "số phiếu bỏ", "threshold": "ngưỡng lệch", "divergence": "lệch điểm", "preset": "mẫu",
    "spread": "chênh lệch", "spread_op": "cách so chênh lệch", "from_mean": "lệch trung bình",
    "from_mean_op": "cách so lệch trung bình", "shortlist": "vào vòng sau", "per_category": "mỗi nhóm không quá",
    "by_category": "riêng từng nhóm", "floor": "từ điểm", "carry_over": "điểm vòng trước", "round": "vòng", "weight": "trọng số",
    "same_criteria_as": "tiêu chí lấy từ vòng", "criteria": "tiêu chí", "step": "bước điểm", "anchor": "gợi ý",
    "ties": "Khi bằng điểm", "chain": "lần lượt xét", "criterion": "tiêu chí",
    "prizes": "Giải thưởng", "tier": "mức giải", "per": "tính", "quota": "số giải", "exact": "đúng", "at_most": "không quá",
    "range": "từ đến", "total": "tổng cộng", "value_vnd": "giá trị", "value_base_salaries": "số lần lương cơ sở",
    "in_kind": "hiện vật", "condition": "điều kiện", "min_entries_at_tier": "số tác phẩm đạt mức",
    "prize_basis": "Mức lương cơ sở", "base_salary_vnd": "mức lương", "on": "tại ngày",
    "publication": "Công bố", "public_notice_days": "niêm yết (ngày)", "several_prizes_per_person": "một người nhiều giải",
    "show_received_count": "hiện số tác phẩm đã nhận", "show_totals": "hiện điểm",
}  # fmt: skip
VALUES = {
    "block": "không cho nộp", "warn": "nhắc, vẫn cho nộp", "secretary": "Tổ Thư ký", "organizer": "Ban Tổ chức",
    "judge": "Hội đồng chấm", "steering": "Ban Chỉ đạo", "panel": "cả hội đồng", "mean": "trung bình cộng", "median": "trung vị",
    "trimmed": "bỏ phiếu cao nhất, thấp nhất", "outlier_filtered": "bỏ phiếu lệch quá ngưỡng", "chair": "Chủ tịch hội đồng",
    "shared": "cùng nhận giải", "higher_median": "trung vị cao hơn", "category": "mỗi nhóm giải", "overall": "cả cuộc thi",
    "allowed": "được dự thi", "declare": "phải khai", "barred": "không được dự thi", "join": "nối với kỳ sau",
    "last_part_inside": "kỳ cuối trong thời gian", "all_inside": "mọi kỳ trong thời gian", "national": "quốc gia",
    "provincial": "cấp tỉnh", "sector": "ngành", "other": "khác", "vietnamese": "công dân Việt Nam",
    "overseas_vietnamese": "cả người Việt Nam ở nước ngoài", "any": "mọi người", "entry": "cho tác phẩm", "collective": "tập thể",
    "party": "văn bản của Đảng", "state": "văn bản hành chính", "special": "đặc biệt", "theme": "chuyên đề", "personal": "cá nhân", "derived": "suy ra từ giải khác", ">": "quá", ">=": "từ",
}  # fmt: skip


LONGEST_NOTICE = 500


@dataclass(frozen=True)
class Change:
    """One difference: where, and the two values in words; empty means absent."""

    label: str
    before: str
    after: str


def diff(old: Rulebook, new: Rulebook) -> list[Change]:
    """All differences, leaf by leaf, in the order of the rulebook."""
    before = dict(_leaves(old.model_dump(by_alias=True), ""))
    after = dict(_leaves(new.model_dump(by_alias=True), ""))
    paths = [*before, *(p for p in after if p not in before)]
    found = [
        Change(_label(p), before.get(p, ""), after.get(p, ""))
        for p in paths
        if before.get(p, "") != after.get(p, "")
    ]
    return found + _moved(old.model_dump(by_alias=True), new.model_dump(by_alias=True))


def notice_of(changes: list[Change]) -> str:
    """A sentence for the front page from what differs, as long as a notice may be; people put it into better words."""
    told: list[str] = []
    for place, change in enumerate(changes):
        rest = len(changes) - place
        line = f"{change.label}: {_shortened(change.before)} → {_shortened(change.after)}"
        if told and len("; ".join([*told, line])) > LONGEST_NOTICE - 60:
            told.append(f"và {rest} thay đổi khác")
            break
        told.append(line)
    return f"Thể lệ thay đổi: {'; '.join(told)}."[:LONGEST_NOTICE]


def _shortened(words: str) -> str:
    line = " ".join(words.split())
    return (line if len(line) <= 80 else f"{line[:79].rstrip()}…") or "(trống)"


def _moved(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Lists whose items stand in another order than before, one change each."""
    found = []
    for path, before in _orders(old, ""):
        after = dict(_orders(new, "")).get(path, [])
        was, now = [n for n in before if n in after], [n for n in after if n in before]
        if was != now:
            found.append(Change(f"{_label(path)} · thứ tự", ", ".join(was), ", ".join(now)))
    return found


def _orders(value: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    """Every list of named things with the names in order."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _orders(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(_name(item) for item in value):
        yield path, _names(value)
        for name, item in zip(_names(value), value, strict=True):
            yield from _orders(item, f"{path}[{name}]")


def touches_criteria(old: Rulebook, new: Rulebook, round_key: str) -> bool:
    """Whether criteria or scale of a round differ: forbidden once marks exist in it."""
    old_rules, new_rules = old.round(round_key), new.round(round_key)
    if (old_rules is None) != (new_rules is None):
        return True
    if old_rules is None or new_rules is None:
        return False
    return old.criteria_of(round_key) != new.criteria_of(round_key) or old_rules.scale != new_rules.scale


def _leaves(value: Any, path: str) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [
            leaf for key, item in value.items() for leaf in _leaves(item, f"{path}.{key}" if path else key)
        ]
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        pairs = zip(_names(value), value, strict=True)
        return [leaf for name, item in pairs for leaf in _leaves(item, f"{path}[{name}]")]
    return [(path, _words(value))]


def _name(item: Any) -> str:
    return str(item.get("name") or item.get("tier") or "") if isinstance(item, dict) else ""


def _names(items: list[Any]) -> list[str]:
    """A name for each item of a list, its number where it has none of its own."""
    names = [_name(item) for item in items]
    return [n if n and names.count(n) == 1 else f"{n} {i}".strip() for i, n in enumerate(names, start=1)]


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, list | tuple):
        return ", ".join(_words(v) for v in value)
    return VALUES.get(value, value) if isinstance(value, str) else str(value)


def _label(path: str) -> str:
    words = []
    for key, name in re.findall(r"(\w+)(?:\[(.*?)\](?=\.|$))?", path):
        words.append(LABELS.get(key, key) + (f" “{name}”" if name else ""))
    return " · ".join(words)
