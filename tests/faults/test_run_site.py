"""`python -m marketplace` itself: what it refuses, and the whole site through a kill -9."""

import fcntl
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.factories import Make

ROOT = Path(__file__).parents[2]


def two_free_ports():
    """The first of two neighbours that nobody listens on."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with socket.socket() as neighbour, suppress(OSError):
            neighbour.bind(("127.0.0.1", port + 1))
            return port


@pytest.fixture
def var(tmp_path):
    yield tmp_path / "var"
    home = tmp_path / "var/postgres/home"
    if home.is_symlink():
        shutil.rmtree(home.readlink())


@contextmanager
def running(var, *arguments, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STRIPE_", "DATABASE_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "marketplace", *arguments],
        cwd=ROOT,
        env={**kept, "VAR_DIR": str(var), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def end_of(process):
    output, _ = process.communicate(timeout=30)
    return output


def hear(process, words):
    """Read what the site says up to a line with these words."""
    heard = ""
    for line in process.stdout:
        heard += line
        if words in line:
            return heard
    raise AssertionError(heard)


def start_page(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/")
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def programs_of(var):
    """Processes that were started for this folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                if f"VAR_DIR={var}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("offset", [0, 1])
def test_a_port_that_is_taken_is_said_before_anything_starts(var, offset):
    port = two_free_ports()
    with socket.create_server(("127.0.0.1", port + offset)), running(var, PORT=str(port)) as process:
        output = end_of(process)

    assert process.returncode == 1
    assert f"Le port {port + offset} est déjà pris" in output
    assert f"Port {port + offset} is already taken" in output
    assert "Traceback" not in output
    assert not (var / "log").exists()
    assert not (var / "postgres").exists()


def test_a_second_start_in_the_same_folder_is_refused(var):
    var.mkdir()
    with (var / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with running(var, PORT=str(two_free_ports())) as process:
            output = end_of(process)

    assert process.returncode == 1
    assert "tourne déjà" in output
    assert "already runs" in output


def test_live_keys_are_refused(var):
    with running(var, STRIPE_SECRET_KEY="sk_live_abc", PORT=str(two_free_ports())) as process:
        output = end_of(process)

    assert process.returncode == 1
    assert "sk_test_" in output
    assert "Traceback" not in output
    assert "abc" not in output
    assert not (var / "postgres").exists()


def test_a_command_gets_the_database_and_its_status_is_kept(var):
    with running(var, "exec", "sh", "-c", "echo $DATABASE_URL; exit 7") as process:
        output = end_of(process)

    assert output.startswith("postgresql+psycopg://mitoyen@/mitoyen?host=")
    assert process.returncode == 7
    assert [path.name for path in var.glob("postgres/*/data/PG_VERSION")] or (var / "postgres/data/PG_VERSION").exists()
    assert not list(var.glob("postgres/*/data/postmaster.pid"))
    assert not (var / "postgres/data/postmaster.pid").exists()


@pytest.fixture
def inhabited(committed, gateway, now):
    """A database with one account, so that no demonstration is written into it."""
    Make(committed, gateway, now).account()
    return committed.engine.url.render_as_string(hide_password=False)


def test_the_site_survives_kill_9_and_leaves_nothing_behind(var, inhabited):
    port = two_free_ports()
    surroundings = {"DATABASE_URL": inhabited, "PORT": str(port)}

    with running(var, **surroundings) as killed:
        assert f"http://127.0.0.1:{port}" in hear(killed, "Ctrl-C")
        assert start_page(port)[0] == 200
        killed.kill()
        with running(var, **surroundings) as heir:
            hear(heir, "Ctrl-C")
            status, body = start_page(port)
            assert status == 200
            assert "Bac à sable" in re.sub(r"\s", " ", body)

            began = time.monotonic()
            heir.send_signal(signal.SIGINT)
            output = end_of(heir)

    assert time.monotonic() - began < 10
    assert heir.returncode == 0
    assert "killed" not in output
    deadline = time.monotonic() + 3
    while programs_of(var) and time.monotonic() < deadline:  # the kernel takes a moment to bury those that were killed
        time.sleep(0.05)
    assert programs_of(var) == {}
    assert not listening(port)
    assert not listening(port + 1)
