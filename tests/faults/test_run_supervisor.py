"""Programs that live and die together, with real processes and signals."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUPERVISED = Path(__file__).with_name("supervised.py")

# Says that it is there, and when it is told to go; the sleep in the background is a process of its own.
OBEDIENT = "trap 'echo {name} >> order; exit' TERM; echo $$ >> {name}.pids; touch {name}.ready; sleep 97 & wait"
DEAF = "trap '' TERM; echo $$ >> {name}.pids; touch {name}.ready; while :; do sleep 0.05; done"


class Supervised:
    def __init__(self, folder, **programs):
        self.folder = folder
        commands = [f"{name}={command.replace('{name}', name)}" for name, command in programs.items()]
        self.process = subprocess.Popen(
            [sys.executable, SUPERVISED, folder, *commands],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "MARK": str(folder)},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def pids(self, name):
        file = self.folder / f"{name}.pids"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def until(self, condition):
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def until_ready(self):
        assert self.process.stdout.readline() == "ready\n"
        return self

    def end(self):
        output, _ = self.process.communicate(timeout=10)
        return output

    def nothing_is_left(self):
        """Wait until no process of this test is there: the kernel takes a moment to bury those that were killed."""
        self.until(lambda: not self.left())
        return True

    def left(self):
        """Processes that still carry this test's mark in their environment."""
        mark = f"MARK={self.folder}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    if mark in (entry / "environ").read_bytes().split(b"\0"):
                        found.append(int(entry.name))
                except OSError:  # gone, or somebody else's
                    continue
        return found


@pytest.fixture
def supervise(tmp_path):
    started = []

    def start(**programs):
        started.append(Supervised(tmp_path, **programs))
        return started[-1]

    yield start
    for supervised in started:
        supervised.process.kill()
        supervised.process.wait()
        supervised.process.stdout.close()
        for pid in supervised.left():
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_in_the_opposite_order(supervise, tmp_path, number):
    supervised = supervise(first=OBEDIENT, second=OBEDIENT, third=OBEDIENT).until_ready()

    os.killpg(supervised.process.pid, number)  # as a terminal does: to the whole foreground group

    assert supervised.end() == "stopping\nkilled: \n"
    assert supervised.process.returncode == 0
    assert (tmp_path / "order").read_text().split() == ["third", "second", "first"]
    assert supervised.nothing_is_left()


def test_a_signal_during_the_start_ends_what_was_started(supervise):
    supervised = supervise(there=OBEDIENT, slow="sleep 50")
    supervised.until(lambda: supervised.pids("there"))

    supervised.process.send_signal(signal.SIGINT)

    assert supervised.end() == "stopping\nkilled: \n"
    assert supervised.nothing_is_left()


def test_a_program_that_does_not_listen_is_killed(supervise):
    supervised = supervise(polite=OBEDIENT, deaf=DEAF).until_ready()

    supervised.process.send_signal(signal.SIGTERM)

    assert supervised.end() == "stopping\nkilled: deaf\n"
    assert supervised.nothing_is_left()


def test_a_second_signal_does_not_cut_the_end_short(supervise):
    supervised = supervise(polite=OBEDIENT, deaf=DEAF).until_ready()

    supervised.process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    supervised.process.send_signal(signal.SIGINT)

    assert supervised.end() == "stopping\nkilled: deaf\n"
    assert supervised.process.returncode == 0
    assert supervised.nothing_is_left()


def test_a_program_that_is_killed_is_started_again(supervise):
    supervised = supervise(one=OBEDIENT, other=OBEDIENT).until_ready()
    before = supervised.pids("one")

    os.kill(before[0], signal.SIGKILL)
    supervised.until(lambda: len(supervised.pids("one")) == 2)

    assert "one: ended by SIGKILL; starting again" in supervised.process.stdout.readline()
    assert len(supervised.pids("other")) == 1
    supervised.process.send_signal(signal.SIGINT)
    supervised.end()
    assert supervised.nothing_is_left()


def test_a_program_that_keeps_ending_stops_everything_and_is_quoted(supervise):
    supervised = supervise(healthy=OBEDIENT, ill="touch ill.ready; sleep 0.2; echo 'no such table: money'; exit 3")

    output = supervised.end()

    assert "failed: ill: ended with status 3, 3 times" in output
    assert "no such table: money" in output
    assert supervised.process.returncode == 1
    assert supervised.nothing_is_left()


def test_a_program_that_ends_before_it_is_ready_stops_everything(supervise):
    supervised = supervise(healthy=OBEDIENT, ill="echo 'no such option'; exit 2")

    output = supervised.end()

    assert "failed: ill: ended with status 2\n" in output
    assert "no such option" in output
    assert supervised.nothing_is_left()


def test_a_program_that_is_never_ready_stops_everything(supervise):
    supervised = supervise(healthy=OBEDIENT, lost="sleep 50")

    assert "failed: lost: not ready after" in supervised.end()
    assert supervised.nothing_is_left()


def test_after_kill_9_of_the_supervisor_its_programs_end_by_themselves(supervise, tmp_path):
    supervised = supervise(first=OBEDIENT, second=OBEDIENT).until_ready()

    supervised.process.kill()
    supervised.process.wait()

    supervised.until(lambda: (tmp_path / "order").exists() and len((tmp_path / "order").read_text().split()) == 2)
    supervised.until(lambda: set(supervised.pids("first") + supervised.pids("second")).isdisjoint(supervised.left()))


def test_a_long_log_is_put_aside(supervise, tmp_path):
    with (tmp_path / "one.log").open("wb") as log:
        log.truncate(10_000_001)

    supervise(one="echo hello; " + OBEDIENT).until_ready()

    assert (tmp_path / "one.log").read_text() == "hello\n"
    assert (tmp_path / "one.log.1").stat().st_size == 10_000_001
