"""Audio and video: the container's own structure, then ffprobe with a forced format and no network."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from pathlib import Path

from contest.storage.checker.kinds import FLAC, M4A, MP3, MP4, OGG, WAV, WEBM, Checked, Kind, Refused

DEMUXERS = {MP3: "mp3", M4A: "mov", MP4: "mov", WAV: "wav", OGG: "ogg", FLAC: "flac", WEBM: "matroska"}
PLAYABLE = {"h264", "vp8", "vp9", "av1", "aac", "mp3", "opus", "vorbis", "flac", "pcm_s16le"}
CUT = "Tệp bị cắt cụt hoặc hỏng, trình duyệt không phát được. Hãy xuất lại tệp rồi gửi lại."
SETTINGS = (
    "Chưa phát được trên trình duyệt: hãy xuất lại dạng MP4, hình H.264, tiếng AAC (hoặc MP3 với âm thanh)."
)


def check_sound(path: Path, kind: Kind, checked: Checked) -> None:
    """Fill in duration, size of the picture and whether browsers play it. Raises Refused."""
    if kind in (MP4, M4A):
        _check_boxes(path)
    if kind is MP3:
        _check_mp3(path)
    if kind is WAV and path.stat().st_size < 44:
        raise Refused(CUT)
    found = _probe(path, DEMUXERS[kind])
    if found is None:
        _by_tags(path, checked)
        return
    streams = [s for s in found.get("streams", []) if s.get("codec_type") in ("audio", "video")]
    moving = [
        s for s in streams if s["codec_type"] == "video" and not s.get("disposition", {}).get("attached_pic")
    ]
    if not streams or (kind.group == "video" and not moving):
        raise Refused(CUT)
    duration = found.get("format", {}).get("duration")
    checked.duration_ms = round(float(duration) * 1000) if duration else None
    if moving:
        checked.width, checked.height = moving[0].get("width"), moving[0].get("height")
    used = {s.get("codec_name") for s in (moving + [s for s in streams if s["codec_type"] == "audio"])}
    checked.playable = used <= PLAYABLE
    checked.note = "" if checked.playable else SETTINGS


def _check_boxes(path: Path) -> None:
    """Walk the top level of an MP4: every box ends inside the file, and the index (moov) is there."""
    size, position = path.stat().st_size, 0
    kinds: set[bytes] = set()
    with path.open("rb") as file:
        while position + 8 <= size and len(kinds) < 200:
            file.seek(position)
            length, kind = struct.unpack(">I4s", file.read(8))
            if length == 1:
                extended = file.read(8)
                length = struct.unpack(">Q", extended)[0] if len(extended) == 8 else 0
            elif length == 0:
                length = size - position
            if length < 8 or position + length > size:
                raise Refused(CUT)
            kinds.add(kind)
            position += length
    if b"moov" not in kinds:
        raise Refused(CUT)


def _check_mp3(path: Path) -> None:
    """The tag ends inside the file and real frames follow it."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(10)
        start = 0
        if head.startswith(b"ID3") and len(head) == 10:
            start = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
        if start >= size:
            raise Refused(CUT)
        file.seek(start)
        body = file.read(64_000)
    if not any(body[i] == 0xFF and body[i + 1] & 0xE0 == 0xE0 for i in range(max(0, len(body) - 1))):
        raise Refused(CUT)


def _probe(path: Path, demuxer: str) -> dict | None:  # type: ignore[type-arg]
    program = shutil.which("ffprobe")
    if program is None:
        return None
    command = [program, "-v", "error", "-protocol_whitelist", "file", "-f", demuxer, "-print_format", "json"]
    command += ["-show_format", "-show_streams", "-i", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=15, stdin=subprocess.DEVNULL, check=False)
        found = json.loads(done.stdout or b"{}")
    except (subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        raise Refused(CUT) from error
    if done.returncode != 0:
        raise Refused(CUT)
    return found if isinstance(found, dict) else None


def _by_tags(path: Path, checked: Checked) -> None:
    """Without ffprobe: the duration as the container states it."""
    from tinytag import TinyTag, TinyTagException

    try:
        duration = TinyTag.get(path, tags=False).duration
    except (TinyTagException, OSError, ValueError, struct.error) as error:
        raise Refused(CUT) from error
    checked.duration_ms = round(duration * 1000) if duration else None
