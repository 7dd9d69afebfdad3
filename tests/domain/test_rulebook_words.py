"""The rules in words: whatever a rulebook says changes them, so that who reads them has read it all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from contest.domain.rulebook import Rulebook, describe, describe_to_organizer, parse_rulebook
from tests.web.test_rulebook_forms import FULL, SHIPPED, leaves

# What only the file and the database use; people read the sentence beside it.
NOT_READ = {"declarations.key"}


def other_values(kind: Any, value: Any) -> Iterator[Any]:
    """Other values of a leaf, or of a list of plain values."""
    options = [o for part in _parts(kind) if get_origin(part) is Literal for o in get_args(part)]
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | Decimal):
        yield value + 1
    elif isinstance(value, date):
        yield value + timedelta(days=1)
    elif isinstance(value, str):
        yield from [o for o in options if o != value] if value in options else [f"{value} khác"]
    elif isinstance(value, dict):
        yield from ({**value, key: count + 1} for key, count in value.items())
    elif isinstance(value, list | tuple) and value:
        first, *rest = value
        yield from (type(value)([other, *rest]) for other in other_values(kind, first))


def _parts(kind: Any) -> Iterator[Any]:
    yield kind
    if get_origin(kind) is not Literal:
        for part in get_args(kind):
            yield from _parts(part)


def variants(part: BaseModel, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every way to change one leaf of a rulebook, as (its path, the rulebook with that change alone)."""
    for name, field in type(part).model_fields.items():
        where = f"{path}.{field.alias or name}".lstrip(".")
        for at, changed in _variants_of(field.annotation, getattr(part, name), where):
            yield at, part.model_copy(update={name: changed})


def _variants_of(kind: Any, value: Any, where: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        yield from variants(value, where)
    elif isinstance(value, list) and any(isinstance(item, BaseModel) for item in value):
        for i, item in enumerate(value):
            for at, changed in _variants_of(kind, item, where):
                yield at, [*value[:i], changed, *value[i + 1 :]]
    else:
        yield from ((where, changed) for changed in other_values(kind, value))


def rulebooks() -> list[Rulebook]:
    """All shipped rules and one that says every key; a preset of divergence, which stands for its numbers, left out too."""
    texts = [
        FULL,
        FULL.replace('preset = "PANEL_MEAN", ', ""),
        *(p.read_text("utf-8") for p in SHIPPED.glob("*.toml")),
    ]
    return [parse_rulebook(text) for text in texts]


def test_every_leaf_that_changes_is_read_in_the_words() -> None:
    read: set[str] = set()
    for rulebook in rulebooks():
        words = describe_to_organizer(rulebook)
        read |= {path for path, changed in variants(rulebook) if describe_to_organizer(changed) != words}
    assert set(leaves(Rulebook)) - read == NOT_READ
    assert not NOT_READ & read


@pytest.mark.parametrize(
    ("leaf", "value", "sentence"),
    [
        ("eligibility.subject.mode", "block", "chưa ghi thì không nộp được"),
        ("windows.grace_minutes", 31, "thêm 31 phút"),
        ("rounds.min_sheets", 3, "ít nhất 3 phiếu"),
        ("slots.max_mb", 21, "mỗi tệp đến 21 MB"),
    ],
)
def test_the_words_say_what_it_is_now(leaf: str, value: Any, sentence: str) -> None:
    told = [
        " ".join(line for section in describe(changed) for line in section.lines)
        for path, changed in variants(parse_rulebook(FULL))
        if path == leaf
    ]
    assert any(sentence in words for words in told), value


def test_what_is_about_pages_and_papers_is_for_the_organizer_alone() -> None:
    rulebook = parse_rulebook(FULL)
    assert {s.title for s in describe_to_organizer(rulebook)} - {s.title for s in describe(rulebook)} == {
        "Trang và văn bản"
    }


def test_a_criterion_says_what_it_is_and_a_group_of_its_own_media_type_is_named_once() -> None:
    rb = parse_rulebook((SHIPPED / "quang-ngai-bao-chi.toml").read_text(encoding="utf-8"))
    said = "\n".join(line for section in describe(rb) for line in section.lines)
    criterion, category = rb.rounds[0].criteria[0], rb.categories[0]
    assert f"Tiêu chí {criterion.name}: tối đa " in said
    assert f"{category.name}: nhận {category.name}" not in said
