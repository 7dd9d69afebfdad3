"""What must be there before the site starts: folders to write in, a free port, a database that answers. What is missing is one sentence."""

from __future__ import annotations

import errno
import os
import socket
import tempfile
import time

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from contest.config import EVERYWHERE, Settings, SettingsError, no_room_in
from contest.models import db

# Workers of a server that was killed leave its port within a second or two.
PATIENCE = 5.0
STEP = 0.2


def check_folders(settings: Settings) -> None:
    """Make the folders of data and write a file in each. Raises SettingsError."""
    path = settings.sqlite_path
    for folder in (path.parent if path else settings.upload_dir, settings.upload_dir, settings.import_dir):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(b"x" * 4096)
                probe.flush()
        except OSError as error:
            raise no_room_in(error, folder) from error
    if path and path.exists() and not os.access(path, os.W_OK):
        raise no_room_in(OSError(errno.EACCES, ""), path)


def check_port(settings: Settings, *, patience: float = PATIENCE) -> None:
    """Listen for a moment where the server will. Raises SettingsError when somebody else does, or when nobody may."""
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    end = time.monotonic() + patience
    while True:
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("" if host in EVERYWHERE and family == socket.AF_INET else host, port))
                return
        except PermissionError:
            raise SettingsError(
                f"Không được phép mở cổng {port}. Hãy đặt PORT từ 1024 trở lên, ví dụ: PORT=8000 make run"
            ) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise SettingsError(
                    f"Máy này không có địa chỉ {host}. Hãy đặt HOST là 127.0.0.1, 0.0.0.0 hoặc địa chỉ của máy."
                ) from error
        if time.monotonic() >= end:
            raise SettingsError(
                f"Cổng {port} đang có chương trình khác dùng. Hãy dừng chương trình đó hoặc chọn cổng khác, ví dụ: PORT={port + 1 if port < 65535 else 8000} make run"
            )
        time.sleep(STEP)


def check_database(settings: Settings) -> None:
    """Ask the database anything. Raises SettingsError."""
    try:
        db.engine.connect().close()
    except DBAPIError as error:
        raise no_answer(settings, error) from error


def no_answer(settings: Settings, error: DBAPIError) -> SettingsError:
    """The sentence about a database that does not do what it is asked, with its words and without its password."""
    shown = make_url(settings.database_url).render_as_string(hide_password=True)
    said = str(error.orig).strip().splitlines()[0]
    hint = (
        "tệp này có phải cơ sở dữ liệu SQLite, và đĩa còn chỗ không"
        if settings.is_sqlite
        else "DATABASE_URL và máy chủ PostgreSQL"
    )
    return SettingsError(f"Không dùng được cơ sở dữ liệu {shown}. Hãy xem {hint}. Máy trả lời: {said}")
