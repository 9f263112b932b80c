"""The way to a promise where the law asks more, in another's name, and what is shown of a backer."""

import pytest
from sqlalchemy import select

from marketplace.pledges import interruptions
from marketplace.pledges.models import Pledge, PledgeConsent
from marketplace.protection import texts
from tests.arranged import arranged
from tests.factories import BORDEAUX, DAY, POITIERS
from tests.factories.investors import RIGHT, words
from tests.web.pages import by_class, by_id, links, parse, text_of

KEY = "0190a0a0-0000-7000-8000-000000000077"
AGREED = {"understood": "y", "understood_words": words("loan_risk"), "form_key": KEY}


@arranged
def loan(make):
    return make.assessed(make.campaign(hard_cap=9_000))


def review(campaign, euros, **more):
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/collectes/{campaign.id}/participer/relire?montant={euros}{extra}"


def named(page, name):
    return [one for one in page.iter("input") if one.get("name") == name]


def test_a_gift_asks_for_one_box_and_keeps_its_words(make, reader_of, session):
    campaign, claire = make.campaign(), reader_of(make.account())
    page = claire.page(review(campaign, 50))

    (box,) = named(page, "understood_words")
    assert box.get("value") == words("gift_risk")
    assert texts.current("gift_risk", "fr").body in text_of(page)
    assert named(page, "consent") == []
    claire.post(
        f"/collectes/{campaign.id}/engagements",
        amount="50",
        form_key=KEY,
        understood="y",
        understood_words=words("gift_risk"),
        shown_as="commune",
    )
    assert session.scalars(select(PledgeConsent.kind)).all() == ["gift_risk"]
    assert session.scalars(select(Pledge.shown_as)).all() == ["commune"]


def test_questions_come_before_the_promise_and_lead_back(loan, make, reader_of):
    claire = reader_of(make.account())
    here = review(loan, 50)

    page = claire.page(here)
    assert named(page, "understood") == []
    first = links(page)["Répondre aux questions"]
    assert first.startswith("/mon-compte/investisseur/experience?suite=/collectes/")
    second = claire.post(first).location
    result = claire.post(second, **RIGHT).location
    back = links(claire.page(result))["Revenir à mon engagement"]

    assert back == here
    assert named(claire.page(back), "understood") != []


def test_a_form_that_skips_the_questions_is_refused(loan, make, reader_of, session):
    claire = reader_of(make.account())

    refused = claire.post(f"/collectes/{loan.id}/engagements", amount="50", **AGREED)

    assert refused.status_code == 422
    assert "quelques questions" in refused.text
    assert session.scalars(select(Pledge)).all() == []


def test_above_the_threshold_the_warning_and_a_box_are_put_before_one(loan, make, reader_of, session):
    claire = reader_of(make.tested(make.account()))
    assert named(claire.page(review(loan, 1000)), "consent") == []
    page = claire.page(review(loan, "1000,01"))
    assert len(named(page, "consent")) == 1
    assert texts.current("total_loss", "fr").body in text_of(page)
    assert "1 000,01 € à ce projet, au-delà de 1 000 €" in text_of(page)

    unticked = claire.post(f"/collectes/{loan.id}/engagements", amount="1000,01", shown_as="name", **AGREED)
    tree = parse(unticked)
    assert unticked.status_code == 422
    assert by_id(tree, "consent-error") is not None
    chosen = {one.get("value") for one in tree.iter("input") if one.get("checked") is not None}
    assert "name" in chosen
    assert session.scalars(select(Pledge)).all() == []
    sent = claire.post(
        f"/collectes/{loan.id}/engagements",
        amount="1000,01",
        consent="y",
        consent_words=words("over_threshold"),
        **AGREED,
    )

    assert sent.status_code == 303
    kept = session.execute(select(PledgeConsent.kind, PledgeConsent.text_sha256)).all()
    assert sorted(kept) == [("loan_risk", words("loan_risk")), ("over_threshold", words("over_threshold"))]


def test_the_words_agreed_to_in_english_are_the_english_ones(make, reader_of, session):
    campaign, claire = make.campaign(), reader_of(make.account())
    with claire.client.session_transaction() as cookie:
        cookie["locale"] = "en"

    page = claire.page(review(campaign, 50))

    assert named(page, "understood_words")[0].get("value") == words("gift_risk", "en")
    assert "I know that a donation is not repaid" in text_of(page)


def test_a_simulation_is_proposed_once(loan, make, reader_of):
    person = make.tested(make.account())
    claire = reader_of(person)

    assert "Faire la simulation" in links(claire.page(review(loan, 50)))
    make.simulated(person, None)
    assert "Faire la simulation" not in links(claire.page(review(loan, 50)))


def test_one_promises_for_an_organisation_of_here_though_one_lives_elsewhere(make, reader_of, session):
    campaign = make.campaign()
    person = make.account(commune=BORDEAUX)
    scierie = make.organisation(manager=person, commune=POITIERS)
    far = reader_of(person)
    path = f"/collectes/{campaign.id}/participer"

    closed = far.page(path)
    assert named(closed, "amount") == []
    own = links(closed)["Au nom de La scierie du Clain"]
    assert "Participer au nom d’une organisation d’ici" in links(far.page(f"/collectes/{campaign.id}"))
    chosen = far.post(own, amount="80")
    page = far.page(chosen.location)
    assert f"pour={scierie.id}" in chosen.location
    assert "Au nom deLa scierie du Clain" in text_of(page).replace("de La", "deLa")
    sent = far.post(
        f"/collectes/{campaign.id}/engagements",
        amount="80",
        form_key=KEY,
        understood="y",
        understood_words=words("gift_risk"),
        organisation=str(scierie.id),
    )

    assert sent.status_code == 303
    assert session.scalars(select(Pledge.organisation_id)).all() == [scierie.id]
    mine = text_of(far.page("/mes-engagements"))
    assert "Au nom de La scierie du Clain." in mine


def test_somebody_else_s_organisation_is_refused(make, reader_of, session):
    campaign, scierie = make.campaign(), make.organisation()
    claire = reader_of(make.account())

    refused = claire.post(f"/collectes/{campaign.id}/engagements", amount="80", organisation=str(scierie.id), **AGREED)

    assert refused.status_code == 422
    assert session.scalars(select(Pledge)).all() == []


def test_a_choice_of_ones_own_making_is_refused(make, reader_of, session):
    campaign, claire = make.campaign(), reader_of(make.account())

    refused = claire.post(f"/collectes/{campaign.id}/engagements", amount="50", shown_as="photo", **AGREED)

    assert refused.status_code == 422
    assert session.scalars(select(Pledge)).all() == []


@pytest.fixture
def shown(reader_of):
    return lambda pledge: f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}"


def test_the_amount_is_changed_on_a_page_of_its_own(make, reader_of, shown):
    pledge = make.pledge(amount=100)
    claire = reader_of(pledge.backer)
    change = links(claire.page(shown(pledge)))["Modifier le montant"]

    for typed in ("", "beaucoup", "5", "100000"):
        refused = claire.post(change, amount=typed)
        assert refused.status_code == 422, typed
        assert by_id(parse(refused), "amount").get("value") == typed
        assert by_id(parse(refused), "amount-error") is not None
    assert claire.post(change, amount="60").status_code == 303

    page = text_of(claire.page(shown(pledge)))
    assert "Mon engagement de 60 €" in page
    assert "Vous avez réduit le montant : 60 €" in page


def test_a_raise_above_the_threshold_puts_the_warning_on_the_page(loan, make, reader_of, shown):
    pledge = make.pledge(campaign=loan, backer=make.tested(make.account()), amount=900)
    claire = reader_of(pledge.backer)
    path = f"{shown(pledge)}/montant"

    refused = claire.post(path, amount="1500")
    page = parse(refused)

    assert refused.status_code == 422
    assert named(page, "consent") != []
    assert by_id(page, "amount").get("value") == "1500"
    sent = claire.post(path, amount="1500", consent="y", consent_words=words("over_threshold"))
    assert sent.status_code == 303


def test_a_firm_pledge_has_no_page_to_change_it(make, reader_of, shown):
    pledge = make.pledge(state="confirmed")
    claire = reader_of(pledge.backer)

    assert "Modifier le montant" not in links(claire.page(shown(pledge)))
    assert claire.get(f"{shown(pledge)}/montant").location == shown(pledge)


def test_what_others_read_is_changed_and_respected(make, reader_of, reader, shown):
    campaign = make.campaign()
    pledges = [make.pledge(campaign=campaign) for _each in range(5)]
    claire = reader_of(pledges[0].backer)
    here = f"/collectes/{campaign.id}"
    name = pledges[0].backer.display_name
    assert name not in text_of(reader.page(here))

    claire.post(f"{shown(pledges[0])}/nom", shown_as="commune")
    assert "Un·e habitant·e de Poitiers" in text_of(reader.page(here))
    assert name not in text_of(reader.page(here))
    claire.post(f"{shown(pledges[0])}/nom", shown_as="name")
    assert name in text_of(by_class(reader.page(here), "seen")[0])
    claire.post(f"{shown(pledges[0])}/nom", shown_as="photo")
    assert name in text_of(reader.page(here))
    claire.post(f"{shown(pledges[0])}/nom", shown_as="nothing")
    assert by_class(reader.page(here), "seen") == []


def test_a_commune_of_four_is_not_named(make, reader_of, reader, shown):
    campaign = make.campaign()
    pledges = [make.pledge(campaign=campaign) for _each in range(4)]

    reader_of(pledges[0].backer).post(f"{shown(pledges[0])}/nom", shown_as="commune")

    assert "Un·e habitant·e du territoire" in text_of(reader.page(f"/collectes/{campaign.id}"))


def test_a_suspended_campaign_and_a_changed_one_say_what_to_do(make, reader_of, shown):

    firm, judge = make.pledge(state="confirmed", now=make.now - 10 * DAY), make.administrator().id
    claire = reader_of(firm.backer)
    facts = {"campaign_id": firm.campaign_id, "actor_id": judge, "now": make.now}
    make.do(lambda session: interruptions.suspend(session, note="Budget faux.", **facts))

    page = claire.page(shown(firm))
    assert "Collecte suspendue" in text_of(page)
    assert any("annulation" in form.get("action", "") for form in page.iter("form"))
    make.do(lambda session: interruptions.resume(session, material=True, **facts))
    assert "à vous de reconfirmer" in text_of(claire.page(shown(firm)))
    assert "À reconfirmer" in text_of(claire.page("/mes-engagements"))
    assert claire.post(f"{shown(firm)}/reconfirmation").status_code == 303
    assert "Votre délai de réflexion a commencé" in text_of(claire.page(shown(firm)))


def test_an_offer_of_the_waiting_list_is_taken_from_my_pledges(make, reader_of):
    pledge = make.pledge(state="offered", now=make.now - 2 * DAY)
    page = reader_of(pledge.backer).page("/mes-engagements")

    assert "Une place s’est libérée" in text_of(page)
    actions = [form.get("action", "") for form in page.iter("form")]
    assert [action for action in actions if action.endswith("/place")]
    assert [action for action in actions if action.endswith("/annulation")]
