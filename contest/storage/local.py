"""Files in a folder: temporary file, fsync, rename, fsync of the folder, and only then an answer."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from contest.domain.errors import StorageFull, TooLarge, UserError

PIECE = 256 * 1024
# A body may take a minute and then must bring 8 kB a second, or somebody holds a thread for nothing.
FREE_SECONDS = 60
SLOWEST = 8_000
# So many bytes of the disk stay for the database, but of a small disk no more than a twentieth.
RESERVED = 1_000_000_000
FULL = "Máy chủ đã hết chỗ chứa. Hãy báo Ban Tổ chức; nội dung đã lưu vẫn còn."
_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")


@dataclass(frozen=True)
class Stored:
    """What was kept: a generated key, the SHA-256 of the bytes, their number."""

    key: str
    sha256: str
    size: int


class LocalStorage:
    """Files under one folder. Keys are made here, never from a name somebody gave."""

    def __init__(self, folder: Path, *, reserved: int | None = None) -> None:
        self.folder = folder
        self.incoming = folder / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True)
        total = shutil.disk_usage(folder).total
        self.reserved = min(RESERVED, total // 20) if reserved is None else reserved

    def put(self, stream: IO[bytes], *, limit: int, expected: int | None = None) -> Stored:
        """Keep a stream in constant memory.

        Raises TooLarge beyond `limit` bytes, UserError when fewer than `expected` bytes arrive, StorageFull when
        the disk has no room but what is reserved. Nothing half-written remains.
        """
        name = secrets.token_hex(16)
        temporary = self.incoming / name
        self._check_room(expected or 0)
        try:
            digest, size = self._receive(stream, temporary, limit)
            if expected is not None and size != expected:
                raise UserError("Tệp bị đứt khi đang gửi, chưa nhận được đủ. Hãy gửi lại tệp này.")
            key = f"{name[:2]}/{name}"
            target = self.folder / key
            target.parent.mkdir(exist_ok=True)
            temporary.rename(target)
            _sync_folder(target.parent)
            _sync_folder(self.folder)
        except BaseException as error:
            temporary.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull(FULL) from error
            raise
        return Stored(key, digest, size)

    def _check_room(self, coming: int) -> None:
        """Raise StorageFull when so many bytes more would leave too little for the database beside the files.

        Some network disks do not say how large they are (0 of 0): there the write itself finds out.
        """
        disk = shutil.disk_usage(self.incoming)
        if disk.total and disk.free - self.reserved < coming:
            raise StorageFull(FULL)

    def _receive(self, stream: IO[bytes], temporary: Path, limit: int) -> tuple[str, int]:
        digest, size, began = hashlib.sha256(), 0, time.monotonic()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(temporary, flags, 0o640), "wb", buffering=0) as file:
            while piece := stream.read(PIECE):
                size += len(piece)
                if size > limit:
                    raise TooLarge(f"Tệp lớn hơn {limit // 1_000_000} MB. Hãy giảm dung lượng rồi gửi lại.")
                if time.monotonic() - began > FREE_SECONDS + size / SLOWEST:
                    raise UserError(
                        "Đường truyền quá chậm nên tệp chưa tới đủ. Hãy gửi lại khi mạng tốt hơn."
                    )
                self._check_room(len(piece))
                digest.update(piece)
                file.write(piece)
            os.fsync(file.fileno())
        return digest.hexdigest(), size

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from start up to end, exclusive, in pieces."""
        descriptor = os.open(self.path(key), os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            file.seek(start)
            left = None if end is None else end - start
            while piece := file.read(PIECE if left is None else min(PIECE, left)):
                if left is not None:
                    left -= len(piece)
                yield piece

    def delete(self, key: str) -> None:
        """Forget the bytes; silent when they are gone already."""
        self.path(key).unlink(missing_ok=True)

    def path(self, key: str) -> Path:
        """The path of a key. Raises ValueError for anything that is not a key made here."""
        if not _KEY.fullmatch(key):
            raise ValueError("not a storage key")
        return self.folder / key

    def check(self) -> None:
        """Raise unless a small file can be written and read back."""
        probe = self.incoming / f"probe-{secrets.token_hex(8)}"
        try:
            probe.write_bytes(b"ok")
            if probe.read_bytes() != b"ok":
                raise OSError("storage does not read back what was written")
        finally:
            probe.unlink(missing_ok=True)

    def sweep(self, *, idle: float = 3600) -> int:
        """Take away what uploads left behind when the server was killed: nothing was written to it for so many seconds."""
        gone = 0
        for half in self.incoming.iterdir():
            with suppress(OSError):  # another process sweeps too, and some may not be ours to take away
                if half.stat().st_mtime < time.time() - idle:
                    half.unlink()
                    gone += 1
        return gone

    def keys(self) -> Iterator[tuple[str, float]]:
        """Every key with the time it was written; for the comparison with the database."""
        for folder in self.folder.glob("[0-9a-f][0-9a-f]"):
            for file in folder.iterdir():
                yield f"{folder.name}/{file.name}", file.stat().st_mtime


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
