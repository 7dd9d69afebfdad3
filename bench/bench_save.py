"""A judge's save (login, CSRF, permission, audit) against a bare Flask and SQLite upsert: rate and p95, and its statements."""

from __future__ import annotations

import os
import tempfile

from rig import Client, Side, compare, get, kheo, limit, newest_cookies, post, report_comparison, sign_in


def sheets(folder: str, who: str) -> tuple[list[str], list[str]]:
    """Addresses of a demo judge's open works, and the criteria."""
    os.environ.update(DATA_DIR=folder, KHEO_DEMO="1")
    from contest import create_app
    from contest.models import Account, Assignment, Membership, Round, db

    app = create_app()
    with app.app_context():
        rows = (
            db.session.query(Assignment.public_id)
            .join(Membership, Membership.id == Assignment.judge_id)
            .join(Account, Account.id == Membership.account_id)
            .join(Round, Round.id == Assignment.round_id)
            .filter(
                Account.email == f"{who}@kheo.example", Round.state == "open", Assignment.state == "active"
            )
        )
        return [r[0] for r in rows], ["discovery", "relevance", "craft", "effect"]


def main() -> None:
    """Print the ratios."""
    import re
    import threading

    with tempfile.TemporaryDirectory() as folder, limit() as bare, kheo(folder) as (port, _):
        cookie = sign_in(port, "giamkhao")
        works, keys = sheets(folder, "giamkhao")
        _, page = Client(port).send(get(f"/judging/work/{works[0]}", Cookie=cookie))
        cookie = newest_cookies(page, cookie)
        token = re.search(rb'name="csrf_token" value="([^"]+)"', page).group(1).decode()
        versions = dict.fromkeys(works, 0)
        for w in works:
            _, page = Client(port).send(get(f"/judging/work/{w}", Cookie=cookie))
            versions[w] = int(re.search(rb'name="version" value="(\d+)"', page).group(1))
        locks = {w: threading.Lock() for w in works}

        def save(client: int, turn: int) -> bytes:
            work = works[client % len(works)]
            with locks[work]:
                version = versions[work]
                versions[work] += 1
            body = f"csrf_token={token}&version={version}&" + "&".join(
                f"{k}={(turn * 7 + i) % 19 + 0.5}" for i, k in enumerate(keys)
            )
            return post(f"/judging/work/{work}", body.encode(), Cookie=cookie, X_Requested_With="fetch")

        for clients in (8, 32):
            upsert = Side(bare, lambda c, t: post("/upsert", f"k={c}&v={t}".encode()))
            # More clients than works save the same sheets: those told "changed elsewhere" are answered too.
            found = compare(Side(port, save, good=(200, 409)), upsert, clients=clients)
            report_comparison(f"save with {clients} clients", found, 0.13)
            print(
                f"     p95 {found.p95:.0f} ms (must ≤ 190 ms where the limit is about 3,200/s; here {found.limit:,.0f}/s, "
                f"which makes it {found.p95 * found.limit / 3200:.0f} ms)"
            )


if __name__ == "__main__":
    main()
