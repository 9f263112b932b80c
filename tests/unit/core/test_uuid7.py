"""Identifiers made in Python."""

import time
from uuid import RFC_4122

from marketplace.core import db
from marketplace.core.db import uuid7


def test_it_is_a_version_7_of_the_standard_variant():
    for _ in range(200):
        made = uuid7()

        assert made.version == 7
        assert made.variant == RFC_4122


def test_it_starts_with_the_milliseconds_of_now():
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000

    assert before <= made.int >> 80 <= after


def test_later_ones_sort_after_earlier_ones(monkeypatch):
    moments = iter([1_000_000_000, 1_000_000_245, 1_000_999_999, 1_001_000_000])
    monkeypatch.setattr(db.time, "time_ns", lambda: next(moments))

    made = [uuid7() for _ in range(4)]

    assert made == sorted(made)
    assert [str(identifier) for identifier in made] == sorted(str(identifier) for identifier in made)
    assert [identifier.int >> 64 & 0xFFF for identifier in made] == [0, 1, 0xFFF, 0]


def test_those_of_one_millisecond_sort_in_the_order_they_were_made(monkeypatch):
    monkeypatch.setattr(db.time, "time_ns", time.perf_counter_ns)  # as fine, and nobody sets it back

    made = [uuid7() for _ in range(2_000)]

    assert made == sorted(made)


def test_the_62_last_bits_are_random():
    seen_set, seen_clear = 0, (1 << 128) - 1
    for _ in range(400):
        value = uuid7().int
        seen_set |= value
        seen_clear &= value

    random_bits = (1 << 62) - 1
    assert seen_set & random_bits == random_bits
    assert seen_clear & random_bits == 0


def test_two_are_never_the_same():
    assert len({uuid7() for _ in range(2_000)}) == 2_000
