"""The migrations lead to the models and back."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from contest.models.database import Base, db, writing


def test_up_equals_the_models_and_down_leaves_nothing(app: Flask) -> None:
    with app.app_context():
        with writing():
            Base.metadata.drop_all(db.engine)
        try:
            upgrade()
            with db.engine.connect() as connection:
                context = MigrationContext.configure(connection, opts={"compare_type": True})
                assert compare_metadata(context, Base.metadata) == []
            downgrade(revision="base")
            assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        finally:
            with writing():
                db.session.execute(text("DROP TABLE IF EXISTS alembic_version"))
                db.session.commit()
                Base.metadata.create_all(db.engine)
