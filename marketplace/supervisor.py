"""Programs that live and die together: started in order, kept alive, stopped in the opposite order.

Knows nothing of the application. Each program leads a session of its own, so that Ctrl-C in a terminal reaches only
the supervisor, and is ended by the kernel when the supervisor is killed. Linux only.
"""

import ctypes
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

LOG_LIMIT = 10_000_000
"""Bytes; a longer log is put aside when its program starts, over the one put aside before."""

_TICK = 0.05
_KILL_WAIT = 2.0
_PR_SET_PDEATHSIG = 1
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_libc = ctypes.CDLL(None, use_errno=True)


class Stop(BaseException):
    """Somebody asked for the end: Ctrl-C, SIGTERM or a closed terminal. Like KeyboardInterrupt, not an error."""


class ProgramFailed(Exception):  # noqa: N818 - says what happened
    """A program ended that should not have, or never became ready.

    log: the last lines it wrote.
    """

    def __init__(self, name: str, reason: str, log: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.log = log


def _at_once() -> bool:
    return True


@dataclass(frozen=True)
class Program:
    """What to run.

    environment: all of it. ready: whether it does its work already, asked again and again; quick, raises nothing.
    patience: seconds until it must be ready. grace: seconds from SIGTERM to SIGKILL.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    ready: Callable[[], bool] = _at_once
    patience: float = 60.0
    grace: float = 5.0


@dataclass(frozen=True)
class Patience:
    """How often a program may end by itself before that is too often.

    first_delay: seconds before the first restart, doubled at each one that follows. ends: within ``window`` seconds.
    """

    first_delay: float = 0.5
    ends: int = 5
    window: float = 60.0


@dataclass
class _Child:
    program: Program
    process: "subprocess.Popen[bytes]"
    log: Path
    ends: "deque[float]" = field(default_factory=deque)
    restart_at: float | None = None


class Supervisor:
    """Starts programs, keeps them, stops them.

    folder: the programs' working folder. logs: one file for each program. kept_open: file descriptors that every
    program inherits (a lock that says that some are still there). say: tells the person at the terminal.
    """

    def __init__(
        self,
        folder: Path,
        logs: Path,
        *,
        kept_open: Sequence[int] = (),
        patience: Patience = Patience(),
        say: Callable[[str], None] = print,
    ) -> None:
        self._folder = folder
        self._logs = logs
        self._kept_open = tuple(kept_open)
        self._patience = patience
        self._say = say
        self._children: list[_Child] = []

    def start(self, program: Program) -> None:
        """Start a program; do not wait for it."""
        log = self._logs / f"{program.name}.log"
        with suppress(FileNotFoundError):
            if log.stat().st_size > LOG_LIMIT:
                log.replace(log.with_name(log.name + ".1"))
        with _signals_held():
            self._children.append(_Child(program, self._spawn_logged(program, log), log))

    def carry_out(self, program: Program) -> str:
        """Run a program to its end; return what it wrote to its standard output.

        What it says on standard error goes to the terminal. Raises ProgramFailed.
        """
        with _signals_held():
            process = self._spawn(program, subprocess.PIPE, None)
            self._children.append(_Child(program, process, self._logs))
        output, _ = process.communicate()
        self._children.pop()
        if process.returncode:
            raise ProgramFailed(program.name, _ending(process.returncode), "")
        return output.decode()

    def await_ready(self) -> None:
        """Wait until every program started is ready. Raises ProgramFailed: one ended, or takes longer than it may."""
        for child in self._children:
            deadline = time.monotonic() + child.program.patience
            while not child.program.ready():
                if (status := child.process.poll()) is not None:
                    raise ProgramFailed(child.program.name, _ending(status), _tail(child.log))
                if time.monotonic() > deadline:
                    reason = f"not ready after {child.program.patience:.0f} s"
                    raise ProgramFailed(child.program.name, reason, _tail(child.log))
                time.sleep(2 * _TICK)

    def watch(self) -> None:
        """Keep the programs running until `Stop`. Raises ProgramFailed: one keeps ending."""
        while True:
            for child in self._children:
                self._look_after(child)
            time.sleep(_TICK)

    def stop(self, within: float = 8.0) -> list[str]:
        """End every program, last started first; return the names of those that had to be killed.

        within: seconds for all of them together.
        """
        killed = []
        deadline = time.monotonic() + within
        while self._children:
            child = self._children[-1]
            grace = max(0.2, min(child.program.grace, deadline - time.monotonic()))
            if not _end(child.process, grace):
                killed.append(child.program.name)
            self._children.pop()
        return killed

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.restart_at is not None:
            if now >= child.restart_at:
                with _signals_held():
                    child.process, child.restart_at = self._spawn_logged(child.program, child.log), None
            return
        status = child.process.poll()
        if status is None:
            return
        _end(child.process, 0)  # whatever it had started itself
        while child.ends and child.ends[0] < now - self._patience.window:
            child.ends.popleft()
        child.ends.append(now)
        if len(child.ends) >= self._patience.ends:
            raise ProgramFailed(child.program.name, f"{_ending(status)}, {len(child.ends)} times", _tail(child.log))
        delay = self._patience.first_delay * 2 ** (len(child.ends) - 1)
        child.restart_at = now + delay
        self._say(f"{child.program.name}: {_ending(status)}; starting again in {delay:.1f} s ({child.log})")

    def _spawn_logged(self, program: Program, log: Path) -> "subprocess.Popen[bytes]":
        with log.open("ab") as output:
            return self._spawn(program, output, subprocess.STDOUT)

    def _spawn(self, program: Program, output: IO[bytes] | int, errors: int | None) -> "subprocess.Popen[bytes]":
        parent = os.getpid()
        return subprocess.Popen(  # noqa: S603 - our own programs
            program.argv,
            cwd=self._folder,
            env=program.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
            pass_fds=self._kept_open,
            preexec_fn=lambda: _begin(parent),  # noqa: PLW1509 - this process has one thread
        )


def _begin(parent: int) -> None:
    """Set up a program between its birth and its first instruction."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)  # a program inherits what is held back
    end_when_parent_dies(parent)


def end_when_parent_dies(parent: int) -> None:
    """Ask the kernel to send this process a SIGTERM when its parent, of this pid, dies however it dies."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before the kernel knew
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold back the signals that end a program: one between a birth and its entry in the list leaves an orphan."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def stoppable() -> Iterator[Callable[[], None]]:
    """Turn the signals that end a program into one `Stop`.

    Yield a function that makes them harmless: to call before cleaning up, which a second Ctrl-C must not cut short.
    """
    before = {number: signal.getsignal(number) for number in _ENDING}

    def ignore() -> None:
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)

    def stop(_number: int, _frame: FrameType | None) -> None:
        ignore()
        raise Stop

    for number in _ENDING:
        signal.signal(number, stop)
    try:
        yield ignore
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(process: "subprocess.Popen[bytes]", grace: float) -> bool:
    """End a program and what it started in its session; return whether it went by itself."""
    went = True
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            went = False
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(_KILL_WAIT)
    return went


def _ending(status: int) -> str:
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"


def _tail(log: Path, lines: int = 20) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 10_000))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
