"""The architecture as tests: who may import whom, what every file says of itself, what templates must not do."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted((ROOT / "contest").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# Floors from the ground up: a floor may know those before it.
FLOORS = ["clock", "domain", "models", "storage", "services", "web"]
MAY_KNOW = {
    "clock": set(),
    "domain": {"clock"},
    "models": {"domain", "clock"},
    "storage": {"domain", "clock"},
    "services": {"domain", "models", "storage", "clock"},
    "web": {"domain", "models", "storage", "services", "clock", "config"},
}
STAIRCASE = [
    "audit",
    "outbox",
    "media",
    "accounts",
    "registry",
    "contests",
    "entries",
    "screening",
    "judging",
    "results",
]
BANNED_NAMES = {"utils", "helpers", "common", "misc", "manager"}
PURE = {"pydantic", "tomli_w", "numpy"}
WEB_LIBRARIES = {"flask", "flask_login", "flask_wtf", "wtforms", "werkzeug"}


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def floor_of(path: Path) -> str | None:
    parts = path.relative_to(ROOT / "contest").parts
    name = parts[0].removesuffix(".py")
    return name if name in MAY_KNOW else None


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_knowledge_flows_only_downwards(path: Path) -> None:
    floor = floor_of(path)
    if floor is None:
        return
    for module in imports_of(path):
        if not module.startswith("contest."):
            continue
        other = module.split(".")[1]
        assert other == floor or other in MAY_KNOW[floor], f"{floor} knows {module}"


@pytest.mark.parametrize("path", [p for p in CODE if floor_of(p) == "domain"], ids=lambda p: p.name)
def test_the_ground_floor_is_pure(path: Path) -> None:
    import sys

    for module in imports_of(path):
        top = module.split(".")[0]
        assert top in sys.stdlib_module_names | PURE | {"contest"}, module
        assert top not in {"os", "socket", "sqlite3", "subprocess"}, module


@pytest.mark.parametrize(
    "path", [p for p in CODE if floor_of(p) in {"services", "models", "storage", "domain"}], ids=str
)
def test_no_web_library_below_the_web(path: Path) -> None:
    for module in imports_of(path):
        assert module.split(".")[0] not in WEB_LIBRARIES, module


@pytest.mark.parametrize("path", [p for p in CODE if floor_of(p) == "services"], ids=str)
def test_features_climb_the_staircase(path: Path) -> None:
    own = path.relative_to(ROOT / "contest" / "services").parts[0].removesuffix(".py")
    if own not in STAIRCASE:
        return
    for module in imports_of(path):
        match = re.match(r"contest\.services\.(\w+)", module)
        if match and match.group(1) in STAIRCASE:
            assert STAIRCASE.index(match.group(1)) <= STAIRCASE.index(own), f"{own} knows {module}"


@pytest.mark.parametrize("path", [p for p in CODE if floor_of(p) not in {"services", None}], ids=str)
def test_only_services_commit(path: Path) -> None:
    assert not re.search(r"\bsession\.commit\(", path.read_text("utf-8"))


@pytest.mark.parametrize("path", CODE, ids=str)
def test_every_file_says_what_it_is_for_and_stays_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert path.stem not in BANNED_NAMES
    assert len(text.splitlines()) <= 400
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert not re.search(r"\b(TODO|FIXME)\b|raise NotImplemented", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_templates_hold_no_script_style_or_trust(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "|safe" not in text.replace(" ", "")
    assert not re.search(r"<script(?![^>]*src=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert "role ==" not in text


def test_requirements_are_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            line = line.partition("#")[0].strip()
            if line and not line.startswith("-r"):
                assert re.fullmatch(r"[\w\-\[\]]+==[\d.]+", line), line


def test_top_level_holds_only_what_belongs_there() -> None:
    allowed = {
        "contest", "templates", "static", "uploads", "migrations", "tests", "requirements.txt", "README.md",
        "Makefile", "pyproject.toml", "requirements-dev.txt", "bench", "docs", "deploy", "instance",
    }  # fmt: skip
    found = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")}
    assert found <= allowed, found - allowed
