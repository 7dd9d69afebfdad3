"""The launcher of the check: a process for each file, not too many at once, never longer than it may take."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

from contest.domain.errors import UnsupportedFile
from contest.storage.checker.kinds import Checked

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 25
LONGEST_NAME = 1000
# Two at once: a check costs a core, and scoring must stay quick beside it.
_slots = threading.BoundedSemaphore(2)


def check_file(path: Path, *, name: str, allowed: tuple[str, ...]) -> Checked:
    """What a received file is. Raises UnsupportedFile with a sentence that says what to do."""
    # The kernel takes no argument of more than 128 kB; of a longer name the end with its ending is looked at.
    shown = name.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")[-LONGEST_NAME:] or "tep"
    command = [
        sys.executable,
        "-m",
        "contest.storage.checker",
        str(path.resolve()),
        f"{shown}",
        ",".join(allowed),
    ]
    with _slots:
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL, cwd=ROOT, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise UnsupportedFile(
                "Tệp này kiểm tra quá lâu nên chưa nhận. Hãy lưu lại rồi gửi lại."
            ) from error
    try:
        answer = json.loads(done.stdout)
    except json.JSONDecodeError:
        answer = {"ok": False, "problem": "Không mở được tệp này. Hãy lưu lại rồi gửi lại."}
    if not answer.pop("ok"):
        raise UnsupportedFile(answer["problem"])
    return Checked(**answer)
