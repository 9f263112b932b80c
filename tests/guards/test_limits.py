"""The guards of the test run itself: nobody outside is reached, and a slow test is noticed."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

from tests.limits import EXAMPLES, LIMITS, PAUSE, limit_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
@pytest.mark.parametrize("address", ["192.0.2.1", "203.0.113.7"])
def test_nobody_outside_is_reached(address):
    with socket.socket() as outside, pytest.raises(SocketConnectBlockedError):
        outside.connect((address, 443))


def test_this_machine_is_reached():
    with socket.socket() as server, socket.socket() as inside:
        server.bind(("127.0.0.1", 0))
        server.listen()
        inside.connect(server.getsockname())


@pytest.fixture
def run_unit(tmp_path):
    """Run a test file of a folder called unit, under the limits alone; return what pytest said."""

    def run(source):
        folder = tmp_path / "tests" / "unit"
        folder.mkdir(parents=True)
        (folder / "test_it.py").write_text(source, encoding="utf-8")
        ran = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "tests.limits",
                "-p",
                "no:cacheprovider",
                "-c",
                "/dev/null",
                folder,
            ],
            cwd=ROOT,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return ran.stdout

    return run


class Item:
    """What the limit is looked up for."""

    def __init__(self, folder, *marks, obj=None):
        self.path = Path("/x/tests") / folder / "test_x.py"
        self.marks, self.obj = marks, obj

    def get_closest_marker(self, name):
        return name if name in self.marks else None


class Property:
    """A test that hypothesis runs a hundred times."""

    is_hypothesis_test = True


def test_the_limit_is_that_of_the_folder():
    assert limit_of(Item("unit/core")) == LIMITS["unit"]
    assert limit_of(Item("web/owner")) == LIMITS["web"]
    assert limit_of(Item("guards")) is None
    assert limit_of(Item("unit/core", obj=Property())) == LIMITS["unit"] * EXAMPLES
    assert limit_of(Item("integration/core", "untimed")) is None


def test_a_slow_test_fails(run_unit):
    outcome = run_unit(
        "import time\n"
        "def test_slow():\n"
        "    start = time.process_time()\n"
        f"    while time.process_time() - start < {1.2 * PAUSE}:\n"
        "        pass\n"
    )

    assert "1 failed" in outcome
    assert "the limit of its folder" in outcome


def test_a_test_that_only_had_to_wait_for_the_machine_is_named_and_passes(run_unit):
    outcome = run_unit("def test_waiting():\n    import time\n    time.sleep(0.15)\n")

    assert "1 passed" in outcome
    assert "1 tests over the time limit" in outcome


def test_a_quick_test_passes(run_unit):
    assert "1 passed" in run_unit("def test_quick():\n    pass\n")
