"""From a rulebook to what the arithmetic needs: round rules, tie chain, prize slots and who may take them."""

from __future__ import annotations

from contest.domain.errors import UserError
from contest.domain.presets import PRESETS
from contest.domain.prizes import Slot
from contest.domain.ranking import TieLink
from contest.domain.rulebook.judging import CarryOver, Divergence, Prize, TieCriterion
from contest.domain.rulebook.schema import Rulebook
from contest.domain.scoring import Carried, Criterion, DivergenceRule, RoundRules


def rules_of(rulebook: Rulebook, key: str) -> RoundRules:
    """The arithmetic of a round. Raises UserError when the rulebook has no such round."""
    found = rulebook.round(key)
    if found is None:
        known = ", ".join(r.key for r in rulebook.rounds)
        raise UserError(f"Thể lệ không có vòng “{key}”. Có: {known}.")
    return RoundRules(
        key=found.key,
        name=found.name,
        criteria=tuple(
            Criterion(c.key, c.name, c.max, c.min, c.step, c.anchor) for c in rulebook.criteria_of(key)
        ),
        scale_min=found.scale.min,
        scale_max=found.scale.max,
        decimals=rulebook.contest.decimals,
        method=found.aggregation.method,
        threshold=found.aggregation.threshold,
        min_sheets=found.min_sheets,
        divergence=_divergence(found.divergence),
        carried=_carried(rulebook, found.carry_over),
    )


def _carried(rulebook: Rulebook, found: CarryOver | None) -> Carried | None:
    earlier = rulebook.round(found.round) if found else None
    return Carried(earlier.key, earlier.name, found.weight) if found and earlier else None


def _divergence(found: Divergence | None) -> DivergenceRule | None:
    if found is None:
        return None
    if found.preset:
        return PRESETS[found.preset]
    return DivergenceRule(found.spread, found.spread_op, found.from_mean, found.from_mean_op)


def tie_chain(rulebook: Rulebook) -> list[TieLink]:
    """The tie chain with the names of its criteria."""
    names = {c.key: c.name for r in rulebook.rounds for c in rulebook.criteria_of(r.key)}
    return [
        TieLink("criterion", k.criterion, names.get(k.criterion, ""))
        if isinstance(k, TieCriterion)
        else TieLink(k)
        for k in rulebook.ties.chain
    ]


def entry_slots(rulebook: Rulebook, category: str) -> list[Slot]:
    """The slots entries of one category compete for, best tier first; "" gives the overall ones."""
    scope = "category" if category else "overall"
    return [
        Slot(p.tier, category, p.quota.ceiling_for(category), _floor(p), rulebook.prize_value(p))
        for p in rulebook.prizes
        if p.kind == "entry" and p.per == scope
    ]


def check_slot(rulebook: Rulebook, kind: str, tier: str, category_key: str) -> None:
    """Raise UserError unless a change of this kind fits the slot: agencies take collective prizes, works take all others."""
    if kind == "remove":
        return
    collective = {p.tier for p in rulebook.prizes if p.kind == "collective"}
    scopes = {(p.tier, p.per == "overall") for p in rulebook.prizes}
    if kind == "collective" and tier not in collective:
        raise UserError(
            "Giải tập thể chỉ trao ở mức giải dành cho tập thể. Hãy chọn một mức giải như vậy.", field="slot"
        )
    if kind != "collective" and tier in collective:
        raise UserError("Mức giải này dành cho tập thể. Hãy chọn mức giải của tác phẩm.", field="slot")
    if category_key and rulebook.category(category_key) is None:
        raise UserError("Thể lệ không có nhóm giải này. Hãy chọn lại mức giải.", field="slot")
    if kind in ("move", "leave_empty") and (tier, not category_key) not in scopes:
        raise UserError("Thể lệ không có mức giải này. Hãy chọn lại mức giải.", field="slot")


def _floor(prize: Prize) -> int:
    if prize.quota.range:
        return prize.quota.range[0]
    return prize.quota.exact or 0


def quota_of(rulebook: Rulebook, round_key: str, category: str) -> int | None:
    """How many of a category may go on from a round, or None for no ceiling."""
    rules = rulebook.round(round_key)
    if rules is None or rules.shortlist is None:
        return None
    return rules.shortlist.by_category.get(category, rules.shortlist.per_category)
