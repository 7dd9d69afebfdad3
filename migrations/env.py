"""Alembic's entry: migrate the database of the application at hand, in one writer's transaction."""

from contextlib import contextmanager, nullcontext

from alembic import context
from flask import current_app

from contest.models.database import Instant, db, writing


def _render(kind, item, autogen_context):
    if kind == "type" and isinstance(item, Instant):
        autogen_context.imports.add("from contest.models.database import Instant")
        return "Instant()"
    return False


@contextmanager
def _references_checked_at_the_end(connection):
    """SQLite alters a table by making it anew, so what refers to its rows is checked once, before the commit.

    The steps of https://www.sqlite.org/lang_altertable.html; the switch works outside a transaction only.
    """
    driver = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"a migration left a row of {broken[0]} that refers to nothing")
        connection.commit()
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def _run():
    engine = current_app.extensions["migrate"].db.engine
    with writing(), engine.connect() as connection:
        checked = _references_checked_at_the_end if engine.dialect.name == "sqlite" else nullcontext
        with checked(connection):
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                render_as_batch=True,
                render_item=_render,
                compare_type=True,
            )
            with context.begin_transaction():
                context.run_migrations()
        connection.commit()


_run()
