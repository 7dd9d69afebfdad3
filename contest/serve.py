"""`make run`: bring the database up to date, load the sample if there is none, say where it is, become gunicorn."""

from __future__ import annotations

import os
import sys

from flask import Flask

from contest import create_app
from contest.config import ROOT, SettingsError, read_settings


def main() -> None:
    """Prepare and serve. The process is replaced by gunicorn, so that stopping it stops the server."""
    try:
        settings = read_settings()
    except SettingsError as error:
        sys.exit(str(error))
    app = create_app(settings)
    with app.app_context():
        prepare(app)
    print(f"\nKhéo chạy tại {settings.base_url}", flush=True)
    if settings.demo:
        from contest.sample.demo_accounts import as_table

        print(as_table(), flush=True)
    os.environ.setdefault("SECRET_KEY", settings.secret_key)
    os.environ.setdefault("KHEO_DEMO", "1" if settings.demo else "0")
    command = ["gunicorn", "--config", str(ROOT / "deploy" / "gunicorn.conf.py"), "contest.wsgi:app"]
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", *command])


def prepare(app: Flask) -> None:
    """Migrate, load what ships with the product, and in the demo the sample when the database is empty."""
    from flask_migrate import upgrade

    from contest.clock import utcnow
    from contest.models.database import writing
    from contest.services import registry

    upgrade()
    with writing():
        registry.load_shipped_units(now=utcnow())
    if app.config["SETTINGS"].demo:
        from contest.sample.seeding import load_if_empty

        load_if_empty(now=utcnow(), storage=app.extensions["storage"])


if __name__ == "__main__":
    main()
