"""What the start says: where the site is, and what is missing for those who will use it."""

from __future__ import annotations

from urllib.parse import urlsplit

from contest.config import LOOPBACK, Settings


def words_at_start(settings: Settings, *, has_ffmpeg: bool) -> list[str]:
    """Lines for the terminal, the address first."""
    lines = [f"Khéo chạy tại {settings.base_url}"]
    if not settings.is_https and urlsplit(settings.base_url).hostname not in LOOPBACK:
        lines.append(
            "Trang chạy bằng http: mật khẩu và hồ sơ đi qua mạng không được mã hóa, chỉ nên dùng trong mạng nội bộ. "
            "Ra ngoài thì đặt một máy chủ https phía trước và BASE_URL=https://…"
        )
    if settings.is_base_url_guessed:
        lines.append(
            "Chưa đặt BASE_URL: liên kết trong thư và mã QR dùng địa chỉ trên. Nếu mọi người mở trang bằng địa chỉ khác, "
            "hãy đặt BASE_URL là địa chỉ đó rồi chạy lại."
        )
    if settings.demo:
        lines.append("Dùng thử: không thư nào được gửi ra ngoài, đọc ở mục Thư gửi đi.")
    elif not settings.mail.host:
        lines.append("Chưa đặt SMTP_HOST: thư chưa gửi được, chỉ nằm ở mục Thư gửi đi.")
    if not has_ffmpeg:
        lines.append(
            "Máy này không có ffmpeg: chưa làm được bản nghe, xem cho giám khảo. Cài bằng: sudo apt-get install -y ffmpeg"
        )
    return lines
