"""`python -m marketplace`: the whole site on this machine, from the database to the pages.

`python -m marketplace exec COMMAND…` runs one command with the same database.
Imports little on purpose: what needs the application is done by the programs that it starts.
"""

import argparse
import errno
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from config import ROOT, Config, ConfigurationError, child_environment
from marketplace.core.embedded import Embedded, EmbeddedError
from marketplace.supervisor import Program, ProgramFailed, Stop, Supervisor, end_when_parent_dies, stoppable

_HOST = "127.0.0.1"
_LEFTOVERS_WAIT = 30.0


class CannotStart(Exception):  # noqa: N818 - says what happened
    """Something outside this program is in the way; the message says what to do, in French and English."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the site, or a command with its database; return the exit status."""
    options = _parser().parse_args(arguments)
    if options.end_with_parent:
        end_when_parent_dies(os.getppid())
    try:
        config = Config.from_environment()
        if options.command:
            return run_with_database(config, options.command)
        return run(config, prepare_only=options.prepare_only)
    except (CannotStart, ConfigurationError, EmbeddedError) as error:
        click.echo(error, err=True)
    except PermissionError as error:  # root was here before, most often
        click.echo(
            f"{error.filename} n’est pas à vous. Rendez-vous ce dossier : sudo chown -R $USER {ROOT}\n"
            f"{error.filename} is not yours. Take it back: sudo chown -R $USER {ROOT}",
            err=True,
        )
    return 1


def run(config: Config, *, prepare_only: bool = False) -> int:
    """Start everything, wait for Ctrl-C or SIGTERM, stop everything; return the exit status.

    prepare_only: stop when the database is ready for a site.
    """
    status = 1
    with stoppable() as from_now_on_ignore, _only_one(config) as programs_lock:
        _check_ports(config)
        server = None if config.database_url else Embedded(config.var / "postgres")
        supervisor = Supervisor(ROOT, _made(config.var / "log"), kept_open=(programs_lock,), say=_tell)
        try:
            environment = child_environment(
                PORT=str(config.port),
                VAR_DIR=str(config.var),
                DATABASE_URL=server.start() if server else config.database_url,
                PYTHONUNBUFFERED="1",
            )
            accounts = _prepare(supervisor, config, environment)
            if prepare_only:
                _tell(accounts)
            else:
                _serve(supervisor, config, environment)
                _tell(f"\nMitoyen : {config.site_url}\n\n{accounts}\nCtrl-C pour arrêter / to stop.")
                supervisor.watch()
            status = 0
        except Stop:
            _tell("Arrêt… / Stopping…")
            status = 0
        except ProgramFailed as failed:
            _tell(f"{failed.log}\n\n{failed}")
        finally:
            from_now_on_ignore()
            for name in supervisor.stop():
                _tell(f"{name} : arrêt forcé / killed")
            if server is not None:
                server.stop()
    return status


def run_with_database(config: Config, command: Sequence[str]) -> int:
    """Run a command with DATABASE_URL set, starting the embedded server if need be; return its exit status."""
    if config.database_url:
        return subprocess.run(command, check=False).returncode  # noqa: S603 - the person's own command
    server = Embedded(config.var / "postgres")
    # Ctrl-C is for the command. A handler, since an ignored signal would be ignored by the command as well.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        environment = child_environment(DATABASE_URL=server.start())
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the person's own command
    finally:
        server.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m marketplace", description="Run Mitoyen on this machine.")
    parser.add_argument("--end-with-parent", action="store_true", help="stop when the program that started this dies")
    parser.add_argument("--prepare-only", action="store_true", help="fill the database, then stop")
    parser.set_defaults(command=[])
    commands = parser.add_subparsers()
    execute = commands.add_parser("exec", help="run one command with DATABASE_URL set")
    execute.add_argument("command", nargs=argparse.REMAINDER)
    return parser


def _prepare(supervisor: Supervisor, config: Config, environment: dict[str, str]) -> str:
    """Start what the application needs, bring the database up to date; return the accounts to sign in with."""
    if config.demonstration:
        sandbox = ("marketplace.sandbox", "--port", str(config.port + 1), "--store", str(config.var / "sandbox.sqlite"))
        supervisor.start(_program("sandbox", sandbox, environment))
    return supervisor.carry_out(_program("prepare", ("marketplace.prepare",), environment))


def _serve(supervisor: Supervisor, config: Config, environment: dict[str, str]) -> None:
    """Start the application; return when its first page is there."""
    web = ("gunicorn", *_gunicorn(config), "marketplace.app:create_app()")
    supervisor.start(_program("web", web, environment, ready=lambda: _answers(config.port)))
    supervisor.await_ready()
    # After the page: both read the whole application, and a person waits for one of them.
    supervisor.start(_program("worker", ("flask", "--app", "marketplace.app", "worker"), environment))


def _program(
    name: str, module: Sequence[str], environment: dict[str, str], *, ready: Callable[[], bool] = lambda: True
) -> Program:
    return Program(name, (sys.executable, "-X", "utf8", "-m", *module), environment, ready=ready, patience=40)


def _gunicorn(config: Config) -> tuple[str, ...]:
    return (
        f"--bind={_HOST}:{config.port}",
        "--worker-class=gthread",
        "--preload",  # the application is read once; it opens no connection before its first request
        "--workers=2",
        # Most of them wait: those who promise at the same moment to one campaign are decided together, and the more of
        # them there are, the faster. No more are at the database at once than it has connections for.
        "--threads=64",
        "--timeout=60",
        "--graceful-timeout=3",
        "--no-control-socket",  # its place is one for all copies of this user
    )


def _answers(port: int) -> bool:
    """Tell whether the start page is there."""
    connection = http.client.HTTPConnection(_HOST, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def _only_one(config: Config) -> Iterator[int]:
    """Keep other copies out of the folder; yield a descriptor for the programs to inherit.

    Two locks: this process's, and one that its programs hold as well. After a kill -9 the second is free only when the
    last program has gone, so that the next start does not meet them.
    """
    folder = _made(config.var)
    own, programs = (os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600) for name in ("run", "programs"))
    try:
        if not _locked(own, within=0):
            raise CannotStart(
                f"Mitoyen tourne déjà avec {folder}. Un second exemplaire : make run PORT={config.port + 10}\n"
                f"Mitoyen already runs with {folder}. A second copy: make run PORT={config.port + 10}"
            )
        if not _locked(programs, within=_LEFTOVERS_WAIT):
            raise CannotStart(
                f"Des programmes d’un lancement précédent tournent encore avec {folder} (voir : lslocks).\n"
                f"Programs of an earlier start still run with {folder} (see: lslocks)."
            )
        yield programs
    finally:
        os.close(programs)
        os.close(own)


def _locked(descriptor: int, *, within: float) -> bool:
    """Take a lock; within: seconds to try for."""
    deadline = time.monotonic() + within
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        else:
            return True


def _check_ports(config: Config) -> None:
    for port in (config.port, config.port + 1) if config.demonstration else (config.port,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HOST, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                raise CannotStart(
                    f"Le port {port} est déjà pris par un autre programme. Essayez : make run PORT={config.port + 10}\n"
                    f"Port {port} is already taken by another program. Try: make run PORT={config.port + 10}"
                ) from None


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _tell(text: str) -> None:
    click.echo(text)


if __name__ == "__main__":
    sys.exit(main())
