"""The signed Thể lệ of a sample edition: its rulebook in words, set as an official paper and attached as a PDF."""

from __future__ import annotations

import io
import json
from datetime import date, datetime

import typst

from contest.domain.permissions import Actor
from contest.domain.rulebook import Rulebook, describe
from contest.models import Contest
from contest.sample.drawings import FONTS, HERE
from contest.services import media
from contest.services.contests import moving
from contest.storage import Storage

OWNER = "Ban Tuyên giáo và Dân vận Tỉnh ủy Quảng Ngãi"
LIMIT = 10_000_000


def paper(rulebook: Rulebook, *, signer: str, day: date) -> bytes:
    """The Thể lệ as PDF."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    data = {
        "owner": OWNER,
        "number": rulebook.contest.basis.removeprefix("Thể lệ số ").partition(",")[0],
        "place-and-day": f"Quảng Ngãi, ngày {day.day:02} tháng {month} năm {day.year}",
        "name": rulebook.contest.name,
        "bodies": [{"label": b.label, "name": b.name} for b in rulebook.bodies],
        "sections": [{"title": s.title, "lines": s.lines} for s in describe(rulebook)],
        "signer": signer,
    }
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    made = typst.compile(HERE / "rules.typ", font_paths=[FONTS], sys_inputs=inputs)
    assert isinstance(made, bytes)
    return made


def receive(rulebook: Rulebook, *, storage: Storage, signer: str, day: date) -> media.Received:
    """The paper, made, kept and checked; outside any transaction."""
    body = paper(rulebook, signer=signer, day=day)
    return media.receive(
        io.BytesIO(body), storage=storage, name="the-le-da-ky.pdf", allowed=("pdf",), limit=LIMIT
    )


def attach(contest: Contest, received: media.Received, *, actor: Actor, at: datetime) -> None:
    """Attach the paper as the contest's signed Thể lệ."""
    moving.attach_rules(contest, media.keep(received, actor=actor, now=at), actor=actor, now=at)
