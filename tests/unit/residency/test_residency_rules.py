"""How long a proof lasts, and who may move or ask."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core.years import year_after, year_before
from marketplace.residency.rules import (
    RENEWAL,
    may_ask_verification,
    may_move_again_at,
    renewable_from,
    standing,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        (NOW, datetime(2027, 11, 23, 23, tzinfo=UTC)),  # midnight in Paris, winter
        (datetime(2026, 7, 1, 9, tzinfo=UTC), datetime(2027, 7, 1, 22, tzinfo=UTC)),  # summer
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), datetime(2028, 1, 1, 23, tzinfo=UTC)),  # already 2027 in Paris
        (datetime(2028, 2, 29, 12, tzinfo=UTC), datetime(2029, 2, 28, 23, tzinfo=UTC)),
    ],
)
def test_a_proof_lasts_through_the_same_day_of_next_year(given, ends):
    assert year_after(given) == ends


def test_a_year_before_a_leap_day_is_the_day_before():
    assert year_before(datetime(2028, 2, 29, 12, tzinfo=UTC)) == datetime(2027, 2, 28, 12, tzinfo=UTC)


def test_a_third_move_waits_until_the_first_is_a_year_old():
    first, second = NOW - timedelta(days=200), NOW - timedelta(days=10)

    assert may_move_again_at([], NOW) is None
    assert may_move_again_at([first], NOW) is None
    assert may_move_again_at([second, first], NOW) == year_after(first)
    assert may_move_again_at([first, second], year_after(first)) is None


def test_moves_of_more_than_a_year_ago_are_forgotten():
    assert may_move_again_at([NOW - timedelta(days=400), NOW - timedelta(days=366), NOW], NOW) is None


def test_a_declaration_is_renewed_near_its_end_but_a_proof_only_after_it():
    assert renewable_from(1, NOW) == NOW - RENEWAL
    assert renewable_from(3, NOW) == NOW


@pytest.mark.parametrize(
    ("level", "left", "fault"),
    [
        (1, timedelta(days=300), None),
        (1, timedelta(0), "residence_expired"),
        (2, timedelta(days=300), None),
        (3, timedelta(days=300), "already_verified"),
        (3, RENEWAL, None),
        (3, timedelta(0), "residence_expired"),
    ],
)
def test_a_check_is_for_whoever_has_something_to_gain(level, left, fault):
    assert may_ask_verification(level, NOW + left, NOW) == fault


@pytest.mark.parametrize(("level", "word"), [(0, "revoked"), (1, "declared"), (2, "confirmed"), (3, "proven")])
def test_a_level_has_a_word_until_it_expires(level, word):
    assert standing(level, NOW + timedelta(seconds=1), NOW) == word
    assert standing(level, NOW, NOW) == ("expired" if level else "revoked")
