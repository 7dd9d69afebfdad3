"""Whoever locks rows goes from the contest down to the sheet; two acts that go different ways could wait for each other."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Engine, event

ORDER = ("contests", "rounds", "entries", "scoresheets")
_LOCKED = re.compile(rf"FOR NO KEY UPDATE OF ({'|'.join(ORDER)})\b")


def watch_locks(engine: Engine) -> None:
    """Fail the statement that locks a row above one its transaction has locked before (see `contest.models.database.hold`)."""

    @event.listens_for(engine, "before_cursor_execute")
    def _look(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        found = _LOCKED.search(statement)
        if found is None:
            return
        rank, lowest = ORDER.index(found[1]), connection.info.get("lowest_lock", 0)
        assert rank >= lowest, f"{ORDER[rank]} locked after {ORDER[lowest]}"
        connection.info["lowest_lock"] = rank

    @event.listens_for(engine, "commit")
    @event.listens_for(engine, "rollback")
    def _forget(connection: Connection) -> None:
        connection.info.pop("lowest_lock", None)
