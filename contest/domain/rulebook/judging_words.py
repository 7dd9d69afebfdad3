"""How works are judged and what they may win, in plain Vietnamese; parts of the whole in `words`."""

from __future__ import annotations

from contest.domain.rulebook.judging import Divergence, Prize, RoundRules, TieCriterion
from contest.domain.rulebook.schema import Rulebook
from contest.domain.scoring import Carried
from contest.domain.vietnamese import format_date, format_decimal, format_money

AGGREGATIONS = {
    "mean": "trung bình cộng",
    "median": "trung vị",
    "trimmed": "trung bình sau khi bỏ một phiếu cao nhất, một phiếu thấp nhất (từ 5 phiếu)",
    "outlier_filtered": "trung bình sau khi bỏ phiếu lệch quá ngưỡng",
}
DIVERGENCES = {
    "PANEL_MEAN": "các phiếu chênh nhau quá 3 điểm hoặc có phiếu lệch trung bình quá 2 điểm",
    "TWO_PLUS_ONE": "hai phiếu chênh nhau quá 1,5 điểm",
    "THIRD_DECIDES": "hai phiếu chênh nhau từ 20 điểm",
}
THAN = {">": "quá", ">=": "từ"}
PRIZE_KINDS = {
    "collective": "trao cho tập thể", "special": "giải đặc biệt", "theme": "giải chuyên đề", "personal": "trao cho cá nhân",
    "derived": "suy ra từ giải khác",
}  # fmt: skip


def cited(sentence: str, article: str) -> str:
    """A sentence with its place in the paper Thể lệ."""
    return f"{sentence} ({article})" if article else sentence


def judging_words(rb: Rulebook) -> list[str]:
    """All rounds, and how exact their results are."""
    lines = [line for rules in rb.rounds for line in round_words(rb, rules)]
    return [*lines, f"Kết quả lấy {rb.contest.decimals} chữ số thập phân"]


def round_words(rb: Rulebook, rules: RoundRules) -> list[str]:
    """How one round is judged."""
    judges = "cả hội đồng" if rules.judges_per_entry == "panel" else f"{rules.judges_per_entry} giám khảo"
    blind = ", chấm không biết tên tác giả" if rules.blind else ""
    scale = format_decimal(rules.scale.max)
    if rules.scale.min:
        scale = f"{format_decimal(rules.scale.min)}–{scale}"
    threshold = rules.aggregation.threshold
    apart = f" ({format_decimal(threshold)} điểm)" if threshold is not None else ""
    how = f"{AGGREGATIONS[rules.aggregation.method]}{apart}"
    lines = [
        cited(f"{rules.name}: {judges} chấm mỗi tác phẩm, thang {scale}, lấy {how}{blind}", rules.article)
    ]
    if rules.due:
        lines.append(f"{rules.name}: chấm xong đến hết ngày {format_date(rules.due)}")
    if rules.min_sheets > 1:
        lines.append(f"{rules.name}: có ít nhất {rules.min_sheets} phiếu mới tính kết quả")
    return lines + _criteria(rb, rules) + _divergence(rules) + _carried(rb, rules) + _shortlist(rb, rules)


def _criteria(rb: Rulebook, rules: RoundRules) -> list[str]:
    if rules.same_criteria_as:
        earlier = rb.round(rules.same_criteria_as)
        return [f"{rules.name}: tiêu chí như {earlier.name if earlier else rules.same_criteria_as}"]
    lines = []
    for c in rules.criteria:
        least = f"từ {format_decimal(c.min)}, " if c.min else ""
        hint = f" ({c.anchor})" if c.anchor else ""
        bounds = f"{least}tối đa {format_decimal(c.max)}, bước {format_decimal(c.step)}"
        lines.append(f"Tiêu chí {c.name}: {bounds}{hint}")
    return lines


def _divergence(rules: RoundRules) -> list[str]:
    when = _apart(rules.divergence) if rules.divergence else ""
    return [f"{rules.name}: {when} thì Chủ tịch hội đồng quyết định, ghi lý do"] if when else []


def _apart(found: Divergence) -> str:
    if found.preset:
        return DIVERGENCES[found.preset]
    cases = []
    if found.spread is not None:
        cases.append(f"các phiếu chênh nhau {THAN[found.spread_op]} {format_decimal(found.spread)} điểm")
    if found.from_mean is not None:
        cases.append(
            f"có phiếu lệch trung bình {THAN[found.from_mean_op]} {format_decimal(found.from_mean)} điểm"
        )
    return " hoặc ".join(cases)


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


def tie_words(rb: Rulebook) -> list[str]:
    """What is asked in turn when totals are equal."""
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
    return [cited("Xét lần lượt: " + "; ".join(chain), rb.ties.article)] if chain else []


def prizes_words(rb: Rulebook) -> list[str]:
    """All tiers, and the base salary they are counted by."""
    lines = [prize_words(rb, p) for p in rb.prizes]
    basis = rb.prize_basis
    if basis and any(p.value_base_salaries is not None for p in rb.prizes):
        day = f", ngày {format_date(basis.on)}" if basis.on else ""
        lines.append(f"Tính theo mức lương cơ sở {format_money(basis.base_salary_vnd)}{day}")
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
    kind = f" ({PRIZE_KINDS[prize.kind]})" if prize.kind in PRIZE_KINDS else ""
    return f"{prize.tier}{kind}: {count}{scope}{apart}{worth}{asks}"
