"""The embedded PostgreSQL when something went wrong before."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.core.embedded import binaries
from marketplace.core.embedded.files import LOG_LIMIT
from tests.integration.core.embedded_world import ORDINARY, alive, ask, moved, until

pytestmark = pytest.mark.untimed  # real servers


def test_two_first_starts_at_once_make_one_server(empty):
    first, second = empty.actor(), empty.actor()

    first.say("start")
    second.say("start")

    url = first.hear()
    assert url.startswith("postgresql+psycopg://")
    assert second.hear() == url
    assert list(empty.base.glob("data*")) == [empty.base / "data"]


@pytest.mark.parametrize("seconds", [0.05, 0.3, 0.7])
def test_a_creation_killed_at_any_moment_is_begun_again(empty, seconds):
    killed = empty.actor()
    killed.say("start")
    time.sleep(seconds)
    killed.kill()

    url = empty.actor().start()

    assert ask(url, "SELECT current_database()") == "mitoyen"


def test_a_pid_file_that_names_a_stranger_is_not_believed(plain):
    actor = plain.actor()
    actor.start()
    claim = (actor.data / "postmaster.pid").read_text().split("\n")
    actor.stop()
    with subprocess.Popen(["sleep", "60"], user=ORDINARY.pw_uid if os.geteuid() == 0 else None) as stranger:
        (actor.data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *claim[1:]]))

        assert ask(actor.start(), "SELECT 1") == 1
        assert actor.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_it_waits_for_the_busy_connections_of_a_killed_server(plain):
    actor = plain.actor()
    url = sa.engine.make_url(actor.start())
    pid = actor.postmaster()
    command = ["-d", "mitoyen", "-U", "mitoyen", "-h", url.query["host"], "-c"]
    with subprocess.Popen(
        [binaries.in_place() / "bin/psql", *command, "SELECT count(*) FROM generate_series(1, 12000000)"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as busy:
        until(lambda: ask(url, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series%'") > 1)
        os.kill(pid, signal.SIGKILL)
        until(lambda: not alive(pid))

        assert ask(actor.start(), "SELECT 1") == 1
        busy.kill()
    assert "shared memory block" in (plain.base / "log").read_text()


@pytest.mark.parametrize("name", ["x" * 120, "l’été, à « Poitiers » %41 o'clock: 1"])
def test_a_path_that_a_socket_cannot_have_moves_the_socket(plain, name):
    base = plain.folder / "checkout" / name
    with moved(plain, base):
        url = plain.actor(base).start()

        socket = Path(sa.engine.make_url(url).query["host"])
        assert plain.folder not in socket.parents
        assert ask(url, "SELECT 1") == 1
        found = socket.stat()
        assert (found.st_uid, found.st_mode & 0o777) == (ORDINARY.pw_uid, 0o700)
    shutil.rmtree(socket)


def test_a_socket_folder_prepared_by_somebody_else_is_refused(plain):
    base = plain.folder / "checkout" / ("y" * 120)
    with moved(plain, base):
        actor = plain.actor(base)
        socket = Path(sa.engine.make_url(actor.start()).query["host"])
        actor.stop()
        shutil.rmtree(socket)
        socket.symlink_to(plain.folder)

        answer = actor.start()

    socket.unlink()
    assert answer.startswith("refused:")
    assert str(socket) in answer


def test_data_of_another_version_is_not_touched(plain):
    actor = plain.actor()
    actor.start()
    actor.stop()
    (actor.data / "PG_VERSION").write_text("17\n")

    answer = actor.start()

    (actor.data / "PG_VERSION").write_text(f"{binaries.major()}\n")
    assert "PostgreSQL 17" in answer


def test_a_server_that_cannot_start_says_why(plain):
    actor = plain.actor()
    actor.start()
    actor.stop()
    shutil.move(actor.data / "global", plain.folder / "global")

    answer = actor.start()

    shutil.move(plain.folder / "global", actor.data / "global")
    assert answer.startswith("refused:")
    assert "global/pg_control" in answer


def test_a_long_log_is_put_aside(plain):
    actor = plain.actor()
    actor.start()
    actor.stop()
    with (plain.base / "log").open("ab") as log:
        log.truncate(LOG_LIMIT + 1)

    actor.start()

    assert (plain.base / "log.1").stat().st_size == LOG_LIMIT + 1
    assert (plain.base / "log").stat().st_size < 10_000
