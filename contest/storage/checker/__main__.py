"""`python -m contest.storage.checker FILE NAME KINDS`: one JSON object on standard output, exit 0 taken, 3 refused."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from contest.storage.checker import kinds

MEMORY = 1_500 * 1024 * 1024
SECONDS = 20


def limit_self() -> None:
    """Bounded memory, time and files for whatever a hostile file makes a decoder do."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def check(path: Path, name: str, allowed: tuple[str, ...]) -> kinds.Checked:
    """What the file is. Raises Refused."""
    kind, shown = kinds.check_kind(path, name, allowed)
    checked = kinds.Checked(kind.group, kind.mime, shown)
    if kind.group == "image":
        from contest.storage import images

        checked.width, checked.height = images.verify(path)
    elif kind.group == "pdf":
        from contest.storage.checker.pdfs import check_pdf

        checked.page_count, checked.text = check_pdf(path)
    elif kind.group == "docx":
        from contest.storage.checker.office import check_docx

        checked.text = check_docx(path)
    else:
        from contest.storage.checker.sounds import check_sound

        check_sound(path, kind, checked)
    return checked


def main() -> int:
    """Check one file and say so in JSON."""
    limit_self()
    path, name, allowed = Path(sys.argv[1]), sys.argv[2], tuple(sys.argv[3].split(","))
    try:
        answer: dict[str, object] = {"ok": True, **check(path, name, allowed).as_dict()}
    except kinds.Refused as refusal:
        answer = {"ok": False, "problem": str(refusal)}
    except (MemoryError, RecursionError, Exception):
        answer = {
            "ok": False,
            "problem": "Không mở được tệp này. Hãy lưu lại bằng chương trình quen dùng rồi gửi lại.",
        }
    sys.stdout.write(json.dumps(answer))
    return 0 if answer["ok"] else 3


if __name__ == "__main__":
    sys.exit(main())
