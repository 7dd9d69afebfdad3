"""The command that does the arithmetic with no database."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from contest.domain.round_rules import rules_of
from contest.domain.rulebook import check_rulebook, parse_rulebook
from contest.domain.rulebook.writing import as_data
from contest.domain.scoring import Sheet, tally_entry
from contest.tabulate import is_complete, main, tabulate

ROOT = Path(__file__).resolve().parents[2]
RULEBOOK = ROOT / "contest" / "data" / "rulebooks" / "quang-ngai.toml"
KEYS = ("discovery", "relevance", "craft", "effect")


def run(tmp_path: Path, text: str, *extra: str) -> subprocess.CompletedProcess[str]:
    marks = tmp_path / "marks.csv"
    marks.write_text(text, "utf-8")
    command = [
        sys.executable,
        "-m",
        "contest.tabulate",
        str(RULEBOOK),
        str(marks),
        "--round",
        "preliminary",
        *extra,
    ]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def run_final(tmp_path: Path, weight: str, final: str, *earlier: str) -> subprocess.CompletedProcess[str]:
    """The final round, with files of the rounds before it, when the preliminary one counts so much."""
    rulebook, files = tmp_path / "rules.toml", []
    rulebook.write_text(RULEBOOK.read_text("utf-8").replace("weight = 0 }", f"weight = {weight} }}"), "utf-8")
    for number, text in enumerate([final, *earlier]):
        files.append(tmp_path / f"round{number}.csv")
        files[-1].write_text(text, "utf-8")
    command = [
        sys.executable,
        "-m",
        "contest.tabulate",
        str(rulebook),
        str(files[0]),
        "--round",
        "final",
        "--json",
    ]
    more = [part for file in files[1:] for part in ("--earlier", str(file))]
    return subprocess.run([*command, *more], capture_output=True, text=True, cwd=ROOT, check=False)


def rows(entry: str, judge: str, *marks: str, sep: str = ",") -> str:
    return "".join(
        sep.join([entry, "print", judge, key, mark]) + "\n" for key, mark in zip(KEYS, marks, strict=True)
    )


HEAD = "entry,category,judge,criterion,mark\n"


def test_a_complete_round_exits_zero(tmp_path: Path) -> None:
    text = HEAD + rows("A", "j1", "25", "20", "20", "15") + rows("A", "j2", "26.5", "20", "20", "15")
    done = run(tmp_path, text, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    entry = found["entries"][0]
    assert entry["aggregate"] == "80.75"
    assert entry["sheets"] == {"j1": "80", "j2": "81.5"}
    assert entry["prize"] == "Giải Nhất"
    assert found["prizes"][1] == {"category": "print", "tier": "Giải Nhì", "entries": [], "empty": 2}
    assert "flask" not in done.stderr


def test_semicolons_bom_comma_decimals_and_empty_marks(tmp_path: Path) -> None:
    text = "\ufeff" + HEAD.replace(",", ";") + rows("A", "j1", "25,5", "20", "20", "15", sep=";")
    text += rows("A", "j2", "25", "20", "20", "15", sep=";") + rows("A", "j3", "25", "", "20", "15", sep=";")
    found = json.loads(run(tmp_path, text, "--json").stdout)
    assert found["entries"][0]["sheets"] == {"j1": "80.5", "j2": "80"}


def test_an_open_tie_exits_one(tmp_path: Path) -> None:
    text = HEAD + "".join(rows(e, j, "25", "20", "20", "15") for e in "AB" for j in ("j1", "j2"))
    done = run(tmp_path, text, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["open_ties"] == [{"slot": "print · Giải Nhất", "entries": ["A", "B"]}]


def test_divergence_exits_one_and_text_output_says_it(tmp_path: Path) -> None:
    text = HEAD + rows("A", "j1", "30", "25", "25", "20") + rows("A", "j2", "15", "15", "15", "15")
    done = run(tmp_path, text)
    assert done.returncode == 1
    assert "chênh lệch" in done.stdout


def test_bad_input_names_the_line_and_what_to_change(tmp_path: Path) -> None:
    for mark, said in [("25,53", "chọn"), ("31", "từ 0 đến 30"), ("NaN", "chưa phải là một số")]:
        done = run(tmp_path, HEAD + f'A,print,j1,discovery,"{mark}"\n')
        assert done.returncode == 2
        assert "Dòng 2" in done.stderr
        assert said in done.stderr
    assert "Dòng 1" in run(tmp_path, "a,b\n").stderr
    assert run(tmp_path, HEAD + "A,print,j1,discovery\n").returncode == 2


def test_files_that_cannot_be_read_are_named_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marks = tmp_path / "marks.csv"
    marks.write_bytes(HEAD.encode("utf-16"))
    for given, said in (
        (marks, "UTF-8"),
        (tmp_path / "none.csv", "none.csv"),
        (tmp_path, "Không mở được tệp"),
    ):
        assert main([str(RULEBOOK), str(given), "--round", "preliminary"]) == 2
        assert said in capsys.readouterr().err


def of_three(entry: str, *marks: str) -> str:
    return "".join(rows(entry, judge, *marks) for judge in ("j1", "j2", "j3"))


def test_an_earlier_round_counts_with_its_weight(tmp_path: Path) -> None:
    final = HEAD + of_three("A", "20", "20", "20", "20") + of_three("B", "20", "20", "20", "19")
    earlier = HEAD + of_three("A", "25", "25", "25", "15")
    done = run_final(tmp_path, "0.3", final, earlier)
    first, second = json.loads(done.stdout)["entries"]
    assert (first["entry"], first["earlier"], first["aggregate"]) == ("A", "90.00", "83.00")
    assert (second["entry"], second["aggregate"], second["place"]) == ("B", None, None)
    assert "Chưa có kết quả Sơ khảo" in second["reasons"][0]


def test_the_earlier_marks_are_asked_for_only_where_they_count(tmp_path: Path) -> None:
    final = HEAD + of_three("A", "20", "20", "20", "20")
    missing = run_final(tmp_path, "0.3", final)
    assert missing.returncode == 2
    assert "--earlier" in missing.stderr
    assert run_final(tmp_path, "0", final).returncode == 0
    broken = run_final(tmp_path, "0.3", final, HEAD + "A,print,j1,discovery,99\n")
    assert broken.returncode == 2
    assert "round1.csv: Dòng 2" in broken.stderr
    assert run(tmp_path, final, "--earlier", "none.csv").returncode == 2, (
        "the first round carries nothing over"
    )


def test_an_entry_without_a_value_exits_one_and_says_why(tmp_path: Path) -> None:
    text = HEAD + of_three("A", "25", "20", "20", "15") + rows("B", "j1", "25", "20", "20", "15")
    done = run(tmp_path, text, "--json")
    found = {e["entry"]: e for e in json.loads(done.stdout)["entries"]}
    assert (found["B"]["aggregate"], found["B"]["place"]) == (None, None)
    assert found["B"]["reasons"] == ["Mới có 1 trên 2 phiếu cần thiết"]
    assert done.returncode == 1
    assert "Mới có 1 trên 2 phiếu cần thiết" in run(tmp_path, text).stdout


def test_when_no_sheet_is_left_within_the_threshold_people_are_asked() -> None:
    data = as_data(parse_rulebook(RULEBOOK.read_text("utf-8")))
    data["rounds"][0]["aggregation"] = {"method": "outlier_filtered", "threshold": "2"}
    rulebook = check_rulebook(data)
    sheets = [
        Sheet(j, dict(zip(KEYS, map(Decimal, m), strict=True))) for j, m in (("j1", "9999"), ("j2", "5555"))
    ]
    tally = tally_entry("A", "print", sheets, rules_of(rulebook, "preliminary"))
    result = tabulate(rulebook, "preliminary", [tally])
    assert result["entries"][0]["reasons"][-1] == "Mọi phiếu đều lệch quá ngưỡng: cần Hội đồng quyết định"
    assert not is_complete(result)


def test_prizes_of_the_whole_contest_are_listed_for_people_to_give() -> None:
    data = as_data(parse_rulebook(RULEBOOK.read_text("utf-8")))
    data["prizes"].insert(0, {"tier": "Giải Đặc biệt", "per": "overall", "quota": {"at_most": 1}})
    result = tabulate(check_rulebook(data), "preliminary", [])
    assert result["prizes"] == [{"category": "", "tier": "Giải Đặc biệt", "entries": [], "empty": 1}]
    assert is_complete(result)
