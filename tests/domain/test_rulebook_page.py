"""The page about the rulebook format: it names every key, and its example is a rulebook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from contest.domain.rulebook import Rulebook, parse_rulebook

PAGE = Path(__file__).resolve().parents[2].joinpath("docs/rulebook.md").read_text(encoding="utf-8")


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from _models(field.annotation)
    for inner in get_args(kind):
        yield from _models(inner)


def keys_of(kind: type[BaseModel]) -> set[str]:
    """Every key of a shape and of the shapes in it."""
    return {f.alias or name for m in _models(kind) for name, f in m.model_fields.items()}


def test_it_names_every_key() -> None:
    keys = keys_of(Rulebook)
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))
    assert len(keys) > 90
    assert keys - named == set()


def test_its_example_is_a_rulebook() -> None:
    example = re.search(r"```toml\n(.+?)```", PAGE, re.S)
    assert example is not None
    assert parse_rulebook(example[1]).prizes[0].value_vnd == 10_000_000
