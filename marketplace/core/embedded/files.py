"""Folders, locks and logs that the server's owner keeps, even when root prepares them."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOG_LIMIT = 10_000_000


class EmbeddedError(Exception):
    """The embedded server cannot be used; the message says what to do about it."""


def make_folder(path: Path, mode: int, uid: int, gid: int) -> Path:
    """Make a folder of this very mode and owner, or check that it is one; return it.

    An existing folder is never changed. Raises EmbeddedError: a link, or somebody else's, or opened since.
    """
    with suppress(FileExistsError):
        path.mkdir(mode)
        path.chmod(mode)  # whatever the umask
        os.chown(path, uid, gid)
    found = path.lstat()
    if (found.st_mode, found.st_uid) != (stat.S_IFDIR | mode, uid):
        raise EmbeddedError(
            f"{path} should be a folder of mode {mode:o} owned by user {uid}; remove it, or give it back."
        )
    return path


def open_for_owner(path: Path, uid: int, gid: int) -> int:
    """Open a private file to append to, made as its owner's when root makes it; return the descriptor."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        os.fchown(descriptor, uid, gid)
    return descriptor


@contextmanager
def locked(path: Path, uid: int, gid: int) -> Iterator[None]:
    """Hold the only lock on a file; wait for whoever has it."""
    descriptor = open_for_owner(path, uid, gid)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def turn_over(log: Path) -> None:
    """Put a log that has grown past its limit aside, over the one put aside before."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_name(log.name + ".1"))
