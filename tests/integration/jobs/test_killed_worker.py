"""A worker that is killed leaves jobs behind that nobody does: they, and their locks, must not stay for ever."""

from collections.abc import Iterator

import procrastinate
import pytest
from sqlalchemy import text

from config import Config
from marketplace import jobs
from marketplace.core.db import Database
from marketplace.core.queue import enqueue
from marketplace.runtime import Runtime
from tests.factories import Make

KILLED = """
WITH dead AS (
    INSERT INTO procrastinate.procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id
)
UPDATE procrastinate.procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead
"""
# The worker adds periodic tasks of its own accord, at most one of each in a test: they come after.
STATES = "SELECT task_name, status FROM procrastinate.procrastinate_jobs ORDER BY id LIMIT :first"


@pytest.fixture
def queue(committed: Database, gateway, tmp_path) -> Iterator[procrastinate.App]:
    """The queue of an installation, as its worker opens it."""
    before = list(jobs.wiring.wired)
    config = Config(
        database_url="",
        secret_key="of-this-test",
        site_url="http://localhost",
        port=8000,
        var=tmp_path,
        stripe_secret_key=None,
        stripe_webhook_secret=None,
        stripe_api_base="http://127.0.0.1:1",
    )
    app = jobs.install(Runtime(config, committed, gateway), post_mail=lambda *_, **__: None)
    yield app
    jobs.wiring.wired[:] = before


@pytest.fixture
def make(committed, gateway, now) -> Make:
    return Make(committed, gateway, now)


def work(queue):
    """Do every job that can be done, then stop."""
    queue.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def add(database, name, **arguments):
    database.in_transaction(lambda session: enqueue(session, name, **arguments))


def states(database, first):
    with database.reading() as session:
        return [tuple(row) for row in session.execute(text(STATES), {"first": first})]


def left_behind(database, name, **arguments):
    """Have a worker die at a job."""
    add(database, name, **arguments)
    database.in_transaction(lambda session: session.execute(text(KILLED)))


@pytest.fixture
def tick():
    """What the scheduler and the clock's page add."""
    return {"name": "core.tick", "lock": "core.tick"}


def test_time_goes_on_after_a_worker_was_killed_in_the_middle_of_a_tick(committed, queue, tick):
    left_behind(committed, **tick)
    queueing = "UPDATE procrastinate.procrastinate_jobs SET queueing_lock = 'core.tick'"
    committed.in_transaction(lambda session: session.execute(text(queueing)))
    add(committed, **tick)
    add(committed, "core.rescue")

    work(queue)
    work(queue)

    assert states(committed, 3) == [
        ("core.tick", "failed"),
        ("core.tick", "succeeded"),
        ("core.rescue", "succeeded"),
    ]


def test_a_card_is_forgotten_although_the_worker_was_killed(committed, queue, gateway):
    left_behind(committed, "pledges.forget_card", payment_method_id="pm_1")
    add(committed, "core.rescue")

    work(queue)
    work(queue)

    assert gateway.forgotten == ["pm_1"]
    assert states(committed, 2) == [("pledges.forget_card", "succeeded"), ("core.rescue", "succeeded")]


def test_a_job_under_way_is_left_to_its_worker(committed, queue, gateway, tick):
    left_behind(committed, "pledges.forget_card", payment_method_id="pm_1", lock="core.tick")
    alive = "UPDATE procrastinate.procrastinate_workers SET last_heartbeat = now()"
    committed.in_transaction(lambda session: session.execute(text(alive)))
    add(committed, **tick)
    add(committed, "core.rescue")

    work(queue)

    assert gateway.forgotten == []
    assert states(committed, 3) == [
        ("pledges.forget_card", "doing"),
        ("core.tick", "todo"),  # jobs of one lock run one after the other
        ("core.rescue", "succeeded"),
    ]
