"""The 28 characters that name an offer."""

import pytest
from stdnum import lei

from marketplace.projects import identifier


def test_the_platform_is_named_by_a_right_lei_that_nobody_could_take_for_one():
    assert lei.is_valid(identifier.PLATFORM)
    assert "SANDBOX" in identifier.PLATFORM


def test_an_offer_has_twenty_eight_characters():
    assert identifier.of_offer(7) == identifier.PLATFORM + "00000007"
    assert len(identifier.of_offer(99_999_999)) == 28


@pytest.mark.parametrize("number", [0, -1, 100_000_000])
def test_a_number_of_other_than_eight_digits_names_nothing(number):
    with pytest.raises(ValueError, match=str(number)):
        identifier.of_offer(number)
