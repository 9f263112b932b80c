"""The release in memory: read once, by whichever thread comes first, and again when the database holds another."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import event, update

from marketplace.territories import geography
from marketplace.territories.models import TerritoryRelease

THREADS = 6


@pytest.fixture
def forgotten(monkeypatch):
    """What a process that has just started knows."""
    monkeypatch.setattr(geography, "_kept", type(geography._kept)())


@pytest.mark.races
def test_threads_that_come_together_read_it_once(committed, forgotten):
    reads = []

    def note(_connection, _cursor, statement, *_):
        if "FROM territory_adjacency" in statement:
            reads.append(statement)

    event.listen(committed.engine, "before_cursor_execute", note)
    together = Barrier(THREADS)

    def ask(_number):
        with committed.reading() as session:
            together.wait(timeout=30)
            return geography.geography(session)

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(ask, range(THREADS)))

    assert len(reads) == 2  # borders by land, and by sea
    assert all(one is found[0] for one in found)


@pytest.mark.untimed
def test_another_release_is_read_and_two_are_kept(session, forgotten):
    first = geography.geography(session)
    assert geography.geography(session) is first

    later = []
    for fingerprint in ("second", "third"):
        session.execute(update(TerritoryRelease).values(fingerprint=fingerprint))
        session.commit()
        later.append(geography.geography(session))

    assert len({id(one) for one in (first, *later)}) == 3
    assert len(geography._kept) == 2
    assert geography.geography(session) is later[1]
    assert later[1].communes == first.communes
