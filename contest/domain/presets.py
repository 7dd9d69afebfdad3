"""Three official Vietnamese ways to settle judges who differ, as arithmetic.

Sources: the doctoral panel rule (PANEL_MEAN), the 2025 school-leaving examination (TWO_PLUS_ONE), the written test of
staff recruitment (THIRD_DECIDES).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from contest.domain.scoring import DivergenceRule, divergence, mean

PANEL_MEAN = DivergenceRule(spread=Decimal(3), from_mean=Decimal(2))
TWO_PLUS_ONE = DivergenceRule(spread=Decimal("1.5"))
THIRD_DECIDES = DivergenceRule(spread=Decimal(20), spread_op=">=")

PRESETS = {"PANEL_MEAN": PANEL_MEAN, "TWO_PLUS_ONE": TWO_PLUS_ONE, "THIRD_DECIDES": THIRD_DECIDES}
JOINT_ABOVE = Decimal("2.5")


@dataclass(frozen=True)
class Settlement:
    """What a preset says: a value, or the step still needed."""

    value: Decimal | None
    needs: Literal["", "third", "joint", "chair"] = ""


def two_plus_one(values: Sequence[Decimal]) -> Settlement:
    """Two scores, a third when they differ by more than 1.5, joint scoring when three span more than 2.5.

    8.0/6.5 → 7.25; 8.0/6.0 with third 7.0 → 7.00; 9.0/6.0 with third 7.5 → joint scoring.
    """
    first = list(values[:2])
    if not divergence(first, TWO_PLUS_ONE):
        return Settlement(mean(first))
    if len(values) < 3:
        return Settlement(None, "third")
    if max(values) - min(values) <= JOINT_ABOVE:
        return Settlement(mean(values[:3]))
    return Settlement(None, "joint")


def third_decides(values: Sequence[Decimal]) -> Settlement:
    """Two scores; from a difference of 20 the third is official. 80/60 → third; 80/61 → 70.5."""
    if not divergence(values[:2], THIRD_DECIDES):
        return Settlement(mean(values[:2]))
    return Settlement(values[2]) if len(values) > 2 else Settlement(None, "third")


def panel_mean(values: Sequence[Decimal]) -> Settlement:
    """The mean, unless the panel differs so much that its chair must call it together."""
    return Settlement(mean(values), "chair" if divergence(values, PANEL_MEAN) else "")
