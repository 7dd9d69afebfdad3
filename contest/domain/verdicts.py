"""What a rule says of an entry."""

from __future__ import annotations

from dataclasses import dataclass

from contest.domain.labels import LabelEnum


class Outcome(LabelEnum):
    """What a rule says of an entry."""

    PASSED = "passed", "Đạt"
    LOOK = "look", "Cần xem"
    MISSING = "missing", "Thiếu"
    FAILED = "failed", "Không đạt"


@dataclass(frozen=True)
class Verdict:
    """One rule's finding. `blocks` keeps an author from submitting; others wait for the secretary."""

    rule: str
    title: str
    outcome: Outcome
    finding: str = ""
    article: str = ""
    blocks: bool = False
    evidence: tuple[tuple[str, str], ...] = ()
    step: str = "work"
    is_file: bool = False


def beyond(mode: str) -> Outcome:
    """What lies beyond a limit: not allowed when it blocks, else for the secretary to look at."""
    return Outcome.FAILED if mode == "block" else Outcome.LOOK
