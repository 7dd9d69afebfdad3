"""DOCX: looked at from the directory before anything is unpacked; no macros, DTD, foreign links or odd members."""

from __future__ import annotations

import zipfile
from pathlib import Path

from contest.storage.checker.kinds import Refused

MAX_MEMBERS = 2_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 100
MAX_TEXT = 200_000
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEST_VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
BROKEN = "Không mở được tệp Word này. Hãy lưu lại bằng Word dạng .docx rồi gửi lại."


def check_docx(path: Path) -> str:
    """The text of the document. Raises Refused."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(archive, path.stat().st_size)
            return _check_members(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise Refused(BROKEN) from error


def _check_directory(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    names = {m.filename for m in members}
    if "[Content_Types].xml" not in names or "word/document.xml" not in names:
        raise Refused("Tệp này không phải tài liệu Word (.docx). Hãy gửi tệp .docx hoặc PDF.")
    unpacked = sum(m.file_size for m in members)
    packed = sum(m.compress_size for m in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or packed > size:
        raise Refused("Tệp Word nén bất thường. Hãy lưu lại bằng Word rồi gửi lại.")
    for m in members:
        if m.file_size > 1_000_000 and m.file_size > MAX_RATIO * max(m.compress_size, 1):
            raise Refused("Tệp Word nén bất thường. Hãy lưu lại bằng Word rồi gửi lại.")
        if m.filename.startswith("/") or "\\" in m.filename or ".." in m.filename.split("/"):
            raise Refused(BROKEN)
        if (
            m.filename.casefold().endswith(("vbaproject.bin", ".exe", ".js", ".vbs", ".bat"))
            or "/embeddings/ole" in m.filename.casefold()
        ):
            raise Refused(
                "Tệp Word có macro hoặc chương trình bên trong. Hãy lưu dạng .docx không macro rồi gửi lại."
            )


def _check_members(archive: zipfile.ZipFile) -> str:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    text = ""
    for m in archive.infolist():
        data = archive.read(m)
        if TEST_VIRUS in data:
            raise Refused("Tệp có dấu hiệu mã độc nên không nhận.")
        if not m.filename.endswith((".xml", ".rels")):
            continue
        try:
            root = fromstring(data, forbid_dtd=True)
        except (ParseError, DefusedXmlException) as error:
            raise Refused(BROKEN) from error
        if m.filename.endswith(".rels"):
            _refuse_foreign(root)
        if b"macroEnabled" in data and m.filename == "[Content_Types].xml":
            raise Refused("Tệp Word có macro. Hãy lưu dạng .docx không macro rồi gửi lại.")
        if m.filename == "word/document.xml":
            paragraphs = ("".join(t.text or "" for t in p.iter(f"{WORD}t")) for p in root.iter(f"{WORD}p"))
            text = "\n".join(p for p in paragraphs if p.strip())[:MAX_TEXT]
    return text


def _refuse_foreign(root) -> None:  # type: ignore[no-untyped-def]
    for relation in root:
        kind = relation.get("Type", "")
        if relation.get("TargetMode") == "External" and not kind.endswith("/hyperlink"):
            raise Refused("Tệp Word nối tới nội dung bên ngoài. Hãy dán nội dung vào tệp rồi gửi lại.")
