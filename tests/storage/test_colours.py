"""Copies of pictures show the colours their profile says, in sRGB, and carry no profile; a bad profile costs nothing."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from contest.storage.checking import check_file
from contest.storage.renditions import make_copies

Colour = tuple[int, int, int]

# Red, green and blue of a space as XYZ under D50, as its profile says them.
ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
D50 = (0.9642, 1.0, 0.8249)


def profile(space: bytes, parts: dict[bytes, bytes], *, lab: bool = False) -> bytes:
    """An ICC profile (version 2) of these tags, byte by byte."""
    parts = {
        b"desc": b"desc" + struct.pack(">II", 0, 5) + b"test\x00" + b"\x00" * 79,
        b"wtpt": xyz(*D50),
        **parts,
    }
    at, table, body = 128 + 4 + 12 * len(parts), b"", b""
    for name, data in parts.items():
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data + b"\x00" * (-len(data) % 4)
    kind, between = (b"prtr", b"Lab ") if lab else (b"mntr", b"XYZ ")
    head = struct.pack(">I4sI4s4s4s", at + len(body), b"none", 0x02200000, kind, space, between)
    head += struct.pack(">6H", 2026, 11, 27, 0, 0, 0) + b"acsp" + b"\x00" * 28 + fixed(*D50)
    return head.ljust(128, b"\x00") + struct.pack(">I", len(parts)) + table + body


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def xyz(*values: float) -> bytes:
    return b"XYZ \x00\x00\x00\x00" + fixed(*values)


def gamma(value: float) -> bytes:
    return b"curv" + struct.pack(">IIH", 0, 1, round(value * 256)) + b"\x00\x00"


def rgb_profile(primaries: tuple[tuple[float, float, float], ...]) -> bytes:
    """A screen's or camera's profile."""
    red, green, blue = (xyz(*p) for p in primaries)
    curve = gamma(2.2)
    return profile(
        b"RGB ", {b"rXYZ": red, b"gXYZ": green, b"bXYZ": blue, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    )


def cmyk_profile() -> bytes:
    """A press whose cyan is a dull teal (Lab 50, -30, -30): all its other inks print grey, by how much there is of them."""
    grid = b""
    for corner in range(16):
        cyan, others = corner >> 3, bin(corner & 7).count("1")
        lightness, a, b = (50, -30, -30) if cyan and not others else (100 - 30 * others, 0, 0)
        grid += bytes([round(max(lightness, 0) * 2.55), a + 128, b + 128])
    straight = bytes(range(256))
    table = b"mft1\x00\x00\x00\x00" + bytes([4, 3, 2, 0]) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    return profile(b"CMYK", {b"A2B0": table + straight * 4 + grid + straight * 3}, lab=True)


def picture(mode: str, colour: object, kind: str, icc: bytes) -> bytes:
    buffer = io.BytesIO()
    more = {"quality": 95} if kind == "JPEG" else {}
    Image.new(mode, (64, 48), colour).save(buffer, kind, icc_profile=icc, **more)  # type: ignore[arg-type]
    return buffer.getvalue()


def copy_of(body: bytes, folder: Path, name: str) -> Image.Image:
    """The page that people see of a file that is taken."""
    path = folder / name
    path.write_bytes(body)
    assert check_file(path, name=name, allowed=("image",)).group == "image"
    made = make_copies(path, "image", folder, [])
    assert made.note == ""
    (page,) = [c for c in made.copies if c.role == "page"]
    shown = Image.open(page.path)
    assert "icc_profile" not in shown.info and b"ICC_PROFILE" not in page.path.read_bytes()
    return shown


def is_near(shown: Image.Image, colour: Colour) -> bool:
    got = shown.getpixel((32, 24))
    assert isinstance(got, tuple)
    return all(abs(a - b) <= 6 for a, b in zip(got, colour, strict=True))


@pytest.mark.parametrize(
    ("name", "mode", "sent", "kind", "icc", "meant"),
    [
        ("may-anh.jpg", "RGB", (100, 180, 100), "JPEG", rgb_profile(ADOBE), (0, 181, 94)),
        ("dien-thoai.png", "RGB", (200, 80, 60), "PNG", rgb_profile(DISPLAY_P3), (218, 67, 47)),
        ("trong-suot.png", "RGBA", (200, 80, 60, 255), "PNG", rgb_profile(DISPLAY_P3), (218, 67, 47)),
        ("nha-in.jpg", "CMYK", (255, 0, 0, 0), "JPEG", cmyk_profile(), (0, 134, 169)),
        ("nha-in.tif", "CMYK", (255, 0, 0, 0), "TIFF", cmyk_profile(), (0, 134, 169)),
        ("den-trang.jpg", "L", 128, "JPEG", profile(b"GRAY", {b"kTRC": gamma(1.0)}), (188, 188, 188)),
    ],
)  # fmt: skip
def test_a_copy_shows_the_colour_that_was_meant(
    tmp_path: Path, name: str, mode: str, sent: object, kind: str, icc: bytes, meant: Colour
) -> None:
    assert is_near(copy_of(picture(mode, sent, kind, icc), tmp_path, name), meant)


def test_a_picture_without_a_profile_keeps_its_numbers(tmp_path: Path) -> None:
    assert is_near(copy_of(picture("RGB", (100, 180, 100), "JPEG", b""), tmp_path, "a.jpg"), (100, 180, 100))


FINE = rgb_profile(ADOBE)


def spoiled(tag: bytes, at: int, value: bytes) -> bytes:
    """The fine profile with other bytes in the row of a tag: its offset stands at 4, its length at 8."""
    place = FINE.index(tag) + at
    return FINE[:place] + value + FINE[place + len(value) :]


BAD = {
    "not a profile": b"not a profile at all",
    "cut in the middle": FINE[:200],
    "head only": FINE[:128],
    "of another space": cmyk_profile(),
    "tags beyond its end": spoiled(b"rTRC", 4, b"\xff\xff\xff\xf0"),
    "a tag without end": spoiled(b"rXYZ", 8, b"\xff\xff\xff\xff"),
    "a million tags": FINE[:128] + struct.pack(">I", 1_000_000) + FINE[132:],
    "a curve without end": FINE.replace(gamma(2.2), b"curv" + struct.pack(">II", 0, 0xFFFFFFFF) + b"\x00\x00\x00\x00"),
    "a table of all colours": cmyk_profile().replace(bytes([4, 3, 2, 0]), bytes([4, 3, 255, 0])),
    "larger than any": FINE + b"\x00" * 9_000_000,
}  # fmt: skip


@pytest.mark.parametrize("icc", BAD.values(), ids=BAD)
def test_a_broken_or_hostile_profile_counts_for_none(tmp_path: Path, icc: bytes) -> None:
    assert is_near(copy_of(picture("RGB", (100, 180, 100), "JPEG", icc), tmp_path, "a.jpg"), (100, 180, 100))


def test_the_profiles_of_these_tests_are_such_as_programs_read() -> None:
    for icc, space in ((FINE, "RGB "), (rgb_profile(DISPLAY_P3), "RGB "), (cmyk_profile(), "CMYK")):
        assert ImageCms.ImageCmsProfile(io.BytesIO(icc)).profile.xcolor_space == space
