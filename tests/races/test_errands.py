"""The collector and the news of the provider, about one pledge at the same moment."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from marketplace.core.db import sqlstate
from marketplace.pledges import errands
from marketplace.pledges.models import SettlementJob
from marketplace.pledges.rules import LEASE
from marketplace.pledges.transitions import lock_pledge


@pytest.fixture
def due(make):
    """A pledge whose charge is to be run again, and when."""
    pledge = make.pledge(state="charging")
    return pledge, pledge.at + 10 * LEASE


def claimed(session, at):
    session.execute(text("SET LOCAL lock_timeout = '200ms'"))
    return [errand.pledge_id for errand in errands.claim(session, now=at, limit=10)]


def test_an_errand_whose_pledge_somebody_is_at_is_left_for_another_time(due, committed):
    """Who hears of a charge has the pledge and wants its errand; the collector must not have it and want the pledge."""
    pledge, at = due
    with committed.sessions() as news:
        lock_pledge(news, **pledge.ids)

        with committed.sessions() as session:
            assert pledge.id not in claimed(session, at)
            news.execute(text("SET LOCAL lock_timeout = '200ms'"))
            errands.end_of(news, **pledge.ids, kind="charge", outcome="succeeded", provider_id="pi_1", now=at)
        news.rollback()

    with committed.sessions() as session:
        assert pledge.id in claimed(session, at), "it was the lock that kept it away"


def test_the_control_with_the_errand_locked_alone_each_waits_for_the_other(due, committed):
    pledge, _at = due
    alone = select(SettlementJob.id).where(SettlementJob.pledge_id == pledge.id).with_for_update(skip_locked=True)
    with committed.sessions() as news, committed.sessions() as session:
        lock_pledge(news, **pledge.ids)

        assert session.scalars(alone).all() != []
        session.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(OperationalError) as waited:
            lock_pledge(session, **pledge.ids)
        news.rollback()

    assert sqlstate(waited.value) == "55P03"
