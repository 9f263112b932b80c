"""What only root can try of the embedded PostgreSQL; an ordinary user does not collect this file (conftest.py)."""

import pwd
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa

from tests.integration.core.embedded_world import AS_ROOT, ask, new_world


def test_a_copy_of_roots_checkout_does_not_take_the_originals_data(programs):
    with new_world(AS_ROOT, programs) as world:
        actor = world.actor()
        url = actor.start()
        copy = world.folder / "copy"
        shutil.copytree(world.base, copy, symlinks=True)
        copy.chmod(0o700)

        assert "is a copy" in world.actor(copy).start()
        assert ask(url, "SELECT 1") == 1


def test_roots_throw_away_data_goes_when_its_folder_has_gone(programs):
    with new_world(AS_ROOT, programs) as world:
        gone, kept = (world.folder / name for name in ("gone", "kept"))
        homes = []
        for base, kind in ((gone, "throwaway"), (kept, "durable")):
            actor = world.actor(base, kind)
            actor.stop()
            homes.append((base / "home").readlink())
            shutil.rmtree(base)

        world.actor(world.folder / "next").stop()

        assert [home.exists() for home in homes] == [False, True]


def test_another_account_cannot_reach_the_server(world):
    socket = Path(sa.engine.make_url(world.actor().start()).query["host"], ".s.PGSQL.5432")

    stranger = pwd.getpwnam("games")
    reached = subprocess.run(
        ["test", "-e", socket], check=False, user=stranger.pw_uid, group=stranger.pw_gid, extra_groups=[]
    )

    assert socket.exists()
    assert reached.returncode != 0
