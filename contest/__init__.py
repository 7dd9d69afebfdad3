"""Khéo: a press contest from its rules to its winners. `create_app` introduces the rooms to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from contest.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings, by default those of the environment."""
    from flask import Flask

    from contest import cli
    from contest.config import ROOT, read_settings
    from contest.models.database import init_database
    from contest.storage import open_storage
    from contest.storage.inbox import Inbox
    from contest.web import access, asked, blueprints, cache, errors, filters, headers

    settings = settings or read_settings()
    app = Flask(__name__, static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    app.jinja_environment = filters.Environment
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        SETTINGS=settings,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings),
        MAX_CONTENT_LENGTH=asked.LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=200,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        TESTING=settings.testing,
    )
    app.extensions["storage"] = open_storage(settings.upload_dir)
    app.extensions["inbox"] = Inbox(settings.import_dir)
    init_database(app)
    headers.init_headers(app, settings)
    cache.init_compression(app)
    access.init_access(app)
    filters.init_filters(app)
    errors.init_errors(app)
    asked.init_asked(app)
    blueprints.register_all(app)
    cli.init_commands(app)
    return app


def engine_options(settings: Settings) -> dict[str, object]:
    """Pool and time limits for the database in use."""
    if settings.is_sqlite:
        return {
            "connect_args": {"check_same_thread": False, "timeout": 5},
            "pool_size": 40,
            "max_overflow": 10,
        }
    return {
        "pool_size": 10,
        "max_overflow": 10,
        "pool_pre_ping": True,
        "connect_args": {
            "options": "-c synchronous_commit=on -c lock_timeout=5000 -c statement_timeout=15000"
        },
    }
