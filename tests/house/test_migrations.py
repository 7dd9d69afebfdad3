"""The migrations lead to the models and back."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, stamp, upgrade
from sqlalchemy import CheckConstraint, Inspector, func, inspect, select, text

from contest.clock import utcnow
from contest.models.database import Base, db, writing
from tests.cast import make_stage


def test_up_equals_the_models_and_down_leaves_nothing(app: Flask) -> None:
    with app.app_context():
        with writing():
            Base.metadata.drop_all(db.engine)
        try:
            upgrade()
            with db.engine.connect() as connection:
                context = MigrationContext.configure(connection, opts={"compare_type": True})
                assert compare_metadata(context, Base.metadata) == []
                assert _limits(inspect(connection)) == {
                    (t.name, str(c.name))
                    for t in Base.metadata.sorted_tables
                    for c in t.constraints
                    if isinstance(c, CheckConstraint)
                }, "the limits of the database stand, which the comparison does not look at"
            downgrade(revision="base")
            assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        finally:
            with writing():
                db.session.execute(text("DROP TABLE IF EXISTS alembic_version"))
                db.session.commit()
                Base.metadata.create_all(db.engine)


def test_a_database_in_use_goes_down_and_up_with_every_row(app: Flask) -> None:
    """SQLite makes an altered table anew; nothing that stands in it or refers to it may be lost on the way."""
    with app.app_context():
        with writing():
            stage = make_stage(app, utcnow())
            stage.accepted(2)
            round_, _ = stage.panel()
            stage.open_round(round_)
        before = _count_rows()
        assert before["assignments"] and before["stored_files"] and before["entry_files"]
        stamp()
        downgrade(revision="3b9d64f1a7ce")
        upgrade()
        assert _count_rows() == before
        with writing():
            db.session.execute(text("DROP TABLE alembic_version"))
            db.session.commit()


def _limits(found: Inspector) -> set[tuple[str, str]]:
    """(table, name) of every CHECK."""
    tables = found.get_table_names()
    return {(t, str(c["name"])) for t in tables for c in found.get_check_constraints(t)}


def _count_rows() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
