"""Files of sample entries: drawn, stored and checked several at once, before any of them meets the database."""

from __future__ import annotations

import io
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import lru_cache
from pathlib import Path

from contest.sample import drawings
from contest.sample.works import SampleWork
from contest.services import media
from contest.storage import Storage

SLOTS = {"print": "published_page", "online": "page_capture", "radio": "audio", "tv": "video"}
KINDS = {"print": ("pdf", "image"), "online": ("pdf", "image"), "radio": ("audio",), "tv": ("video",)}
FORM = "agency_confirmation"
Ready = list[tuple[str, media.Received]]


def prepare(jobs: list[tuple[SampleWork, str, str, date, bool]], storage: Storage) -> list[Ready]:
    """Files for each (work, byline, outlet, day, with confirmation) in the same order."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(lambda job: _files_of(*job, storage=storage), jobs))


def _files_of(
    work: SampleWork, byline: str, outlet: str, day: date, confirmed: bool, *, storage: Storage
) -> Ready:
    found: Ready = []
    if work.media_type in ("print", "online"):
        for number, (title, text) in enumerate(work.parts, start=1):
            as_png = work.media_type == "online"
            body = drawings.newspaper_page(
                title=title, byline=byline, outlet=outlet, genre=work.genre, day=day, page=str(2 + number), text=text,
                picture=len(work.title) + number, as_png=as_png,
            )  # fmt: skip
            found.append(_keep(work, body, f"trang-{number}.{'png' if as_png else 'pdf'}", storage))
    else:
        made: bytes | None = (
            _sound(len(work.title) % 6) if work.media_type == "radio" else _film(len(work.title) % 6)
        )
        if made is not None:
            found.append(
                _keep(work, made, "tac-pham.wav" if work.media_type == "radio" else "tac-pham.mp4", storage)
            )
    if confirmed:
        paper = drawings.newspaper_page(
            title="Giấy xác nhận", byline=outlet, outlet=outlet, genre="Xác nhận", day=day, page="1", text=f"Xác nhận tác phẩm “{work.title}” đã đăng, phát.",
            picture=4,
        )  # fmt: skip
        received = media.receive(
            io.BytesIO(paper),
            storage=storage,
            name="xac-nhan.pdf",
            allowed=("pdf", "image"),
            limit=20_000_000,
        )
        found.append((FORM, received))
    return found


def _keep(work: SampleWork, body: bytes, name: str, storage: Storage) -> tuple[str, media.Received]:
    received = media.receive(
        io.BytesIO(body), storage=storage, name=name, allowed=KINDS[work.media_type], limit=300_000_000
    )
    return SLOTS[work.media_type], received


@lru_cache
def _sound(kind: int) -> bytes:
    return drawings.tone(6, f"sound {kind}")


@lru_cache
def _film(kind: int) -> bytes | None:
    with tempfile.TemporaryDirectory(prefix="kheo-") as folder:
        return drawings.short_film(f"film {kind}", Path(folder))


def render_all(
    file_ids: list[tuple[int, list[object]]], storage: Storage, app: object
) -> list[media.Prepared]:
    """The copies of files, several at once; their rows are written by the caller."""

    def one(job: tuple[int, list[object]]) -> media.Prepared | None:
        with app.app_context():  # type: ignore[attr-defined]
            return media.prepare_renditions(job[0], covers=job[1], storage=storage)

    with ThreadPoolExecutor(max_workers=4) as pool:
        return [p for p in pool.map(one, file_ids) if p is not None]
