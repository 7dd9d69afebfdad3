"""Public pages kept and as 304 against a bare hello; results uncached against a bare table; weight of a first view."""

from __future__ import annotations

import gzip
import re
import tempfile

from rig import Client, get, kheo, limit, rate, report


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder, limit() as bare, kheo(folder) as (port, _):
        hello, _ = rate(bare, lambda c, t: get("/hello"), clients=8)
        table, _ = rate(bare, lambda c, t: get("/table/100"), clients=8)
        for path in ("/c/dang-nhan", "/c/da-cong-bo/results"):
            kept, _ = rate(port, lambda c, t, path=path: get(path, Accept_Encoding="gzip"), clients=8)
            report(f"{path} kept", kept, hello, 0.35)
            _, answer = Client(port).send(get(path))
            etag = re.search(rb"ETag: (\S+)", answer).group(1).decode()
            again, _ = rate(port, lambda c, t, path=path, etag=etag: get(path, If_None_Match=etag), clients=8)
            report(f"{path} as 304", again, hello, 0.35)
        fresh, _ = rate(port, lambda c, t: get(f"/c/da-cong-bo/results?q=&n={c}.{t}"), clients=8)
        report("results page of 47 winners, never kept", fresh, table, 0.5)
        for path in ("/c/dang-nhan", "/c/da-cong-bo/results"):
            weigh(port, path)


def weigh(port: int, path: str) -> None:
    """HTML and first view: page, styles, scripts, fonts and sprite; pictures left out."""
    client = Client(port)
    _, answer = client.send(get(path))
    html = answer.partition(b"\r\n\r\n")[2]
    found = {u.decode() for u in re.findall(rb'(?:href|src)="(/(?:static|styles)/[^"#]+)', html)}
    total, requests = len(gzip.compress(html, 6)), 1
    for address in sorted(found):
        _, part = client.send(get(address, Accept_Encoding="gzip"))
        total, requests = total + len(part.partition(b"\r\n\r\n")[2]), requests + 1
    for extra in ("js/behaviours/countdown.js", *FONTS):
        _, part = client.send(get(f"/static/{extra}", Accept_Encoding="gzip"))
        total, requests = total + len(part.partition(b"\r\n\r\n")[2]), requests + 1
    print(
        f"     {path}: HTML {len(html) / 1000:.0f} kB (must 80), first view {total / 1000:.0f} kB in {requests} requests (must 180 kB in 12)"
    )


FONTS = [
    f"vendor/fonts/be-vietnam-pro-{subset}-{weight}-normal.woff2"
    for subset in ("latin", "vietnamese")
    for weight in (400, 600)
]

if __name__ == "__main__":
    main()
