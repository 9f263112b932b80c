"""The code base keeps to its own house rules: sizes, who reads the environment and the clock, what a page may hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE, FUNCTION, TEMPLATE = 400, 60, 200
# Tables of cases are long, and that is their use.
OURS = [ROOT / "config.py", *sorted((ROOT / "marketplace").rglob("*.py")), *sorted((ROOT / "tools").glob("*.py"))]
MIGRATIONS = sorted((ROOT / "migrations").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted([*(ROOT / "templates").rglob("*.html"), *(ROOT / "marketplace/sandbox/templates").rglob("*.html")])
PAGES = [path for path in TEMPLATES if "email" not in path.relative_to(ROOT).parts]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def long_files(paths: list[Path], most: int) -> list[str]:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    return [f"{path}: {length} lines" for path, length in lengths.items() if length > most]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def long_functions(paths: list[Path]) -> list[str]:
    return [
        f"{name(path)}: {node.name}, {length} lines"
        for path in paths
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION
    ]


def test_modules_are_short():
    assert long_files([*OURS, *MIGRATIONS, *TESTS], MODULE) == []


def test_functions_are_short():
    assert long_functions([*OURS, *TESTS]) == []


def test_templates_are_short():
    assert long_files(TEMPLATES, TEMPLATE) == []


def test_nothing_is_left_to_do():
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [name(path) for path in [*OURS, *MIGRATIONS, *TEMPLATES] if words.search(path.read_text(encoding="utf-8"))]

    assert found == []


def calls(path: Path, *names: str) -> list[int]:
    """Return the lines of a module that call, or merely name, one of these dotted names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) in names
    ]


ENVIRONMENT = ("os.environ", "os.getenv", "os.putenv")
CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "real_now", "clock.real_now")
# The doors; and what stands right behind them, for devices and limits live in real time, not the demonstration's.
MAY_READ_THE_CLOCK = {
    "marketplace/cli_context.py",
    "marketplace/jobs/upkeep.py",
    "marketplace/jobs/wiring.py",
    "marketplace/core/clock.py",
    "marketplace/demo/seed.py",
    "marketplace/web/account/own.py",
    "marketplace/web/context.py",
    "marketplace/web/limits.py",
    "marketplace/web/sign_in.py",
    "marketplace/web/webhooks/routes.py",
}


def test_only_config_reads_the_environment():
    reading = {name(path) for path in OURS if calls(path, *ENVIRONMENT)}

    assert reading - {"tools/migrations.py"} == {"config.py"}, "tools are programs of the maintainers"


def test_only_the_doors_read_the_clock():
    reading = {name(path) for path in OURS if "sandbox" not in path.parts and calls(path, *CLOCKS)}

    assert reading == MAY_READ_THE_CLOCK


def caught(path: Path) -> list[str]:
    """Return the handlers that would swallow anything: bare, Exception, BaseException, without raising again."""
    return [
        f"{name(path)}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
    ]


def test_nothing_is_swallowed():
    assert [place for path in OURS for place in caught(path)] == []


def test_only_the_database_module_commits():
    committing = {
        name(path)
        for path in OURS
        if "sandbox" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    }

    # The importer ends a savepoint of its own transaction.
    assert committing - {"marketplace/territories/loader.py"} == {"marketplace/core/db.py"}


# A content security policy without 'unsafe-inline' breaks all of these in a browser; this says so before.
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without a file": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>{]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "a file from elsewhere": re.compile(
        r"<(?:script|img|link|iframe|source|video|audio|object|embed)\b[^>]*\s(?:src|href|data)\s*=\s*[\"']?(?:https?:)?//",
        re.IGNORECASE,
    ),
}
# HTML that was made from Markdown by the cleaner, stored beside its source and checked by its own tests.
MAY_BE_SAFE = {"templates/owner/_body.html": 1, "templates/campaigns/_story.html": 1}


def inline(text: str) -> list[str]:
    return [what for what, pattern in INLINE.items() if pattern.search(text)]


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_holds_no_inline_style_or_script_and_nothing_from_elsewhere(path):
    assert inline(path.read_text(encoding="utf-8")) == []


def test_nothing_is_called_safe_but_what_is():
    marked = {name(path): len(re.findall(r"\|\s*safe\b", path.read_text(encoding="utf-8"))) for path in TEMPLATES}
    switched_off = [name(path) for path in TEMPLATES if "autoescape" in path.read_text(encoding="utf-8")]

    assert {path: number for path, number in marked.items() if number} == MAY_BE_SAFE
    assert switched_off == []


# --- each guard above, seen to bark ---

BAD_PAGES = {
    "a style attribute": '<p style="color: red">',
    "a style element": "<style>p {}</style>",
    "a script without a file": "<script>alert(1)</script>",
    "an event handler": '<button onclick="x()">',
    "a javascript address": '<a href="javascript:x()">',
    "a file from elsewhere": '<script src="https://cdn.exemple.fr/x.js"></script>',
}


@pytest.mark.parametrize("what", INLINE)
def test_the_guard_of_pages_barks(what):
    assert what in inline(BAD_PAGES[what])


def test_the_other_guards_bark(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text(
        "import os\nfrom datetime import datetime\n\n\ndef long():\n"
        + "    x = 1\n" * (FUNCTION + 1)
        + "    try:\n        os.environ['A']\n    except Exception:\n        datetime.now()\n"
        + "\n" * MODULE,
        encoding="utf-8",
    )

    assert long_files([bad], MODULE)
    assert long_functions([bad])
    assert calls(bad, *ENVIRONMENT)
    assert calls(bad, *CLOCKS)
    assert caught(bad)
