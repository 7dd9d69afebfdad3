"""Files too large for the web: put into a folder of the server by hand, taken into a slot by the secretary."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from contest.clock import today, utcnow
from contest.models.database import writing
from contest.services.entries import files, reading, receiving
from tests.browsing import token_of
from tests.cast import make_stage, png
from tests.web.test_access import sign_in


@pytest.fixture
def folder(app: Flask) -> Path:
    """The folder of imports with a page in it."""
    folder: Path = app.config["SETTINGS"].import_dir
    folder.mkdir()
    (folder / "Trang báo.png").write_bytes(png())
    return folder


def dossier_of(app: Flask, who: str) -> str:
    """A dossier that somebody of the staff enters for an author; its address."""
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
        entry = receiving.receive_dossier(
            stage.contest, actor=stage.actor(who), now=stage.now, received_on=today(stage.now), postmarked_on=None, key="k"
        )  # fmt: skip
        return entry.public_id


def names_in(app: Flask, public_id: str) -> list[str]:
    with app.app_context():
        entry = reading.get_entry(public_id)
        assert entry is not None
        return [f.file.original_name for f in reading.current_version(entry).files]


def take(app: Flask, who: str, public_id: str, name: str, slot: str = "published_page"):
    client = sign_in(app, who)
    token = token_of(client, f"/entries/{public_id}/files")
    data = {"csrf_token": token, "name": name}
    return client.post(f"/dossiers/{public_id}/files/{slot}/import", data=data, follow_redirects=True)


def test_the_secretary_takes_a_file_once_and_it_leaves_the_folder(app: Flask, folder: Path) -> None:
    public_id = dossier_of(app, "secretary")
    shown = sign_in(app, "secretary").get(f"/entries/{public_id}/files").text
    assert "Lấy từ thư mục nhập của máy chủ (1 tệp)" in shown and "Trang báo.png" in shown
    assert "Đã nhận tệp Trang báo.png" in take(app, "secretary", public_id, "Trang báo.png").text
    assert names_in(app, public_id) == ["Trang báo.png"] and not list(folder.iterdir())
    assert "không còn trong thư mục nhập" in take(app, "secretary", public_id, "Trang báo.png").text
    assert names_in(app, public_id) == ["Trang báo.png"]


def test_larger_than_the_slot_s_limit_for_the_web_is_taken(app: Flask, folder: Path) -> None:
    public_id = dossier_of(app, "secretary")
    with app.app_context():
        entry = reading.get_entry(public_id)
        assert entry is not None
        limit = files.slot_of(entry, "published_page").max_mb * 1_000_000
    (folder / "lớn.png").write_bytes(png() + b"\0" * limit)
    assert "Đã nhận tệp lớn.png" in take(app, "secretary", public_id, "lớn.png").text


def test_what_cannot_be_taken_stays_in_the_folder(app: Flask, folder: Path) -> None:
    public_id = dossier_of(app, "secretary")
    (folder / "trang.png").write_bytes(b"MZ this is a program")
    assert "trang.png:" in take(app, "secretary", public_id, "trang.png").text
    assert "Hồ sơ không có mục tệp này" in take(app, "secretary", public_id, "Trang báo.png", "nowhere").text
    assert names_in(app, public_id) == []
    assert {p.name for p in folder.iterdir()} == {"trang.png", "Trang báo.png"}


@pytest.mark.parametrize(
    "name", ["../kheo.sqlite3", "link.png", ".hidden.png", "inner", "/etc/hostname", "x\0"]
)
def test_nothing_but_plain_files_of_the_folder_can_be_named(app: Flask, folder: Path, name: str) -> None:
    public_id = dossier_of(app, "secretary")
    (folder / "link.png").symlink_to("/etc/hostname")
    (folder / ".hidden.png").write_bytes(png())
    (folder / "inner").mkdir()
    assert "(1 tệp)" in sign_in(app, "secretary").get(f"/entries/{public_id}/files").text
    assert "không còn trong thư mục nhập" in take(app, "secretary", public_id, name).text
    assert names_in(app, public_id) == []


@pytest.mark.parametrize("who", ["clerk", "organizer", "author"])
def test_only_the_secretary_sees_the_folder(app: Flask, folder: Path, who: str) -> None:
    public_id = dossier_of(app, "clerk" if who == "clerk" else "secretary")
    client = sign_in(app, who)
    page = client.get(f"/entries/{public_id}/files")
    assert "thư mục nhập" not in page.text
    token = token_of(client, "/accounts/profile")
    url = f"/dossiers/{public_id}/files/published_page/import"
    assert client.post(url, data={"csrf_token": token, "name": "Trang báo.png"}).status_code == 404
