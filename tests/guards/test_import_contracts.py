"""The contracts of who may import whom: kept by the tree as it is, broken by each of these imports."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")

# Contract → (the file that would break it, the line that does).
PLANTED = {
    "1. Layers": ("accounts/errors.py", "import marketplace.projects.errors"),
    "2. No cycles": ("accounts/queries.py", "import marketplace.accounts.services"),
    "3. Domains know no Flask": ("notifications/queries.py", "import flask"),
    "4. Rules are pure": ("residency/rules.py", "import marketplace.core.db"),
    "5. Only the gateway": ("web/webhooks/routes.py", "import stripe"),
    "6. Pages know no tables": ("web/owner/routes.py", "import marketplace.projects.models"),
    "7. Nobody leans on the sandbox": ("demo/people.py", "import marketplace.sandbox.cards"),
}


def lint(folder: Path) -> tuple[str, int]:
    ran = subprocess.run(
        [LINTER, "--no-logo", "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    return ran.stdout + ran.stderr, ran.returncode


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "marketplace", tmp_path / "marketplace", ignore=shutil.ignore_patterns("data", "__pycache__", "spec")
    )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def plant(folder: Path, file: str, line: str) -> None:
    path = folder / "marketplace" / file
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")


def test_every_contract_is_kept():
    said, code = lint(ROOT)

    assert code == 0, said
    assert len(re.findall(r"^\d\. .* KEPT", said, re.MULTILINE)) == len(PLANTED)


def test_every_contract_barks(copy: Path):
    for file, line in PLANTED.values():
        plant(copy, file, line)

    said, code = lint(copy)

    assert code == 1
    kept = [contract for contract in PLANTED if not re.search(rf"^{contract}.* BROKEN", said, re.MULTILINE)]
    assert kept == []
    for file, line in PLANTED.values():
        importer, imported = "marketplace." + file.removesuffix(".py").replace("/", "."), line.split()[1]
        # Cycles are told by the last parts of the names.
        short = rf"\.{importer.rpartition('.')[2]} -> \.{imported.rpartition('.')[2]}"
        assert re.search(rf"{importer} ->\s+{imported}|{short}", said), f"{importer} is not named"


def test_a_package_that_nobody_placed_barks(copy: Path):
    (copy / "marketplace" / "extra.py").write_text("", encoding="utf-8")

    said, code = lint(copy)

    assert code == 1
    assert "extra" in said
    assert re.search(r"^1\. .* BROKEN", said, re.MULTILINE)
