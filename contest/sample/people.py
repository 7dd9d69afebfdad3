"""Invented people of the sample: authors, judges, clerks. Nobody here is a real person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SamplePerson:
    """One invented person."""

    legal_name: str
    pen_name: str
    birth_year: int
    agency: str


HOME = "Báo Quảng Ngãi"
AGENCIES = (
    HOME, HOME, HOME, "Thông tấn xã Việt Nam", HOME, "Đài Tiếng nói Việt Nam - Cơ quan thường trú khu vực miền Trung", HOME,
    "Báo Quân khu 5", HOME, "Báo Đại Đoàn Kết", "Đài Truyền hình Việt Nam", HOME, "Báo Nông nghiệp và Môi trường", HOME,
    "Báo Biên phòng", "Báo Phụ nữ Việt Nam",
)  # fmt: skip


def works_in(agency: str, media_type: str) -> bool:
    """Whether an agency makes works of a medium: stations for the ear and the eye, papers for reading.

    The province's own house makes all four, as it does since paper and station became one.
    """
    if agency == HOME:
        return True
    station = {"radio": "Đài Tiếng nói", "tv": "Đài Truyền hình"}.get(media_type)
    return agency.startswith(station) if station else not agency.startswith("Đài ")


_NAMES = (
    "Phạm Thị Ngọc Trâm|Trâm Anh", "Đinh Văn Rế|", "Nguyễn Hoàng Thiên Phúc|Thiên Phúc", "Nguyễn Thị Thu Hà|Hà Xuyên", "Huỳnh Tấn Lực|",
    "Lê Quang Vĩnh|", "Trần Thị Mỹ Lệ|Mỹ Lệ", "Võ Thị Kim Ánh|Kim Ánh", "Bùi Đức Thắng|", "Y Thoan|", "A Thút|", "Phan Nguyễn Hoài Thương|Hoài Thương",
    "Lê Minh Khôi|", "Đặng Thị Minh Nguyệt|Minh Nguyệt", "Trần Lê Bảo Quyên|Bảo Quyên", "Hồ Văn Dũng|Hồ Dũng", "Đoàn Ngọc Viên|", "Cao Thị Bích Liên|Bích Liên",
    "Phùng Gia Hưng|", "Nguyễn Tôn Nữ Khánh Huyền|Khánh Huyền", "Đinh Thị Hồng Nhung|", "Ngô Bá Tùng|Bá Tùng", "Mai Xuân Trường|", "Lý Thị Ngọc Hân|Ngọc Hân",
    "A Đen|", "Y Blin|", "Đỗ Thành Nam|Thành Nam", "Tạ Thị Hải Yến|Hải Yến", "Trương Vĩnh Lộc|", "Nguyễn Đăng Quang Minh|Quang Minh",
    "Châu Thị Diễm My|Diễm My", "Phạm Văn Điển|", "Hà Thị Thanh Tâm|Thanh Tâm", "Vương Quốc Bảo|", "Nguyễn Phước Bửu Long|Bửu Long", "Lâm Thị Tuyết Mai|",
    "Đinh K'Loan|", "Trần Hữu Nghĩa|Hữu Nghĩa", "Kiều Thị Phương Dung|Phương Dung", "Bạch Công Lý|",
)  # fmt: skip

AUTHORS = tuple(
    SamplePerson(name, pen, 1962 + (i * 7) % 38, AGENCIES[i % len(AGENCIES)])
    for i, (name, _, pen) in enumerate(n.partition("|") for n in _NAMES)
)

# The chair and one judge are demo accounts; the other seven cannot sign in.
JUDGES = (
    "Trần Đình Nguyên Khang", "Võ Thị Ánh Tuyết", "Đinh Thị Hồng Y Nhiên", "Nguyễn Lê Phương Uyên", "Phan Quốc Bảo Long", "Bùi Thị Diễm Hằng",
    "A Jring Đeng", "Cao Xuân Thiên Vũ", "Ngô Thị Mai Hương",
)  # fmt: skip
