"""The list of dossiers taken away as xlsx holds what the list shows, a column for each thing people ask about."""

from __future__ import annotations

import io
from datetime import datetime

from flask import Flask
from openpyxl import load_workbook

from contest.services import exports
from contest.services.screening import deciding
from contest.services.screening.reading import DossierFilter
from tests.cast import Stage, make_stage


def table(stage: Stage, wanted: DossierFilter) -> list[dict[str, object]]:
    """The rows of the workbook under its heads."""
    body, works = exports.dossiers_workbook(stage.contest, wanted, now=stage.now)
    sheet = load_workbook(io.BytesIO(body)).active
    rows = list(sheet.iter_rows(values_only=True))
    heads = next(i for i, row in enumerate(rows) if "Mã biên nhận" in row)
    assert len(rows[heads + 1 :]) == works
    return [dict(zip(rows[heads], row, strict=True)) for row in rows[heads + 1 :]]


def test_the_workbook_of_dossiers_says_of_each_what_the_secretary_needs(
    context: Flask, now: datetime
) -> None:
    stage = make_stage(context, now)
    plain = stage.entry()
    awarded = stage.entry(
        "coauthor",
        title="Nước về bản",
        no_prior_awards=False,
        prior_awards=[{"contest": "Giải báo tỉnh", "organizer": "", "level": "provincial", "year": 2025}],
    )
    deciding.accept_entry(awarded, actor=stage.actor("secretary"), now=now)
    first, second = table(stage, DossierFilter())
    assert (first["Mã biên nhận"], first["Tác phẩm"]) == (plain.receipt_code, "Tiếng chiêng")
    assert (first["Tác giả"], first["Trạng thái"]) == ("Phạm Thị Hà", "Đã nộp")
    assert (first["Loại hình"], first["Thể loại"], first["Nhóm giải"]) == ("Báo in", "phóng sự", "Báo in")
    assert (first["Số tệp"], first["Bản nộp"]) == (1, 1)
    assert first["Mô hình, điển hình"] == "Già làng Phạm Văn Sốt"
    assert first["Giải đã đạt"] == "Khai không có"
    assert second["Giải đã đạt"] == "Giải cấp tỉnh: Giải báo tỉnh, năm 2025"
    assert second["Trạng thái"] == "Hợp lệ"


def test_the_workbook_holds_what_the_filter_lets_through(context: Flask, now: datetime) -> None:
    stage = make_stage(context, now)
    stage.entry()
    kept = stage.accepted(1)[0]
    rows = table(stage, DossierFilter(state="accepted"))
    assert [row["Mã biên nhận"] for row in rows] == [kept.receipt_code]
