"""A gift may take a reward with it, as long as there is one left."""

from datetime import date

import pytest

from marketplace.core.db import uuid7
from marketplace.core.errors import Refused
from marketplace.core.money import Money
from marketplace.pledges import amounts
from marketplace.pledges import services as pledges
from marketplace.pledges.errors import PledgeRefused
from marketplace.projects.terms import Reward
from tests.arranged import arranged
from tests.factories.instruments import offered
from tests.web.pages import parse, text_of

REWARDS = (
    Reward("Un pain", 20_00, 1, date(2027, 6, 1)),
    Reward("Une matinée au fournil", 60_00, None, date(2027, 7, 1)),
)


@arranged
def campaign(make):
    return make.campaign(**offered("gift_with_reward", rewards=REWARDS))


@pytest.fixture
def promise(make, campaign):
    def one(euros, reward):
        person = make.account()
        ids = {"campaign_id": campaign.id, "backer_id": person.id}
        return person, make.do(
            lambda session: pledges.open_pledge(
                session, **ids, amount=Money.from_euros(euros), form_key=uuid7(), now=make.now, reward=reward
            )
        )

    return one


def test_a_reward_goes_with_the_gift(make, campaign, promise):
    _person, pledge_id = promise(20, 0)

    assert make.row(campaign.id, pledge_id).reward == 0


@pytest.mark.parametrize(
    ("euros", "reward", "reason"),
    [(19, 0, "reward_needs_more"), (59, 1, "reward_needs_more"), (60, 2, "reward_unknown")],
)
def test_a_reward_one_has_no_right_to_is_refused(promise, euros, reward, reason):
    with pytest.raises(PledgeRefused, match=reason):
        promise(euros, reward)


def test_the_last_one_is_given_once_and_comes_back_when_its_backer_withdraws(make, campaign, promise):
    person, pledge_id = promise(20, 0)
    with pytest.raises(PledgeRefused, match="reward_gone"):
        promise(20, 0)

    make.do(
        lambda session: pledges.withdraw(
            session, campaign_id=campaign.id, pledge_id=pledge_id, backer_id=person.id, now=make.now
        )
    )

    promise(20, 0)


def test_a_gift_is_not_lowered_below_what_its_reward_needs(make, campaign):
    pledge = make.pledge(campaign=campaign, amount=30)
    with make.database.sessions() as session, session.begin():
        session.get_one(type(make.row(campaign.id, pledge.id)), (campaign.id, pledge.id)).reward = 0

    def lower(euros):
        make.do(
            lambda session: amounts.change_amount(
                session, **pledge.ids, backer_id=pledge.backer.id, amount=Money.from_euros(euros), now=make.now
            )
        )

    lower(20)
    with pytest.raises(Refused, match="reward_needs_more"):
        lower(19)


def test_it_is_chosen_before_promising_and_shown_after(make, campaign, reader_of):
    person = make.account()
    reader, path = reader_of(person), f"/collectes/{campaign.id}"
    page = parse(reader.get(f"{path}/participer/relire?montant=20"))
    form = {field.get("name"): field.get("value", "") for field in page.iter("input") if field.get("type") == "hidden"}

    typed = {name: value for name, value in form.items() if name != "csrf_token"}
    assert "Un pain" in text_of(page)
    assert "Une matinée au fournil" not in text_of(page)
    answer = reader.post(f"{path}/engagements", **typed, reward="0", understood="y", shown_as="nothing")

    assert answer.status_code == 303
    shown = reader.get("/mes-engagements")
    pledge_path = next(a.get("href") for a in parse(shown).iter("a") if "/engagements/" in (a.get("href") or ""))
    assert "Un pain, en juin 2027" in text_of(parse(reader.get(pledge_path)))
    assert "Il en reste 0." in text_of(parse(reader.get(path)))
