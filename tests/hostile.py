"""Hostile and broken files, made here byte by byte; each with why it must be refused. No binary is kept in git."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.cast import png

CONTENT_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
RELS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
BODY = '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Xin chào</w:t></w:r></w:p></w:body></w:document>'


def docx(**more: str | bytes) -> bytes:
    """A small Word file with more or other members; `__` in a name stands for `/`."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELS,
        "word/document.xml": BODY,
    }
    members |= {k.replace("__", "/"): v for k, v in more.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def pdf(extra: str = "", *, trailer: str = "") -> bytes:
    """A one-page PDF whose catalog carries `extra`."""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {extra} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>",
        "<< /Length 0 >>\nstream\n\nendstream",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(
        f"{o:010} 00000 n \n".encode() for o in offsets
    )
    return (
        out
        + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    )


def bomb(width: int, height: int) -> bytes:
    """A tiny PNG that claims to be enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * ((width // 8 + 1) * min(height, 4000)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """A real JPEG, through the one file that knows pictures."""
    import tempfile
    from pathlib import Path

    from contest.storage import images

    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(png(200, 150))
        file.flush()
        return images.display_copy(Path(file.name), longest=200)[0]


def wav(seconds: int = 1) -> bytes:
    """Silence as WAV."""
    frames = b"\x00\x00" * 8000 * seconds
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(frames))
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
        + b"data"
        + struct.pack("<I", len(frames))
        + frames
    )


@dataclass(frozen=True)
class Case:
    """A file somebody might send."""

    id: str
    name: str
    allowed: tuple[str, ...]
    make: Callable[[], bytes]


PAPERS, PICTURES, SOUNDS, FILMS = ("pdf", "docx", "image"), ("image",), ("audio",), ("video",)

REFUSED = [
    Case("empty", "trang.pdf", PAPERS, lambda: b""),
    Case("program named pdf", "trang.pdf", PAPERS, lambda: b"MZ\x90\x00" + b"\x00" * 200),
    Case("html named jpg", "anh.jpg", PICTURES, lambda: b"<html><script>alert(1)</script></html>"),
    Case("svg", "anh.svg", PICTURES, lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    Case("svg named png", "anh.png", PICTURES, lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
    Case("picture where sound is due", "ban.mp3", SOUNDS, png),
    Case("sound where a picture is due", "anh.png", PICTURES, wav),
    Case("pdf where only pictures are due", "anh.jpg", PICTURES, pdf),
    Case("png cut in the middle", "anh.png", PICTURES, lambda: png(300, 300)[:120]),
    Case("jpeg cut in the middle", "anh.jpg", PICTURES, lambda: jpeg()[:400]),
    Case("jpeg with a web page behind", "anh.jpg", PICTURES, lambda: jpeg()[:2] + b"<script>alert(1)</script>"),
    Case("picture of a billion pixels", "anh.png", PICTURES, lambda: bomb(40_000, 40_000)),
    Case("picture too wide", "anh.png", PICTURES, lambda: bomb(30_000, 10)),
    Case("pdf with a script", "trang.pdf", PAPERS, lambda: pdf("/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")),
    Case("pdf that starts a program", "trang.pdf", PAPERS, lambda: pdf("/OpenAction << /S /Launch /F (cmd.exe) >>")),
    Case("pdf that carries files", "trang.pdf", PAPERS, lambda: pdf("/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /EF << /F 4 0 R >> >>] >> >>")),
    Case("locked pdf", "trang.pdf", PAPERS, lambda: pdf(trailer="/Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -4 >>")),
    Case("pdf in name only", "trang.pdf", PAPERS, lambda: b"%PDF-1.7\nnothing here"),
    Case("zip named docx", "bai.docx", PAPERS, lambda: _zip({"a.txt": b"a"})),
    Case("word with macros", "bai.docx", PAPERS, lambda: docx(word__vbaProject__bin=b"macro", **{"word/vbaProject.bin": b"macro"})),
    Case("word with a DTD", "bai.docx", PAPERS, lambda: docx(**{"word/document.xml": '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>'})),
    Case("word that loads a template", "bai.docx", PAPERS, lambda: docx(**{"word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="http://127.0.0.1/x.dotm" TargetMode="External"/></Relationships>'})),
    Case("word that climbs out", "bai.docx", PAPERS, lambda: docx(**{"../../etc/x": b"x"})),
    Case("word bomb", "bai.docx", PAPERS, lambda: docx(**{"word/media/a.bin": b"\x00" * 300_000_000})),
    Case("sound that is text", "ban.mp3", SOUNDS, lambda: b"ID3 this is only text" * 20),
    Case("film that is text", "phim.mp4", FILMS, lambda: b"\x00\x00\x00\x18ftypmp42 and then nothing"),
    Case("playlist named mp4", "phim.mp4", FILMS, lambda: b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n"),
]  # fmt: skip


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


TAKEN = [
    Case("png", "ảnh chụp.png", PICTURES, lambda: png(300, 200)),
    Case("jpeg", "IMG_0001.JPG", PICTURES, jpeg),
    Case("pdf", "trang 4.pdf", PAPERS, pdf),
    Case("docx", "bài.docx", PAPERS, docx),
    Case("wav", "phỏng vấn.wav", SOUNDS, wav),
]

NAMES = [
    "../../../etc/passwd.png", "..\\..\\windows\\a.png", "a\x00b.png", "\u202egnp.exe.png", "x" * 300 + ".png", "CON.png", "a\r\nSet-Cookie: x=1.png",
    "<script>alert(1)</script>.png", "=cmd|' /C calc'!A0.png", "", "   .png",
]  # fmt: skip
