"""Public pages kept and as 304 against a bare hello; results uncached against a bare table; weight of a first view."""

from __future__ import annotations

import gzip
import itertools
import re
import tempfile

from rig import Client, Side, compare, get, kheo, limit, report_comparison


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder, limit() as bare, kheo(folder) as (port, _):
        hello = Side(bare, lambda c, t: get("/hello"))
        table = Side(bare, lambda c, t: get("/table/100"))
        for path in ("/c/dang-nhan", "/c/da-cong-bo/results"):
            kept = Side(port, lambda c, t, path=path: get(path, Accept_Encoding="gzip"))
            report_comparison(f"{path} kept", compare(kept, hello, clients=8), 0.35)
            _, answer = Client(port).send(get(path))
            etag = re.search(rb"ETag: (\S+)", answer).group(1).decode()
            again = Side(port, lambda c, t, path=path, etag=etag: get(path, If_None_Match=etag))
            report_comparison(f"{path} as 304", compare(again, hello, clients=8), 0.35)
        # An address never asked before is a page never kept; only drawings that stay the same are at hand.
        turns = itertools.count()
        fresh = Side(
            port, lambda c, t: get(f"/c/da-cong-bo/results?q=&n={next(turns)}", Accept_Encoding="gzip")
        )
        report_comparison("results page of 47 winners, never kept", compare(fresh, table, clients=8), 0.5)
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
