"""The public list of winners as a PDF: an annex to the decision, made from what was published and from nothing else."""

from __future__ import annotations

from typing import Any

from contest.clock import local
from contest.domain.vietnamese import format_datetime
from contest.models import Publication
from contest.services.documents import render_pdf


def render_winners_list(publication: Publication) -> bytes:
    """The winners of one publication by category, then the collective prizes."""
    snapshot = publication.snapshot
    groups = [{"name": "Giải chung", "works": snapshot["overall"]}, *snapshot["categories"]]
    return render_pdf(
        "winners",
        {
            "contest": snapshot["name"],
            "decision": snapshot.get("decision", ""),
            "groups": [
                {"name": g["name"], "rows": [_row(w) for w in g["works"]]} for g in groups if g["works"]
            ],
            "collective": [
                {
                    "tier": a["tier"] + (" (ngoài điều kiện)" if a["is_beyond"] else ""),
                    "recipient": a["recipient"],
                }
                for a in snapshot["collective"]
            ],
            "total": snapshot["counts"]["prizes"],
            "number": publication.number,
            "published": f"công bố {format_datetime(local(publication.publish_at))}",
            "check": f"Mã kiểm tra: {publication.sha256}",
        },
    )


def _row(work: dict[str, Any]) -> dict[str, str]:
    names = [a["name"] + (f" ({a['pen_name']})" if a["pen_name"] else "") for a in work["authors"]]
    tier = work["tier"] + (" (ngoài cơ cấu)" if work["is_extra"] else "")
    return {"tier": tier, "title": work["title"], "authors": ", ".join(names), "agency": work["agency"]}
