"""Starting the demo: a load of the sample that was stopped in the middle begins anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from contest.config import Settings
from contest.serve import LOADING, forget_half_a_sample


@pytest.mark.parametrize(("state", "is_kept"), [(LOADING, False), ("", True)])
def test_only_a_half_loaded_sample_is_forgotten(tmp_path: Path, state: str, is_kept: bool) -> None:
    database, marker = tmp_path / "kheo.sqlite3", tmp_path / ".sample"
    database.write_bytes(b"rows")
    marker.write_text(state)
    settings = Settings(database_url=f"sqlite:///{database}", upload_dir=tmp_path, secret_key="x" * 32)
    with marker.open("a+") as opened:
        forget_half_a_sample(settings, opened)
    assert database.exists() is is_kept


def test_another_database_is_never_emptied(tmp_path: Path) -> None:
    marker = tmp_path / ".sample"
    marker.write_text(LOADING)
    settings = Settings(database_url="postgresql://h/d", upload_dir=tmp_path, secret_key="x" * 32)
    with marker.open("a+") as opened, pytest.raises(SystemExit, match="dữ liệu mẫu"):
        forget_half_a_sample(settings, opened)
