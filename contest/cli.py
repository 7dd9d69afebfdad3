"""Commands by noun (`flask --app contest …`), each a thin call into services."""

from __future__ import annotations

from flask import Flask


def init_commands(app: Flask) -> None:
    """Register the commands."""
