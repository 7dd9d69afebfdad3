"""The sample's blind edition hides who made a work: on pages, in films and sounds, in the words that judges read."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from PIL import Image

from contest.domain.rulebook import describe, parse_rulebook
from contest.domain.vietnamese import fold
from contest.sample import drawings, files, rules
from contest.sample.editions import RULEBOOK
from contest.sample.people import AGENCIES, AUTHORS, works_in
from contest.sample.works import SampleWork, stories, works
from contest.storage.renditions import make_copies

COVERED = (0x1F, 0x23, 0x28)
LONGEST = max(AGENCIES, key=len)
BYLINE = max((a.pen_name or a.legal_name for a in AUTHORS), key=len)


def work_in(media_type: str) -> SampleWork:
    return next(w for w in works("judged") if w.media_type == media_type)


def page_of(outlet: str, byline: str, *, as_jpeg: bool = False) -> bytes:
    work = work_in("print")
    return drawings.newspaper_page(
        title=work.title, byline=byline, outlet=outlet, genre=work.genre, day=date(2026, 9, 9), page="3",
        text=work.parts[0][1], picture=1, as_jpeg=as_jpeg,
    )  # fmt: skip


def places_of(pdf: bytes, words: str) -> list[tuple[float, float, float, float]]:
    """Where the letters of some words stand on the first page, as fractions from the top left."""
    page = pypdfium2.PdfDocument(pdf)[0]
    width, height = page.get_size()
    text = page.get_textpage()
    found = text.search(words, match_case=True).get_next()
    assert found, f"the page does not name {words}"
    boxes = [text.get_charbox(i) for i in range(found[0], found[0] + found[1])]
    return [
        (left / width, 1 - top / height, right / width, 1 - bottom / height)
        for left, bottom, right, top in boxes
    ]


def is_under_a_cover(box: tuple[float, float, float, float]) -> bool:
    return any(
        x <= box[0] and y <= box[1] and box[2] <= x + width and box[3] <= y + height
        for _, x, y, width, height in drawings.covers()
    )


@pytest.mark.parametrize("agency", sorted(set(AGENCIES)))
def test_every_letter_of_a_masthead_and_a_byline_lies_under_a_cover(agency: str) -> None:
    page = page_of(agency, BYLINE)
    for words in (agency.upper(), BYLINE):
        boxes = places_of(page, words)
        assert boxes and all(is_under_a_cover(b) for b in boxes), words


@pytest.mark.parametrize("kind", ["pdf", "image"])
def test_the_judges_copy_is_blank_where_agency_and_author_are_named(kind: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(page_of(LONGEST, BYLINE, as_jpeg=kind == "image"))
    letters = page_of(LONGEST, BYLINE)
    for covers, is_blank in ((drawings.covers(), True), ([], False)):
        made = make_copies(source, kind, tmp_path, covers)
        assert {c.role for c in made.copies} == {"page", "thumb"}
        for copy in made.copies:
            for words in (LONGEST.upper(), BYLINE):
                boxes = places_of(letters, words)
                assert darkness_holds(copy.path, boxes) is is_blank, (copy.role, words)


def darkness_holds(picture: Path, boxes: list[tuple[float, float, float, float]]) -> bool:
    """Whether the strip that holds all these boxes shows nothing but the cover's colour."""
    strip = (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
    with Image.open(picture) as opened:
        sizes = (opened.width, opened.height) * 2
        seen = opened.convert("RGB").crop(tuple(round(f * n) for f, n in zip(strip, sizes, strict=True)))
    return all(
        abs(value - wanted) <= 24
        for extremes, wanted in zip(seen.getextrema(), COVERED, strict=True)
        for value in extremes
    )


def test_a_page_fits_on_one_sheet_so_that_its_covers_reach_all_of_it() -> None:
    longest = max((p for w in works("judged") for p in w.parts), key=lambda p: len(p[1]))
    widest = max((p for w in works("judged") for p in w.parts), key=lambda p: len(p[0]))
    for title, text in ((widest[0], longest[1]), longest):
        page = drawings.newspaper_page(
            title=title, byline=BYLINE, outlet=LONGEST, genre="phóng sự", day=date(2026, 9, 9), page="3",
            text=text, picture=2,
        )  # fmt: skip
        assert len(pypdfium2.PdfDocument(page)) == 1


def test_words_and_file_names_that_judges_could_meet_name_nobody(app: Flask) -> None:
    named = {fold(n) for a in AUTHORS for n in (a.agency, a.legal_name, a.pen_name) if n}
    for work in works("judged"):
        read = fold(" ".join([work.title, work.summary, *(w for part in work.parts for w in part)]))
        assert not [n for n in named if n in read], work.title
    storage = app.extensions["storage"]
    for media_type in ("print", "online", "radio", "tv"):
        order = files.Order(work_in(media_type), BYLINE, LONGEST, date(2026, 9, 9), date(2026, 9, 20))
        for slot, received in files.prepare([order], storage)[0]:
            assert not [n for n in named if n in fold(received.checked.name)], slot


def test_a_film_and_a_sound_carry_no_name_in_picture_or_tags(tmp_path: Path) -> None:
    film = drawings.short_film("film 1", tmp_path)
    assert film is not None
    for group, body in (("video", film), ("audio", drawings.tone(2, "sound 1"))):
        source = tmp_path / f"source-{group}"
        source.write_bytes(body)
        copy = next(c for c in make_copies(source, group, tmp_path, []).copies if c.role == group)
        told = subprocess.run(
            ["ffmpeg", "-i", str(copy.path)], capture_output=True, check=False
        ).stderr.decode()
        assert not {"title", "artist", "album", "comment"} & {w.strip() for w in told.lower().split()}
    still = tmp_path / "first.png"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-i", str(tmp_path / "source-video"), "-frames:v", "1", str(still)],
        check=True,
    )
    with Image.open(still) as picture:
        colours = picture.convert("RGB").getcolors(1_000_000)
    red = sum(n for n, (r, g, b) in colours if r > 110 and g < 60 and b < 60)
    assert red == 0, "the red masthead is in the picture"


def test_the_signed_rules_hold_every_article_and_the_signer() -> None:
    rulebook = parse_rulebook(RULEBOOK.read_text("utf-8"))
    paper = pypdfium2.PdfDocument(rules.paper(rulebook, signer="Nguyễn Văn Hoàng Sơn", day=date(2026, 4, 2)))
    text = " ".join(" ".join(p.get_textpage().get_text_range().split()) for p in paper)
    for number, section in enumerate(describe(rulebook), start=1):
        assert f"Điều {number}. {section.title}" in text
    assert "Nguyễn Văn Hoàng Sơn" in text and "ngày 02 tháng 4 năm 2026" in text


@pytest.mark.parametrize(("media_type", "mime"), [("print", "application/pdf"), ("online", "image/jpeg")])
def test_drawn_pages_are_pdf_and_jpeg(app: Flask, media_type: str, mime: str) -> None:
    order = files.Order(work_in(media_type), BYLINE, LONGEST, date(2026, 9, 9), None)
    pages = [received for _, received in files.prepare([order], app.extensions["storage"])[0]]
    assert pages and {p.checked.mime for p in pages} == {mime}
    assert all(p.checked.name.endswith((".jpg", ".pdf")) for p in pages)


def test_no_paper_broadcasts_and_no_station_prints() -> None:
    for agency in AGENCIES:
        made = {m for m in ("print", "online", "radio", "tv") if works_in(agency, m)}
        assert made, agency
        if agency.startswith("Đài "):
            assert not made & {"print", "online"}, agency


def test_no_author_bears_the_name_of_somebody_in_a_work() -> None:
    """Or a blind work would seem to name its author."""
    told = " ".join(f"{s.exemplar} {s.problem} {s.turn} {s.result}" for s in stories())
    assert [a.legal_name for a in AUTHORS if a.legal_name in told] == []
