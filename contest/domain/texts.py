"""Text as it comes out of files, made fit to be read: paragraphs instead of printed lines."""

from __future__ import annotations

import re

from contest.domain.vietnamese import nfc

# A printed line shorter than this ends where it does on purpose: a heading, a byline, the last line of a paragraph.
FULL_LINE = 40
_ENDS = re.compile(r"[.!?…:;”\"»)]$")
_SOFT_HYPHENS = dict.fromkeys([0x00AD, 0xFFFE, 0xFEFF])


def clean_text(text: str) -> str:
    """NFC, no control characters, one line a paragraph, no blank ends."""
    plain = nfc(text).translate(_SOFT_HYPHENS).replace("\r\n", "\n").replace("\r", "\n")
    lines = (
        " ".join("".join(c if c.isprintable() else " " for c in line).split()) for line in plain.split("\n")
    )
    return "\n".join(line for line in lines if line)


def join_lines(text: str) -> str:
    """Printed lines of a page as paragraphs: a full line that ends without a full stop goes on in the next."""
    found: list[str] = []
    goes_on = False
    for line in clean_text(text).split("\n"):
        if goes_on:
            found[-1] += f" {line}"
        else:
            found.append(line)
        goes_on = len(line) >= FULL_LINE and not _ENDS.search(line)
    return "\n".join(found)
