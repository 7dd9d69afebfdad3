"""Where bytes lie. Four verbs behind one protocol; today a folder, tomorrow a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from contest.storage.local import LocalStorage, Stored


class Storage(Protocol):
    """What services may ask of the place where bytes lie."""

    def put(self, stream: IO[bytes], *, limit: int, expected: int | None = None) -> Stored:
        """Keep a stream durably; returns its key, sha256 and size once it is on disk."""

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from start up to end, exclusive, in pieces."""

    def delete(self, key: str) -> None:
        """Forget the bytes; silent when they are gone already."""

    def path(self, key: str) -> Path:
        """A path for programs that need one (checks, page images)."""

    def check(self) -> None:
        """Raise unless a small file can be written and read back."""

    def sweep(self, *, idle: float = 3600) -> int:
        """Remove what was cut by the end of a server; returns how many files."""


def open_storage(folder: Path) -> Storage:
    """The storage in a folder of this machine."""
    return LocalStorage(folder)
