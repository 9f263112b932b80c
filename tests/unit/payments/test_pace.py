"""How fast the provider is asked: just under its rate in every second, and not at all after a refusal."""

import threading

import pytest

from marketplace.payments.pace import Pace, threads_for

RATE = 25.0


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pace(clock):
    return Pace(RATE, clock=clock, sleep=clock.sleep)


def turns(pace, clock, number):
    found = []
    for _ in range(number):
        pace.take()
        found.append(clock())
    return found


def busiest_second(found):
    return max(sum(start <= one < start + 1 for one in found) for start in found)


def test_no_second_sees_more_than_the_rate_and_nearly_all_of_it_is_used(pace, clock):
    found = turns(pace, clock, 1_000)

    assert busiest_second(found) <= RATE
    assert 1_000 / found[-1] >= 0.95 * RATE


def test_turns_that_nobody_took_are_not_made_up_for(pace, clock):
    turns(pace, clock, 10)
    clock.at += 60

    assert busiest_second(turns(pace, clock, 100)) <= RATE


def test_after_a_refusal_everybody_waits_and_longer_each_time(pace, clock):
    pace.take()
    waits = []
    for _ in range(7):
        before = clock()
        pace.back_off()
        pace.take()
        waits.append(round(clock() - before))

    assert waits == [1, 2, 4, 8, 16, 32, 32]


def test_what_went_well_ends_the_waiting(pace, clock):
    pace.back_off()
    pace.take()
    pace.went_well()
    before = clock()
    pace.back_off()
    pace.take()

    assert round(clock() - before) == 1


def test_threads_share_one_pace():
    clock = Clock()
    pace = Pace(RATE, clock=clock, sleep=clock.sleep)

    threads = [threading.Thread(target=lambda: [pace.take() for _ in range(10)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert clock() == pytest.approx(79 / (0.96 * RATE)), "every turn is somebody's"


def test_who_oversleeps_makes_nobody_late_and_no_second_sees_more(clock):
    """A busy machine: every tenth sleep is longer than it was to be."""
    late, found = iter(range(10**6)), []
    pace = Pace(RATE, clock=clock, sleep=lambda seconds: clock.sleep(seconds + 0.025 * (next(late) % 10 == 0)))

    def ask():
        for _ in range(50):
            pace.take()
            found.append(clock())

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert busiest_second(found) <= RATE
    assert 500 / found[-1] >= 0.95 * RATE


@pytest.mark.parametrize(("rate", "threads"), [(1, 2), (25, 13), (100, 50)])
def test_enough_requests_are_under_way_to_keep_the_rate(rate, threads):
    assert threads_for(rate) == threads
