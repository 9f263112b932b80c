"""Who is shown as a backer: as each chose, and no commune of fewer than five."""

import pytest

from marketplace.core.db import uuid7
from marketplace.core.money import Money
from marketplace.pledges import backers, services
from tests.arranged import arranged
from tests.factories import BUXEROLLES, DAY, POITIERS


@arranged
def campaign(make):
    return make.campaign()


@pytest.fixture
def join(make, campaign):
    """Have somebody back the campaign, shown as they like."""

    def one(shown_as, commune=POITIERS, who=None, at=None):
        pledge = make.pledge(campaign=campaign, backer=who or make.account(commune=commune), now=at)
        make.do(lambda session: services.show_as(session, **pledge.ids, backer_id=pledge.backer.id, shown_as=shown_as))
        return pledge

    return one


@pytest.fixture
def shown(make, campaign):
    return lambda: make.do(lambda session: backers.shown(session, campaign.id))


def names(found):
    return [(one.name, one.commune_code) for one in found.backers]


def test_nothing_is_shown_unless_they_say_so(make, campaign, shown):
    make.pledge(campaign=campaign)

    assert shown() == backers.Shown((), 1)


def test_a_commune_is_said_from_five_backers_on(make, join, shown):
    for _each in range(3):
        join("nothing")
    join("commune")
    assert names(shown()) == [(None, None)]
    claire = join("name").backer

    assert names(shown()) == [(claire.display_name, POITIERS), (None, POITIERS)]
    assert shown().others == 3


def test_a_name_is_shown_even_where_its_commune_is_not(join, shown):
    claire = join("name", BUXEROLLES).backer

    assert names(shown()) == [(claire.display_name, None)]


def test_who_left_or_belongs_to_the_project_is_not_there(make, join, campaign, shown):
    gone = join("name")
    make.do(lambda session: services.withdraw(session, **gone.ids, backer_id=gone.backer.id, now=make.now))
    join("name", who=campaign.owner)

    assert shown() == backers.Shown((), 0)


def test_of_two_pledges_the_more_private_one_counts(make, join, shown):
    person = make.account()
    join("name", who=person)
    join("nothing", who=person, at=make.now + DAY)

    assert shown() == backers.Shown((), 1)


def test_what_was_chosen_with_the_pledge_is_kept(make, campaign):
    person = make.account()
    pledge_id = make.do(
        lambda session: services.open_pledge(
            session,
            campaign_id=campaign.id,
            backer_id=person.id,
            amount=Money(20_00),
            form_key=uuid7(),
            now=make.now,
            shown_as="commune",
        )
    )

    assert make.row(campaign.id, pledge_id).shown_as == "commune"
