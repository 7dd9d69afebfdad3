"""What stands above an official paper: who issues it on the left, the Party's or the country's name on the right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contest.domain.rulebook import Rulebook
from contest.domain.vietnamese import fold, official_date_in_words

HEADINGS = {
    "party": ("ĐẢNG CỘNG SẢN VIỆT NAM",),
    "state": ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
}
ORGANIZES = "to chuc"
TO_FILL_IN = "……………"


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
    the site. Without a place one is left to be filled in by hand.
    """
    papers = rulebook.papers
    organizing = next((b.name for b in rulebook.bodies if ORGANIZES in fold(b.label)), "")
    place = papers.place or TO_FILL_IN
    return Letterhead(
        style=papers.heading,
        issuer=papers.issuer or organizing or owner,
        heading=HEADINGS[papers.heading],
        place_and_day=f"{place}, {official_date_in_words(day)}",
    )
