"""What all parts of a rulebook are made of: keys, texts, exact numbers, and a strict frozen base."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Mode = Literal["block", "warn", "secretary"]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, Field(min_length=1, max_length=1000)]
Title = Annotated[str, Field(min_length=1, max_length=300)]
Word = Annotated[str, Field(min_length=1, max_length=120)]


def _exact(value: object) -> object:
    """TOML has binary floats; their shortest writing is what the author typed, so 0.1 stays 0.1."""
    return Decimal(repr(value)) if isinstance(value, float) else value


# As much as the forms take. Beyond a calendar's ends no zone can be reckoned with, and no page would open any more.
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Positive = Annotated[int, Field(ge=1, le=1_000_000)]
Vnd = Annotated[int, Field(ge=0, le=10_000_000_000)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2100, 12, 31))]
Number = Annotated[Decimal, BeforeValidator(_exact), Field(allow_inf_nan=False, ge=0, le=1_000_000)]


class Part(BaseModel):
    """Base of all parts: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
