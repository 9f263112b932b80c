"""Windows counted in the database, one statement, for every process together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import event, select

from marketplace.core import limits
from marketplace.core.limits import Limit, RateLimit

MINUTE = timedelta(minutes=1)


def test_the_last_use_passes_and_the_next_waits_for_the_window(session, now):
    limit = Limit("door:a", 3, MINUTE)

    answers = [limits.hit(session, [limit], now=now + timedelta(seconds=second)) for second in range(5)]

    assert answers == [None, None, None, timedelta(seconds=57), timedelta(seconds=56)]
    assert limits.hit(session, [Limit("door:b", 3, MINUTE)], now=now) is None


def test_a_window_that_is_over_starts_afresh(session, now):
    limit = Limit("door:a", 1, MINUTE)
    limits.hit(session, [limit], now=now)

    assert limits.hit(session, [limit], now=now + MINUTE - timedelta(seconds=1)) is not None
    assert limits.hit(session, [limit], now=now + MINUTE) is None


def test_several_limits_are_one_statement_and_the_longest_wait_counts(session, now):
    statements = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *call: statements.append(call[2]))
    short, long = Limit("door:z", 1, MINUTE), Limit("door:a", 1, 2 * MINUTE)

    assert limits.hit(session, [short, long], now=now) is None
    assert limits.hit(session, [short, long], now=now) == 2 * MINUTE

    assert len([statement for statement in statements if "SAVEPOINT" not in statement]) == 2


def test_an_honest_use_is_given_back(session, now):
    door, person = Limit("door:a", 5, MINUTE), Limit("person:b", 5, MINUTE)
    for _ in range(3):
        limits.hit(session, [door, person], now=now)

    limits.give_back(session, [door.key, "never:used"], afresh=person.key)

    assert session.execute(select(RateLimit.key, RateLimit.hits)).all() == [("door:a", 2)]


def test_old_windows_are_dropped(session, now):
    limits.hit(session, [Limit("old", 1, MINUTE)], now=now - 2 * MINUTE)
    limits.hit(session, [Limit("young", 1, MINUTE)], now=now)

    limits.purge(session, now=now)

    assert session.scalars(select(RateLimit.key)).all() == ["young"]


def test_simultaneous_last_uses_let_exactly_as_many_pass(committed, now):
    limit, other = Limit("door:a", 10, MINUTE), Limit("door:b", 100, MINUTE)

    def use(number):
        both = [limit, other] if number % 2 else [other, limit]
        return committed.in_transaction(lambda session: limits.hit(session, both, now=now))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(use, range(40)))

    assert answers.count(None) == 10
