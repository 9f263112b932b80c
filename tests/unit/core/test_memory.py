"""What is kept for a while: for how long, how much of it, and made once however many ask."""

import time
from threading import Barrier, Thread

import pytest

from marketplace.core.memory import Memory


class Hand:
    """A clock that is moved by hand."""

    at = 0.0

    def __call__(self):
        return self.at


def counted(made):
    """Return a function that makes values and counts them."""
    return lambda: made.append(1) or len(made)


def test_a_value_serves_until_its_time_is_over():
    clock, made = Hand(), []
    memory = Memory(10, clock=clock)

    seen = []
    for clock.at in (0, 9.9, 10, 19.9, 20.1):
        seen.append(memory.get("page", counted(made)))

    assert seen == [1, 1, 2, 2, 3]


def test_some_values_serve_longer():
    clock, made = Hand(), []
    memory = Memory(10, clock=clock)
    memory.get("place", counted(made), times=6)
    clock.at = 59

    assert memory.get("place", counted(made)) == 1


def test_nothing_is_also_a_value():
    made = []
    memory = Memory(10, clock=Hand())

    for _ in range(2):
        assert memory.get("nobody", lambda: made.append(1)) is None

    assert made == [1]


def test_the_least_used_goes_first():
    made = []
    memory = Memory(10, most=2, clock=Hand())

    for key in ("a", "b", "a", "c", "a", "b"):
        memory.get(key, lambda key=key: made.append(key))

    assert made == ["a", "b", "c", "b"]
    assert len(memory) == 2


def test_without_seconds_nothing_is_kept():
    made = []
    memory = Memory(0)

    assert [memory.get("page", counted(made)) for _ in range(3)] == [1, 2, 3]
    assert len(memory) == 0


def test_a_failure_is_not_kept_and_holds_nobody_up():
    memory = Memory(10, clock=Hand())
    with pytest.raises(ZeroDivisionError):
        memory.get("page", lambda: 1 / 0)

    assert memory.get("page", lambda: 1) == 1


def test_of_many_that_miss_a_value_one_makes_it():
    memory, made, seen, start = Memory(10), [], [], Barrier(8)

    def make():
        time.sleep(0.005)
        made.append(1)
        return "value"

    def ask():
        start.wait()
        seen.append(memory.get("page", make))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == [1]
    assert seen == ["value"] * 8
