"""The database handle: naming of constraints, column types of our own, and the one-writer rule of SQLite.

No tables here, and nothing about the contest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BindParameter,
    DateTime,
    Engine,
    Executable,
    MetaData,
    TextClause,
    event,
    literal_column,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant. SQLite hands times back naive; this gives them their zone again."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was handed to the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Parent of all tables."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON, list[str]: JSON},
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

_writer = threading.Lock()
_mode = threading.local()


def is_writing() -> bool:
    """Whether this thread has asked to write."""
    return bool(getattr(_mode, "writing", False))


def begin_writing() -> None:
    """Make this thread the writer until `end_writing`: later statements run in a BEGIN IMMEDIATE transaction.

    A read transaction already open is ended first, so that no SELECT precedes the lock. On PostgreSQL
    the database arbitrates and this only ends the read transaction.
    """
    if is_writing():
        return
    db.session.rollback()
    db.session().info.pop("answers", None)
    if db.engine.dialect.name == "sqlite":
        _writer.acquire()
        _mode.holds_lock = True
    _mode.writing = True


def end_writing() -> None:
    """Give the writer's place back; whatever was not committed is rolled back. Safe to call twice."""
    if not is_writing():
        return
    try:
        db.session.rollback()
    finally:
        _mode.writing = False
        if getattr(_mode, "holds_lock", False):
            _mode.holds_lock = False
            _writer.release()


Answer = TypeVar("Answer")


def ask_once(question: tuple[object, ...], find: Callable[[], Answer]) -> Answer:
    """What `find` answers, asked once a request as long as the request only reads; a writer always asks again."""
    if is_writing():
        return find()
    answers: dict[tuple[object, ...], Any] = db.session().info.setdefault("answers", {})
    if question not in answers:
        answers[question] = find()
    return cast(Answer, answers[question])


def read_columns(query: Executable) -> Sequence[Any]:
    """The rows of a query over columns alone, straight from the connection: the session would look for objects in each.

    What waits in the session is written before, as the session does.
    """
    db.session.flush()
    return db.session.connection().execute(query).all()


def hold(*rows: Base) -> None:
    """Keep others from changing these rows until the commit, and read them as they are now.

    SQLite has one writer, so nothing is to do. On PostgreSQL the rows are locked in the order given; everybody names
    the contest before a round, a round before an entry, an entry before a sheet, so that no two acts wait for each other.
    The lock (FOR NO KEY UPDATE) lets others insert rows that only refer to these.
    """
    if db.engine.dialect.name != "postgresql":
        return
    db.session.flush()  # what was changed already is not read over
    for row in rows:
        db.session.refresh(row, with_for_update={"of": type(row), "key_share": True})


def add_once(kind: type[Base], /, **values: Any) -> bool:
    """Insert a row unless one with the same key is there; True when it is new. Two at once make one and no error."""
    insert = sqlite_insert if db.engine.dialect.name == "sqlite" else postgresql_insert
    wanted: Any = insert(kind).values(**values).on_conflict_do_nothing()
    return db.session.execute(wanted.returning(literal_column("1"))).first() is not None


def is_duplicate(error: IntegrityError) -> bool:
    """Whether a unique key was there already, rather than a limit or a reference broken."""
    return getattr(error.orig, "sqlstate", "") == "23505" or "UNIQUE constraint failed" in str(error.orig)


class ReadyQuestion:
    """A small SELECT that every public page asks: put together once, then sent straight to a pooled driver connection.

    That takes a fifth of the time which the session needs. Values are bound as always; the answer is a plain tuple.
    """

    def __init__(self, statement: TextClause) -> None:
        self.statement = statement
        self._ready: dict[str, SQLCompiler] = {}

    def first(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None. Raises OperationalError as the session would."""
        engine = db.engine
        compiled = self._ready.get(engine.dialect.name)
        if compiled is None:
            compiled = self.statement.compile(dialect=engine.dialect)  # type: ignore[assignment]
            self._ready[engine.dialect.name] = compiled
        bound = {name: _bound(bind, values[name], engine.dialect) for name, bind in compiled.binds.items()}
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(compiled.string, [bound[n] for n in compiled.positiontup or ()] or bound)
            return cursor.fetchone()
        except engine.dialect.loaded_dbapi.OperationalError as error:
            raise OperationalError(compiled.string, values, error) from error
        finally:
            connection.close()


def _bound(bind: BindParameter[Any], value: Any, dialect: Dialect) -> Any:
    """A value as the driver wants it."""
    process = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return process(value) if process is not None else value


@contextmanager
def writing() -> Iterator[None]:
    """`begin_writing` … `end_writing` as a block, re-entrant; used by jobs, commands and tests."""
    if is_writing():
        yield
        return
    begin_writing()
    try:
        yield
    finally:
        end_writing()


def install_sqlite_rules(engine: Engine) -> None:
    """Durable WAL, foreign keys, and transactions that begin as readers unless the thread is the writer."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        # SQLite's own knows A to Z only; "đủ" shall find "Đủ" as it does on PostgreSQL.
        connection.create_function("lower", 1, _lower, deterministic=True)
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "busy_timeout=5000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Every request comes by here, so what cannot fail goes straight to the driver.
        driver: Any = connection.connection.dbapi_connection
        is_reader = not is_writing()
        if connection.info.get("is_reader") is not is_reader:
            driver.execute(f"PRAGMA query_only={'ON' if is_reader else 'OFF'}")
            connection.info["is_reader"] = is_reader
        if is_reader:
            driver.execute("BEGIN")
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def init_database(app: Any) -> None:
    """Bind the handle to the application, with the rules of SQLite when it is the database, and migrations."""
    from flask_migrate import Migrate

    file = app.config["SETTINGS"].sqlite_path
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Its owner's alone: it holds telephones and addresses. The journals beside it take its mode.
        file.touch(mode=0o600)
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            install_sqlite_rules(db.engine)
