"""The staff's pages of what was paid, and of giving a contribution back."""

import re

import pytest
from sqlalchemy import text

from marketplace.pledges import collector
from marketplace.web.messages import SENTENCES
from marketplace.web.moderation import refunds
from tests import trees
from tests.factories import HOUR

REASON = "Le four n’a pas été construit."


def words_of(answer):
    return " ".join("".join(trees.parse(answer.text).itertext()).split())


@pytest.fixture
def desk(client_of, person):
    return client_of(person("Modératrice", administrator=True))


@pytest.fixture
def paid(make):
    campaign = make.campaign()
    pledge = make.pledge(state="confirmed", campaign=campaign, backer=make.account(name="Aline"), amount=60)
    make.end(campaign.id, "funded")
    return pledge


def page(pledge):
    return f"/moderation/argent/engagements/{pledge.campaign_id}/{pledge.id}/remboursement"


def test_from_the_collection_to_the_decision(make, desk, paid):
    review = desk.get(f"/moderation/campagnes/{paid.campaign_id}")
    assert f"/moderation/argent/collectes/{paid.campaign_id}" in review.text
    listed = desk.get(f"/moderation/argent/collectes/{paid.campaign_id}")
    assert "Aline" in words_of(listed)
    assert page(paid) in listed.text
    assert "Aline" in words_of(desk.get(page(paid)))

    answer = desk.post(page(paid), {"reason": REASON})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/moderation/argent/collectes/{paid.campaign_id}")
    assert make.row(**paid.ids).state == "refunding"
    after = desk.get(answer.headers["Location"])
    assert "L’argent part dans la minute." in words_of(after)
    assert "Remboursement en cours" in words_of(after)
    assert "Rembourser la contribution de Aline" not in words_of(after)
    assert "Lire la décision sur la contribution de Aline" in words_of(after)
    assert page(paid) in after.text
    decided = words_of(desk.get(page(paid)))
    assert "Remboursement décidé le" in decided
    assert "par Modératrice" in decided
    assert REASON in decided


def test_words_that_were_erased_leave_the_day(make, desk, paid, reader_of):
    desk.post(page(paid), {"reason": REASON})
    make.do(lambda session: session.execute(text("UPDATE refund_decision SET reason = ''")))

    told = words_of(reader_of(paid.backer).get(f"/collectes/{paid.campaign_id}/engagements/{paid.id}"))

    assert re.search(r"Remboursement décidé le \d+ novembre 2026 Carte", told.replace("\xa0", " "))


def test_both_sides_read_why(make, desk, reader_of, gateway):
    owner = make.account(name="Porteuse")
    pledge = make.pledge(state="transferred", campaign=make.campaign(owner=owner), backer=make.account(name="Aline"))
    theirs = f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}"
    money = f"/mes-projets/{pledge.campaign_id}/argent"
    assert "Remboursement" not in words_of(reader_of(pledge.backer).get(theirs))
    assert "Remboursements décidés" not in words_of(reader_of(owner).get(money))

    desk.post(page(pledge), {"reason": REASON})

    told = words_of(reader_of(pledge.backer).get(theirs))
    assert "L’argent est repris au porteur" in told
    assert REASON in told
    shown = words_of(reader_of(owner).get(money))
    assert "Remboursements décidés par Mitoyen" in shown
    assert REASON in shown
    assert "Repris sur votre solde, puis rendu" in shown
    assert "Aline" not in shown, "an owner reads nobody's name there"
    assert "Modératrice" not in told + shown
    gateway.pay_out(gateway.transfers[make.row(**pledge.ids).transfer_id].recipient_id)
    collector.run_one(make.database, gateway, **pledge.ids, now=pledge.at + 2 * HOUR)
    assert "Pas repris pour le moment" in words_of(reader_of(owner).get(money))


@pytest.mark.parametrize("reason", ["", "Trop"])
def test_a_reason_is_wanted_and_what_was_typed_stays(reason, make, desk, paid):
    answer = desk.post(page(paid), {"reason": reason})

    assert answer.status_code == 422
    field = next(one for one in trees.parse(answer.text).iter("textarea"))
    assert (field.get("aria-invalid"), (field.text or "").strip()) == ("true", reason)
    assert make.row(**paid.ids).state == "paid"


def test_what_was_given_back_meanwhile_is_refused_in_words(make, desk, paid):
    desk.post(page(paid), {"reason": REASON})

    answer = desk.post(page(paid), {"reason": REASON})

    assert answer.status_code == 422
    assert str(SENTENCES["nothing_to_refund"]) in words_of(answer)


def test_where_nothing_was_paid_the_page_says_so_and_has_no_form(make, desk):
    pledge = make.pledge()

    assert "Rien n’a été payé" in words_of(desk.get(f"/moderation/argent/collectes/{pledge.campaign_id}"))
    assert desk.get(page(pledge)).status_code == 404


def test_of_many_one_is_found_by_name(make, desk, paid, monkeypatch):
    monkeypatch.setattr(refunds, "MOST_LISTED", 1)
    path = f"/moderation/argent/collectes/{paid.campaign_id}"

    assert "cherchez un nom" in words_of(desk.get(path))
    found = desk.get(f"{path}?nom=ALINE")
    assert page(paid) in found.text
    assert "cherchez un nom" not in words_of(found)
    assert "Personne de ce nom n’a payé" in words_of(desk.get(f"{path}?nom=Zz%00%F0%9F%8D%9E"))


def test_who_may_not_decide_reads_nobodys_name(make, client_of, person, people):
    mine = person("Porteuse et modératrice", administrator=True)
    campaign = make.campaign(owner=people[mine])
    pledge = make.pledge(state="confirmed", campaign=campaign, backer=make.account(name="Aline"))
    make.end(campaign.id, "funded")
    desk = client_of(mine)

    for path in (f"/moderation/argent/collectes/{campaign.id}", page(pledge)):
        shown = words_of(desk.get(path))
        assert str(SENTENCES["own_campaign"]) in shown
        assert "Aline" not in shown
    assert f"/moderation/argent/collectes/{campaign.id}" not in desk.get(f"/moderation/campagnes/{campaign.id}").text
    answer = desk.post(page(pledge), {"reason": REASON})
    assert (answer.status_code, "Aline" in answer.text) == (422, False)
