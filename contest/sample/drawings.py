"""Media of the sample, made when it is loaded: newspaper pages, pictures, tones and short films. No binary is kept in git."""

from __future__ import annotations

import io
import json
import math
import random
import shutil
import struct
import subprocess
import wave
from datetime import date
from pathlib import Path

import typst

from contest.clock import start_of_day
from contest.domain.vietnamese import weekday
from contest.storage import images

HERE = Path(__file__).parent
FONTS = HERE.parent / "data" / "fonts"
RATE = 16_000
NOTES = (261.63, 293.66, 329.63, 392.0, 440.0, 523.25)

# A drawn page in millimetres, and the two places (x, y, width, height) where it names its agency and its author.
PAGE = (289, 300)
MASTHEAD = (14, 8, 261, 15)
BYLINE = (130, 33.5, 145, 6)
MARGIN = 1.5


def covers() -> list[list[float]]:
    """What hides agency and author of a drawn page, as a secretary would draw it: page, x, y, width, height as fractions."""
    width, height = PAGE
    return [
        [1, *(round(n, 4) for n in ((x - MARGIN) / width, (y - MARGIN) / height, (w + 2 * MARGIN) / width, (h + 2 * MARGIN) / height))]
        for x, y, w, h in (MASTHEAD, BYLINE)
    ]  # fmt: skip


def newspaper_page(
    *,
    title: str,
    byline: str,
    outlet: str,
    genre: str,
    day: date,
    page: str,
    text: str,
    picture: int,
    as_jpeg: bool = False,
) -> bytes:
    """A drawn newspaper page as PDF, or as JPEG."""
    data = {
        "title": title,
        "byline": byline,
        "outlet": outlet,
        "genre": genre,
        "weekday": weekday(day),
        "date": f"{day.day:02}/{day.month:02}/{day.year}",
        "page": page,
        "picture": picture % 5,
        "caption": "Cảnh ở cơ sở. Tranh minh họa.",
        "paragraphs": text.split("\n"),
        "size": PAGE,
        "masthead": MASTHEAD,
        "byline-place": BYLINE,
    }
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    kind = {"format": "png", "ppi": 90.0} if as_jpeg else {"format": "pdf"}
    made = typst.compile(HERE / "page.typ", font_paths=[FONTS], sys_inputs=inputs, **kind)
    assert isinstance(made, bytes)
    return images.as_jpeg(made) if as_jpeg else made


def tone(seconds: float, seed: str) -> bytes:
    """A gentle melody as WAV, mono."""
    dice = random.Random(seed)
    notes = [dice.choice(NOTES) for _ in range(max(1, int(seconds * 2)))]
    frames = bytearray()
    for note in notes:
        for i in range(RATE // 2):
            fade = min(1.0, i / 400, (RATE // 2 - i) / 2400)
            frames += struct.pack("<h", int(9000 * fade * math.sin(2 * math.pi * note * i / RATE)))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(bytes(frames))
    return buffer.getvalue()


def short_film(seed: str, folder: Path) -> bytes | None:
    """Three seconds of the picture of a drawn page with a tone as MP4, or None where ffmpeg is missing."""
    program = shutil.which("ffmpeg")
    if program is None:
        return None
    dice = random.Random(seed)
    still, sound, film = folder / "still.jpg", folder / "sound.wav", folder / "film.mp4"
    today = start_of_day(date(2026, 1, 1)).date()
    still.write_bytes(
        newspaper_page(
            title=" ",
            byline="",
            outlet="Truyền hình",
            genre="",
            day=today,
            page="",
            text=" ",
            picture=dice.randrange(5),
            as_jpeg=True,
        )
    )
    sound.write_bytes(tone(3, seed))
    command = [
        program, "-v", "error", "-nostdin", "-y", "-loop", "1", "-framerate", "5", "-i", str(still), "-i", str(sound), "-t", "3",
        "-vf", "crop=488:274:(iw-488)/2:207,scale=640:360", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", "-pix_fmt", "yuv420p",
        "-c:a", "aac", "-b:a", "48k", "-movflags", "+faststart", str(film),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=False)
    return film.read_bytes() if done.returncode == 0 else None
