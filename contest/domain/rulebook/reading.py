"""Reading a rulebook: from TOML to the shape, with problems that name the place in the file and what to change."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from contest.domain.errors import UserError
from contest.domain.rulebook.judging import RoundRules, TieCriterion
from contest.domain.rulebook.schema import Rulebook
from contest.domain.vietnamese import nfc

MAX_LENGTH = 200_000


@dataclass(frozen=True)
class Problem:
    """One thing to change. `place` reads like `rounds[1].criteria[2].max`, counted from 1; `line` when known."""

    place: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"Dòng {self.line}, {self.place}" if self.line else self.place
        return f"{where}: {self.message}"


class RulebookError(UserError):
    """The rulebook cannot be used; `problems` says why, one by one."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("Thể lệ chưa dùng được: " + " ".join(str(p) for p in problems[:3]), field="toml")
        self.problems = problems


def parse_rulebook(text: str) -> Rulebook:
    """A rulebook from TOML. Raises RulebookError with every problem found."""
    if len(text) > MAX_LENGTH:
        raise RulebookError([Problem("tệp", "Tệp dài quá 200.000 ký tự; đây có phải là tệp thể lệ không?")])
    try:
        data = _composed(tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n")))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a plain ValueError
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else None
        message = "Chưa đúng cách viết TOML. Kiểm tra dấu nháy, dấu bằng và dấu ngoặc ở dòng này."
        raise RulebookError([Problem("tệp", message, line)]) from error
    return check_rulebook(data, text)


def _composed(value: Any) -> Any:
    """What a file holds with its texts as the forms would keep them: NFC, no hidden characters."""
    if isinstance(value, dict):
        return {key: _composed(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_composed(part) for part in value]
    return nfc(value) if isinstance(value, str) else value


def check_rulebook(data: dict[str, Any], text: str = "") -> Rulebook:
    """A rulebook from plain data (a parsed file or what the forms built). Raises RulebookError."""
    try:
        rulebook = Rulebook.model_validate(data)
    except ValidationError as error:
        raise RulebookError([_from_pydantic(e, text) for e in error.errors()]) from error
    problems = [Problem(place, message, _line_of(place, text)) for place, message in _cross_checks(rulebook)]
    if problems:
        raise RulebookError(problems)
    return rulebook


WORDS = {
    "missing": "Thiếu mục này. Hãy thêm vào.",
    "extra_forbidden": "Không có khóa tên như vậy. Kiểm tra chính tả hoặc bỏ đi.",
    "date_from_datetime_parsing": "Cần một ngày, viết như 2026-09-10.",
    "date_type": "Cần một ngày, viết như 2026-09-10.",
    "date_parsing": "Cần một ngày, viết như 2026-09-10.",
    "int_type": "Cần một số nguyên.",
    "int_parsing": "Cần một số nguyên.",
    "decimal_type": "Cần một số.",
    "decimal_parsing": "Cần một số.",
    "bool_type": "Cần true hoặc false.",
    "string_type": "Cần chữ trong dấu nháy.",
    "string_too_short": "Không để trống mục này.",
    "list_type": "Cần một danh sách trong ngoặc vuông.",
    "dict_type": "Cần một nhóm khóa.",
    "model_type": 'Cần một nhóm khóa, ví dụ { value = 3, mode = "block" }.',
    "finite_number": "Cần một số bình thường.",
    "string_pattern_mismatch": "Tên khóa chỉ gồm chữ thường không dấu, số và gạch dưới, bắt đầu bằng chữ.",
    "too_short": "Cần ít nhất một mục.",
    "too_long": "Nhiều mục quá. Hãy gộp bớt.",
}


# Keys that so far have one value; why another one is not taken, by their place without its numbers.
ONE_VALUE = {
    "contest.kind": "Hiện chỉ có cuộc thi báo chí (press). Bỏ khóa này hoặc ghi press.",
    "contest.languages": 'Các trang hiện chỉ có tiếng Việt. Bỏ khóa này hoặc ghi ["vi"].',
    "eligibility.subject.recognised": "Danh mục mô hình chưa ghi việc công nhận nên chưa xét được điều này. "
    "Bỏ khóa này hoặc ghi false; Tổ Thư ký kết luận từng hồ sơ.",
    "rounds.aggregation.drop": "Chỉ bỏ được một phiếu cao nhất và một phiếu thấp nhất. Ghi 1.",
}


def _from_pydantic(error: Any, text: str) -> Problem:
    place = _place(error["loc"])
    context = error.get("ctx", {})
    plain = re.sub(r"\[\d+\]", "", place)
    if error["type"] == "literal_error" and plain in ONE_VALUE:
        message = ONE_VALUE[plain]
    elif error["type"] == "literal_error":
        message = f"Chỉ nhận một trong các giá trị: {context.get('expected', '').replace(' or ', ', ')}."
    elif error["type"].startswith(("greater_than", "less_than")):
        bound = str(next(iter(context.values()), ""))
        what = "Ngày" if "-" in bound else "Số"  # bounds of numbers are not negative
        message = f"{what} này phải {'từ' if 'greater' in error['type'] else 'không quá'} {bound}."
    elif error["type"] == "string_too_long":
        message = f"Mục này quá dài: viết tối đa {context['max_length']} ký tự."
    else:
        message = WORDS.get(error["type"], "Giá trị chưa đúng kiểu. Xem lại tài liệu về tệp thể lệ.")
    return Problem(place, message, _line_of(place, text))


def _place(location: tuple[int | str, ...]) -> str:
    """A pydantic location as people count: `('rounds', 0, 'key')` is `rounds[1].key`."""
    place = ""
    for step in location:
        if isinstance(step, int):
            place += f"[{step + 1}]"
        elif re.fullmatch(r"[a-z_][a-z0-9_]*", step):
            place += f".{step}" if place else step
    return place or "tệp"


def _line_of(place: str, text: str) -> int | None:
    """The line of a place: its table header (the n-th of an array), then the key below it."""
    if not text:
        return None
    lines = text.splitlines()
    steps = re.findall(r"([a-z_][a-z0-9_]*)(?:\[(\d+)\])?", place)
    start, header, found = 0, "", None
    for name, number in steps:
        header = f"{header}.{name}" if header else name
        wanted = re.compile(rf"\s*\[\[?\s*{re.escape(header)}\s*\]\]?\s*(#.*)?$")
        matches = [i for i in range(start, len(lines)) if wanted.match(lines[i])]
        index = int(number) - 1 if number else 0
        if index < len(matches):
            start = found = matches[index]
            continue
        for i in range(start + (found is not None), len(lines)):
            if re.match(r"\s*\[", lines[i]) and found is not None:
                break
            if re.match(rf"\s*{re.escape(name)}\s*[.=]", lines[i]):
                return i + 1
    return found + 1 if found is not None else None


def _cross_checks(rb: Rulebook) -> Iterator[tuple[str, str]]:
    yield from _unique_keys(rb)
    yield from _windows(rb)
    yield from _known_media_types(rb)
    for index, rules in enumerate(rb.rounds, start=1):
        yield from _round(rb, rules, index)
    yield from _prizes(rb)


def _unique_keys(rb: Rulebook) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[str]] = {
        "media_types": [m.key for m in rb.media_types],
        "categories": [c.key for c in rb.categories],
        "slots": [s.key for s in rb.slots],
        "declarations": [d.key for d in rb.declarations],
        "rounds": [r.key for r in rb.rounds],
        "credit_roles": [c.key for c in rb.credit_roles],
    }
    for name, keys in groups.items():
        for index, key in enumerate(keys):
            if key in keys[:index]:
                yield f"{name}[{index + 1}].key", f"Khóa “{key}” đã dùng ở trên. Hãy đặt khóa khác."


def _windows(rb: Rulebook) -> Iterator[tuple[str, str]]:
    w = rb.windows
    for name, span in (("published", w.published), ("submitted", w.submitted), ("judged", w.judged)):
        if span and span.to < span.from_:
            yield f"windows.{name}", "Ngày kết thúc trước ngày bắt đầu. Hãy đổi lại hai ngày."
    if w.published and w.submitted.to < w.published.from_:
        yield "windows.submitted", "Hạn nộp ở trước thời gian đăng, phát. Hãy sửa một trong hai khoảng."
    if w.awarded and w.awarded < w.submitted.to:
        yield "windows.awarded", "Ngày trao giải ở trước hạn nộp. Hãy sửa ngày trao giải."


def _known_media_types(rb: Rulebook) -> Iterator[tuple[str, str]]:
    known = {m.key: set(m.genres) for m in rb.media_types}
    for i, category in enumerate(rb.categories, start=1):
        for j, accepts in enumerate(category.accepts, start=1):
            place = f"categories[{i}].accepts[{j}]"
            if accepts.media_type not in known:
                yield place, f"Không có loại hình “{accepts.media_type}”. Có: {', '.join(known)}."
                continue
            for genre in accepts.genres:
                if genre not in known[accepts.media_type]:
                    yield place, f"Loại hình “{accepts.media_type}” không có thể loại “{genre}”."
    for i, slot in enumerate(rb.slots, start=1):
        for key in slot.media_types:
            if key not in known:
                yield f"slots[{i}].media_types", f"Không có loại hình “{key}”. Có: {', '.join(known)}."
        if slot.count.max < slot.count.min:
            yield f"slots[{i}].count", "Số tệp nhiều nhất nhỏ hơn số tệp ít nhất."
    confirmation = rb.eligibility.agency_confirmation
    if confirmation.required and confirmation.slot not in [s.key for s in rb.slots]:
        yield (
            "eligibility.agency_confirmation.slot",
            f"Cần giấy xác nhận nhưng không có mục tệp “{confirmation.slot}” để nhận. Thêm mục tệp hoặc chọn mục khác.",
        )
    taken = {a.media_type for c in rb.categories for a in c.accepts}
    for i, media in enumerate(rb.media_types, start=1):
        if media.key not in taken:
            yield (
                f"media_types[{i}]",
                f"Không nhóm giải nào nhận loại hình “{media.name}”. Thêm vào một nhóm giải.",
            )
    per_person = rb.limits.entries_per_person
    roles = {c.key for c in rb.credit_roles}
    for role in per_person.by_credit_role if per_person else {}:
        if role not in roles:
            yield (
                "limits.entries_per_person.by_credit_role",
                f"Không có vai trò “{role}”. Có: {', '.join(sorted(roles))}.",
            )


def _round(rb: Rulebook, rules: RoundRules, index: int) -> Iterator[tuple[str, str]]:
    place = f"rounds[{index}]"
    earlier = [r.key for r in rb.rounds[: index - 1]]
    for name, other in (
        ("same_criteria_as", rules.same_criteria_as),
        ("carry_over", rules.carry_over.round if rules.carry_over else None),
    ):
        if other and other not in earlier:
            yield f"{place}.{name}", f"“{other}” không phải là một vòng trước vòng này."
            return
    carried = rb.round(rules.carry_over.round) if rules.carry_over and rules.carry_over.weight else None
    if carried and carried.scale.max != rules.scale.max:
        yield (
            f"{place}.carry_over",
            f"Thang điểm của “{carried.name}” là {carried.scale.max}, khác {rules.scale.max} của vòng này nên không "
            "cộng được. Dùng cùng một thang điểm, hoặc để trọng số 0.",
        )
    if rules.same_criteria_as and rules.criteria:
        yield (
            f"{place}.criteria",
            "Đã dùng tiêu chí của vòng khác; bỏ tiêu chí ở đây hoặc bỏ same_criteria_as.",
        )
    criteria = rb.criteria_of(rules.key)
    if not criteria:
        yield f"{place}.criteria", "Vòng này chưa có tiêu chí. Thêm ít nhất một tiêu chí."
        return
    total = sum((c.max for c in criteria), Decimal(0))
    if total != rules.scale.max:
        yield (
            f"{place}.scale",
            f"Điểm tối đa của các tiêu chí cộng lại là {total}, khác thang điểm {rules.scale.max}.",
        )
    for j, criterion in enumerate(rules.criteria, start=1):
        spot = f"{place}.criteria[{j}]"
        if criterion.key in [c.key for c in rules.criteria[: j - 1]]:
            yield f"{spot}.key", f"Khóa “{criterion.key}” đã dùng ở trên. Hãy đặt khóa khác."
        if criterion.max <= criterion.min:
            yield f"{spot}.max", "Điểm tối đa phải lớn hơn điểm tối thiểu."
        elif criterion.step <= 0 or (criterion.max - criterion.min) % criterion.step:
            yield (
                f"{spot}.step",
                f"Bước {criterion.step} không chia hết khoảng {criterion.min}–{criterion.max}.",
            )
        elif criterion.step % Decimal("0.001"):
            yield f"{spot}.step", "Bước điểm nhỏ nhất là 0,001."
    if isinstance(rules.judges_per_entry, int) and rules.min_sheets > rules.judges_per_entry:
        yield f"{place}.min_sheets", "Số phiếu tối thiểu nhiều hơn số giám khảo chấm mỗi tác phẩm."
    if rules.aggregation.method == "outlier_filtered" and rules.aggregation.threshold is None:
        yield (
            f"{place}.aggregation",
            "Cách gộp này cần ngưỡng (threshold): lệch bao nhiêu so với trung bình thì bỏ.",
        )
    for key in rules.shortlist.by_category if rules.shortlist else {}:
        if rb.category(key) is None:
            yield f"{place}.shortlist", f"Không có nhóm giải “{key}”."


def _prizes(rb: Rulebook) -> Iterator[tuple[str, str]]:
    keys = {c.key for r in rb.rounds for c in rb.criteria_of(r.key)}
    for i, link in enumerate(rb.ties.chain, start=1):
        if isinstance(link, TieCriterion) and link.criterion not in keys:
            yield f"ties.chain[{i}]", f"Không có tiêu chí “{link.criterion}”. Có: {', '.join(sorted(keys))}."
    tiers = [p.tier for p in rb.prizes]
    for i, prize in enumerate(rb.prizes, start=1):
        place = f"prizes[{i}]"
        if prize.tier in tiers[: i - 1]:
            yield f"{place}.tier", f"Mức giải “{prize.tier}” đã có ở trên."
        said = [
            v
            for v in (prize.quota.exact, prize.quota.at_most, prize.quota.range, prize.quota.total)
            if v is not None
        ]
        if len(said) != 1:
            yield f"{place}.quota", "Nói số giải bằng đúng một cách: exact, at_most, range hoặc total."
        elif prize.quota.range and prize.quota.range[0] > prize.quota.range[1]:
            yield f"{place}.quota", "Trong range, số đầu phải nhỏ hơn hoặc bằng số sau."
        if prize.value_base_salaries is not None and rb.prize_basis is None:
            yield (
                f"{place}.value_base_salaries",
                "Giải tính theo mức lương cơ sở cần ghi mức lương ([prize_basis], base_salary_vnd) để tính ra đồng.",
            )
        wanted = prize.condition.min_entries_at_tier if prize.condition else None
        if wanted and wanted.tier not in tiers:
            yield f"{place}.condition", f"Không có mức giải “{wanted.tier}”. Có: {', '.join(tiers)}."
        for key in prize.quota.by_category:
            if rb.category(key) is None:
                yield f"{place}.quota", f"Không có nhóm giải “{key}”."
