"""`make run`: bring the database up to date, load the sample if there is none, say where it is, serve."""

from __future__ import annotations

import fcntl
import gc
import os
import sys
from pathlib import Path
from typing import IO

from flask import Flask
from gunicorn.app.base import Application
from sqlalchemy.exc import OperationalError

from contest import create_app
from contest.announcing import words_at_start
from contest.config import ROOT, Settings, SettingsError, read_settings
from contest.models import db
from contest.occupancy import occupy, one_start_at_a_time
from contest.storage.renditions import find_ffmpeg
from contest.surroundings import check_database, check_folders, check_port, no_answer

SAMPLE_STATE = ".sample"
LOADING = "loading"
CONFIG = ROOT / "deploy" / "gunicorn.conf.py"


class Server(Application):  # type: ignore[misc]
    """gunicorn around an application that stands already: it is loaded once, and what was loaded is shared by the workers."""

    def __init__(self, app: Flask, config: Path = CONFIG) -> None:
        self._app, self._config = app, config
        super().__init__()

    def load_config(self) -> None:
        """The settings of the file alone; the words of the command line are ours."""
        self.load_config_from_file(str(self._config))

    def load(self) -> Flask:
        """The application."""
        return self._app


def main() -> None:
    """Prepare and serve, in one process: stopping it stops the server."""
    try:
        settings = read_settings()
        check_folders(settings)
        occupy(settings)
        check_port(settings)
        app = create_app(settings)
        with app.app_context():
            check_database(settings)
    except SettingsError as error:
        sys.exit(str(error))
    with app.app_context():
        try:
            loaded = prepare(app)
        except OperationalError as error:
            sys.exit(str(no_answer(settings, error)))
        db.engine.dispose()  # a connection must not be shared by the workers that are forked now
    if loaded:
        begin_anew()
    print("", *words_at_start(settings, has_ffmpeg=find_ffmpeg() is not None), sep="\n", flush=True)
    if settings.demo:
        from contest.sample.demo_accounts import as_table

        print(as_table(), flush=True)
    # What stands after the start stays: the collector need not walk all of it again in the middle of somebody's page.
    gc.collect()
    gc.freeze()
    os.chdir(ROOT)
    Server(app).run()


def begin_anew() -> None:
    """This start once more, in the same process: Typst's threads do not survive the fork, and every worker waits for them."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def prepare(app: Flask) -> bool:
    """Migrate, load what ships with the product, and in the demo the sample when the database is empty; was it loaded?"""
    from flask_migrate import upgrade

    from contest.clock import utcnow
    from contest.models.database import writing
    from contest.services import registry

    settings = app.config["SETTINGS"]
    settings.import_dir.mkdir(parents=True, exist_ok=True)
    with (settings.upload_dir / SAMPLE_STATE).open("a+") as state:
        fcntl.flock(state, fcntl.LOCK_EX)
        if settings.demo:
            forget_half_a_sample(settings, state)
        with one_start_at_a_time():
            upgrade()
            if not settings.demo:
                refuse_published_passwords()
            with writing():
                registry.load_shipped_units(now=utcnow())
            if settings.demo:
                from contest.sample.seeding import is_empty, load_sample

                if is_empty():
                    print("Đang nạp dữ liệu mẫu, chỉ lần đầu, khoảng hai phút …", flush=True)
                    _write(state, LOADING)
                    load_sample(now=utcnow(), storage=app.extensions["storage"])
                    _write(state, "")
                    return True
    return False


def forget_half_a_sample(settings: Settings, state: IO[str]) -> None:
    """Begin anew after a start that was stopped while it loaded the sample; nobody had been served yet."""
    state.seek(0)
    if state.read() != LOADING:
        return
    if not settings.is_sqlite:
        sys.exit("Lần chạy trước dừng khi đang nạp dữ liệu mẫu. Hãy làm trống cơ sở dữ liệu rồi chạy lại.")
    for ending in ("", "-wal", "-shm"):
        Path(f"{settings.sqlite_path}{ending}").unlink(missing_ok=True)


def refuse_published_passwords() -> None:
    """Stop when an account of the demo still opens with its published password: outside the demo anybody could use it."""
    from contest.sample.demo_accounts import ACCOUNTS, PASSWORD
    from contest.services.accounts import passwords, persons

    for _, _, email, _ in ACCOUNTS:
        account = persons.find_account(email)
        if account and not account.is_disabled and passwords.verify_password(account.password_hash, PASSWORD):
            sys.exit(
                f"Cơ sở dữ liệu này có tài khoản mẫu {email} với mật khẩu đã công bố, ai cũng đăng nhập được. Bản dùng thật "
                "cần cơ sở dữ liệu khác: đặt DATA_DIR là một thư mục trống, hoặc DATABASE_URL. Muốn giữ cơ sở dữ liệu này "
                "thì chạy lại trên máy này (HOST=127.0.0.1), đổi mật khẩu hoặc khóa các tài khoản mẫu rồi mới đổi địa chỉ."
            )


def _write(state: IO[str], words: str) -> None:
    state.truncate(0)
    state.write(words)
    state.flush()


if __name__ == "__main__":
    main()
