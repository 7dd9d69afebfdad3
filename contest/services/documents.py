"""PDF documents from the templates in `contest/data/documents`, set with our own fonts. Typst lives only here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst

DATA = Path(__file__).resolve().parents[1] / "data"


def render_pdf(template: str, data: dict[str, Any]) -> bytes:
    """The document `template` filled with plain data; what people typed is data to it, never markup."""
    made = typst.compile(
        DATA / "documents" / f"{template}.typ",
        font_paths=[DATA / "fonts"],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    assert isinstance(made, bytes)
    return made
