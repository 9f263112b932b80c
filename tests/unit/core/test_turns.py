"""So many works at the database at a time; what a work opens within itself does not wait for them."""

import threading

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from marketplace.core import db
from marketplace.core.db import Database

NOWHERE = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nowhere")


def at_once(database, number, patience):
    """Have so many threads open a session and keep it until all have one; return how many got one.

    patience: seconds after which they give up waiting for the others.
    """
    meeting, there = threading.Barrier(number), []

    def work():
        try:
            with database.reading():
                meeting.wait(patience)
                there.append(True)
        except (threading.BrokenBarrierError, PoolTimeoutError):
            pass

    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(there)


@pytest.mark.parametrize(("turns", "there", "patience"), [(None, 2, 5), (2, 2, 5), (1, 0, 0.002)])
def test_no_more_are_at_the_database_than_there_are_turns(turns, there, patience):
    assert at_once(Database(NOWHERE, at_once=turns), 2, patience) == there


def test_what_a_work_opens_within_itself_needs_no_turn():
    database = Database(NOWHERE, at_once=1)

    with database.reading(), database.reading():
        assert db.transaction_open()


def test_who_gets_no_turn_is_told_as_by_a_pool(monkeypatch):
    monkeypatch.setattr(db, "_PATIENCE", 0.001)
    database = Database(NOWHERE, at_once=0)

    with pytest.raises(db.AWAY), database.reading():
        pass


def test_a_turn_is_given_back_after_a_failure():
    database = Database(NOWHERE, at_once=1)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), database.reading():
            raise ZeroDivisionError
