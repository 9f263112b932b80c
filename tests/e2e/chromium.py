"""The browser of the tests and the tools: Chromium without a window.

The shell draws the same pages as the whole browser, in a third of the time: that one also draws a window, on no screen.
"""

import shutil

FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # One process for pages and one for drawing them: who is kept apart from whom is not what is tested.
    "--disable-site-isolation-trials",
    "--renderer-process-limit=2",
    "--in-process-gpu",
)
_NAMES = ("chromium-headless-shell", "chromium")
_MISSING = """Chromium is missing. On Debian:
    apt-get update && apt-get install -y --no-install-recommends chromium-headless-shell fonts-dejavu-core
Without the tests that need it: make test E2E=0"""


def executable() -> str:
    """Return where Chromium is. Raises SystemExit: what to type, where it is not installed."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise SystemExit(_MISSING)
    return found
