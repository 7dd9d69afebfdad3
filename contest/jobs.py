"""The kinds of jobs there are, each idempotent: run twice, the second time changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from contest.clock import utcnow
from contest.models.database import writing


def make_renditions(payload: dict[str, Any], app: Flask) -> None:
    """Make the copies of a stored file that people look at; the work is done outside any transaction."""
    from contest.services import media

    storage = app.extensions["storage"]
    prepared = media.prepare_renditions(payload["file_id"], covers=payload.get("covers", []), storage=storage)
    if prepared is None:
        return
    with writing():
        media.keep_renditions(prepared, now=utcnow())


def carry_out_publication(payload: dict[str, Any], app: Flask) -> None:
    """The hour of a publication: the contest moves on and the authors are told."""
    from contest.services.results import publishing

    with writing():
        publishing.carry_out(payload["publication_id"], now=utcnow())


def remind_slow_judges(payload: dict[str, Any], app: Flask) -> None:
    """The morning's reminder to judges who are behind; a second run the same day queues no second mail."""
    from contest.services.judging import watching

    with writing():
        watching.remind_the_slow(now=utcnow())


def forget_unused_files(payload: dict[str, Any], app: Flask) -> None:
    """Every night's clean-up of files that nothing refers to; their bytes go by a job of their own."""
    from contest.services import media

    with writing():
        media.forget_unused(now=utcnow())


def forget_bytes(payload: dict[str, Any], app: Flask) -> None:
    """The bytes of files whose rows are gone."""
    from contest.services import media

    media.forget_bytes(payload["keys"], storage=app.extensions["storage"])


HANDLERS: dict[str, Callable[[dict[str, Any], Flask], None]] = {
    "renditions": make_renditions,
    "publication": carry_out_publication,
    "judge_reminders": remind_slow_judges,
    "unused_files": forget_unused_files,
    "forget_bytes": forget_bytes,
}
