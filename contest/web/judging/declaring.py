"""The judge's declaration as it is filled in: what was ticked and written about each work, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from contest.services.judging.scoring import OwnSheet

AGREE = "Hãy đánh dấu đã đọc và đồng ý với quy định chấm."
MORE = "Có tác phẩm vừa được giao thêm. Hãy xem lại danh sách rồi bấm “Vào chấm”."
WHY = "Hãy ghi lý do xin không chấm."
TICK = "Hãy đánh dấu xin không chấm, hoặc xóa lý do."


@dataclass(frozen=True)
class Declaration:
    """What a judge says before scoring; `wrong` are sentences by work, `problem` is one about the whole."""

    agrees: bool = False
    ticked: frozenset[str] = frozenset()
    reasons: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether it can be taken."""
        return not self.problem and not self.wrong

    def stepping_back(self, sheets: Sequence[OwnSheet]) -> dict[int, str]:
        """The reason for each work the judge must not score, by assignment."""
        return {s.id: self.reasons[s.public_id] for s in sheets if s.public_id in self.ticked}


def read_declaration(sent: MultiDict[str, str], sheets: Sequence[OwnSheet]) -> Declaration:
    """The declaration as it was sent about the works that are asked about now."""
    ids = [s.public_id for s in sheets]
    ticked = frozenset(sent.getlist("conflict")) & frozenset(ids)
    reasons = {i: sent.get(f"reason-{i}", "").strip()[:500] for i in ids}
    wrong = {i: WHY if i in ticked else TICK for i in ids if (i in ticked) is not bool(reasons[i])}
    agrees = sent.get("agree") == "y"
    seen = set(sent.getlist("seen"))
    problem = AGREE if not agrees else MORE if set(ids) - seen else ""
    return Declaration(agrees, ticked, reasons, wrong, problem)
