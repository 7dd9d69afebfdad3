"""A 20 MiB upload with SHA-256 against werkzeug's multipart limit, the server's memory, and thumbnails against Pillow's draft limit."""

from __future__ import annotations

import io
import re
import tempfile
import time
import wave
from pathlib import Path

from rig import Client, get, kheo, limit, newest_cookies, post, report, sign_in

SIZE = 20 * 1024 * 1024


def sound(size: int, shade: int) -> bytes:
    """Noise-free WAV of about `size` bytes; `shade` makes two of them differ."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(44_100)
        out.writeframes(bytes([shade, 0]) * (size // 2))
    return buffer.getvalue()


def memory(pid: int) -> float:
    """Resident megabytes of a process and its children."""
    total, pids = 0.0, [pid]
    for other in Path("/proc").glob("[0-9]*"):
        try:
            stat = (other / "stat").read_text()
        except OSError:
            continue
        if int(stat.rsplit(")", 1)[1].split()[1]) == pid:
            pids.append(int(other.name))
    for p in pids:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{p}/status").read_text())
        total += int(found.group(1)) / 1024 if found else 0
    return total


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder, limit() as bare, kheo(folder) as (port, process):
        body = (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
            + b"x" * SIZE
            + b"\r\n--x--\r\n"
        )
        times = []
        for _ in range(5):
            began = time.perf_counter()
            Client(bare).send(post("/multipart", body, Content_Type="multipart/form-data; boundary=x"))
            times.append(time.perf_counter() - began)
        top = SIZE / 1e6 / sorted(times)[2]
        cookie = sign_in(port, "tacgia")
        client = Client(port)
        _, page = client.send(get("/c/dang-nhan/enter", Cookie=cookie))
        cookie = newest_cookies(page, cookie)
        token = re.search(rb'name="csrf_token" value="([^"]+)"', page).group(1).decode()
        key = re.search(rb'name="key"[^>]*value="([^"]+)"', page).group(1).decode()
        _, answer = client.send(
            post("/c/dang-nhan/enter", f"csrf_token={token}&key={key}".encode(), Cookie=cookie)
        )
        base = re.search(rb"Location: (\S+)/work", answer).group(1).decode()

        def put(content: bytes, name: str) -> float:
            began = time.perf_counter()
            head = [
                f"PUT {base}/files/audio HTTP/1.1",
                "Host: 127.0.0.1",
                f"Cookie: {cookie}",
                f"X-CSRFToken: {token}",
                f"X-File-Name: {name}.wav",
                "Content-Type: application/octet-stream",
                f"Content-Length: {len(content)}",
            ]
            status, got = client.send(("\r\n".join(head) + "\r\n\r\n").encode() + content)
            assert status == 200, got[:600]
            return time.perf_counter() - began

        before = memory(process.pid)
        spent = sorted(put(sound(SIZE, i), f"tep{i}") for i in range(1, 5))
        report(
            "20 MiB upload: received, hashed, synced, checked, in its row",
            SIZE / 1e6 / spent[1],
            top,
            0.5,
            unit=" MB/s",
        )
        print(f"     memory of the server grew by {memory(process.pid) - before:.1f} MiB in it (must ≤ 8)")
        before = memory(process.pid)
        put(sound(299_000_000, 9), "lon")
        print(f"     and by {memory(process.pid) - before:.1f} MiB with 299 MB (must < 60)")
    thumbnails()


def thumbnails() -> None:
    """12-megapixel JPEG to the display copy's thumbnail, against Pillow's draft decode alone."""
    from PIL import Image

    from contest.storage import images

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "photo.jpg")
        noise = Image.effect_noise((4000, 3000), 60).convert("RGB")
        noise.save(path, "JPEG", quality=85)

        def bare() -> None:
            with Image.open(path) as image:
                image.draft("RGB", (640, 640))
                image.thumbnail((320, 320))
                image.save(io.BytesIO(), "JPEG")

        def ours() -> None:
            images.display_copy(path, longest=320)

        rates = []
        for work in (bare, ours):
            work()
            began, count = time.perf_counter(), 0
            while time.perf_counter() - began < 3:
                work()
                count += 1
            rates.append(count / (time.perf_counter() - began))
        report("thumbnails of 12 megapixels", rates[1], rates[0], 0.8)


if __name__ == "__main__":
    main()
