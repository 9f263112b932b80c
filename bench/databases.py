"""A database to measure on: that of an address, or one on an embedded server of its own."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from marketplace.core.db import make_engine
from marketplace.core.embedded import Embedded
from marketplace.core.migrate import upgrade
from marketplace.territories import loader


@contextmanager
def migrated(url: str | None) -> Iterator[Engine]:
    """Yield an engine of a database with empty tables. url: of one that is migrated; None makes one."""
    if url is not None:
        yield make_engine(url)
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as folder:
        server = Embedded(Path(folder) / "postgres", throwaway=True)
        try:
            engine = make_engine(server.start())
            upgrade(engine)
            yield engine
            engine.dispose()
        finally:
            server.stop()


@contextmanager
def filled(url: str | None) -> Iterator[Engine]:
    """Yield an engine of a database with the territories. url: of one that has them; None makes one."""
    with migrated(url) as engine:
        if url is None:
            loader.import_release(engine)
        yield engine
