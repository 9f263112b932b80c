"""The embedded PostgreSQL in ordinary days, with real processes, in each case that the machine allows."""

import os
import pwd
import signal
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.core.embedded import binaries
from tests.integration.core.embedded_world import AS_ROOT, ORDINARY, alive, ask, until

pytestmark = pytest.mark.untimed  # real servers


def test_it_starts_serves_and_stops(world):
    actor = world.actor()

    url = actor.start()
    pid = actor.postmaster()

    assert ask(url, "SHOW server_version").startswith(binaries.major())
    assert ask(url, "SELECT current_user || current_database()") == "mitoyenmitoyen"
    assert ask(url, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user")
    assert actor.stop()
    assert not alive(pid)


def test_accented_letters_count_as_letters(world):
    url = world.actor().start()

    ask(url, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
    ask(url, "CREATE EXTENSION IF NOT EXISTS unaccent")

    assert ask(url, "SELECT array_length(show_trgm('éàî'), 1)") == 4
    assert ask(url, "SELECT lower(unaccent('ÎLE'))") == "ile"


def test_files_belong_to_the_right_account_and_are_closed_to_others(world):
    actor = world.actor()
    url = actor.start()

    owner = 0 if world.case == AS_ROOT else ORDINARY.pw_uid
    runner = pwd.getpwnam("nobody").pw_uid if world.case == AS_ROOT else ORDINARY.pw_uid
    assert {path.lstat().st_uid for path in (world.base, *world.base.iterdir())} == {owner}
    assert world.base.stat().st_mode & 0o777 == 0o700
    assert actor.data.stat().st_uid == runner
    assert Path(f"/proc/{actor.postmaster()}").stat().st_uid == runner
    socket = Path(sa.engine.make_url(url).query["host"])
    assert socket.stat().st_mode & 0o777 == 0o700
    assert world.folder.stat().st_mode & 0o777 == 0o711


def test_a_second_start_keeps_the_data(world):
    first = world.actor()
    ask(first.start(), "CREATE TABLE kept AS SELECT 42 AS answer")
    first.stop()

    url = world.actor().start()

    assert ask(url, "SELECT answer FROM kept") == 42
    ask(url, "DROP TABLE kept")


def test_after_kill_9_of_the_application_the_server_is_adopted(world):
    killed = world.actor()
    url = killed.start()
    pid = killed.postmaster()
    killed.kill()

    heir = world.actor()

    assert heir.start() == url
    assert heir.postmaster() == pid
    assert ask(url, "SELECT 1") == 1
    assert heir.stop()
    assert not alive(pid)


def test_after_kill_9_of_the_server_committed_data_is_there(world):
    actor = world.actor(kind="durable")
    ask(actor.start(), "CREATE TABLE survivor AS SELECT 7 AS answer")
    pid = actor.postmaster()
    os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(pid))

    url = actor.start()

    assert actor.postmaster() != pid
    assert ask(url, "SELECT answer FROM survivor") == 7
    ask(url, "DROP TABLE survivor")


def test_the_last_user_stops_the_server(world):
    first, second = world.actor(), world.actor()
    url = first.start()
    assert second.start() == url

    assert not first.stop()
    assert ask(url, "SELECT 1") == 1
    assert second.stop()


def test_a_folder_that_others_could_enter_is_refused(world):
    world.actor().start()
    world.close()
    world.base.chmod(0o755)

    answer = world.actor().start()

    world.base.chmod(0o700)
    assert answer.startswith("refused:")
    assert str(world.base) in answer


def test_two_folders_have_two_servers(world, plain):
    here, there = world.actor(), plain.actor()

    urls = here.start(), there.start()

    assert urls[0] != urls[1]
    ask(urls[0], "CREATE TABLE only_here ()")
    assert ask(urls[1], "SELECT to_regclass('only_here')") is None
    assert there.stop()
    assert ask(urls[0], "DROP TABLE only_here") is None
