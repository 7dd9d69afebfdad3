"""Whoever locks rows goes from the contest down to the sheet; two acts that go different ways could wait for each other."""

from __future__ import annotations

import re
from typing import Any

from flask import has_request_context
from sqlalchemy import Connection, Engine, event

ORDER = ("contests", "rounds", "entries", "scoresheets")
_LOCKED = re.compile(rf"FOR NO KEY UPDATE OF ({'|'.join(ORDER)})\b")


def watch_locks(engine: Engine) -> None:
    """Fail the request that locks a row above another it holds already (see `contest.models.database.hold`).

    Only requests are watched: they end with their transaction, while a test of services goes on in one.
    """

    @event.listens_for(engine, "before_cursor_execute")
    def _look(connection: Connection, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        found = _LOCKED.search(statement)
        if found is None or not has_request_context():
            return
        held: set[tuple[int, Any]] = connection.info.setdefault("locked", set())
        wanted = (ORDER.index(found[1]), parameters["pk_1"])
        below = max((rank for rank, _ in held), default=0)
        assert wanted in held or wanted[0] >= below, f"{found[1]} locked after {ORDER[below]}"
        held.add(wanted)

    @event.listens_for(engine, "commit")
    @event.listens_for(engine, "rollback")
    def _forget(connection: Connection) -> None:
        connection.info.pop("locked", None)
