"""What a file begins with is made once, and nobody sees what another test made of it."""

import pytest
from sqlalchemy import func, select

from marketplace.accounts.models import Account
from marketplace.pledges import services
from tests.arranged import arranged

BUILT = []


@arranged
def pledge(make):
    BUILT.append(1)
    return make.pledge()


def test_nothing_is_made_before_it(make, arrange):
    make.account()

    with pytest.raises(AssertionError, match="arrange before anything else"):
        arrange(lambda make: make.campaign())


@pytest.mark.parametrize("_turn", ["one", "another", "a third"])
def test_each_finds_it_untouched(pledge, make, gateway, _turn):
    assert make.row(**pledge.ids).state == "reflecting"
    assert (len(gateway.customers), gateway.closed) == (1, [])
    assert make.account().email == "personne4@exemple.fr"

    make.do(lambda session: services.withdraw(session, **pledge.ids, backer_id=pledge.backer.id, now=make.now))
    gateway.closed.append("by this test")
    make.pledge(campaign=make.campaign())

    assert make.row(**pledge.ids).state == "withdrawn"
    assert len(BUILT) == 1


def test_who_does_not_ask_finds_nothing(session):
    assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_who_asks_after_that_finds_it_made_again(pledge, make):
    assert make.row(**pledge.ids).state == "reflecting"
    assert len(BUILT) == 2
