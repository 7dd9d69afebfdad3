"""Real contests as configuration, and the messages of broken ones."""

from __future__ import annotations

import dataclasses
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from contest.clock import VIETNAM
from contest.domain.contests import submission_window
from contest.domain.eligibility import check_entry
from contest.domain.facts import AuthorFacts, EntryFacts, OtherEntry, PartFacts, PriorAward
from contest.domain.rulebook import (
    Rulebook,
    RulebookError,
    check_rulebook,
    describe,
    diff,
    dump_rulebook,
    parse_rulebook,
    touches_criteria,
)
from contest.domain.rulebook.changes import LABELS
from contest.domain.rulebook.writing import as_data
from contest.domain.verdicts import Outcome
from tests.domain.test_rulebook_page import keys_of

FOLDER = Path(__file__).resolve().parents[2] / "contest" / "data" / "rulebooks"
NAMES = ["quang-ngai", "nghe-an-2024", "quang-ngai-bao-chi"]


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.toml").read_text("utf-8")


def outcome(facts: EntryFacts, name: str, rule: str, now: datetime) -> Outcome:
    verdicts = check_entry(facts, parse_rulebook(text_of(name)), now=now)
    return next(v.outcome for v in verdicts if v.rule == rule)


@pytest.mark.parametrize("name", NAMES)
def test_a_rulebook_survives_writing_and_reading(name: str) -> None:
    rulebook = parse_rulebook(text_of(name))
    assert parse_rulebook(dump_rulebook(rulebook)) == rulebook
    assert describe(rulebook)
    assert diff(rulebook, rulebook) == []


def in_vietnam(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=VIETNAM).astimezone(UTC)


class TestNgheAn:
    """C02: four disjoint windows and a hard bar on prior awards."""

    NOW = in_vietnam(2024, 9, 10, 9)

    def published(self, day: date) -> Outcome:
        facts = EntryFacts(media_type="print", genre="phóng sự", parts=(PartFacts(published_on=day),))
        return outcome(facts, "nghe-an-2024", "published", self.NOW)

    def test_published_on_the_last_day_counts_and_the_day_after_does_not(self) -> None:
        assert self.published(date(2024, 9, 2)) is Outcome.PASSED
        assert self.published(date(2024, 9, 3)) is Outcome.FAILED

    def test_entries_before_and_after_the_window_are_refused(self) -> None:
        window = submission_window(parse_rulebook(text_of("nghe-an-2024")))
        assert not window.accepts(in_vietnam(2024, 9, 2, 23, 59))
        assert window.accepts(in_vietnam(2024, 9, 3, 0, 0))
        assert window.accepts(in_vietnam(2024, 9, 15, 23, 59, 59))
        assert not window.accepts(in_vietnam(2024, 9, 16, 0, 0))

    def test_a_prior_award_bars(self) -> None:
        facts = EntryFacts(prior_awards=(PriorAward("Giải báo chí", "provincial", year=2023),))
        assert outcome(facts, "nghe-an-2024", "prior_awards", self.NOW) is Outcome.FAILED
        clean = EntryFacts(no_prior_awards=True)
        assert outcome(clean, "nghe-an-2024", "prior_awards", self.NOW) is Outcome.PASSED
        unsaid = EntryFacts(no_prior_awards=False)
        assert outcome(unsaid, "nghe-an-2024", "prior_awards", self.NOW) is Outcome.MISSING


AWARD = PriorAward("Giải báo chí tỉnh", "provincial", year=2025)


@pytest.mark.parametrize(
    ("awards", "said_no", "expected", "words"),
    [
        ((), None, Outcome.MISSING, "Chưa khai"),
        ((), True, Outcome.PASSED, "khai không có"),
        ((), False, Outcome.MISSING, "chưa ghi giải nào"),
        ((AWARD,), False, Outcome.PASSED, "khai 1 giải"),
        ((AWARD, PriorAward("Giải ngành")), False, Outcome.MISSING, "Giải 2 chưa ghi năm, cấp"),
        ((PriorAward(level="sector", year=2025),), False, Outcome.MISSING, "Giải 1 chưa ghi tên cuộc thi"),
        ((PriorAward("Giải quốc gia", "national"),), False, Outcome.LOOK, "thuộc diện không dự thi"),
    ],
)
def test_prior_awards_are_said_in_full(
    awards: tuple[PriorAward, ...], said_no: bool | None, expected: Outcome, words: str
) -> None:
    facts = EntryFacts(prior_awards=awards, no_prior_awards=said_no)
    verdicts = check_entry(facts, parse_rulebook(text_of("quang-ngai")), now=in_vietnam(2026, 8, 1))
    found = next(v for v in verdicts if v.rule == "prior_awards")
    assert (found.outcome, found.blocks) == (expected, expected is Outcome.MISSING)
    assert words in found.finding


class TestQuangNgaiPressAward:
    """C05: one entry each, a camera operator three, one more with an encouraged genre."""

    NOW = in_vietnam(2017, 2, 1, 9)

    def limit(self, genre: str, role: str, *others: tuple[str, str]) -> Outcome:
        earlier = tuple(OtherEntry(f"TP{i}", g, r) for i, (g, r) in enumerate(others))
        facts = EntryFacts(genre=genre, authors=(AuthorFacts("A", credit_role=role, others=earlier),))
        return outcome(facts, "quang-ngai-bao-chi", "per_person", self.NOW)

    def test_documentary_and_report_are_both_accepted(self) -> None:
        assert self.limit("phóng sự", "writer", ("phim tài liệu", "writer")) is Outcome.PASSED
        assert self.limit("phim tài liệu", "writer", ("phóng sự", "writer")) is Outcome.PASSED

    def test_a_second_report_is_blocked(self) -> None:
        assert self.limit("phóng sự", "writer", ("phóng sự", "writer")) is Outcome.FAILED

    def test_works_as_writer_and_as_camera_operator_are_counted_apart_in_any_order(self) -> None:
        wrote, shot = ("phóng sự", "writer"), ("phóng sự", "camera")
        assert self.limit("phóng sự", "camera", wrote, shot, shot) is Outcome.PASSED
        assert self.limit("phóng sự", "writer", shot, shot, shot) is Outcome.PASSED
        assert self.limit("phóng sự", "writer", shot, wrote) is Outcome.FAILED

    def test_a_camera_operator_has_three_and_no_fourth(self) -> None:
        shot = ("phóng sự", "camera")
        assert self.limit("phóng sự", "camera", shot, shot) is Outcome.PASSED
        assert self.limit("phóng sự", "camera", shot, shot, shot) is Outcome.FAILED

    def test_prizes_are_multiples_of_the_base_salary(self) -> None:
        rulebook = parse_rulebook(text_of("quang-ngai-bao-chi"))
        assert rulebook.prize_value(rulebook.prizes[0]) == 12_100_000
        assert sum(p.quota.ceiling for p in rulebook.prizes[:3]) == 2 + 6 + 7 == 15


class TestBrokenRulebooks:
    """Messages name the place, the line and what to change."""

    def problems(self, old: str, new: str) -> list[str]:
        text = text_of("quang-ngai")
        assert old in text
        with pytest.raises(RulebookError) as caught:
            parse_rulebook(text.replace(old, new, 1))
        return [str(p) for p in caught.value.problems]

    def test_unknown_key(self) -> None:
        assert self.problems('kind = "press"', 'kindd = "press"')[0].startswith("Dòng 8, contest.kindd")

    def test_a_round_carries_over_an_earlier_one_on_the_same_scale(self) -> None:
        own = 'carry_over = { round = "preliminary", weight = 0 }'
        later = self.problems(own, own.replace("preliminary", "final"))
        assert "không phải là một vòng trước" in later[0]
        final = text_of("quang-ngai").partition('key = "final"')[2].partition("[ties]")[0]
        smaller = final.replace("max = 100", "max = 10").replace("weight = 0", "weight = 0.3")
        smaller = smaller.replace(
            'same_criteria_as = "preliminary"', 'criteria = [{ key = "k", name = "K", max = 10 }]'
        )
        assert "Thang điểm của “Sơ khảo”" in self.problems(final, smaller)[0]

    def test_criteria_that_do_not_add_up(self) -> None:
        assert "101" in self.problems("max = 30", "max = 31")[0]

    def test_not_toml(self) -> None:
        assert "Dòng" in self.problems('kind = "press"', 'kind = "press')[0]

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("to = 2026-09-10", "to = 2026-03-10", "Ngày kết thúc"),
            ('media_type = "print"', 'media_type = "giay"', "Không có loại hình"),
            ("step = 0.5", "step = 0.7", "không chia hết"),
            ('{ criterion = "discovery" }', '{ criterion = "khac" }', "Không có tiêu chí"),
            ("quota = { at_most = 1 }", "quota = { at_most = 1, exact = 1 }", "đúng một cách"),
            ("value = 3,", 'value = "ba",', "số nguyên"),
            ("max = 30", "max = nan", "số bình thường"),
        ],
    )
    def test_each_mistake_has_its_sentence(self, old: str, new: str, said: str) -> None:
        assert said in " ".join(self.problems(old, new))


def test_decimals_are_exact() -> None:
    rulebook = parse_rulebook(text_of("quang-ngai").replace("step = 0.5", "step = 0.1"))
    assert rulebook.rounds[0].criteria[0].step == Decimal("0.1")


def test_changes_are_said_in_words_and_criteria_are_guarded() -> None:
    old = parse_rulebook(text_of("quang-ngai"))
    later = parse_rulebook(text_of("quang-ngai").replace("to = 2026-09-10", "to = 2026-09-15"))
    change = diff(old, later)[0]
    assert (change.label, change.before, change.after) == (
        "Thời gian · nhận tác phẩm · đến hết ngày", "10/09/2026", "15/09/2026",
    )  # fmt: skip
    assert not touches_criteria(old, later, "preliminary")
    other = parse_rulebook(text_of("quang-ngai").replace("step = 0.5", "step = 1", 1))
    assert touches_criteria(old, other, "preliminary")
    assert touches_criteria(old, other, "final")


def test_another_order_is_a_change_and_every_key_has_its_word() -> None:
    old = parse_rulebook(text_of("quang-ngai"))
    data = as_data(old)
    data["prizes"].reverse()
    change = diff(old, check_rulebook(data))[0]
    assert change.label == "Giải thưởng · thứ tự"
    assert change.after.startswith("Giải Tập thể, Giải Khuyến khích")
    data = as_data(old)
    data["bodies"] = [{"label": "A", "name": "Tỉnh ủy"}, {"label": "B", "name": "Tỉnh ủy"}]
    twice = check_rulebook(data)
    data["bodies"][0]["label"] = "C"
    assert [c.after for c in diff(twice, check_rulebook(data))] == ["C"]
    assert {k for k in keys_of(Rulebook) if k not in LABELS} == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "press"', 'kind = "stage"'),
        ('languages = ["vi"]', 'languages = ["en"]'),
        ("recognised = false", "recognised = true"),
    ],
)
def test_what_has_no_effect_yet_is_refused_with_what_to_write(old: str, new: str) -> None:
    with pytest.raises(RulebookError) as caught:
        parse_rulebook(text_of("quang-ngai").replace(old, new))
    assert "ghi" in caught.value.problems[0].message


def test_more_criteria_than_a_table_holds_are_refused() -> None:
    data = as_data(parse_rulebook(text_of("quang-ngai")))
    one = data["rounds"][0]["criteria"][0]
    data["rounds"][0]["criteria"] = [{**one, "key": f"c{i}", "max": 1} for i in range(41)]
    with pytest.raises(RulebookError) as caught:
        check_rulebook(data)
    assert [(p.place, p.message) for p in caught.value.problems] == [
        ("rounds[1].criteria", "Nhiều mục quá. Hãy gộp bớt.")
    ]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(2101, 1, 1), date(9999, 12, 31)])
def test_days_beyond_the_calendar_of_people_are_refused(day: date) -> None:
    data = as_data(parse_rulebook(text_of("quang-ngai")))
    data["windows"]["awarded"] = data["rounds"][0]["due"] = day
    with pytest.raises(RulebookError) as caught:
        check_rulebook(data)
    places = {p.place for p in caught.value.problems}
    assert places == {"windows.awarded", "rounds[1].due"}
    assert {p.message for p in caught.value.problems} <= {
        "Ngày này phải từ 1900-01-01.",
        "Ngày này phải không quá 2100-12-31.",
    }


def test_counts_and_sums_have_an_upper_bound() -> None:
    data = as_data(parse_rulebook(text_of("quang-ngai")))
    data["limits"]["authors_per_entry"] = {"value": 10**30}
    data["prizes"][0]["quota"] = {"exact": 10**9}
    data["prizes"][0]["value_vnd"] = 10**12
    with pytest.raises(RulebookError) as caught:
        check_rulebook(data)
    assert all("không quá" in p.message for p in caught.value.problems)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    "nonsense", ["a = " + "9" * 6000, "a = " + "[" * 9000, ".".join(["a"] * 9000) + " = 1"], ids=["number", "lists", "keys"]
)  # fmt: skip
def test_a_file_that_no_reader_can_hold_is_refused_in_words(nonsense: str) -> None:
    with pytest.raises(RulebookError) as caught:
        parse_rulebook(f"{nonsense}\n{text_of('quang-ngai')}")
    assert "TOML" in str(caught.value)


def test_texts_of_a_file_are_composed_and_hide_nothing() -> None:
    text = text_of("quang-ngai")
    name = parse_rulebook(text).contest.name
    hidden = unicodedata.normalize("NFD", name) + "\\u202e\\u0000"
    assert parse_rulebook(text.replace(f'"{name}"', f'"{hidden}"')).contest.name == name


def test_a_part_that_only_links_somewhere_is_missing_where_no_file_for_judges_is_needed() -> None:
    now = in_vietnam(2026, 8, 20)
    bare = EntryFacts(media_type="online", parts=(PartFacts(url="https://bao.example"),))
    assert outcome(bare, "quang-ngai", "readable", now) is Outcome.MISSING
    captured = dataclasses.replace(bare, files={"page_capture": 1})
    assert outcome(captured, "quang-ngai", "readable", now) is Outcome.PASSED
    assert outcome(bare, "nghe-an-2024", "readable", now) is Outcome.MISSING
    rules = {
        v.rule
        for v in check_entry(
            dataclasses.replace(bare, media_type="tv"), parse_rulebook(text_of("quang-ngai")), now=now
        )
    }
    assert "readable" not in rules, "the slot of the video is asked for already"
