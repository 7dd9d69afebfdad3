"""`python -m contest.tabulate RULEBOOK.toml MARKS.csv --round KEY [--earlier MARKS.csv] [--json]`: the arithmetic of a
round, with no database.

Reads `entry,category,judge,criterion,mark` (comma or semicolon, BOM allowed, `8,5` and `8.5`). Exit 0 complete, 1 with an
open tie, divergence or an entry without a value, 2 on bad input with the line and what to change.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from contest.domain.errors import UserError
from contest.domain.prizes import Allocation, allocate
from contest.domain.ranking import Placing, rank
from contest.domain.round_rules import entry_slots, rules_of, tie_chain
from contest.domain.rulebook import Rulebook, parse_rulebook
from contest.domain.scoring import RoundRules, Sheet, Tally, carry_over, read_mark, tally_entry
from contest.domain.vietnamese import format_decimal, nfc

COLUMNS = ["entry", "category", "judge", "criterion", "mark"]

Marks = dict[tuple[str, str], dict[str, dict[str, Decimal | None]]]


class InputError(UserError):
    """The CSV cannot be used."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"Dòng {line}: {message}")


def read_marks(text: str, rulebook: Rulebook, rules: RoundRules) -> Marks:
    """Marks by (entry, category), judge and criterion. Raises InputError with the line and what to change."""
    lines = text.removeprefix("\ufeff")
    header = lines.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    rows = csv.reader(io.StringIO(lines), delimiter=delimiter)
    names = [name.strip().lower() for name in next(rows, [])]
    if names != COLUMNS:
        raise InputError(1, f"Dòng đầu phải là {delimiter.join(COLUMNS)}.")
    criteria = {c.key: c for c in rules.criteria}
    found: Marks = {}
    category_of: dict[str, str] = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        line = rows.line_num
        if len(row) != len(COLUMNS):
            raise InputError(
                line,
                f"Cần {len(COLUMNS)} cột, đang có {len(row)}. Số có dấu phẩy thì đặt trong dấu nháy kép.",
            )
        entry, category, judge, key, typed = (nfc(cell).strip() for cell in row)
        if not entry or not judge:
            raise InputError(line, "Thiếu mã tác phẩm hoặc tên giám khảo.")
        if rulebook.category(category) is None:
            raise InputError(
                line, f"Không có nhóm giải “{category}”. Có: {', '.join(c.key for c in rulebook.categories)}."
            )
        if category_of.setdefault(entry, category) != category:
            raise InputError(
                line, f"Tác phẩm {entry} đã ở nhóm “{category_of[entry]}”. Mỗi tác phẩm ở một nhóm."
            )
        if key not in criteria:
            raise InputError(line, f"Không có tiêu chí “{key}”. Có: {', '.join(criteria)}.")
        marks = found.setdefault((entry, category), {}).setdefault(judge, {})
        if key in marks:
            raise InputError(
                line, f"{judge} đã có điểm “{key}” cho {entry} ở dòng trên. Bỏ một trong hai dòng."
            )
        try:
            marks[key] = read_mark(typed, criteria[key]) if typed else None
        except UserError as error:
            raise InputError(line, str(error)) from error
    return found


def tally_round(rulebook: Rulebook, round_key: str, files: Sequence[Path]) -> list[Tally]:
    """The tallies of a round from its file of marks, and from those of the earlier rounds it carries over after it.

    Raises UserError when the earlier round counts and its file is missing, or for a file that no round asks for.
    """
    rules = rules_of(rulebook, round_key)
    marks, *more = files
    given = read_marks(marks.read_text("utf-8"), rulebook, rules)
    earlier: dict[str, Decimal | None] = {}
    if more and rules.carried is None:
        raise UserError(f"Vòng “{round_key}” không lấy kết quả vòng nào trước nó. Bỏ --earlier {more[0]}.")
    if more and rules.carried is not None:
        try:
            earlier = {t.entry: t.value for t in tally_round(rulebook, rules.carried.round, more)}
        except InputError as error:
            raise UserError(f"{more[0]}: {error}") from error
    elif rules.carried is not None and rules.carried.weight:
        raise UserError(
            f"Kết quả vòng “{round_key}” có tính điểm vòng “{rules.carried.round}”. Thêm tệp điểm của vòng đó: --earlier TỆP."
        )
    own = (
        tally_entry(entry, category, [Sheet(judge, sheet) for judge, sheet in judges.items()], rules)
        for (entry, category), judges in given.items()
    )
    return [carry_over(tally, earlier.get(tally.entry), rules) for tally in own]


def tabulate(rulebook: Rulebook, round_key: str, tallies: Sequence[Tally]) -> dict[str, Any]:
    """The whole result as plain data; decimals as strings.

    Prizes of the whole contest stand last, without a category and empty: people give them, no numbers do.
    """
    rules = rules_of(rulebook, round_key)
    entries: list[dict[str, Any]] = []
    open_ties: list[dict[str, Any]] = []
    prizes: list[dict[str, Any]] = []
    for category in rulebook.categories:
        own = [t for t in tallies if t.category == category.key]
        if not own:
            continue
        placings, unplaced = rank(own, tie_chain(rulebook))
        slots = entry_slots(rulebook, category.key)
        allocation = allocate(placings, slots)
        entries += [_entry(p.tally, p, allocation, rules) for p in placings]
        entries += [_entry(t, None, allocation, rules) for t in unplaced]
        open_ties += [{"slot": t.slot, "entries": list(t.entries)} for t in allocation.open_ties]
        prizes += [
            {
                "category": s.category,
                "tier": s.tier,
                "entries": [a.entry for a in allocation.awards if a.tier == s.tier],
                "empty": allocation.empty[(s.category, s.tier)],
            }
            for s in slots
        ]
    prizes += [
        {"category": "", "tier": s.tier, "entries": [], "empty": s.ceiling} for s in entry_slots(rulebook, "")
    ]
    return {"round": round_key, "entries": entries, "open_ties": open_ties, "prizes": prizes}


def _entry(
    tally: Tally, placing: Placing | None, allocation: Allocation, rules: RoundRules
) -> dict[str, Any]:
    prize = next((a.tier for a in allocation.awards if a.entry == tally.entry), None)
    return {
        "entry": tally.entry,
        "category": tally.category,
        "sheets": {judge: str(total) for judge, total in sorted(tally.sheets.items())},
        "earlier": None if tally.earlier is None else f"{tally.earlier:.{rules.decimals}f}",
        "aggregate": None if tally.value is None else f"{tally.value:.{rules.decimals}f}",
        "place": placing.place if placing else None,
        "tied_with": list(placing.tied_with) if placing else [],
        "divergent": tally.divergent,
        "reasons": [*tally.reasons, *(placing.reasons if placing else ())],
        "prize": prize,
    }


def is_complete(result: dict[str, Any]) -> bool:
    """Whether nobody needs to decide or add anything: no open tie, no divergence, a value for every entry."""
    return not result["open_ties"] and all(
        e["aggregate"] is not None and not e["divergent"] for e in result["entries"]
    )


def _as_text(result: dict[str, Any]) -> str:
    lines = [f"Vòng {result['round']}"]
    for e in result["entries"]:
        value = format_decimal(Decimal(e["aggregate"])) if e["aggregate"] else "chưa có"
        carried = f" (vòng trước {format_decimal(Decimal(e['earlier']))})" if e["earlier"] else ""
        tied = f" (bằng {', '.join(e['tied_with'])})" if e["tied_with"] else ""
        mark = " [chênh lệch]" if e["divergent"] else ""
        lines.append(
            f"{e['place'] or '–':>4}  {e['entry']:<16} {e['category']:<12} {value:>8}{carried}  {e['prize'] or ''}{tied}{mark}"
        )
        if e["aggregate"] is None:
            lines.append(f"{'':>6}{'; '.join(e['reasons'])}")
    lines += [f"Bằng điểm qua ranh giới {t['slot']}: {', '.join(t['entries'])}" for t in result["open_ties"]]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m contest.tabulate", description="Tính kết quả một vòng chấm."
    )
    parser.add_argument("rulebook", type=Path)
    parser.add_argument("marks", type=Path)
    parser.add_argument("--round", required=True, dest="round_key")
    parser.add_argument(
        "--earlier",
        type=Path,
        action="append",
        default=[],
        help="điểm của vòng trước, khi thể lệ lấy kết quả vòng đó",
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        rulebook = parse_rulebook(options.rulebook.read_text("utf-8"))
        tallies = tally_round(rulebook, options.round_key, [options.marks, *options.earlier])
        result = tabulate(rulebook, options.round_key, tallies)
    except OSError as error:
        print(f"Không mở được tệp {error.filename}: hãy xem lại đường dẫn và quyền đọc.", file=sys.stderr)
        return 2
    except UnicodeDecodeError:
        print(
            "Có tệp không phải chữ UTF-8. Hãy lưu lại dạng CSV UTF-8 (thể lệ: TOML UTF-8).", file=sys.stderr
        )
        return 2
    except (UserError, csv.Error) as error:
        print(f"{error}", file=sys.stderr)
        return 2
    print(json.dumps(result, ensure_ascii=False, indent=2) if options.json else _as_text(result))
    return 0 if is_complete(result) else 1


if __name__ == "__main__":
    sys.exit(main())
