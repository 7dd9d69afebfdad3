"""Pictures: verified before they are kept, re-encoded without metadata before they are shown. Pillow lives only here."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFile, ImageOps, UnidentifiedImageError

from contest.storage.checker.kinds import Refused

FORMATS = ["JPEG", "PNG", "WEBP", "HEIF", "TIFF", "MPO"]
MAX_PIXELS = 50_000_000
MAX_SIDE = 12_000
BROKEN = "Ảnh bị cắt cụt hoặc hỏng. Hãy lưu lại ảnh dạng JPG rồi gửi lại."

ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

Cover = tuple[float, float, float, float]


def verify(path: Path) -> tuple[int, int]:
    """Width and height of a picture that decodes wholly and is not too large. Raises Refused."""
    try:
        with _open(path) as image:
            size = image.size
            if image.format == "JPEG":
                image.draft("RGB", (1600, 1600))
            image.load()
            return size
    except Refused:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError) as error:
        raise Refused(BROKEN) from error


def _open(path: Path) -> Image.Image:
    from pillow_heif import register_heif_opener

    register_heif_opener()
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(path, formats=FORMATS)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise Refused("Ảnh lớn hơn 50 triệu điểm ảnh. Hãy thu nhỏ ảnh rồi gửi lại.") from error
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise Refused(
            "Ảnh lớn hơn 50 triệu điểm ảnh hoặc dài quá 12.000 điểm ảnh. Hãy thu nhỏ ảnh rồi gửi lại."
        )
    if getattr(image, "n_frames", 1) > 20:
        raise Refused("Ảnh động không được nhận. Hãy gửi ảnh thường dạng JPG.")
    return image


def display_copy(
    path: Path, *, longest: int = 2000, covers: list[Cover] | None = None
) -> tuple[bytes, int, int]:
    """A JPEG of at most `longest` pixels a side, upright, without metadata, rectangles (fractions) covered."""
    with _open(path) as opened:
        if opened.format == "JPEG":
            opened.draft("RGB", (longest * 2, longest * 2))
        return encode(ImageOps.exif_transpose(opened), longest=longest, covers=covers)


def encode(image: Image.Image, *, longest: int, covers: list[Cover] | None = None) -> tuple[bytes, int, int]:
    """An image as JPEG bytes with its size; transparency falls on white."""
    if image.mode in ("RGBA", "LA", "P", "PA"):
        over = image.convert("RGBA")
        ground = Image.new("RGB", over.size, "white")
        ground.paste(over, mask=over.getchannel("A"))
        image = ground
    image = image.convert("RGB")
    image.thumbnail((longest, longest))
    draw = ImageDraw.Draw(image)
    for x, y, width, height in covers or []:
        draw.rectangle(
            (x * image.width, y * image.height, (x + width) * image.width, (y + height) * image.height),
            fill="#1F2328",
        )
    image.info = {}  # Pillow writes a comment it has read into the next file
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=84, optimize=True, progressive=True)
    return buffer.getvalue(), image.width, image.height
