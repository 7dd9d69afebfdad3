"""The published accounts of the demo, one per role. They exist only where the demo runs."""

from __future__ import annotations

PASSWORD = "dan-van-kheo-2026"

ACCOUNTS = [
    ("operator", "Vận hành", "vanhanh@kheo.example", "Trương Quang Vinh"),
    ("organizer", "Ban Tổ chức", "btc@kheo.example", "Nguyễn Văn Hoàng Sơn"),
    ("secretary", "Thư ký", "thuky@kheo.example", "Lê Thị Bích Ngọc"),
    ("author", "Tác giả", "tacgia@kheo.example", "Phạm Thị Thu Hà"),
    ("clerk", "Đầu mối tòa soạn", "daumoi@kheo.example", "Huỳnh Tấn Đạt"),
    ("chair", "Trưởng tiểu ban", "truongban@kheo.example", "Trần Đình Nguyên Khang"),
    ("judge", "Giám khảo", "giamkhao@kheo.example", "Võ Thị Ánh Tuyết"),
]


def as_table() -> str:
    """The accounts as people read them in a terminal."""
    lines = [f"Tài khoản dùng thử (mật khẩu chung: {PASSWORD})"]
    lines += [f"  {label:<18} {email:<24} {name}" for _, label, email, name in ACCOUNTS]
    return "\n".join(lines)
