"""The pages of visitors and backers in English: no French word is left but what people wrote, and that is marked."""

import pytest

from marketplace.pledges import interruptions
from marketplace.projects.details import Details, Need
from marketplace.web.access import MARK
from tests import french
from tests.factories import CHAUVIGNY
from tests.web.english.conftest import ENGLISH, STATES, with_choice

PLEDGES = (
    *("card_pending", "reflecting", "confirmed", "charging", "action_required"),
    *("paid", "withdrawn", "released", "abandoned", "dropped"),
    *("transferred", "refunding", "refunded", "refund_failed", "disputed", "charged_back"),
)


@pytest.mark.untimed
def test_every_public_page_without_parameters(app, client, left):
    paths = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and getattr(app.view_functions[rule.endpoint], MARK) == "public"
    ]

    assert len(paths) > 12
    assert left(client, paths) == {}


@pytest.mark.untimed
def test_what_strangers_are_shown_of_communes_and_links(client, left):
    assert (
        left(client, ["/proposer/zone?commune=86194", "/proposer/zone?commune=86194&preset=departement_and_bordering"])
        == {}
    )
    assert left(client, ["/communes?q=poitiers", "/communes?q=chauvi", "/communes?q=zzzzzz", "/communes?q=saint"]) == {}
    assert left(client, ["/mot-de-passe/zzz", "/confirmation/zzz"], status=410) == {}
    assert left(client, ["/nulle-part"], status=404) == {}


def test_the_errors_of_forms_of_strangers(client, refused):
    forms = {
        "/inscription": {},
        "/connexion": {"email": "x@exemple.fr", "password": "x"},
        "/mot-de-passe-oublie": {},
        "/ma-commune": {"commune": "zzzzzz"},
    }

    assert refused(client, forms) == {}
    assert (
        refused(client, {"/ma-commune": {"commune": "saint-denis"}, "/inscription": {"password": "motdepasse"}}) == {}
    )


@pytest.mark.parametrize(("state", "months"), [*((state, None) for state in STATES), ("live", 24), ("failed", 24)])
def test_a_campaign_in_every_state(client, make, left, state, months):
    campaign = make.campaign(state=state, instrument="interest_free_loan" if months else "gift", loan_months=months)

    assert left(client, [f"/collectes/{campaign.id}", f"/collectes/{campaign.id}/territoire"]) == {}


@pytest.mark.parametrize("home", ["Poitiers", "Chauvigny", "Bordeaux", "Saint-Denis (La Réunion)"])
def test_what_a_visitor_of_a_commune_is_told(client, make, csrf, left, home):
    near, wide = make.campaign().id, make.campaign(preset="departement_and_bordering").id
    sent = client.post("/ma-commune", data={"csrf_token": csrf(client), "commune": home}, headers=ENGLISH)
    assert sent.status_code == 303

    pages = [
        f"/collectes/{campaign}{more}"
        for campaign in (near, wide)
        for more in ("", "/participer", "/participer/commune")
    ]
    assert left(client, ["/", *pages]) == {}


def test_the_pages_of_a_backer(client, make, sign_in, left, refused):
    campaign = make.campaign()
    member = make.account(commune=CHAUVIGNY, level=1)
    sign_in(client, member)
    here = f"/collectes/{campaign.id}"
    paths = [
        "/",
        here,
        f"{here}/participer",
        f"{here}/participer/relire?montant=20",
        "/mes-engagements",
        "/mes-projets",
        "/mon-compte",
        "/mon-compte/mot-de-passe",
        "/mon-compte/residence",
        "/mon-compte/residence/demenagement",
        "/mon-compte/residence/justificatif",
        "/mon-compte/residence/lettre",
        "/mes-organisations",
        "/mes-organisations/nouvelle",
    ]

    with_choice(client)

    assert left(client, paths) == {}
    assert refused(client, {f"{here}/participer": {"amount": "100"}, "/mon-compte": {}}) == {}
    assert refused(client, {"/mon-compte/residence/demenagement": {}, "/mon-compte/mot-de-passe": {}}) == {}
    assert refused(client, {"/mon-compte/residence/justificatif": {}, "/mes-organisations/nouvelle": {}}) == {}


def test_the_protections_of_an_investor(client, make, sign_in, left, refused):
    person, here = make.tested(make.account(), passed=False, read=False), "/mon-compte/investisseur"
    scierie = make.organisation(manager=person)
    loan = make.assessed(make.campaign(hard_cap=9_000))
    new = make.account()
    with_choice(sign_in(client, person))
    pages = ("", "/experience", "/questions", "/resultat", "/simulation", "/simulation/fiche", "/averti")
    paths = [f"{here}{page}" for page in pages]

    assert left(client, [*paths, f"{here}/averti?pour={scierie.id}"]) == {}
    assert left(client, [f"/collectes/{loan.id}/participer?pour={scierie.id}"]) == {}
    assert left(client, [f"/collectes/{loan.id}/participer/relire?montant=20"]) == {}
    assert refused(client, {paths[page]: {} for page in (2, 3, 4, 6)}) == {}
    make.simulated(make.sophisticated(person), 1_700)
    assert left(client, [here]) == {}
    with_choice(sign_in(client, make.tested(new)))
    assert left(client, [f"/collectes/{loan.id}/participer/relire?montant=2000", f"{here}/resultat", here]) == {}


def test_a_pledge_of_a_campaign_that_stands_still(client, make, sign_in, left, refused):
    pledge, judge = make.pledge(amount=50), make.administrator().id
    with_choice(sign_in(client, pledge.backer))
    here = f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}"
    facts = {"campaign_id": pledge.campaign_id, "actor_id": judge, "now": pledge.at}

    assert left(client, [f"{here}/montant"]) == {}
    assert refused(client, {f"{here}/montant": {"amount": "1"}}) == {}
    make.do(lambda session: interruptions.suspend(session, note="Faux.", **facts))
    assert left(client, [here, "/mes-engagements", f"/collectes/{pledge.campaign_id}"]) == {}
    make.do(lambda session: interruptions.resume(session, material=True, **facts))
    assert left(client, [here, "/mes-engagements", f"/collectes/{pledge.campaign_id}"]) == {}


@pytest.mark.parametrize("state", PLEDGES)
def test_a_pledge_in_every_state(client, make, sign_in, left, state):
    pledge = make.pledge(state=state)
    sign_in(client, pledge.backer)
    with_choice(client)

    assert left(client, ["/mes-engagements", f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}"]) == {}


def test_the_page_of_who_helps(client, make, sign_in, left):
    live, helper = make.campaign(details=Details(needs=(Need("tool", "Une remorque", 4),))), make.account()
    make.help_offer(live, by=helper)
    sign_in(client, helper)
    with_choice(client)

    assert left(client, [f"/collectes/{live.id}/aide/1"]) == {}


def test_the_demonstration(client, left):
    assert left(client, ["/boite", "/horloge"]) == {}


def test_what_a_backer_keeps_is_in_english(client, make, sign_in):
    pledge = make.pledge()
    sign_in(client, pledge.backer)
    with_choice(client)
    here = f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}"

    entry = client.get(f"{here}/delai-de-reflexion.ics").get_data(as_text=True).replace("\r\n ", "")
    certificate = client.get(f"{here}/attestation.pdf")

    assert "SUMMARY:End of the reflection period: Un four à bois pour le fournil" in entry
    assert "you can cancel your pledge of €50 without giving a reason" in entry
    assert b"/Lang(en" in certificate.data


def test_what_an_amount_means_is_said_in_english_while_it_is_typed(client, make):
    campaign = make.campaign(instrument="interest_free_loan", loan_months=24)
    asked = {"HX-Request": "true", **ENGLISH}

    told = client.get(f"/collectes/{campaign.id}/participer/apercu?amount=1,000.50", headers=asked)
    zone = client.get("/proposer/zone?commune=86194", headers=asked)

    assert "€1,000.50 in one go" in told.get_data(as_text=True)
    for fragment in (told, zone):
        assert french.in_fragment(fragment.get_data(as_text=True)) == []
