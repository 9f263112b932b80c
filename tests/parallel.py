"""Tests on every processor (pytest-xdist): one server for all workers, a file at a time, the browsers in two sites.

`make test` asks for it with ``-n auto``; without, everything here stands aside.
"""

import os
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from marketplace.core.embedded import Embedded
from tests import template

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = "tests/e2e/"
TOUR = "tests/e2e/test_pages.py"  # longer than the rest of its folder: a site of its own
# Done by one worker while another begins the tour, which takes that much longer than the other browsers.
MEANWHILE = ("tests/unit/", "tests/contract/", "tests/migrations/")


def start_server(config: pytest.Config) -> None:
    """Start the server that the workers share, before there are any; each makes databases of its own on it."""
    several = getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput")
    if several and "TEST_DATABASE_URL" not in os.environ:
        embedded = Embedded(ROOT / "var" / "test-postgres", throwaway=True)
        config.add_cleanup(embedded.stop)
        os.environ["TEST_DATABASE_URL"] = url = embedded.start()
        Thread(target=_prepare, args=(url,), daemon=True).start()


def _prepare(server_url: str) -> None:
    """Make what every database is a copy of while the workers look for their tests.

    Where that cannot be done they do it themselves, and say what is wrong.
    """
    with suppress(Exception), template.administrative(server_url) as engine:
        template.make(server_url, engine)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give whole files to workers, in order, so that what a file shares is made once."""
    from xdist.scheduler import LoadScopeScheduling  # here: without the plug-in nobody asks

    class FileByFile(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    config.option.loadscopereorder = False
    return FileByFile(config, log)


def turn(nodeid: str, *, together: bool) -> int:
    """Return when a test is done: browsers last, of these the tour first. together: there is more than one worker."""
    if nodeid.startswith(TOUR):
        return 1
    if nodeid.startswith(BROWSERS):
        return 3
    return 2 if together and nodeid.startswith(MEANWHILE) else 0


def scope_of(nodeid: str) -> str:
    """Return what a test is done together with: its file; in a browser, all that share a site but the tour."""
    file = nodeid.split("::", 1)[0]
    return BROWSERS if file.startswith(BROWSERS) and file != TOUR else file
