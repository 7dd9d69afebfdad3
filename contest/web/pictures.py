"""Which of the drawn landscapes stands for a work or a model without a picture of its own: the one its name speaks of."""

from __future__ import annotations

import re

from contest.domain.vietnamese import nfc

# The more telling words first: a forest beside a village is still a forest.
LANDSCAPES: dict[str, frozenset[str]] = {
    "sea": frozenset(
        ["biển", "chài", "bến", "tàu", "thuyền", "đảo", "tôm", "ngư", "lưới", "muối", "cảng", "kè"]
    ),
    "hills": frozenset(["rừng", "bậc", "núi", "nương", "đèo", "suối", "quế", "keo", "đồi", "sâm", "dốc"]),
    "fields": frozenset(
        ["ruộng", "vườn", "lúa", "tỏi", "mía", "rau", "hoa", "mương", "thuốc", "cây", "đất", "trồng", "nông"]
    ),
    "village": frozenset(
        ["làng", "rông", "buôn", "plei", "thôn", "bản", "xóm", "chiêng", "nhà", "nóc", "chợ", "phố"]
    ),
}


def landscape(name: str) -> str:
    """sea, hills, fields or village; where no word tells, always the same one for the same name, never the sea."""
    words = set(re.findall(r"\w+", nfc(name).lower()))
    for kind, telling in LANDSCAPES.items():
        if words & telling:
            return kind
    return ("hills", "fields", "village")[sum(map(ord, name)) % 3]
