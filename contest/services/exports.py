"""The lists people take away as xlsx: dossiers as filtered, winners with a row per author, tables of marks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from contest.domain.entries import EntryState
from contest.domain.permissions import Actor
from contest.domain.scoring import RoundRules
from contest.domain.vietnamese import name_sort_key
from contest.models import Contest, EntryVersion, Publication, Round, db
from contest.services import audit
from contest.services.contests.reading import rulebook_of
from contest.services.entries.arriving import late_among
from contest.services.entries.reading import load_versions
from contest.services.judging.reading import rulebook_in, rules_in
from contest.services.judging.scoring import OwnSheet
from contest.services.results.decisions import said_about
from contest.services.results.tallying import load_board
from contest.services.screening.reading import BLIND_NOW, DossierFilter, list_dossiers
from contest.services.workbooks import make_workbook


def dossiers_workbook(
    contest: Contest, wanted: DossierFilter, *, now: datetime, hidden: Collection[int] = ()
) -> tuple[bytes, int]:
    """The dossiers under a filter, one row each, and their number; those in `hidden` (by id) without who made and sent them."""
    rulebook = rulebook_of(contest)
    media = {m.key: m.name for m in rulebook.media_types}
    categories = {c.key: c.name for c in rulebook.categories}
    rows = []
    found, _ = list_dossiers(contest.id, wanted, everything=True, hidden=hidden)
    late = late_among((e for e, _ in found), now=now)
    load_versions([v.id for _, v in found])  # the same objects, with all that hangs on them
    for entry, v in found:
        rows.append(
            [
                entry.receipt_code, v.title, media.get(v.media_type, ""), v.genre, v.field,
                categories.get(entry.category_key or "", ""),
                *(_HIDDEN if entry.id in hidden else _names(v)), "; ".join(e.subject for e in v.exemplars), _awards(v), EntryState(entry.state).label, v.submitted_at, v.number,
                len(v.files), v.content_hash, late.get(entry.id, ""),
            ]
        )  # fmt: skip
    heads = [
        "Mã biên nhận", "Tác phẩm", "Loại hình", "Thể loại", "Lĩnh vực", "Nhóm giải", "Tác giả", "Cơ quan báo chí", "Đơn vị gửi",
        "Điện thoại liên hệ", "Thư liên hệ", "Mô hình, điển hình", "Giải đã đạt", "Trạng thái", "Nộp lúc", "Bản nộp", "Số tệp", "Mã kiểm tra", "Nhận quá hạn",
    ]  # fmt: skip
    widths = [12, 44, 14, 16, 22, 16, 40, 28, 28, 16, 26, 40, 40, 14, 18, 8, 8, 30, 50]
    return make_workbook("Hồ sơ dự thi", heads, rows, widths), len(rows)


def note_export(contest: Contest, *, works: int, actor: Actor, now: datetime) -> None:
    """Keep in the log who took the list of so many dossiers, with telephones and addresses, out of the house. Commits."""
    audit.record(
        "dossier:exported", actor=actor, now=now, kind="contest", subject_id=contest.id, label=contest.name,
        contest_id=contest.id, after={"works": works},
    )  # fmt: skip
    db.session.commit()


_HIDDEN = (BLIND_NOW, "", "", "", "")


def _names(version: EntryVersion) -> tuple[str, ...]:
    """Authors, agency, unit, and how to reach the one to talk to."""
    contact = next(
        (a for a in version.authors if a.is_contact), version.authors[0] if version.authors else None
    )
    authors = (f"{a.legal_name} ({a.pen_name})" if a.pen_name else a.legal_name for a in version.authors)
    return (
        "; ".join(authors), version.agency_name, version.unit_name, contact.phone if contact else "",
        contact.email if contact else "",
    )  # fmt: skip


def _awards(version: EntryVersion) -> str:
    """The prizes declared for a work; what was not said stays empty."""
    declared = "; ".join(f"{a.level_name}: {a.name}" for a in version.awards)
    return declared or ("Khai không có" if version.no_prior_awards else "")


def winners_workbook(publication: Publication) -> bytes:
    """Winners as published: a row per author, the name as on the certificate, the agency as of the day."""
    rows: list[list[Any]] = []
    snapshot = publication.snapshot
    groups = [("Chung", snapshot["overall"]), *((c["name"], c["works"]) for c in snapshot["categories"])]
    for group, works in groups:
        for w in works:
            for author in w["authors"]:
                shown = f"{author['name']} ({author['pen_name']})" if author["pen_name"] else author["name"]
                rows.append(
                    [
                        len(rows) + 1, shown, author["name"], author["pen_name"], w["agency"], author["unit"], w["tier"], group,
                        w["title"], w["media_name"], w["genre"], w["value_vnd"],
                        "; ".join(e["name"] for e in w["exemplars"]), "ngoài cơ cấu" if w["is_extra"] else "",
                    ]
                )  # fmt: skip
    for c in snapshot["collective"]:
        note = "ngoài điều kiện" if c["is_beyond"] else ""
        rows.append(
            [
                len(rows) + 1, c["recipient"], c["recipient"], "", "", "", c["tier"], "Tập thể", "", "", "", c["value_vnd"], "",
                note,
            ]
        )  # fmt: skip
    heads = [
        "TT", "Tên trên giấy chứng nhận", "Họ và tên", "Bút danh", "Cơ quan báo chí", "Đơn vị công tác", "Giải", "Nhóm giải",
        "Tác phẩm", "Loại hình", "Thể loại", "Giá trị (đồng)", "Viết về mô hình, điển hình", "Ghi chú",
    ]  # fmt: skip
    return make_workbook(
        "Danh sách trao giải", heads, rows, [6, 34, 26, 18, 30, 28, 18, 18, 46, 14, 16, 14, 40, 18]
    )


def own_sheets_workbook(sheets: list[OwnSheet], rules: RoundRules) -> bytes:
    """One judge's own marks, by code and title."""
    heads = ["Hạng", "Mã", "Tác phẩm", *(c.name for c in rules.criteria), "Tổng", "Ghi chú"]
    rows = [
        [s.place, s.code, s.title, *(s.marks.get(c.key) for c in rules.criteria), s.total, s.comment]
        for s in sheets
    ]
    return make_workbook(
        "Phiếu chấm của tôi", heads, rows, [8, 10, 50, *(12 for _ in rules.criteria), 10, 40]
    )


def table_workbook(round_: Round) -> bytes:
    """The table of a closed round: a row per entry, a column per judge."""
    board, rules, said = load_board(round_), rules_in(round_), said_about(round_.id)
    judges = sorted(board.judges, key=lambda j: name_sort_key(board.judges[j]))
    names = {c.key: c.name for c in rulebook_in(round_).categories}
    earlier = [rules.carried.name] if rules.carried else []
    # A chair reads this too: in a blind round nothing leads from the judging code to the dossier.
    codes = {name: [] if round_.is_blind else [e.receipt_code] for name, e in board.entries.items()}
    rows: list[list[Any]] = []
    for category in names:
        for p in board.placings.get(category, []):
            entry = board.entries[p.entry]
            rows.append(
                [
                    names[category], p.place, *codes[p.entry], entry.judging_code, board.titles[p.entry],
                    *(p.tally.sheets.get(j) for j in judges), *(p.tally.earlier for _ in earlier), p.tally.value,
                    "; ".join((*p.tally.reasons, *p.reasons, *said.get(p.entry, ()))),
                ]
            )  # fmt: skip
        for t in board.unplaced.get(category, []):
            entry = board.entries[t.entry]
            rows.append(
                [
                    names[category], None, *codes[t.entry], entry.judging_code, board.titles[t.entry],
                    *(t.sheets.get(j) for j in judges), *(t.earlier for _ in earlier), None,
                    "; ".join((*t.reasons, *said.get(t.entry, ()))),
                ]
            )  # fmt: skip
    heads = [
        "Nhóm giải",
        "Hạng",
        *([] if round_.is_blind else ["Mã biên nhận"]),
        "Mã chấm",
        "Tác phẩm",
        *(board.judges[j] for j in judges),
        *(f"Kết quả {name}" for name in earlier),
        f"Kết quả {rules.name}",
        "Ghi chú",
    ]
    return make_workbook(
        "Tổng hợp điểm",
        heads,
        rows,
        [
            16,
            7,
            *([] if round_.is_blind else [13]),
            10,
            46,
            *(14 for _ in judges),
            *(12 for _ in earlier),
            12,
            40,
        ],
    )
