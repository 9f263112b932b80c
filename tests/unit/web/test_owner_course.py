"""What an owner is told first, from figures alone."""

from datetime import UTC, datetime

import pytest

from marketplace.pledges.queries import Progress
from marketplace.web.owner.course import GROUPS, Course
from marketplace.web.owner.words import STANDINGS


def course(live=0, related=0, backers=1, opens_at=None, days_left=30):
    return Course(Progress(live, 0, related, backers), 500_00, 1_000_00, 1_200_00, opens_at, days_left)


@pytest.mark.parametrize(
    ("facts", "situation"),
    [
        ({"days_left": None, "live": 900_00}, "over"),
        ({"opens_at": datetime(2026, 12, 7, tzinfo=UTC), "backers": 0}, "announced"),
        ({"live": 1_200_00}, "full"),
        ({"live": 1_000_00}, "goal"),
        ({"live": 999_99}, "succeeds"),
        ({"live": 500_00}, "succeeds"),
        ({"live": 500_00, "related": 1}, "on_its_way"),
        ({"backers": 0}, "nobody"),
        ({"live": 499_99, "days_left": 7}, "late"),
        ({"live": 499_99, "days_left": 8}, "on_its_way"),
    ],
)
def test_the_first_thing_to_know(facts, situation):
    assert course(**facts).situation == situation


def test_the_owner_s_own_money_does_not_bring_the_threshold_nearer():
    assert course(live=500_00, related=100_00).to_threshold == 100_00
    assert course(live=500_00, related=100_00).to_goal == 500_00


def test_every_state_stands_in_one_group():
    states = [state for _title, group in GROUPS for state in group]

    assert sorted(states) == sorted(STANDINGS)
