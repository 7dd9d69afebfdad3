"""Enumerations with a value for the database and a label for people."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class LabelEnum(StrEnum):
    """Members are written `NAME = "value", "Nhãn"`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """A string member that carries its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or value
        return member
