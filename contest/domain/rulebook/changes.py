"""What differs between two versions of a rulebook, in words for the notice and the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from contest.domain.rulebook.schema import Rulebook
from contest.domain.vietnamese import format_date

LABELS = {
    "contest": "Cuộc thi",
    "bodies": "Các cơ quan",
    "contact": "Liên hệ",
    "windows": "Thời gian",
    "media_types": "Loại hình",
    "categories": "Nhóm giải",
    "eligibility": "Điều kiện dự thi",
    "limits": "Giới hạn",
    "credit_roles": "Vai trò",
    "slots": "Tệp hồ sơ",
    "declarations": "Cam kết",
    "rounds": "Vòng chấm",
    "ties": "Khi bằng điểm",
    "prizes": "Giải thưởng",
    "prize_basis": "Mức lương cơ sở",
    "publication": "Công bố",
    "submitted": "nhận tác phẩm",
    "published": "đăng, phát",
    "from": "từ ngày",
    "to": "đến hết ngày",
    "name": "tên",
    "max": "tối đa",
    "due": "hạn chấm",
    "criteria": "tiêu chí",
    "quota": "số giải",
    "value_vnd": "giá trị",
}


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
    return [
        Change(_label(p), before.get(p, ""), after.get(p, ""))
        for p in paths
        if before.get(p, "") != after.get(p, "")
    ]


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
        return [
            leaf for i, item in enumerate(value, 1) for leaf in _leaves(item, f"{path}[{_name(item) or i}]")
        ]
    return [(path, _words(value))]


def _name(item: Any) -> str:
    return str(item.get("name") or item.get("tier") or "") if isinstance(item, dict) else ""


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, list | tuple):
        return ", ".join(_words(v) for v in value)
    return str(value)


def _label(path: str) -> str:
    words = []
    for step in path.split("."):
        key, _, rest = step.partition("[")
        named = f" “{rest.rstrip(']')}”" if rest else ""
        words.append(LABELS.get(key, key) + named)
    return " · ".join(words)
