"""Pictures: verified before they are kept, re-encoded without metadata before they are shown. Pillow lives only here."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms, ImageDraw, ImageFile, ImageOps, UnidentifiedImageError

from contest.storage.checker.kinds import Refused

FORMATS = ["JPEG", "PNG", "WEBP", "HEIF", "TIFF", "MPO"]
MAX_PIXELS = 50_000_000
MAX_SIDE = 12_000
BROKEN = "Ảnh bị cắt cụt hoặc hỏng. Hãy lưu lại ảnh dạng JPG rồi gửi lại."

ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

# The colour spaces of profiles that are followed, with the mode of a picture that may carry one. Profiles for printing
# reach some megabytes; a larger one is no profile.
SPACES = {"RGB": "RGB", "CMYK": "CMYK", "GRAY": "L"}
LARGEST_PROFILE = 8_000_000
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

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


def as_jpeg(picture: bytes) -> bytes:
    """A picture of our own making as JPEG, in its size."""
    with Image.open(BytesIO(picture), formats=FORMATS) as opened:
        return encode(opened, longest=MAX_SIDE)[0]


def encode(image: Image.Image, *, longest: int, covers: list[Cover] | None = None) -> tuple[bytes, int, int]:
    """An image as JPEG bytes with its size, in the colours of the web; transparency falls on white."""
    profile = image.info.get("icc_profile")
    if image.mode in ("RGBA", "LA", "P", "PA"):
        over = image.convert("RGBA")
        ground = Image.new("RGB", over.size, "white")
        ground.paste(over, mask=over.getchannel("A"))
        image = ground
    else:
        image = image.copy() if image.mode in SPACES.values() else image.convert("RGB")
    image.thumbnail((longest, longest))
    image = _in_srgb(image, profile)
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


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB by its profile, which the copy leaves out; a broken or foreign profile counts for none."""
    if profile and len(profile) <= LARGEST_PROFILE:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if SPACES.get(source.profile.xcolor_space.strip()) == image.mode:
                shown = ImageCms.profileToProfile(image, source, SRGB, outputMode="RGB")
                return shown or image
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError, MemoryError, RuntimeError):
            pass
    return image.convert("RGB")
