"""Help that is not money: who may offer it, what the owners read, what everybody sees."""

import pytest
from sqlalchemy import select

from marketplace.core.errors import NotFound, Refused
from marketplace.projects import helping
from marketplace.projects.details import Details, Need
from marketplace.projects.models import HelpOffer
from tests.arranged import arranged

MESSAGE = "Je prête ma remorque le samedi matin."


@arranged
def campaign(make):
    return make.campaign(details=Details(needs=(Need("tool", "Une remorque", 4), Need("skill", "La peinture"))))


def offer(session, campaign, who, now, **changes):
    facts = {"need": 0, "message": MESSAGE, "named": False, **changes}
    helping.offer(session, campaign_id=campaign.id, account_id=who.id, now=now, **facts)


def test_an_offer_is_counted_without_a_name(session, make, campaign, now):
    offer(session, campaign, make.account(), now)

    assert helping.tallies(session, campaign.id) == {0: helping.Tally(1, 0, ())}
    (one,) = helping.received(session, campaign.id)
    assert (one.message, one.state, one.email) == (MESSAGE, "offered", None)


@pytest.mark.parametrize("named", [True, False])
def test_the_name_is_said_when_it_is_accepted_and_they_agreed(session, make, campaign, now, named):
    who = make.account(name="Camille Durand")
    offer(session, campaign, who, now, named=named)
    (one,) = helping.received(session, campaign.id)

    helping.answer(
        session,
        campaign_id=campaign.id,
        offer_id=one.id,
        owner_id=campaign.owner.id,
        accept=True,
        words="Merci, à samedi.",
        now=now,
    )

    assert helping.tallies(session, campaign.id)[0] == helping.Tally(1, 1, ("Camille Durand",) if named else ())
    assert helping.received(session, campaign.id)[0].email == who.email
    assert helping.own(session, campaign.id, who.id)[0].answer == "Merci, à samedi."


def test_one_who_was_declined_is_not_counted_and_does_not_insist(session, make, campaign, now):
    who = make.account()
    offer(session, campaign, who, now)
    (one,) = helping.received(session, campaign.id)
    answer = {"campaign_id": campaign.id, "offer_id": one.id, "owner_id": campaign.owner.id, "words": "", "now": now}

    helping.answer(session, accept=False, **answer)

    assert helping.tallies(session, campaign.id) == {}
    with pytest.raises(Refused, match="help_answered"):
        helping.answer(session, accept=True, **answer)
    with pytest.raises(Refused, match="help_once"):
        offer(session, campaign, who, now, message="Et le dimanche, alors ?")


def test_sent_twice_is_one_and_each_need_has_its_own(session, make, campaign, now):
    who = make.account()
    for need in (0, 0, 1):
        offer(session, campaign, who, now, need=need)

    assert {need: one.offered for need, one in helping.tallies(session, campaign.id).items()} == {0: 1, 1: 1}
    with pytest.raises(Refused, match="help_once"):
        offer(session, campaign, who, now, message="Un autre message que le premier.")


def test_an_offer_may_be_taken_back_and_made_again(session, make, campaign, now):
    who = make.account()
    offer(session, campaign, who, now)
    back = {"campaign_id": campaign.id, "need": 0, "account_id": who.id, "now": now}

    helping.withdraw(session, **back)

    assert helping.tallies(session, campaign.id) == {}
    assert helping.received(session, campaign.id) == []
    with pytest.raises(NotFound):
        helping.withdraw(session, **back)
    offer(session, campaign, who, now)
    assert len(helping.received(session, campaign.id)) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"message": "Oui."}, "help_too_short"), ({"message": "x" * 601}, "help_too_long")],
)
def test_a_message_that_is_too_short_or_long_is_refused(session, make, campaign, now, changes, code):  # noqa: PLR0917
    with pytest.raises(Refused, match=code):
        offer(session, campaign, make.account(), now, **changes)

    assert session.scalars(select(HelpOffer)).all() == []


def test_who_may_not_offer(session, make, campaign, now):
    refusals = {
        "help_own_project": (campaign, campaign.owner),
        "email_not_confirmed": (campaign, make.account(confirmed=False)),
        "help_closed": (make.campaign(state="failed", details=Details(needs=(Need("tool", "Une remorque"),))), None),
    }

    for code, (where, who) in refusals.items():
        with pytest.raises(Refused, match=code):
            offer(session, where, who or make.account(), now)
    for where, need in ((campaign, 2), (campaign, -1), (make.campaign(state="draft"), 0)):
        with pytest.raises(NotFound):
            offer(session, where, make.account(), now, need=need)
    assert session.scalars(select(HelpOffer)).all() == []


def test_only_the_owners_answer(session, make, campaign, now):
    offer(session, campaign, make.account(), now)
    (one,) = helping.received(session, campaign.id)
    other = make.campaign()
    answer = {"offer_id": one.id, "accept": True, "words": "", "now": now}

    for campaign_id, owner_id in ((campaign.id, other.owner.id), (other.id, other.owner.id)):
        with pytest.raises(NotFound):
            helping.answer(session, campaign_id=campaign_id, owner_id=owner_id, **answer)

    assert helping.received(session, campaign.id)[0].state == "offered"
