import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_lock_holds_the_integrity_of_each_package_and_no_address():
    text = (ROOT / "package-lock.json").read_text("utf-8")
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}

    assert "http" not in text
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())


def test_the_lock_is_that_of_the_packages_asked_for():
    asked = json.loads((ROOT / "package.json").read_text("utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]

    wanted = {**asked["dependencies"], **asked["devDependencies"]}
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_npm_writes_no_address_and_runs_no_script_of_a_package():
    settings = (ROOT / ".npmrc").read_text("utf-8").split()

    assert "omit-lockfile-registry-resolved=true" in settings
    assert "ignore-scripts=true" in settings
    assert "http" not in "".join(settings)
