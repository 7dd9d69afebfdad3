"""Files of sample entries: drawn, stored and checked several at once, before any of them meets the database.

Each check and each set of copies takes a process; equal bytes (a newsroom's letter, a tone) go through it once.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from contest.models import StoredFile, db
from contest.sample import drawings
from contest.sample.works import SampleWork
from contest.services import media
from contest.storage import Storage, Stored

SLOTS = {"print": "published_page", "online": "page_capture", "radio": "audio", "tv": "video"}
KINDS = {"print": ("pdf", "image"), "online": ("pdf", "image"), "radio": ("audio",), "tv": ("video",)}
FORM = "agency_confirmation"
AT_ONCE = 4
LIMIT = 300_000_000
Ready = list[tuple[str, media.Received]]


@dataclass(frozen=True)
class Order:
    """A work to draw files for, with its byline, outlet and first day; a letter of the newsroom when it has a day."""

    work: SampleWork
    byline: str
    outlet: str
    day: date
    confirmed: date | None


@dataclass(frozen=True)
class Drawn:
    """A file as it was drawn, for one slot."""

    slot: str
    name: str
    allowed: tuple[str, ...]
    body: bytes


def prepare(orders: Sequence[Order], storage: Storage) -> list[Ready]:
    """The files of each order, kept and checked, in the same order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        drawn = list(pool.map(_draw, orders))
        distinct = {d.body: d for found in drawn for d in found}
        checked = dict(
            zip(distinct, pool.map(lambda d: _receive(d, storage), distinct.values()), strict=True)
        )
        return list(
            pool.map(lambda found: [(d.slot, _again(checked[d.body], d, storage)) for d in found], drawn)
        )


def _receive(drawn: Drawn, storage: Storage) -> media.Received:
    return media.receive(
        io.BytesIO(drawn.body), storage=storage, name=drawn.name, allowed=drawn.allowed, limit=LIMIT
    )


def _again(received: media.Received, drawn: Drawn, storage: Storage) -> media.Received:
    """A file of its own for every place; only the check is shared."""
    return replace(received, stored=storage.put(io.BytesIO(drawn.body), limit=LIMIT))


def _draw(order: Order) -> list[Drawn]:
    found = [*_pages(order)] if order.work.media_type in ("print", "online") else [*_recording(order.work)]
    return found + ([_letter(order.outlet, order.confirmed)] if order.confirmed else [])


def _pages(order: Order) -> list[Drawn]:
    work, as_jpeg = order.work, order.work.media_type == "online"
    return [
        Drawn(
            SLOTS[work.media_type],
            f"trang-{number}.{'jpg' if as_jpeg else 'pdf'}",
            KINDS[work.media_type],
            drawings.newspaper_page(
                title=title, byline=order.byline, outlet=order.outlet, genre=work.genre, day=order.day, page=str(2 + number),
                text=text, picture=len(work.title) + number, as_jpeg=as_jpeg,
            ),
        )
        for number, (title, text) in enumerate(work.parts, start=1)
    ]  # fmt: skip


def _recording(work: SampleWork) -> list[Drawn]:
    is_sound, kind = work.media_type == "radio", len(work.title) % 6
    body = _sound(kind) if is_sound else _film(kind)
    name = "tac-pham.wav" if is_sound else "tac-pham.mp4"
    return [Drawn(SLOTS[work.media_type], name, KINDS[work.media_type], body)] if body is not None else []


@lru_cache
def _letter(outlet: str, day: date) -> Drawn:
    """One letter of a newsroom for all that it sends in."""
    body = drawings.newspaper_page(
        title="Giấy xác nhận", byline=outlet, outlet=outlet, genre="Xác nhận", day=day, page="1",
        text="Xác nhận các tác phẩm gửi dự thi của đơn vị đã đăng, phát đúng như hồ sơ.", picture=4,
    )  # fmt: skip
    return Drawn(FORM, "xac-nhan.pdf", ("pdf", "image"), body)


@lru_cache
def _sound(kind: int) -> bytes:
    return drawings.tone(6, f"sound {kind}")


@lru_cache
def _film(kind: int) -> bytes | None:
    with tempfile.TemporaryDirectory(prefix="kheo-") as folder:
        return drawings.short_film(f"film {kind}", Path(folder))


def render_all(jobs: Sequence[tuple[int, list[Any]]], storage: Storage) -> list[media.Prepared]:
    """The copies of (file, covers), several at once; their rows are written by the caller."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    groups = _alike(jobs)

    def make(group: list[tuple[int, list[Any]]]) -> list[media.Prepared]:
        with app.app_context():
            (file_id, covers), *others = group
            first = media.prepare_renditions(file_id, covers=covers, storage=storage)
            return [] if first is None else [first, *(_copy(first, other, storage) for other, _ in others)]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [prepared for found in pool.map(make, groups) for prepared in found]


def _alike(jobs: Sequence[tuple[int, list[Any]]]) -> list[list[tuple[int, list[Any]]]]:
    """The jobs put together by equal bytes and covers."""
    rows = db.session.execute(
        select(StoredFile.id, StoredFile.sha256).where(StoredFile.id.in_([file_id for file_id, _ in jobs]))
    )
    hashes = {r.id: r.sha256 for r in rows}

    def key(job: tuple[int, list[Any]]) -> tuple[str, str]:
        return hashes[job[0]], json.dumps(job[1])

    return [list(group) for _, group in groupby(sorted(jobs, key=key), key=key)]


def _copy(first: media.Prepared, file_id: int, storage: Storage) -> media.Prepared:
    """The same copies for another file of equal bytes."""

    def again(stored: Stored) -> Stored:
        return storage.put(io.BytesIO(b"".join(storage.read(stored.key))), limit=stored.size)

    copies = [(role, page, mime, again(stored), w, h) for role, page, mime, stored, w, h in first.copies]
    return replace(first, file_id=file_id, copies=copies)
