"""A folder of this machine into which files too large for the web are put by hand, to be taken from there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from contest.domain.errors import UserError
from contest.domain.vietnamese import nfc


class Inbox:
    """The plain files of one folder; links, hidden files and folders in it do not count."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def waiting(self) -> list[tuple[str, int]]:
        """(name, bytes) of each file by name; nothing when there is no such folder."""
        found = []
        for name, path in self._files().items():
            with suppress(OSError):  # taken away by somebody else meanwhile
                found.append((name, path.stat().st_size))
        return sorted(found)

    @contextmanager
    def opened(self, name: str) -> Iterator[tuple[IO[bytes], int]]:
        """One waiting file with its size. Raises UserError when none has this name."""
        path = self._files().get(name)
        if path is None:
            raise UserError("Tệp này không còn trong thư mục nhập. Hãy tải lại trang.")
        try:
            file = path.open("rb")
        except OSError as error:
            raise UserError("Máy chủ không được quyền đọc tệp này. Hãy nhờ người vận hành.") from error
        with file:
            yield file, os.fstat(file.fileno()).st_size

    def forget(self, name: str) -> None:
        """Take a file away once it is kept elsewhere; silent where the folder may only be read."""
        with suppress(OSError, KeyError):
            self._files()[name].unlink()

    def _files(self) -> dict[str, Path]:
        """Each file by its name; a name that somebody sends is only looked up here, never put together into a path."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return {nfc(p.name): p for p in found if p.is_file() and not p.is_symlink() and p.name[0] != "."}
