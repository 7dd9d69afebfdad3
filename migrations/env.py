"""Alembic's entry: migrate the database of the application at hand, in one writer's transaction."""

from alembic import context
from flask import current_app

from contest.models.database import Instant, db, writing
from contest.occupancy import alone


def _render(kind, item, autogen_context):
    if kind == "type" and isinstance(item, Instant):
        autogen_context.imports.add("from contest.models.database import Instant")
        return "Instant()"
    return False


def _run():
    engine = current_app.extensions["migrate"].db.engine
    with alone(current_app.config["SETTINGS"]), writing(), engine.connect() as connection:
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
