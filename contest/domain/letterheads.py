"""What stands above an official paper: who issues it on the left, the Party's or the country's name on the right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from contest.domain.rulebook import Rulebook
from contest.domain.vietnamese import fold, official_date_in_words

HEADINGS = {
    "party": ("ĐẢNG CỘNG SẢN VIỆT NAM",),
    "state": ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
}
ORGANIZES = "to chuc"
TO_FILL_IN = "……………"
# "tỉnh Quảng Ngãi", "Tỉnh ủy Quảng Ngãi", "thành phố Đà Nẵng": the words with capitals behind are the name.
OF_A_PROVINCE = re.compile(r"\b(?:(?:tỉnh|thành) (?:ủy|uỷ)|tỉnh|thành phố) ", re.IGNORECASE)


@dataclass(frozen=True)
class Letterhead:
    """The lines of a letterhead; `issuer` is the body above the unit that signs, "" when nobody is named."""

    style: str
    issuer: str
    heading: tuple[str, ...]
    place_and_day: str


def letterhead(rulebook: Rulebook, *, owner: str, day: date) -> Letterhead:
    """The letterhead of a contest's papers on a day.

    The issuing body is the one the rulebook names for papers, else the one labelled as organizing, else the owner of
    the site. The place is the one the rulebook names, else the one province that its names speak of; without one it is left
    to be filled in by hand.
    """
    papers = rulebook.papers
    organizing = next((b.name for b in rulebook.bodies if ORGANIZES in fold(b.label)), "")
    place = papers.place or _province_of(rulebook) or TO_FILL_IN
    return Letterhead(
        style=papers.heading,
        issuer=papers.issuer or organizing or owner,
        heading=HEADINGS[papers.heading],
        place_and_day=f"{place}, {official_date_in_words(day)}",
    )


def _province_of(rulebook: Rulebook) -> str:
    """The province in the names of the bodies, the contest and its address when they speak of one alone, else ""."""
    texts = [
        rulebook.contest.series,
        rulebook.contest.name,
        rulebook.contact.address,
        *(b.name for b in rulebook.bodies),
    ]
    names = {
        name for text in texts for m in OF_A_PROVINCE.finditer(text) if (name := _capitals(text[m.end() :]))
    }
    return names.pop() if len(names) == 1 else ""


def _capitals(text: str) -> str:
    """The words at the beginning that have a capital, with dashes between them: "Bà Rịa - Vũng Tàu"."""
    words = re.split(r"[,.;()“”]", text)[0].split()
    return " ".join(takewhile(lambda word: word in ("-", "–") or word[0].isupper(), words)).rstrip(" -–")
