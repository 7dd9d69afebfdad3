"""Settings, read once from the environment when the application is made. Every default works on a laptop."""

from __future__ import annotations

import errno
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
EVERYWHERE = {"", "0.0.0.0", "::"}
WHY = {
    errno.EACCES: "không có quyền ghi",
    errno.EPERM: "không có quyền ghi",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.ENOSPC: "đĩa đã đầy",
    errno.EDQUOT: "đã hết phần đĩa được dùng",
    errno.ENOTDIR: "đường dẫn đi qua một tệp, không phải thư mục",
    errno.EEXIST: "đây là một tệp, không phải thư mục",
    errno.ENOENT: "không tạo được thư mục ở đó",
}


class SettingsError(RuntimeError):
    """The environment asks for something that must not be started."""


def no_room_in(error: OSError, place: Path | str) -> SettingsError:
    """The sentence about a folder that cannot be written in."""
    why = WHY.get(error.errno or 0, error.strerror or "")
    return SettingsError(
        f"Không ghi được vào {place}: {why}. Hãy sửa, hoặc đặt DATA_DIR là một thư mục ghi được."
    )


@dataclass(frozen=True)
class MailSettings:
    """Where mail leaves. Without a host, and in the demo, nothing is sent and the desk says so."""

    host: str = ""
    port: int = 587
    user: str = ""
    password: str = ""
    sender: str = "khong-tra-loi@localhost"
    starttls: bool = True


@dataclass(frozen=True)
class Settings:
    """All that the surroundings decide. `data_dir` holds uploads and, with SQLite, the database."""

    database_url: str
    upload_dir: Path
    secret_key: str
    base_url: str = "http://127.0.0.1:8000"
    # Whether nobody said by which address people reach the site, and this machine's is a guess.
    is_base_url_guessed: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False
    mail: MailSettings = MailSettings()
    proxy_hops: int = 0
    trusted_hosts: tuple[str, ...] = ()
    testing: bool = False

    @property
    def import_dir(self) -> Path:
        """Where files too large for the web are put by hand."""
        return self.upload_dir / "import"

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used: one process, one writer."""
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_path(self) -> Path | None:
        """The file of the embedded database; None for one in memory or a server."""
        name = make_url(self.database_url).database if self.is_sqlite else None
        return Path(name) if name and name != ":memory:" else None

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over https, which decides cookies and HSTS."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def sends_mail(self) -> bool:
        """Whether mails leave this machine; the demo only shows them."""
        return bool(self.mail.host) and not self.demo

    def with_changes(self, **changes: object) -> Settings:
        """A copy with some values replaced; used by tests."""
        return replace(self, **changes)  # type: ignore[arg-type]


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """Settings from environment variables. Raises SettingsError when a needed one is missing or unsafe."""
    data_dir = env.get("DATA_DIR")
    database_dir = Path(data_dir) if data_dir else ROOT / "instance"
    upload_dir = Path(data_dir) / "uploads" if data_dir else ROOT / "uploads"
    host = env.get("HOST", "127.0.0.1")
    port = _number(env, "PORT", "8000", least=1, most=65535)
    _number(env, "WORKERS", "3", least=1, most=64)  # read by deploy/gunicorn.conf.py
    database_url = _database_url(env) or f"sqlite:///{(database_dir / 'kheo.sqlite3').resolve()}"
    is_local = database_url.startswith("sqlite") and host in LOOPBACK
    demo = env["KHEO_DEMO"] == "1" if "KHEO_DEMO" in env else is_local
    secret = env.get("SECRET_KEY", "")
    if not secret:
        if not demo:
            raise SettingsError(
                "Thiếu SECRET_KEY. Tạo một khóa: python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        secret = _kept_secret(database_dir)
    elif len(secret) < 32:
        raise SettingsError("SECRET_KEY quá ngắn: cần ít nhất 32 ký tự ngẫu nhiên.")
    given = env.get("BASE_URL", "").rstrip("/")
    base_url = given or f"http://{_reached_as(host)}:{port}"
    if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).hostname:
        raise SettingsError(
            f"BASE_URL chưa đúng ({base_url}): cần cả http:// hoặc https://, ví dụ https://thi.example.vn"
        )
    if ":" in (urlsplit(base_url).hostname or ""):
        raise SettingsError(
            f"Trang không mở được bằng địa chỉ IPv6 ({base_url}). Hãy đặt BASE_URL với một tên miền hoặc địa chỉ IPv4."
        )
    return Settings(
        database_url=database_url,
        upload_dir=upload_dir,
        secret_key=secret,
        base_url=base_url,
        is_base_url_guessed=not given and host in EVERYWHERE,
        host=host,
        port=port,
        demo=demo,
        mail=_read_mail(env),
        proxy_hops=_number(env, "PROXY_HOPS", "0", least=0, most=9),
        trusted_hosts=_trusted_hosts(env, "" if not given and host in EVERYWHERE else base_url),
    )


def _number(env: Mapping[str, str], name: str, default: str, *, least: int, most: int) -> int:
    """A whole number from the environment. Raises SettingsError."""
    typed = env.get(name) or default
    if not (typed.isascii() and typed.isdigit() and least <= int(typed) <= most):
        raise SettingsError(f"{name} phải là một số nguyên từ {least} đến {most}, không phải “{typed}”.")
    return int(typed)


def _database_url(env: Mapping[str, str]) -> str:
    """The address of the database as given, "" for none. Raises SettingsError for one that is neither of ours."""
    given = env.get("DATABASE_URL", "").strip()
    if given.startswith("postgres://"):  # as some hosts write it
        given = given.replace("postgres", "postgresql", 1)
    try:
        known = not given or make_url(given).get_backend_name() in ("sqlite", "postgresql")
    except (ArgumentError, ValueError):
        known = False
    if not known:
        raise SettingsError(
            "DATABASE_URL chưa đúng: cần dạng postgresql://người_dùng:mật_khẩu@máy/tên, hoặc bỏ trống để dùng SQLite."
        )
    return given


def _reached_as(host: str) -> str:
    """The name in links when none is given: where the server listens, or this machine in its network when everywhere."""
    if host == "::1":
        return "localhost"
    if host not in EVERYWHERE:
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(
                ("192.0.2.1", 9)
            )  # sends nothing; only asks which way a packet would leave (RFC 5737)
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def _trusted_hosts(env: Mapping[str, str], base_url: str) -> tuple[str, ...]:
    """Names the site answers to: those given, else that of its address and of this machine; any when there is none."""
    given = tuple(h.strip() for h in env.get("TRUSTED_HOSTS", "").split(",") if h.strip())
    own = urlsplit(base_url).hostname
    return given or (tuple(dict.fromkeys((own, "127.0.0.1", "localhost"))) if own else ())


def _read_mail(env: Mapping[str, str]) -> MailSettings:
    return MailSettings(
        host=env.get("SMTP_HOST", ""),
        port=_number(env, "SMTP_PORT", "587", least=1, most=65535),
        user=env.get("SMTP_USER", ""),
        password=env.get("SMTP_PASSWORD", ""),
        sender=env.get("SMTP_SENDER", "khong-tra-loi@localhost"),
        starttls=env.get("SMTP_STARTTLS", "1") == "1",
    )


def _kept_secret(folder: Path) -> str:
    """The demo's key, made once and kept beside its database so that sessions survive a restart."""
    path = folder / "secret"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            whole = path.with_suffix(f".{os.getpid()}")
            descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32))
            whole.rename(path)  # a full disk leaves none rather than half of one
        return path.read_text().strip()
    except OSError as error:
        raise no_room_in(error, folder) from error
