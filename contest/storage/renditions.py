"""Copies for people to look at and listen to, made in a limited process of its own: no metadata, covers burnt in."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# The programs within the process are ended before the process itself, which would leave them behind.
SECONDS = 900
FOR_PROGRAMS = 860
UNSHOWN = "Chưa làm được bản xem; tệp gốc vẫn được giữ nguyên."
# Copied sound keeps what stands between its frames (lyrics, a tag in the middle), so it is always encoded anew. Of copied
# H.264 only slices and parameters are taken (1 to 5, 7, 8): cameras and programs write words into the other units.
AAC = ["-map", "0:a:0?", "-c:a", "aac", "-b:a", "160k", "-movflags", "+faststart"]
COPIED = ["-map", "0:v:0", "-c:v", "copy", "-bsf:v", "h264_metadata,filter_units=pass_types=1-5|7|8"]
ENCODED = ["-map", "0:v:0", "-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-pix_fmt", "yuv420p"]
ENCODED += ["-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2", "-bsf:v", "filter_units=pass_types=1-5|7|8"]
FILM_WAYS = [[*COPIED, *AAC], [*ENCODED, *AAC]]
SOUND_WAYS = [["-vn", "-c:a", "libmp3lame", "-b:a", "192k", "-id3v2_version", "0", "-write_xing", "0"]]


@dataclass(frozen=True)
class Copy:
    """One copy that was made: role page, display, thumb, audio or video."""

    role: str
    page_number: int
    path: Path
    mime: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Made:
    """The copies, and a sentence when one could not be made."""

    copies: list[Copy]
    note: str = ""


def make_copies(path: Path, group: str, folder: Path, covers: list[Any], *, seconds: float = SECONDS) -> Made:
    """Make the copies of a file into a folder; after so many seconds none. `covers` are [page, x, y, width, height] as fractions."""
    command = [
        sys.executable,
        "-m",
        "contest.storage.renditions",
        str(path.resolve()),
        group,
        str(folder),
        json.dumps(covers),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL, cwd=ROOT, check=False
        )
    except subprocess.TimeoutExpired:
        return Made([], UNSHOWN)
    if done.returncode != 0:
        return Made([], UNSHOWN)
    answer = json.loads(done.stdout)
    copies = [
        Copy(c["role"], c["page"], Path(c["path"]), c["mime"], c["width"], c["height"])
        for c in answer["copies"]
    ]
    return Made(copies, answer["note"])


def _write(folder: Path, role: str, page: int, image: tuple[bytes, int, int]) -> dict[str, Any]:
    data, width, height = image
    path = folder / f"{role}-{page}.jpg"
    path.write_bytes(data)
    return {
        "role": role,
        "page": page,
        "path": str(path),
        "mime": "image/jpeg",
        "width": width,
        "height": height,
    }


def _covers_of(covers: list[Any], page: int) -> list[Any]:
    return [tuple(c[1:]) for c in covers if int(c[0]) == page]


def copies_of_image(path: Path, folder: Path, covers: list[Any]) -> list[dict[str, Any]]:
    """The page to look at and its thumbnail."""
    from contest.storage import images

    hidden = _covers_of(covers, 1)
    return [
        _write(folder, "page", 1, images.display_copy(path, longest=2000, covers=hidden)),
        _write(folder, "thumb", 1, images.display_copy(path, longest=320, covers=hidden)),
    ]


def copies_of_pdf(path: Path, folder: Path, covers: list[Any]) -> list[dict[str, Any]]:
    """Every page as a picture, and a thumbnail of the first."""
    import pypdfium2 as pdfium

    from contest.storage import images

    document = pdfium.PdfDocument(path)
    copies = []
    for index in range(min(len(document), 60)):
        page = document[index]
        scale = min(1600 / max(page.get_width(), 1), 2600 / max(page.get_height(), 1), 4)
        picture = page.render(scale=scale).to_pil()
        hidden = _covers_of(covers, index + 1)
        if index == 0:
            copies.append(
                _write(folder, "thumb", 1, images.encode(picture.copy(), longest=320, covers=hidden))
            )
        copies.append(_write(folder, "page", index + 1, images.encode(picture, longest=2600, covers=hidden)))
    return copies


def copies_of_sound(path: Path, group: str, folder: Path) -> tuple[list[dict[str, Any]], str]:
    """The same audio or video without tags, the sound encoded anew, the picture too unless it is H.264 already."""
    program = find_ffmpeg()
    if program is None:
        return [], "Máy chủ chưa có ffmpeg nên chưa làm được bản nghe, xem cho giám khảo."
    ending, mime = ("mp4", "video/mp4") if group == "video" else ("mp3", "audio/mpeg")
    target = folder / f"{group}.{ending}"
    begin = [program, "-v", "error", "-nostdin", "-protocol_whitelist", "file", "-i", str(path)]
    begin += ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-sn", "-dn"]
    end = time.monotonic() + FOR_PROGRAMS
    for way in FILM_WAYS if group == "video" else SOUND_WAYS:
        target.unlink(missing_ok=True)
        if _runs([*begin, *way, str(target)], end - time.monotonic()) and target.stat().st_size > 0:
            copy = {
                "role": group,
                "page": 1,
                "path": str(target),
                "mime": mime,
                "width": None,
                "height": None,
            }
            return [copy], ""
    return [], "Chưa làm được bản nghe, xem; hãy xuất lại tệp dạng MP4 (H.264, AAC) hoặc MP3."


def _runs(command: list[str], seconds: float) -> bool:
    """Whether a program does what it should within so many seconds."""
    try:
        return subprocess.run(command, capture_output=True, timeout=seconds, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def find_ffmpeg() -> str | None:
    """The system's ffmpeg, else the packaged one, or None."""
    if installed := shutil.which("ffmpeg"):
        return installed
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        return str(get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return None


def main() -> int:
    """Make the copies of one file and name them in JSON."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (3 * 1024**3, 3 * 1024**3))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    path, group, folder, covers = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), json.loads(sys.argv[4])
    note = ""
    if group == "image":
        copies = copies_of_image(path, folder, covers)
    elif group == "pdf":
        copies = copies_of_pdf(path, folder, covers)
    elif group in ("audio", "video"):
        copies, note = copies_of_sound(path, group, folder)
    else:
        copies = []
    sys.stdout.write(json.dumps({"copies": copies, "note": note}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
