"""The rules of a Thể lệ as they speak of an entry: what passes, what fails, what is missing, under which article."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from contest.clock import end_of_day, start_of_day, today
from contest.domain.eligibility import blocking, check_entry, missing_files_only, suggestion
from contest.domain.facts import AuthorFacts, EntryFacts, OtherEntry, PartFacts, PriorAward
from contest.domain.rulebook import Rulebook
from contest.domain.verdicts import Outcome, Verdict
from tests.cast import rules_for

NOW = datetime(2026, 8, 20, 3, tzinfo=UTC)
DAY = today(NOW)
# `rules_for` gives windows around NOW: works published until yesterday, entries taken for ten days more.
OPENS, DEADLINE = DAY - timedelta(days=100), DAY + timedelta(days=10)
FIRST, LAST = DAY - timedelta(days=300), DAY - timedelta(days=1)

PASSED, LOOK, MISSING, FAILED = Outcome.PASSED, Outcome.LOOK, Outcome.MISSING, Outcome.FAILED
WRITER = AuthorFacts("Phạm Thị Hà", credit_role="writer", birth_year=1980, is_contact=True)
PART = PartFacts("Kỳ 1", "Báo Quảng Ngãi", LAST - timedelta(days=30), words=900)
COMPLETE = EntryFacts(
    title="Tiếng chiêng", media_type="print", genre="phóng sự", field="Kinh tế", parts=(PART,), authors=(WRITER,),
    files={"published_page": 1, "agency_confirmation": 1}, declarations=("authorship",), no_prior_awards=True, exemplars=1,
    submitted_at=NOW,
)  # fmt: skip
ARTICLES: dict[str, Any] = {
    "windows__article": "Điều 4", "windows__postmark_grace_days": 5, "eligibility__article": "Điều 3",
    "limits__authors_per_entry": {"value": 2, "mode": "block", "article": "Điều 6"},
    "limits__parts_per_entry": {"value": 2, "mode": "block", "article": "Điều 7"},
    "media_types__0__max_words_per_part": {"value": 1000, "min": 300, "mode": "warn", "article": "Điều 8"},
    "media_types__3__max_minutes_per_part": {"value": 60, "mode": "block", "article": "Điều 8"},
    "eligibility__agency_confirmation": {"required": True, "mode": "warn", "article": "Điều 9"},
    "eligibility__subject": {"exemplar_required": True, "mode": "warn", "article": "Điều 10"},
    "eligibility__prior_awards": {
        "rule": "declare", "barred_levels": ["national"], "mode": "secretary", "article": "Điều 11",
    },
}  # fmt: skip


def rules(**changes: Any) -> Rulebook:
    return rules_for(NOW, **(ARTICLES | changes))


def find(rule: str, facts: EntryFacts, now: datetime = NOW, **changes: Any) -> Verdict:
    return next(v for v in check_entry(facts, rules(**changes), now=now) if v.rule == rule)


class Case(NamedTuple):
    """What is the case, and what the rule says then; `rules` are keys of the Thể lệ set for it."""

    what: str
    rule: str
    facts: dict[str, Any]
    outcome: Outcome
    finding: str = ""
    blocks: bool = False
    rules: dict[str, Any] = {}
    article: str | None = None  # when it is not the rule's own: what no Thể lệ has to say cites none


def author(name: str = "Người B", **more: Any) -> AuthorFacts:
    return dataclasses.replace(WRITER, name=name, **more)


def part(day: date | None = PART.published_on, **more: Any) -> PartFacts:
    return dataclasses.replace(PART, published_on=day, **more)


def others(*genres: str) -> tuple[OtherEntry, ...]:
    return tuple(OtherEntry(f"2026-000{i}", g, "writer") for i, g in enumerate(genres, 1))


def series(rule: str) -> dict[str, Any]:
    return {"windows__straddling_series": rule}


BEFORE, INSIDE, AFTER = FIRST - timedelta(days=1), FIRST + timedelta(days=5), LAST + timedelta(days=1)
STRADDLING, BEYOND = (part(BEFORE), part(INSIDE)), (part(INSIDE), part(AFTER))
ANY = {"eligibility__nationality": "any"}
OVERSEAS = {"eligibility__nationality": "overseas_vietnamese"}
STRICT = {"eligibility__excluded_mode": "block"}
BARRED = {"eligibility__prior_awards": {"rule": "barred", "mode": "block", "article": "Điều 11"}}
NATIONAL, PROVINCIAL = (
    PriorAward("Giải A", "national", year=2024),
    PriorAward("Giải B", "provincial", year=2025),
)
FILM = {"media_type": "tv", "files": {"video": 1, "agency_confirmation": 1}}
CONFIRMED = {"eligibility__agency_confirmation": {"required": True, "mode": "block", "article": "Điều 9"}}
NAMED = {"eligibility__subject": {"exemplar_required": True, "mode": "block", "article": "Điều 10"}}

CASES = [
    Case("a genre of its media type", "basics", {}, PASSED, "nhóm Báo in"),
    Case("no title", "basics", {"title": ""}, MISSING, "tên tác phẩm", True),
    Case("no field", "basics", {"field": ""}, MISSING, "lĩnh vực", True),
    Case("a genre of another media type", "basics", {"genre": "phim tài liệu"}, FAILED, "không thuộc", True),
    Case("moved by the secretary", "basics", {"category": "online"}, PASSED, "nhóm Báo điện tử"),
    Case("another genre since it was moved", "basics", {"moved_before": "online"}, LOOK, "hãy xem lại nhóm"),
    Case("moved to where it goes anyway", "basics", {"moved_before": "print"}, PASSED),
    Case("no author", "people", {"authors": ()}, MISSING, "Chưa có tác giả", True),
    Case("a foreign author", "people", {"authors": (author(nationality="foreign"),)}, FAILED, "Người B", True),
    Case("a foreign author among all nations", "people", {"authors": (author(nationality="foreign"),)}, PASSED, rules=ANY),
    Case("overseas where only citizens enter", "people", {"authors": (author(nationality="overseas_vietnamese"),)}, FAILED,
         "Quốc tịch", True),
    Case("overseas where they may enter", "people", {"authors": (author(nationality="overseas_vietnamese"),)}, PASSED,
         rules=OVERSEAS),
    Case("foreign where overseas may enter", "people", {"authors": (author(nationality="foreign"),)}, FAILED, "Người B",
         True, OVERSEAS),
    Case("a judge among the authors", "people", {"authors": (WRITER, author(roles=("judge",)))}, LOOK, "Người B"),
    Case("a judge where that bars", "people", {"authors": (author(roles=("judge",)),)}, FAILED, "nhiệm vụ", True, STRICT),
    Case("the clerk of a newsroom", "people", {"authors": (author(roles=("clerk",)),)}, PASSED, "1 tác giả"),
    Case("as many authors as allowed", "authors", {"authors": (WRITER, author())}, PASSED, "2 tác giả"),
    Case("an author too many", "authors", {"authors": (WRITER, author(), author("C"))}, FAILED, "bớt 1", True),
    Case("an empty row is nobody", "authors", {"authors": (WRITER, author(), author(""))}, PASSED, "2 tác giả"),
    Case("two other entries", "per_person", {"authors": (author(others=others("a", "b")),)}, PASSED),
    Case("three other entries", "per_person", {"authors": (author(others=others("a", "b", "c")),)}, FAILED,
         "2026-0003; đây là tác phẩm thứ 4, được 3", True),
    Case("perhaps the same person", "per_person", {"authors": (author(suspects=(("2026-0009", "Người B"),)),)}, LOOK,
         "2026-0009"),
    Case("no part", "parts", {"parts": ()}, MISSING, "Chưa có kỳ", True, article=""),
    Case("as many parts as allowed", "parts", {"parts": (PART, PART)}, PASSED, "2 kỳ"),
    Case("a part too many", "parts", {"parts": (PART, PART, PART)}, FAILED, "Đang có 3 kỳ", True),
    Case("published on the first day", "published", {"parts": (part(FIRST),)}, PASSED),
    Case("published on the last day", "published", {"parts": (part(LAST),)}, PASSED),
    Case("published the day before", "published", {"parts": (part(BEFORE),)}, FAILED, "Ngoài thời gian", True),
    Case("published the day after", "published", {"parts": (part(AFTER),)}, FAILED, "Ngoài thời gian", True),
    Case("a part without its day", "published", {"parts": (PART, part(None))}, MISSING, "chưa ghi ngày", True),
    Case("a series from before that goes on, joined", "published", {"parts": STRADDLING}, LOOK, "nối với kỳ sau",
         rules=series("join")),
    Case("its last part inside is enough", "published", {"parts": STRADDLING}, LOOK, rules=series("last_part_inside")),
    Case("all parts inside are asked for", "published", {"parts": STRADDLING}, FAILED, "Ngoài thời gian", True,
         series("all_inside")),
    Case("a series that ends after, joined", "published", {"parts": BEYOND}, FAILED, blocks=True, rules=series("join")),
    Case("a series all before, joined", "published", {"parts": (part(BEFORE), part(BEFORE))}, FAILED, blocks=True,
         rules=series("join")),
    Case("one part before is no series", "published", {"parts": (part(BEFORE),)}, FAILED, blocks=True, rules=series("join")),
    Case("words within the bounds", "words", {}, PASSED, "dài nhất 900 chữ"),
    Case("too many words, which is said", "words", {"parts": (part(words=1001),)}, LOOK, "1.001 chữ"),
    Case("too few words", "words", {"parts": (part(words=299),)}, LOOK, "ngắn nhất 299 chữ"),
    Case("too few words beside a part without text", "words", {"parts": (part(words=0), part(words=299))}, LOOK),
    Case("as few and as many words as allowed", "words", {"parts": (part(words=300), part(words=1000))}, PASSED),
    Case("no words to count", "words", {"parts": (part(words=0),)}, LOOK, "chưa đo được, cần người xem"),
    Case("a part without words beside one with them", "words", {"parts": (part(), part(words=0))}, LOOK,
         "dài nhất 900 chữ, kỳ 2 chưa đo được, cần người xem"),
    Case("an hour of film", "minutes", FILM | {"parts": (part(minutes=60),)}, PASSED, "dài nhất 60 phút"),
    Case("no minutes to count", "minutes", FILM, LOOK, "chưa đo được, cần người xem"),
    Case("minutes said of a recording nobody could measure", "minutes",
         FILM | {"parts": (part(minutes=9),), "unmeasured": ("phim.mp4",)}, LOOK, "dài nhất 9 phút, tệp chưa đo được"),
    Case("too many minutes whatever else is unmeasured", "minutes",
         FILM | {"parts": (part(minutes=61), part()), "unmeasured": ("phim.mp4",)}, FAILED, "61 phút", True),
    Case("a minute more", "minutes", FILM | {"parts": (part(minutes=61),)}, FAILED, "61 phút", True),
    Case("a file in its slot", "slot:published_page", {}, PASSED, "1 tệp"),
    Case("an empty slot", "slot:published_page", {"files": {}}, MISSING, "ít nhất 1 tệp", True),
    Case("more files than the slot takes", "slot:published_page", {"files": {"published_page": 13}}, FAILED, "tối đa 12",
         True),
    Case("the newsroom has confirmed", "confirmation", {}, PASSED, "đã có tệp"),
    Case("no confirmation, which is said", "confirmation", {"files": {"published_page": 1}}, MISSING, "Chưa có tệp"),
    Case("no confirmation where it bars", "confirmation", {"files": {"published_page": 1}}, MISSING, "Chưa có tệp", True,
         CONFIRMED),
    Case("no award, and said so", "prior_awards", {}, PASSED, "khai không có"),
    Case("nothing said of awards", "prior_awards", {"no_prior_awards": None}, MISSING, "Chưa khai", True),
    Case("an award of a level that may enter", "prior_awards", {"prior_awards": (PROVINCIAL,)}, PASSED, "khai 1 giải"),
    Case("an award of a level that may not", "prior_awards", {"prior_awards": (PROVINCIAL, NATIONAL)}, LOOK,
         "không dự thi"),
    Case("an award without its level", "prior_awards", {"prior_awards": (PriorAward("Giải C", year=2025),)}, MISSING, "chưa ghi cấp",
         True),
    Case("any award where all bar", "prior_awards", {"prior_awards": (PROVINCIAL,)}, FAILED, "không dự thi", True, BARRED),
    Case("a model of the list", "subject", {}, PASSED, "1 mô hình"),
    Case("a model not in the list", "subject", {"unlinked_exemplars": 1}, LOOK, "chưa có trong danh mục"),
    Case("no model, which is said", "subject", {"exemplars": 0}, MISSING, "Chưa ghi mô hình"),
    Case("no model where it bars", "subject", {"exemplars": 0}, MISSING, "Chưa ghi mô hình", True, NAMED),
    Case("declared", "declarations", {}, PASSED),
    Case("not declared", "declarations", {"declarations": ()}, MISSING, "Chưa đánh dấu", True),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.what}")
def test_a_rule_says(case: Case) -> None:
    found = find(case.rule, dataclasses.replace(COMPLETE, **case.facts), **case.rules)
    assert (found.outcome, found.blocks) == (case.outcome, case.blocks), found
    assert case.finding in found.finding
    assert found.article == (ARTICLE_OF.get(case.rule, "") if case.article is None else case.article)


ARTICLE_OF = {
    "people": "Điều 3", "published": "Điều 4", "submitted": "Điều 4", "authors": "Điều 6", "parts": "Điều 7", "words": "Điều 8",
    "minutes": "Điều 8", "confirmation": "Điều 9", "subject": "Điều 10", "prior_awards": "Điều 11",
}  # fmt: skip
CLOSE = end_of_day(DEADLINE)


@pytest.mark.parametrize(
    ("at", "grace", "outcome"),
    [
        (start_of_day(OPENS) - timedelta(seconds=1), 0, FAILED),
        (start_of_day(OPENS), 0, PASSED),
        (CLOSE - timedelta(seconds=1), 0, PASSED),
        (CLOSE, 0, FAILED),
        (CLOSE + timedelta(minutes=29, seconds=59), 30, PASSED),
        (CLOSE + timedelta(minutes=30), 30, FAILED),
    ],
)
def test_what_is_handed_in_here_counts_to_the_second(at: datetime, grace: int, outcome: Outcome) -> None:
    changes = {"windows__grace_minutes": grace}
    handed_in = find("submitted", dataclasses.replace(COMPLETE, submitted_at=at), **changes)
    draft = find("submitted", dataclasses.replace(COMPLETE, submitted_at=None), now=at, **changes)
    for found in (handed_in, draft):
        assert (found.outcome, found.blocks) == (outcome, outcome is FAILED)
        assert found.article == "Điều 4"


@pytest.mark.parametrize(
    ("posted", "came", "outcome"),
    [
        (None, 0, PASSED),
        (None, 1, FAILED),
        (0, 0, PASSED),
        (0, 5, PASSED),
        (0, 6, FAILED),
        (1, 2, FAILED),
        (-200, -150, FAILED),
        (0, None, FAILED),
    ],
    ids=str,
)
def test_paper_counts_by_its_postmark_within_the_days_of_grace(
    posted: int | None, came: int | None, outcome: Outcome
) -> None:
    """Days from the deadline; what was posted but has no day of receipt came when it was typed in, 50 days later."""

    def day(after: int | None) -> date | None:
        return None if after is None else DEADLINE + timedelta(days=after)

    facts = dataclasses.replace(
        COMPLETE,
        postmarked_on=day(posted),
        received_on=day(came),
        submitted_at=CLOSE + timedelta(days=50),
    )
    found = find("submitted", facts)
    assert (found.outcome, found.blocks, found.article) == (outcome, outcome is FAILED, "Điều 4")


def test_a_complete_entry_passes_every_rule_and_is_suggested_for_acceptance() -> None:
    verdicts = check_entry(COMPLETE, rules(), now=NOW)
    assert [v.rule for v in verdicts if v.outcome is not PASSED] == []
    assert suggestion(verdicts) == "accept" and blocking(verdicts) == []
    assert {v.rule for v in verdicts} >= set(ARTICLE_OF) - {"minutes"}


@pytest.mark.parametrize(
    ("facts", "suggested", "only_files"),
    [
        ({"files": {}}, "return", True),
        ({"files": {}, "declarations": ()}, "return", False),
        ({"unlinked_exemplars": 1}, "look", False),
        ({"files": {}, "genre": "phim tài liệu"}, "reject", False),
    ],
)
def test_the_gravest_verdict_decides_what_is_suggested(
    facts: dict[str, Any], suggested: str, only_files: bool
) -> None:
    verdicts = check_entry(dataclasses.replace(COMPLETE, **facts), rules(), now=NOW)
    assert (suggestion(verdicts), missing_files_only(verdicts)) == (suggested, only_files)


def test_a_rule_that_the_contest_does_not_have_says_nothing() -> None:
    free = rules(
        limits={},
        windows__published=None,
        media_types__0__max_words_per_part=None,
        eligibility__agency_confirmation={"required": False},
        eligibility__subject={"exemplar_required": False},
        eligibility__prior_awards={"rule": "allowed"},
        declarations=[],
    )
    found = {v.rule for v in check_entry(COMPLETE, free, now=NOW)}
    assert found == {"basics", "people", "submitted", "slot:published_page"}
