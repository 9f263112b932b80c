"""Whom the server runs as, and where its files are.

Three cases. A user: everything under ``base``, as that user. Root in a user's checkout: the same, as the owner of the
checkout. Root in its own checkout: PostgreSQL refuses to run as root and the checkout may be closed to others, so the
server runs as `nobody` with a nameless group of its own, its files in a ``state`` folder that root owns. No account is
made, and no folder that is not ours changes its permissions.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketplace.core.embedded import binaries
from marketplace.core.embedded.files import EmbeddedError, locked, make_folder

PORT = 5432

# The name of a file that says that data may go when its folder has gone.
_THROWAWAY = "throwaway"

# A group without a name: nobody's other processes are not in it, so that they cannot enter the server's folder.
_GROUP = 60600

# A socket's path has 108 bytes in Linux, the last one a NUL.
_SOCKET_LIMIT = 107

# What libpq, SQLAlchemy or PostgreSQL's list of folders would read as something else than a path.
_AWKWARD = frozenset(",:\"'\\%")


@dataclass(frozen=True)
class Place:
    """Whom the server runs as, and where its files are."""

    base: Path
    """Locks and log."""
    owner: tuple[int, int]
    """User and group of ``base``."""
    home: Path
    """Data, access rules and, if its path is short enough, the socket."""
    runner: tuple[int, int]
    """User and group of the server."""
    peers: frozenset[str]
    """The accounts of the machine that may connect."""
    programs: Path

    @property
    def lent(self) -> bool:
        """Whether the server runs as an account that is not the owner's."""
        return self.owner != self.runner

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server says; opened by us, so the server needs no access to its folder."""
        return self.base / "log"

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies: beside the data, or in a private temporary folder when that path will not do."""
        beside = self.home / "run"
        if len(os.fsencode(beside / f".s.PGSQL.{PORT}")) <= _SOCKET_LIMIT and not _AWKWARD & set(str(beside)):
            return beside
        mark = hashlib.sha256(os.fsencode(beside)).hexdigest()[:16]
        return Path(tempfile.gettempdir(), f"mitoyen-{self.runner[0]}-{mark}")

    def run_options(self) -> dict[str, Any]:
        """Return the arguments of `subprocess` that make a program run as the server's account, and tell it nothing."""
        options: dict[str, Any] = {"cwd": "/", "umask": 0o077, "env": {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}}
        if os.geteuid() == 0:
            options |= {"user": self.runner[0], "group": self.runner[1], "extra_groups": []}
        return options


def settle(base: Path, state: Path, *, throwaway: bool) -> Place:
    """Make the folders that are missing and return the place. base: absolute. state: used by root only.

    throwaway: the data may be removed from ``state`` when ``base`` has gone.
    """
    owner = _owner(base)
    missing = [path for path in (base, *base.parents) if not path.exists()]
    for path in reversed(missing):
        make_folder(path, 0o700 if path == base else 0o755, owner.pw_uid, owner.pw_gid)
    ids = (owner.pw_uid, owner.pw_gid)
    make_folder(base, 0o700, *ids)
    peers = frozenset({owner.pw_name, "root"})
    if os.geteuid() != 0:
        return Place(base, ids, base, ids, peers, binaries.in_place())
    make_folder(state, 0o711, 0, 0)
    with locked(state / "start.lock", 0, 0):
        programs = binaries.copied_to(state)  # the account may be unable to reach the virtual environment
        if owner.pw_uid != 0:
            return Place(base, ids, base, ids, peers, programs)
        runner = (pwd.getpwnam("nobody").pw_uid, _GROUP)
        _sweep(state)
        home = _home_of(base, state)
        (home / "base").write_text(str(base), encoding="utf-8")
        if throwaway:
            (home / _THROWAWAY).touch()
        return Place(base, ids, home, runner, peers, programs)


def _owner(base: Path) -> pwd.struct_passwd:
    """Return the account that keeps the folder: ours, or for root the one whose checkout it is."""
    uid = os.geteuid()
    if uid == 0:
        uid = next(path for path in (base, *base.parents) if path.exists()).stat().st_uid
    try:
        return pwd.getpwuid(uid)
    except KeyError:  # PostgreSQL itself asks for the account's name
        raise EmbeddedError(f"User {uid} has no account on this machine: set DATABASE_URL to a PostgreSQL.") from None


def _home_of(base: Path, state: Path) -> Path:
    """Return the folder in ``state`` that belongs to ``base``, which says so by a link."""
    link = base / "home"
    if not link.is_symlink():
        link.symlink_to(state / secrets.token_hex(8))
    home = make_folder(link.readlink(), 0o710, 0, _GROUP)
    mark, mine = home / "inode", str(base.stat().st_ino)
    if not mark.exists():
        mark.write_text(mine, encoding="utf-8")
    if mark.read_text(encoding="utf-8") != mine:
        raise EmbeddedError(
            f"{base} is a copy, and {home} is the original's data. Remove {link} to begin with fresh data, "
            f"or {mark} to take the original's over."
        )
    return home


def _sweep(state: Path) -> None:
    """Remove the throw-away data of folders that have gone; a server that still runs on it notices, and ends."""
    for mark in state.glob(f"*/{_THROWAWAY}"):
        if not Path((mark.parent / "base").read_text(encoding="utf-8")).exists():
            shutil.rmtree(mark.parent)
