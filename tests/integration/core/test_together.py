"""What many ask for at once is done in one go; what breaks one breaks no other, and nobody waits for ever."""

import threading
import time

import pytest
from sqlalchemy.exc import SQLAlchemyError

from marketplace.core import together
from marketplace.core.errors import NotFound, Refused, Unavailable
from marketplace.core.together import Together


class Work:
    """Doubles numbers, and remembers the batches; held until released where it is told so."""

    def __init__(self):
        self.batches, self.begun, self.go_on = [], threading.Event(), threading.Event()
        self.go_on.set()

    def __call__(self, batch):
        self.begun.set()
        assert self.go_on.wait(5)
        self.batches.append(list(batch))
        if 13 in batch:
            raise NotFound(13)
        if 666 in batch:
            raise ZeroDivisionError
        return [Refused("odd") if number % 2 else number * 2 for number in batch]

    def hold(self):
        self.begun.clear()
        self.go_on.clear()


@pytest.fixture
def work():
    return Work()


def asked(line, number, answers):
    try:
        answers[number] = line.ask(number)
    except (Refused, NotFound, Unavailable, SQLAlchemyError, ZeroDivisionError) as error:
        answers[number] = type(error)


def storm(line, work, numbers):
    """Have the first work alone, and wait in it until all others are in the queue; return every answer."""
    answers, threads = {}, []
    work.hold()
    for place, number in enumerate(numbers):
        threads.append(threading.Thread(target=asked, args=(line, number, answers)))
        threads[-1].start()
        if place == 0:
            assert work.begun.wait(5)
        while len(line) < place:
            time.sleep(0.0005)
    work.go_on.set()
    for thread in threads:
        thread.join(5)
    return answers


def test_alone_it_is_a_batch_of_one(work):
    line = Together(work)

    assert line.ask(4) == 8
    with pytest.raises(Refused):
        line.ask(5)

    assert work.batches == [[4], [5]]


def test_those_who_wait_are_answered_together_each_with_their_own(work):
    answers = storm(Together(work), work, [2, 4, 5, 6])

    assert work.batches == [[2], [4, 5, 6]]
    assert answers == {2: 4, 4: 8, 5: Refused, 6: 12}


def test_no_more_than_so_many_at_once(work, monkeypatch):
    monkeypatch.setattr(together, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(together, "GATHERING", 0)

    storm(Together(work), work, [2, 4, 6, 8])

    assert work.batches == [[2], [4, 6], [8]]


def test_what_breaks_a_batch_is_found_by_asking_for_each_alone(work):
    answers = storm(Together(work), work, [2, 4, 13, 6])

    assert work.batches == [[2], [4, 13, 6], [4], [13], [6]]
    assert answers == {2: 4, 4: 8, 13: NotFound, 6: 12}


def test_two_of_one_key_are_never_in_one_batch(work, monkeypatch):
    monkeypatch.setattr(together, "GATHERING", 0)

    storm(Together(work, apart=lambda number: number % 10), work, [2, 4, 14, 6])

    assert work.batches == [[2], [4, 6], [14]]


def test_work_that_breaks_leaves_nobody_waiting(work):
    line = Together(work)

    answers = storm(line, work, [2, 666, 4])

    assert answers == {2: 4, 666: ZeroDivisionError, 4: Unavailable}
    assert line.ask(8) == 16


def test_who_waits_too_long_is_told_to_come_back(work):
    line, answers = Together(work), {}
    work.hold()
    first = threading.Thread(target=asked, args=(line, 2, answers))
    first.start()
    assert work.begun.wait(5)

    with pytest.raises(Unavailable):
        line.ask(4, patience=0.001)

    work.go_on.set()
    first.join(5)
    assert (answers, work.batches, len(line)) == ({2: 4}, [[2]], 0)


def crowd(line, work, numbers):
    """Have so many ask at the same moment, nobody held."""
    answers, start = {}, threading.Barrier(len(numbers))

    def one(number):
        start.wait()
        asked(line, number, answers)

    threads = [threading.Thread(target=one, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    return answers


@pytest.mark.parametrize(("gathering", "together_again"), [(5.0, True), (0.0, False)])
def test_a_crowd_is_waited_for_and_comes_back_as_one(work, monkeypatch, gathering, together_again):
    """Its negative control waits for nobody: the first to be back is alone."""
    monkeypatch.setattr(together, "GATHERING", gathering)
    line, answers = Together(work), {}
    line._crowd = 3
    first = threading.Thread(target=asked, args=(line, 2, answers))
    first.start()
    while gathering == 0 and first.is_alive():
        time.sleep(0.0005)
    crowd(line, work, [4, 6])
    first.join(5)

    assert (sorted(work.batches[0]) == [2, 4, 6]) is together_again


def test_nobody_waits_for_a_crowd_that_does_not_come(work, monkeypatch):
    monkeypatch.setattr(together, "GATHERING", 0.002)
    line = Together(work)
    line._crowd = 3

    assert line.ask(2) == 4

    assert (work.batches, line._crowd) == ([[2]], 0)
