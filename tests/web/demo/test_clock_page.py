"""A visitor moves the demonstration's clock."""

import pytest
from sqlalchemy import text

from marketplace.core import clock
from marketplace.core.errors import Unavailable
from tests.factories import DAY

TICKS = "SELECT lock FROM procrastinate.procrastinate_jobs WHERE task_name = 'core.tick'"


@pytest.fixture
def sandbox(app):
    """What the sandbox is told."""
    told = []
    app.extensions["mitoyen_sandbox_clock"] = told.append
    return told


def move(client, csrf, hours):
    return client.post("/horloge", data={"csrf_token": csrf(client), "heures": hours})


def offset(session):
    session.expire_all()
    return clock.demo_offset(session)


def test_both_clocks_are_told_where_to_be_and_time_does_its_work(client, csrf, session, sandbox):
    for day in (1, 2):
        assert move(client, csrf, "24").status_code == 303
        assert sandbox[-1] == offset(session) == day * DAY

    assert list(session.scalars(text(TICKS))) == ["core.tick", "core.tick"]


def test_nothing_moves_while_the_sandbox_is_away(client, csrf, session, app):
    def away(_to):
        raise Unavailable("sandbox")

    app.extensions["mitoyen_sandbox_clock"] = away

    assert move(client, csrf, "24").status_code == 303

    assert offset(session) == 0 * DAY
    assert list(session.scalars(text(TICKS))) == []


def test_a_click_that_was_lost_on_our_side_is_caught_up_with(client, csrf, session, sandbox):
    """The sandbox moved and we did not: the next step says where to be, not how far to go."""
    sandbox.append(DAY)

    move(client, csrf, "24")

    assert sandbox == [DAY, DAY]
    assert offset(session) == DAY


@pytest.mark.parametrize("hours", ["", "-24", "2", "24h"])
def test_no_other_step_is_taken(hours, client, csrf, session, sandbox):
    move(client, csrf, hours)

    assert (sandbox, offset(session)) == ([], 0 * DAY)
