"""One PostgreSQL cluster: made, found running, set going."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from marketplace.core.embedded.files import EmbeddedError, make_folder, open_for_owner, turn_over
from marketplace.core.embedded.place import PORT, Place

NAME = "mitoyen"
"""The role, and its database."""

# On the command line: stronger than postgresql.conf and ALTER SYSTEM.
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "fsync": "on",
    "full_page_writes": "on",
    "max_connections": "40",
    "shared_buffers": "64MB",
    "huge_pages": "off",
    "dynamic_shared_memory_type": "mmap",  # /dev/shm is small in containers
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "max_logical_replication_workers": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "5min",
}

# A cluster for tests may lose everything at a power cut.
_THROWAWAY: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
}


class Postmaster(NamedTuple):
    """The live server of a data folder."""

    pid: int
    ready: bool
    socket_folder: str


def create(place: Place, *, throwaway: bool) -> None:
    """Make the cluster, the role and the database in a folder that gets its name only when complete.

    throwaway: the role may create databases, and nothing waits for the disk. Raises EmbeddedError.
    """
    for left in place.home.glob("data.new-*"):
        shutil.rmtree(left, ignore_errors=True)  # by a creation that was killed; its initdb may still be writing
    draft = make_folder(place.home / f"data.new-{secrets.token_hex(4)}", 0o700, *place.runner)
    # Never LC_CTYPE=C: pg_trgm would drop every accented letter.
    locale = ("-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
    hurry = ("--no-sync",) if throwaway else ()
    _carry_out(place, ("initdb", "-D", str(draft), "-U", "postgres", "-A", "reject", *locale, *hurry))
    may_create = " CREATEDB" if throwaway else ""
    statements = f"CREATE ROLE {NAME} LOGIN{may_create};\n\nCREATE DATABASE {NAME} OWNER {NAME};\n\n"
    _carry_out(place, ("postgres", "--single", "-j", "-D", str(draft), "template1"), statements)
    draft.rename(place.data)
    _flush(place.home)


def _carry_out(place: Place, command: tuple[str, ...], typed: str = "") -> None:
    program, *arguments = command
    done = subprocess.run(  # noqa: S603 - our own programs and paths
        [place.programs / "bin" / program, *arguments],
        input=typed,
        text=True,
        capture_output=True,
        check=False,
        **place.run_options(),
    )
    if done.returncode or "ERROR" in done.stderr:  # single-user mode ends with 0 after an error
        raise EmbeddedError(f"PostgreSQL could not be set up in {place.home}:\n{done.stderr[-2000:]}")


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def postmaster(place: Place) -> Postmaster | None:
    """Return the live server of this very data folder.

    A pid file is only a claim: the number may have gone to a stranger since, and a checkout may be copied with it.
    """
    with suppress(OSError, ValueError, IndexError):  # no file, not ours to look at, or not yet fully written
        lines = (place.data / "postmaster.pid").read_text().splitlines()
        process = Path("/proc", str(int(lines[0])))
        if process.stat().st_uid == place.runner[0] and (process / "cwd").samefile(place.data):
            return Postmaster(int(lines[0]), lines[7:8] != [] and lines[7].strip() == "ready", "".join(lines[4:5]))
    return None


def launch(place: Place, *, throwaway: bool) -> "tuple[subprocess.Popen[bytes], int]":
    """Start the server, in a session of its own so that Ctrl-C in the terminal does not reach it.

    Return the process, and where in the log it begins to speak.
    The caller has seen that none runs: what a killed one left is cleared away. (Should one run all the same, its
    shared memory keeps the new one from the data.)
    """
    sockets = make_folder(place.socket_folder, 0o700, *place.runner)
    for stale in (place.data / "postmaster.pid", sockets / f".s.PGSQL.{PORT}.lock"):
        stale.unlink(missing_ok=True)
    settings = {
        **_SETTINGS,
        **(_THROWAWAY if throwaway else {}),
        **_access(place),
        "unix_socket_directories": f'"{sockets}"',
    }
    turn_over(place.log)
    log = open_for_owner(place.log, *place.owner)
    try:
        begins = os.fstat(log).st_size
        server = subprocess.Popen(  # noqa: S603 - our own program and paths
            [
                place.programs / "bin/postgres",
                "-D",
                place.data,
                *(f"--{key}={value}" for key, value in settings.items()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **place.run_options(),
        )
    finally:
        os.close(log)
    return server, begins


def _access(place: Place) -> dict[str, str]:
    """Write who may connect (the owner and root, by the socket, as any role) and return the settings that say where."""
    conf = make_folder(place.home / "conf", 0o750, 0 if place.lent else place.runner[0], place.runner[1])
    rules = {
        "hba_file": "local all all peer map=own\n",
        "ident_file": "".join(f'own "{name}" all\n' for name in sorted(place.peers)),
    }
    for setting, text in rules.items():
        path = conf / setting
        path.write_text(text, encoding="utf-8")
        path.chmod(0o640)
        os.chown(path, -1, place.runner[1])
    return {setting: str(conf / setting) for setting in rules}
