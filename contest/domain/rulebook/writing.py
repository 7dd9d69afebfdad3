"""Writing a rulebook as TOML that reads back equal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import tomli_w

from contest.domain.rulebook.schema import Rulebook


def dump_rulebook(rulebook: Rulebook) -> str:
    """The TOML of a rulebook; keys that stand at their default and empty ones are left out."""
    data = rulebook.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    data["format"] = rulebook.format
    return tomli_w.dumps(_plain({"format": data.pop("format"), **data}), multiline_strings=False)


def as_data(rulebook: Rulebook) -> dict[str, Any]:
    """A rulebook as plain data that `check_rulebook` takes again; what the forms change."""
    found: dict[str, Any] = rulebook.model_dump(by_alias=True, exclude_none=True)
    return found


def _plain(value: Any) -> Any:
    """TOML's own kinds: decimals become the integers or floats whose writing is the same."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
