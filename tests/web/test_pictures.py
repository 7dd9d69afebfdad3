"""A drawn landscape never contradicts the name it stands beside."""

from __future__ import annotations

import pytest

from contest.web.pictures import landscape


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Ngư dân tự quản an ninh bến Sa Huỳnh", "sea"),
        ("Tổ giữ rừng Cà Đam", "hills"),
        ("Làng không rượu ngày thứ Hai", "village"),
        ("Vườn thuốc nam trạm y tế", "fields"),
        ("LÀNG TRÊN NÚI", "hills"),
    ],
)
def test_the_landscape_is_the_one_the_name_speaks_of(name: str, kind: str) -> None:
    assert landscape(name) == kind


def test_a_name_that_tells_nothing_keeps_its_picture_and_never_gets_the_sea() -> None:
    names = [f"Tổ hòa giải số {n}" for n in range(30)]
    assert [landscape(n) for n in names] == [landscape(n) for n in names]
    assert {landscape(n) for n in names} == {"hills", "fields", "village"}
