"""The default PostgreSQL: one that comes with the application's packages and belongs to one folder. Linux only."""

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager, suppress
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from marketplace.core.embedded import binaries, cluster
from marketplace.core.embedded.files import EmbeddedError, locked, open_for_owner
from marketplace.core.embedded.place import PORT, Place, settle

__all__ = ["Embedded", "EmbeddedError"]

_STATE = Path("/var/lib/mitoyen")
# Servers that live on for other processes: Python complains about a child that is dropped before it ends.
_left_running: list[subprocess.Popen[bytes]] = []


class Embedded:
    """The PostgreSQL of one folder, shared by every process that starts it; the last to stop it shuts it down.

    base: such as <checkout>/var/postgres; made if missing, closed to other accounts.
    state: root only; where the files are when the server cannot run as the owner of ``base``.
    throwaway: for tests: the role may create databases, more connections, nothing survives a power cut.
    wait: seconds to wait for the server, at most.
    """

    def __init__(self, base: Path, *, state: Path = _STATE, throwaway: bool = False, wait: float = 120.0) -> None:
        self._base = base.absolute()
        self._state = state
        self._throwaway = throwaway
        self._wait = wait
        self._use: int | None = None
        self._server: subprocess.Popen[bytes] | None = None

    @cached_property
    def place(self) -> Place:
        """Whom the server runs as and where its files are; the folders are made on first use."""
        return settle(self._base, self._state, throwaway=self._throwaway)

    def start(self) -> str:
        """Create, adopt or (re)start the server; return its SQLAlchemy URL.

        Raises EmbeddedError: not on Linux, folders that are not ours, data of another version, or it will not start.
        """
        if sys.platform != "linux":
            raise EmbeddedError("The embedded PostgreSQL runs on Linux only: set DATABASE_URL to a PostgreSQL 18.")
        with self._one_at_a_time():
            if not self.place.data.exists():
                cluster.create(self.place, throwaway=self._throwaway)
            self._check_version()
            running = self._bring_up()
            if self._use is None:
                self._use = open_for_owner(self._base / "use.lock", *self.place.owner)
                fcntl.flock(self._use, fcntl.LOCK_SH)
        return f"postgresql+psycopg://{cluster.NAME}@/{cluster.NAME}?host={quote(running.socket_folder)}&port={PORT}"

    def stop(self) -> bool:
        """Shut the server down, unless another process uses it; return whether it is down.

        Fast: transactions under way are rolled back. Right at any time, after a start that failed as well.
        """
        with self._one_at_a_time():
            self._release()
            if self._used_by_others():
                _left_running.extend([self._server] if self._server else [])
                return False
            if running := cluster.postmaster(self.place):
                self._end(running.pid)
            if self._server:
                self._server.wait(self._wait)
                self._server = None
        return True

    def _one_at_a_time(self) -> AbstractContextManager[None]:
        return locked(self.place.base / "start.lock", *self.place.owner)

    def _bring_up(self) -> cluster.Postmaster:
        """Wait for the server, starting it where none runs."""
        deadline = time.monotonic() + self._wait
        self._server = None if self._server and self._server.poll() is not None else self._server
        said = 0
        while not ((running := cluster.postmaster(self.place)) and running.ready):
            if not running and (self._server is None or self._server.poll() is not None):
                if self._server:
                    self._explain(self.place.log.read_bytes()[said:])
                self._server, said = cluster.launch(self.place, throwaway=self._throwaway)
            self._pause(deadline)
        return running

    def _explain(self, last_words: bytes) -> None:
        """Raise EmbeddedError with what a server said that did not start.

        One reason passes by itself: the busy connections of a killed server still hold its memory.
        """
        if b"shared memory block" not in last_words:
            raise EmbeddedError(f"PostgreSQL does not start:\n{last_words.decode(errors='replace')[-2000:]}")
        time.sleep(0.2)

    def _end(self, pid: int) -> None:
        """Ask for a fast shutdown and wait until the process has gone: it takes its pid file away a moment before."""
        with suppress(ProcessLookupError):
            process = os.pidfd_open(pid)
            try:
                signal.pidfd_send_signal(process, signal.SIGINT)
                ending = select.poll()
                ending.register(process, select.POLLIN)
                if not ending.poll(self._wait * 1000):
                    raise EmbeddedError(f"PostgreSQL is not stopped after {self._wait:.0f} s; see {self.place.log}.")
            finally:
                os.close(process)

    def _pause(self, deadline: float) -> None:
        time.sleep(0.02)
        if time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL is not ready after {self._wait:.0f} s; see {self.place.log}.")

    def _release(self) -> None:
        if self._use is not None:
            fcntl.flock(self._use, fcntl.LOCK_UN)  # said, not left to close: a forked child may hold the same lock
            os.close(self._use)
            self._use = None

    def _used_by_others(self) -> bool:
        descriptor = open_for_owner(self._base / "use.lock", *self.place.owner)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _check_version(self) -> None:
        made_by = (self.place.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        if made_by != binaries.major():
            raise EmbeddedError(
                f"{self.place.data} was made by PostgreSQL {made_by}, and this is {binaries.major()}: "
                "dump it with that version and restore it here, or set it aside."
            )
