"""The demonstration's clock and the sandbox's tell the same time, whatever became of one of them."""

from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.core.errors import Unavailable
from marketplace.demo import clocks
from marketplace.sandbox import Sandbox
from tests.factories import DAY, HOUR

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def sandbox():
    with Sandbox(background=False) as running:
        yield running


def ours(database):
    with database.reading() as session:
        return clock.demo_offset(session)


def theirs(sandbox):
    return timedelta(seconds=clocks._ask("GET", sandbox.url, None)["offset"])


def advance(database, to):
    database.in_transaction(lambda session: clock.advance(session, to))


def test_the_clock_goes_where_it_is_told_and_never_back(database):
    assert ours(database) == timedelta(0)
    for to, there in ((DAY, DAY), (DAY, DAY), (HOUR, DAY), (3 * DAY, 3 * DAY)):
        advance(database, to)
        assert ours(database) == there


@pytest.mark.parametrize(("here", "there"), [(0, 0), (0, 5), (5, 0), (3, 5), (5, 3)])
def test_the_one_that_is_behind_catches_up(here, there, database, sandbox):
    if here:
        advance(database, here * DAY)
    clocks.move_sandbox(sandbox.url, there * DAY)

    clocks.bring_together(database, sandbox.url)

    assert ours(database) == theirs(sandbox) == max(here, there) * DAY


def test_a_sandbox_that_is_ahead_is_not_moved_back(sandbox):
    clocks.move_sandbox(sandbox.url, 2 * DAY)

    with pytest.raises(Unavailable):
        clocks.move_sandbox(sandbox.url, DAY)

    assert theirs(sandbox) == 2 * DAY


def test_nobody_there_is_unavailable_and_moves_nothing(database):
    with pytest.raises(Unavailable):
        clocks.bring_together(database, NOBODY)

    assert ours(database) == timedelta(0)
