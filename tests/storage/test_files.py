"""Files: durable before they are acknowledged, checked by content, shown only as clean copies."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from contest.domain.errors import StorageFull, TooLarge, UnsupportedFile, UserError
from contest.storage.checking import check_file
from contest.storage.local import LocalStorage
from contest.storage.renditions import find_ffmpeg, make_copies
from tests import hostile
from tests.cast import png


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "uploads")


def everything(storage: LocalStorage) -> list[Path]:
    return [p for p in storage.folder.rglob("*") if p.is_file()]


def test_bytes_come_back_with_their_hash(storage: LocalStorage) -> None:
    import hashlib

    body = os.urandom(700_000)
    stored = storage.put(io.BytesIO(body), limit=1_000_000, expected=len(body))
    assert (stored.sha256, stored.size) == (hashlib.sha256(body).hexdigest(), len(body))
    assert b"".join(storage.read(stored.key)) == body
    assert b"".join(storage.read(stored.key, 100, 200)) == body[100:200]
    storage.delete(stored.key)
    assert everything(storage) == []


@pytest.mark.parametrize(
    ("size", "limit", "expected", "refusal"), [(11, 10, None, TooLarge), (9, 10, 10, UserError)]
)
def test_too_large_and_cut_uploads_leave_nothing(
    storage: LocalStorage, size: int, limit: int, expected: int | None, refusal: type
) -> None:
    with pytest.raises(refusal):
        storage.put(io.BytesIO(b"x" * size), limit=limit, expected=expected)
    assert everything(storage) == []


def test_what_a_killed_server_left_half_written_is_swept_away(storage: LocalStorage) -> None:
    kept = storage.put(io.BytesIO(b"whole"), limit=10)
    left, coming = storage.incoming / ("a" * 32), storage.incoming / ("b" * 32)
    for path in (left, coming):
        path.write_bytes(b"half")
    for path in (left, storage.path(kept.key)):
        os.utime(path, (0, 0))
    assert storage.sweep() == 1
    assert set(everything(storage)) == {coming, storage.path(kept.key)}


@pytest.mark.parametrize(
    "broken", [OSError("cut"), RuntimeError("of the server's own")], ids=["line", "reader"]
)
def test_a_stream_that_breaks_leaves_nothing(storage: LocalStorage, broken: Exception) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if piece := super().read(size):
                return piece
            raise broken

    with pytest.raises(type(broken)):
        storage.put(Breaking(b"x" * 700_000), limit=1_000_000)
    assert everything(storage) == []


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "ab/../../x", "/etc/passwd", "", "ab/" + "g" * 32, "ab\x00/" + "a" * 32]
)
def test_only_keys_made_here_open_anything(storage: LocalStorage, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        storage.path(key)


def test_a_file_is_synced_then_renamed_then_its_folders_are_synced(
    storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, rename = os.fsync, Path.rename
    monkeypatch.setattr(
        os,
        "fsync",
        lambda d: (done.append("folder" if Path(f"/proc/self/fd/{d}").is_dir() else "file"), fsync(d))[1],
    )
    monkeypatch.setattr(Path, "rename", lambda self, to: (done.append("rename"), rename(self, to))[1])
    storage.put(io.BytesIO(b"x"), limit=10)
    assert done == ["file", "rename", "folder", "folder"]


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    """The kernel refuses beyond a limit, as a full disk would; in a process of its own."""
    program = (
        "import errno, io, resource, signal, sys; from pathlib import Path\n"
        "from contest.storage.local import LocalStorage; from contest.domain.errors import StorageFull\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); store = LocalStorage(Path(sys.argv[1]))\n"
        "class Full(io.RawIOBase):\n"
        "    def read(self, n=-1): raise OSError(errno.ENOSPC, 'full')\n"
        "try: store.put(Full(), limit=10)\n"
        "except StorageFull as e: print(e)\n"
        "print(sum(p.is_file() for p in store.folder.rglob('*')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "hết chỗ" in done.stdout and done.stdout.strip().endswith("0")
    assert StorageFull.status == 507


def test_files_leave_room_for_the_database_beside_them(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    for reserved, expected in ((free * 2, None), (0, free * 2)):
        store = LocalStorage(tmp_path, reserved=reserved)
        with pytest.raises(StorageFull):
            store.put(io.BytesIO(b"x"), limit=free * 3, expected=expected)
        assert everything(store) == []
    assert 0 < LocalStorage(tmp_path).reserved <= 1_000_000_000


def test_a_disk_that_does_not_say_how_large_it_is_counts_for_one_with_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(0, 0, 0))
    assert LocalStorage(tmp_path).put(io.BytesIO(b"x"), limit=10, expected=1).size == 1


def test_what_cannot_be_swept_away_keeps_nobody_from_starting(storage: LocalStorage) -> None:
    left = storage.incoming / "lost+found"
    left.mkdir()
    os.utime(left, (0, 0))
    assert LocalStorage(storage.folder).sweep() == 0


def test_300_mb_grow_the_process_by_less_than_60_mb(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path; from contest.storage.local import LocalStorage\n"
        "class Stream:\n"
        "    left = 300_000_000\n"
        "    def read(self, n):\n"
        "        n = min(n, self.left); self.left -= n; return b'x' * n\n"
        "store = LocalStorage(Path(sys.argv[1])); before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "assert store.put(Stream(), limit=400_000_000).size == 300_000_000\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 60_000


def checked(case: hostile.Case, tmp_path: Path):
    path = tmp_path / "file"
    path.write_bytes(case.make())
    return check_file(path, name=case.name, allowed=case.allowed)


@pytest.mark.parametrize("case", hostile.REFUSED, ids=lambda c: c.id)
def test_hostile_files_are_refused_with_a_sentence(case: hostile.Case, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFile) as refused:
        checked(case, tmp_path)
    assert (
        refused.value.status == 415
        and str(refused.value).endswith(".")
        and "Traceback" not in str(refused.value)
    )


@pytest.mark.parametrize("case", hostile.TAKEN, ids=lambda c: c.id)
def test_fine_files_are_taken(case: hostile.Case, tmp_path: Path) -> None:
    assert checked(case, tmp_path).group in case.allowed


@pytest.mark.parametrize("name", hostile.NAMES, ids=ascii)
def test_names_are_data_and_lose_what_could_mislead(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(png())
    try:
        shown = check_file(path, name=name, allowed=("image",)).name
    except UnsupportedFile:
        return
    assert shown and len(shown) <= 255
    assert not any(c in shown for c in "/\\\x00\r\n\u202e")


def _png_with(key: str, folder: Path) -> Path:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text(key, "NEEDLE Nguyễn Thị Lan")
    Image.new("RGB", (800, 1000), "white").save(folder / "page.png", pnginfo=notes)
    return folder / "page.png"


def _jpeg_with(folder: Path, **told: Any) -> Path:
    from PIL import Image

    Image.new("RGB", (800, 1000), "white").save(folder / "page.jpg", **told)
    return folder / "page.jpg"


def _jpeg_with_exif(folder: Path) -> Path:
    from PIL import Image

    exif = Image.Exif()
    exif[0x013B] = "NEEDLE the artist"
    return _jpeg_with(folder, exif=exif)


TELLING: dict[str, Callable[[Path], Path]] = {
    "PNG author": partial(_png_with, "Author"),
    "PNG comment": partial(_png_with, "comment"),
    "JPEG comment": partial(_jpeg_with, comment=b"NEEDLE <script>"),
    "JPEG Exif": _jpeg_with_exif,
    "JPEG XMP": partial(_jpeg_with, xmp=b"<x:xmpmeta>NEEDLE</x:xmpmeta>"),
}


@pytest.mark.parametrize("told", TELLING)
def test_copies_carry_no_metadata_and_covers_are_burnt_in(tmp_path: Path, told: str) -> None:
    from PIL import Image

    source = TELLING[told](tmp_path)
    assert b"NEEDLE" in source.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        made = make_copies(source, "image", Path(folder), [[1, 0.25, 0.25, 0.5, 0.1]])
        assert {c.role for c in made.copies} == {"page", "thumb"}
        for copy in made.copies:
            body = copy.path.read_bytes()
            assert body[:3] == b"\xff\xd8\xff" and b"NEEDLE" not in body and b"Exif" not in body
            with Image.open(copy.path) as image:
                middle = image.getpixel((image.width // 2, round(image.height * 0.3)))
                assert max(middle) < 70, "the rectangle is dark"
                assert min(image.getpixel((5, 5))) > 230


def ffmpeg(*arguments: str) -> None:
    program = find_ffmpeg()
    assert program is not None
    subprocess.run([program, "-v", "error", "-y", "-f", "lavfi", *arguments], check=True)


def a_sound_with_a_tag_in_its_middle(folder: Path) -> Path:
    path = folder / "ban.mp3"
    ffmpeg("-i", "sine=440:d=1", "-metadata", "artist=NEEDLE", "-id3v2_version", "4", str(path))
    body, tag = path.read_bytes(), b"LYRICSBEGINEAR00006NEEDLE000025LYRICS200"
    half = len(body) // 2
    path.write_bytes(body[:half] + b"ID3\x04\x00\x00\x00\x00\x00\x06NEEDLE" + body[half:] + tag)
    return path


def a_film_with_words_between_its_pictures(folder: Path) -> Path:
    path, words = (
        folder / "phim.mp4",
        "h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+NEEDLE",
    )
    ffmpeg("-i", "testsrc=d=1:s=64x48", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-bsf:v", words, str(path))
    return path


@pytest.mark.parametrize(
    ("group", "make"),
    [("audio", a_sound_with_a_tag_in_its_middle), ("video", a_film_with_words_between_its_pictures)],
)
def test_copies_of_sounds_and_films_carry_no_words_between_their_frames(
    tmp_path: Path, group: str, make: Callable[[Path], Path]
) -> None:
    source = make(tmp_path)
    assert b"NEEDLE" in source.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        made = make_copies(source, group, Path(folder), [])
        assert [c.role for c in made.copies] == [group], made.note
        body = made.copies[0].path.read_bytes()
        assert len(body) > 2000 and b"NEEDLE" not in body


def test_copies_that_take_too_long_are_given_up_with_a_sentence(tmp_path: Path) -> None:
    source = a_sound_with_a_tag_in_its_middle(tmp_path)
    made = make_copies(source, "audio", tmp_path, [], seconds=0.001)
    assert made.copies == [] and "Chưa làm được" in made.note
