"""PDF: no scripts, launches, embedded files or passwords, hidden or not; every page can be opened."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

from contest.storage.checker.kinds import Refused

MAX_PAGES = 300
MAX_INFLATED = 150_000_000
MAX_TEXT = 200_000
FORBIDDEN = {
    b"JavaScript": "mã chạy tự động",
    b"JS": "mã chạy tự động",
    b"Launch": "lệnh mở chương trình",
    b"EmbeddedFile": "tệp đính kèm bên trong",
    b"EmbeddedFiles": "tệp đính kèm bên trong",
    b"XFA": "biểu mẫu động",
    b"RichMedia": "nội dung nhúng",
    b"SubmitForm": "lệnh gửi dữ liệu",
    b"ImportData": "lệnh nạp dữ liệu",
    b"GoToR": "lệnh mở tệp khác",
    b"GoToE": "lệnh mở tệp khác",
}
_STREAM = re.compile(rb"(<<(?:(?!endobj|stream\r?\n).){0,4000}>>)\s*stream\r?\n(.*?)endstream", re.DOTALL)
_NAME = re.compile(rb"/((?:[A-Za-z0-9]|#[0-9A-Fa-f]{2})+)")


def check_pdf(path: Path) -> tuple[int, str]:
    """Number of pages and text. Raises Refused."""
    data = path.read_bytes()
    _refuse_actions(data)
    return _open_pages(path)


def _refuse_actions(data: bytes) -> None:
    if b"/Encrypt" in data:
        raise Refused("Tệp PDF có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.")
    inflated = 0
    for header, body in _STREAM.findall(data):
        if b"ObjStm" not in _plain_names(header):
            continue
        try:
            text = zlib.decompressobj().decompress(body.strip(b"\r\n"), 20_000_000)
        except zlib.error:
            continue
        inflated += len(text)
        if inflated > MAX_INFLATED:
            raise Refused("Tệp PDF nén bất thường. Hãy in lại thành PDF rồi gửi lại.")
        _refuse_names(text)
    _refuse_names(_STREAM.sub(rb"\1", data))


def _plain_names(data: bytes) -> set[bytes]:
    return {
        re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m.group(1), 16)]), n) for n in _NAME.findall(data)
    }


def _refuse_names(data: bytes) -> None:
    for name in _plain_names(data) & set(FORBIDDEN):
        raise Refused(
            f"Tệp PDF có {FORBIDDEN[name]} nên không nhận. Hãy in lại thành PDF thường rồi gửi lại."
        )


def _open_pages(path: Path) -> tuple[int, str]:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
        count = len(document)
        if not 0 < count <= MAX_PAGES:
            raise Refused(f"Tệp PDF phải có từ 1 đến {MAX_PAGES} trang.")
        texts: list[str] = []
        for index in range(count):
            page = document[index]
            width, height = page.get_size()
            if not (10 < width < 15_000 and 10 < height < 15_000):
                raise Refused("Tệp PDF có trang khổ bất thường. Hãy in lại thành PDF khổ thường.")
            if sum(len(t) for t in texts) < MAX_TEXT:
                texts.append(page.get_textpage().get_text_bounded())
        document[0].render(scale=0.2)
    except (pdfium.PdfiumError, RuntimeError, OSError) as error:
        raise Refused(
            "Không mở được tệp PDF này. Hãy mở thử trên máy, in lại thành PDF rồi gửi lại."
        ) from error
    return count, "\n".join(texts)[:MAX_TEXT]
