"""What all rings share: an application on a fresh database (SQLite, or PostgreSQL by KHEO_TEST_DATABASE_URL)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from contest import create_app
from contest.config import Settings
from contest.models.database import Base, db, end_writing, writing
from contest.web import cache
from tests.locking import watch_locks

# These need a PostgreSQL server; the second run of `make test` has one.
collect_ignore = [] if os.environ.get("KHEO_TEST_DATABASE_URL") else ["postgres"]

NOW = datetime(2026, 8, 20, 3, 0, tzinfo=UTC)

# Two workers, each with a file at a time, end together when the stories, which load the sample, begin at once, and the
# pages of all roles come when it is there; short tests fill the end.
FIRST = ("journeys/test_stories", "services/", "web/", "postgres/", "journeys/test_every_page")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files in that order."""
    root = Path(__file__).parent

    def turn(item: pytest.Item) -> list[bool]:
        place = item.path.relative_to(root).as_posix()
        return [not place.startswith(start) for start in FIRST]

    items.sort(key=turn)


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> str:
    """A database of this worker's own, with all tables."""
    server = os.environ.get("KHEO_TEST_DATABASE_URL")
    if server:
        name = f"kheo_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        url = make_url(server).set(database=name)
        return url.render_as_string(hide_password=False)
    return f"sqlite:///{tmp_path_factory.mktemp('database') / 'kheo.sqlite3'}"


@pytest.fixture(scope="session")
def session_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application a worker; its tables are emptied before each test."""
    settings = Settings(
        database_url=database_url,
        upload_dir=tmp_path_factory.mktemp("uploads"),
        secret_key="a key only for tests, long enough to be one",
        base_url="http://localhost",
        demo=True,
        testing=True,
    )
    application = create_app(settings)
    with application.app_context(), writing():
        Base.metadata.create_all(db.engine)
        watch_locks(db.engine)
    return application


@pytest.fixture
def app(session_app: Flask) -> Iterator[Flask]:
    """The application with empty tables."""
    end_writing()
    with session_app.app_context():
        _empty_tables()
    cache.forget_all()
    upload_dir: Path = session_app.config["SETTINGS"].upload_dir
    yield session_app
    end_writing()
    for folder in upload_dir.iterdir():
        if folder.name != "incoming":
            shutil.rmtree(folder)


def _empty_tables() -> None:
    with writing():
        if db.engine.dialect.name == "postgresql":
            names = ", ".join(t.name for t in Base.metadata.sorted_tables)
            db.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        else:
            db.session.execute(text("PRAGMA defer_foreign_keys=ON"))
            for table in reversed(Base.metadata.sorted_tables):
                db.session.execute(table.delete())
        db.session.commit()
    db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """Inside the application, as the writer; for tests of services."""
    with app.app_context(), writing():
        yield app
        db.session.rollback()


@pytest.fixture
def now() -> datetime:
    """A fixed instant: 10:00 on 20/08/2026 in Vietnam."""
    return NOW
