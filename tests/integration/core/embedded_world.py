"""Processes that use an embedded PostgreSQL, as a user, as root in a user's folder, as root in root's own."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

ACTOR = Path(__file__).with_name("embedded_actor.py")
ROOT = Path(__file__).parents[3]
ORDINARY = pwd.getpwnam("daemon") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())

AS_ROOT, FOR_A_USER, AS_A_USER = "root in root's folder", "root in a user's folder", "a user"
CASES = (AS_ROOT, FOR_A_USER, AS_A_USER) if os.geteuid() == 0 else (AS_A_USER,)


class Actor:
    """A process of its own that starts and stops servers."""

    def __init__(self, who, *, base, state, site, kind):
        self.base = base
        self.process = subprocess.Popen(
            [sys.executable, ACTOR, str(who.pw_uid), str(who.pw_gid), base, state, kind],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.hear()

    def say(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def hear(self):
        return self.process.stdout.readline().strip()

    def start(self):
        self.say("start")
        return self.hear()

    def stop(self):
        self.say("stop")
        return self.hear() == "True"

    def kill(self):
        self.process.kill()
        self.process.wait()
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()

    @property
    def data(self):
        return next(path for path in (self.base / "data", self.base / "home" / "data") if path.exists())

    def postmaster(self):
        return int((self.data / "postmaster.pid").read_text().split()[0])


@dataclass
class World:
    """One of the three cases, with a folder that the account can reach."""

    case: str
    folder: Path
    state: Path
    site: Path
    actors: list

    @property
    def base(self):
        return self.folder / "checkout/var/postgres"

    def actor(self, base=None, kind="throwaway"):
        who = ORDINARY if self.case == AS_A_USER else pwd.getpwuid(os.geteuid())
        actor = Actor(who, base=base or self.base, state=self.state, site=self.site, kind=kind)
        self.actors.append(actor)
        return actor

    def close(self):
        for actor in self.actors:
            with suppress(BrokenPipeError, ValueError):  # the test killed it
                actor.stop()
            actor.kill()
        self.actors.clear()


@contextmanager
def new_world(case, programs):
    folder = Path(tempfile.mkdtemp(prefix="mitoyen-test-"))
    folder.chmod(0o711)
    state, site = programs
    checkout = folder / "checkout"
    checkout.mkdir()
    if case != AS_ROOT:
        shutil.chown(checkout, ORDINARY.pw_uid, ORDINARY.pw_gid)
    world = World(case, folder, state, site, [])
    try:
        yield world
    finally:
        world.close()
        shutil.rmtree(folder)


@contextmanager
def moved(world, base):
    """Give a world's stopped server another folder for a while."""
    world.actor().start()
    world.close()
    world.base.rename(base)
    try:
        yield world
    finally:
        world.close()
        base.rename(world.base)


def ask(url, statement):
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sa.text(statement))
        return result.scalar() if result.returns_rows else None


def alive(pid):
    """Whether a process is there; one that nobody has waited for yet counts as gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
