"""Which kinds of files there are, told by their content; the name may only agree."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from contest.domain.vietnamese import nfc


class Refused(Exception):
    """The file is refused; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Kind:
    """A format we take: group for slots, MIME type for serving, endings a name may have."""

    group: str
    mime: str
    endings: tuple[str, ...]


JPEG = Kind("image", "image/jpeg", ("jpg", "jpeg", "jpe"))
PNG = Kind("image", "image/png", ("png",))
WEBP = Kind("image", "image/webp", ("webp",))
HEIC = Kind("image", "image/heic", ("heic", "heif"))
TIFF = Kind("image", "image/tiff", ("tif", "tiff"))
PDF = Kind("pdf", "application/pdf", ("pdf",))
DOCX = Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
MP3 = Kind("audio", "audio/mpeg", ("mp3",))
M4A = Kind("audio", "audio/mp4", ("m4a", "aac", "mp4"))
WAV = Kind("audio", "audio/wav", ("wav",))
OGG = Kind("audio", "audio/ogg", ("ogg", "oga", "opus"))
FLAC = Kind("audio", "audio/flac", ("flac",))
MP4 = Kind("video", "video/mp4", ("mp4", "m4v", "mov"))
WEBM = Kind("video", "video/webm", ("webm",))

HEIC_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis"}


@dataclass
class Checked:
    """What the check found out about a file that is taken."""

    group: str
    mime: str
    name: str
    width: int | None = None
    height: int | None = None
    page_count: int | None = None
    duration_ms: int | None = None
    playable: bool = True
    text: str | None = None
    note: str = ""

    def as_dict(self) -> dict[str, object]:
        """Plain data for the answer."""
        return asdict(self)


def sniff(head: bytes) -> Kind | None:
    """The kind by the first bytes, or None when it is none of ours."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"II*\x00", b"MM\x00*")):
        return TIFF
    if head.startswith(b"RIFF"):
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return HEIC if brand in HEIC_BRANDS else M4A if brand.startswith(b"M4A") else MP4
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return DOCX
    if head.startswith(b"\x1aE\xdf\xa3"):
        return WEBM
    if head.startswith(b"OggS"):
        return OGG
    if head.startswith(b"fLaC"):
        return FLAC
    if head.startswith(b"ID3") or (
        len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4, 0xE6)
    ):
        return MP3
    return None


def clean_name(name: str, kind: Kind) -> str:
    """The name as it is shown: NFC, no path, no controls, at most 120 letters with its ending. Raises Refused."""
    shown = nfc(name.encode("utf-8", "replace").decode("utf-8"))
    shown = "".join(c for c in shown.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip(" .-")
    stem, dot, ending = shown.rpartition(".")
    if not dot:
        stem, ending = shown, kind.endings[0]
    if ending.casefold() not in kind.endings:
        raise Refused(
            f"Tên tệp có đuôi “.{ending[:10]}” nhưng nội dung không phải loại đó. "
            f"Hãy lưu lại tệp đúng định dạng (.{kind.endings[0]}) rồi gửi lại."
        )
    return f"{stem[:110] or 'tep'}.{ending}"


def check_kind(path: Path, name: str, allowed: tuple[str, ...]) -> tuple[Kind, str]:
    """Kind and shown name of a file. Raises Refused when it is empty, unknown, or not for this place."""
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise Refused("Tệp rỗng, không có nội dung. Mở thử tệp trên máy rồi gửi lại.")
    kind = sniff(head)
    words = {
        "image": "ảnh (JPG, PNG, HEIC)",
        "pdf": "PDF",
        "docx": "Word (.docx)",
        "audio": "âm thanh (MP3, M4A, WAV)",
        "video": "hình (MP4)",
    }
    wanted = ", ".join(words[a] for a in allowed)
    if kind is None or kind.group not in allowed:
        raise Refused(f"Không mở được loại tệp này ở đây. Mục này nhận: {wanted}.")
    return kind, clean_name(name, kind)
