"""Every page in English: no French word is left but what people wrote, and that is marked."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Account
from marketplace.moderation.models import Complaint, Correction, Reexamination, Report
from marketplace.pledges import interruptions
from marketplace.projects.details import Details, Need
from marketplace.projects.models import Campaign, Project
from marketplace.projects.uses import Use
from marketplace.territories import services as territories
from marketplace.web.access import MARK
from tests import french
from tests.factories import BORDEAUX, CHAUVIGNY, NIORT
from tests.factories.instruments import offered
from tests.factories.moderation import populate_registers

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}
# What the factories write, as it stands in titles and descriptions, which hold no markup; and the names of people.
WRITTEN = (
    "Un four à bois pour le fournil",
    "Un four à gaz pour le fournil",
    "Un four partagé pour cuire le pain du quartier.",
    "Modération",
    "La scierie du Clain",
)
STATES = ("live", "closing", "collecting", "funded", "failed")
PLEDGES = (
    *("card_pending", "reflecting", "confirmed", "charging", "action_required"),
    *("paid", "withdrawn", "released", "abandoned", "dropped"),
    *("transferred", "refunding", "refunded", "refund_failed", "disputed", "charged_back"),
)


def owner_campaign(session, campaign_id):
    """Return the account of a campaign's owner, as `sign_in` takes it."""
    project = session.get_one(Campaign, campaign_id).project_id
    return session.get_one(Account, session.get_one(Project, project).owner_id)


@pytest.fixture
def left():
    """Return the French words left on the pages that a browser in English is shown, by path."""

    def read(client, paths, status=200):
        found = {}
        for path in paths:
            answer = client.get(path, headers=ENGLISH)
            assert answer.status_code == status, (path, answer.status_code, answer.location)
            if answer.mimetype == "text/html":
                found[path] = french.left(answer.get_data(as_text=True), *WRITTEN)
        return {path: words for path, words in found.items() if words}

    return read


@pytest.fixture
def refused(csrf, left):
    """Return the French words left on the pages that answer a form with nothing in it, by path."""

    def send(client, forms):
        found = {}
        for path, typed in forms.items():
            answer = client.post(path, data={"csrf_token": csrf(client), **typed}, headers=ENGLISH)
            assert answer.status_code == 422, (path, answer.status_code, answer.location)
            found[path] = french.left(answer.get_data(as_text=True), *WRITTEN)
        return {path: words for path, words in found.items() if words}

    return send


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


def test_the_requests_that_administrators_read(client, make, sign_in, left, refused):
    asked = make.asked_category(make.account())
    make.sophisticated(make.account())
    with_choice(sign_in(client, make.account(administrator=True)))
    here = "/moderation/investisseurs"

    assert left(client, [here, f"{here}/{asked}/refus"]) == {}
    assert refused(client, {f"{here}/{asked}/refus": {}}) == {}


@pytest.mark.parametrize("state", PLEDGES)
def test_a_pledge_in_every_state(client, make, sign_in, left, state):
    pledge = make.pledge(state=state)
    sign_in(client, pledge.backer)
    with_choice(client)

    assert left(client, ["/mes-engagements", f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}"]) == {}


@pytest.mark.parametrize("status", [None, "incomplete", "pending", "active", "rejected"])
def test_the_money_of_an_owner(client, make, gateway, sign_in, left, status):  # noqa: PLR0917
    pledge = make.pledge(state="paid")
    campaign = make.do(lambda session: owner_campaign(session, pledge.campaign_id))
    if status is not None:
        recipient = make.recipient(pledge.campaign_id, active=False)
        gateway.recipients[recipient] = replace(gateway.recipients[recipient], state=status)
        gateway.pay_out(recipient)
    sign_in(client, campaign)
    with_choice(client)

    here = f"/mes-projets/{pledge.campaign_id}/argent"
    assert left(client, [here, f"{here}?compte=retour", f"{here}?compte=expire"]) == {}


@pytest.mark.parametrize("state", ["draft", "submitted", "changes_requested", "refused", *STATES])
def test_the_pages_of_an_owner(client, make, sign_in, left, state):
    campaign = make.campaign(state=state)
    sign_in(client, campaign.owner)
    with_choice(client)
    here = f"/mes-projets/{campaign.id}"
    editable = state in {"draft", "changes_requested"}

    sections = ("projet", "argent", "regle", "histoire", "equipe", "promesses")
    pages = [f"{here}/versions", f"{here}/modifier", *(f"{here}/modifier/{section}" for section in sections)]
    assert left(client, ["/mes-projets", here, f"{here}/apercu", *(pages if editable else [])]) == {}


def test_the_pages_of_several_owners(client, make, sign_in, left, refused):
    live = make.campaign(details=Details(needs=(Need("tool", "Une remorque", 4),)))
    make.help_offer(live)
    draft = make.campaign(state="draft", owner=live.owner)
    sign_in(client, live.owner)
    with_choice(client)
    here, help_of = f"/mes-projets/{draft.id}", f"/collectes/{live.id}/aide/1"

    assert left(client, [f"{here}/porteurs", f"{here}/documents", f"/mes-projets/{live.id}/aides", help_of]) == {}
    forms = {f"{here}/porteurs/inviter": {}, f"{here}/porteurs/quitter": {}, f"{here}/documents": {}, help_of: {}}
    assert refused(client, forms) == {}


def test_the_page_of_who_helps(client, make, sign_in, left):
    live, helper = make.campaign(details=Details(needs=(Need("tool", "Une remorque", 4),))), make.account()
    make.help_offer(live, by=helper)
    sign_in(client, helper)
    with_choice(client)

    assert left(client, [f"/collectes/{live.id}/aide/1"]) == {}


def test_the_errors_of_an_empty_campaign(client, make, sign_in, left, refused):
    owner = make.account()
    sign_in(client, owner)
    with_choice(client)

    assert left(client, ["/mes-projets", "/mes-projets/nouveau"]) == {}
    assert refused(client, {"/mes-projets/nouveau": {"action": "envoyer", "title": "x", "goal": "abc"}}) == {}


def test_the_pages_of_an_administrator(client, make, sign_in, left, refused):
    waiting = make.campaign(state="submitted", commune=NIORT, minimum_cents=100_00, hard_cap_cents=9_000_00)
    returned = make.campaign(state="changes_requested")
    make.campaign(state="submitted", commune=BORDEAUX, owner=returned.owner, threshold_cents=10_00)
    asking = make.account(level=1)
    judge = make.account(administrator=True)
    sign_in(client, judge)
    with_choice(client)
    here = f"/moderation/campagnes/{waiting.id}"

    assert left(client, ["/moderation", "/moderation?nature=gift", here, "/moderation/residences"]) == {}
    assert left(client, [f"/moderation/campagnes/{returned.id}"]) == {}
    assert refused(client, {f"{here}/renvoyer": {}, f"{here}/refuser": {}}) == {}
    assert asking.level == 1


@pytest.mark.untimed
def test_the_registers_of_moderation(client, make, sign_in, left, refused):
    populate_registers(make)
    judge = make.account(administrator=True)
    sign_in(client, judge)
    with_choice(client)
    with_database = make.do(
        lambda session: (
            [f"/moderation/corrections/{one}" for one in session.scalars(select(Correction.id))]
            + [f"/moderation/signalements/{one}" for one in session.scalars(select(Report.id))]
            + [f"/moderation/reclamations/{one}" for one in session.scalars(select(Complaint.id))]
            + [f"/moderation/reexamens/{one}" for one in session.scalars(select(Reexamination.campaign_id))]
        )
    )
    lists = ["corrections", "signalements", "signalements?liste=traites", "reclamations", "reexamens"]

    assert left(client, [*(f"/moderation/{one}" for one in lists), "/moderation/journal?chaine=verifier"]) == {}
    assert left(client, with_database) == {}


def test_what_people_may_ask_of_moderation(client, make, sign_in, left, refused):
    live = make.campaign()
    refused_one = make.campaign(state="refused", owner=live.owner)
    sign_in(client, live.owner)
    with_choice(client)
    here = f"/mes-projets/{live.id}"
    again = f"/mes-projets/{refused_one.id}/reexamen"

    assert left(client, ["/relecture", f"/collectes/{live.id}/signaler", "/mes-reclamations", again]) == {}
    assert left(client, ["/mes-reclamations/nouvelle", f"{here}/correction", f"{here}/annulation"]) == {}
    forms = {
        f"/collectes/{live.id}/signaler": {},
        "/mes-reclamations/nouvelle": {},
        f"{here}/annulation": {},
        again: {},
    }
    assert refused(client, forms) == {}


def test_the_desk_of_residences_and_organisations(client, make, sign_in, left, refused):
    asking, other = make.account(level=1), make.account()
    request, conflict = make.request(asking, by_two=True), make.conflict(asking, other)
    make.letter(asking)
    organisation = make.organisation(verified=False)
    sign_in(client, make.account(administrator=True))
    with_choice(client)
    here = f"/moderation/conflits/{conflict}/{asking.id}"

    desk = ["/moderation/residences", f"/moderation/residences/{request}", "/moderation/residences/registre"]
    assert left(client, [*desk, "/moderation/lettres", "/moderation/conflits", here]) == {}
    assert left(client, ["/moderation/organisations"]) == {}
    assert left(client, [f"/moderation/organisations/mandats/{organisation.mandate_id}/refuser"]) == {}
    assert refused(client, {here: {}, f"/moderation/residences/{request}/refus": {}}) == {}


def test_the_pages_of_an_organisation(client, make, sign_in, left, refused):
    club = make.organisation(legal_form="association")
    sign_in(client, club.manager)
    with_choice(client)
    here = f"/mes-organisations/{club.id}"

    assert left(client, [here, *(f"{here}/{page}" for page in ("siege", "etablissement", "membres"))]) == {}
    assert refused(client, {f"{here}/mandat": {}, f"{here}/membres": {}}) == {}


def test_the_pages_where_territories_are_named(client, make, sign_in, left, refused):
    judge = make.account(administrator=True)
    about = {"note": "2026.", "members": [("commune", NIORT)], "administrator_id": judge.id, "now": make.now}
    clain = make.do(lambda session: territories.create(session, name="Niort", **about))
    sign_in(client, judge)
    with_choice(client)
    new = "/territoires-de-projet/nouveau"

    assert left(client, ["/territoires-de-projet", new, f"/territoires-de-projet/{clain}"]) == {}
    assert refused(client, {new: {"name": "Niort", "note": "2026.", "members": "Xyzzyx\nNiort\n17300"}}) == {}
    assert refused(client, {new: {}}) == {}


def test_the_demonstration(client, left):
    assert left(client, ["/boite", "/horloge"]) == {}


def with_choice(client):
    """Choose English on this device: the accounts of the factories speak French."""
    with client.session_transaction() as cookie:
        cookie["locale"] = "en"


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


def test_questions_are_asked_and_answered_in_english(client, make, left, sign_in):
    campaign = make.campaign()
    make.question(campaign, answer="Oui, de la forêt de Ligugé.")
    here = f"/collectes/{campaign.id}"

    assert left(client, [here, f"{here}/questions", f"{here}/signaler?question={make.question(campaign)}"]) == {}
    sign_in(client, campaign.owner)
    with_choice(client)
    assert left(client, [f"/mes-projets/{campaign.id}", f"/mes-projets/{campaign.id}/questions"]) == {}


def test_the_evidence_of_a_check_is_told_in_english(client, make, left, sign_in):
    uses = (Use("Le four", 600_00, "86194", "Atelier du Clain"), Use("La peinture", 400_00))
    campaign = make.campaign(state="submitted", uses=uses, **offered("loan"))

    sign_in(client, campaign.owner)
    with_choice(client)
    assert left(client, [f"/mes-projets/{campaign.id}"]) == {}
    sign_in(client, make.administrator())
    with_choice(client)
    assert left(client, ["/moderation", f"/moderation/campagnes/{campaign.id}"]) == {}


def test_admissions_are_decided_in_english(client, make, left, sign_in):
    campaign, pledge = make.shares()
    here = f"/mes-projets/{campaign.id}/admissions"

    sign_in(client, campaign.owner)
    with_choice(client)
    assert left(client, [here, f"{here}/{pledge.id}/refus", f"/mes-projets/{campaign.id}"]) == {}
    sign_in(client, pledge.backer)
    with_choice(client)
    assert left(client, [f"/collectes/{campaign.id}/engagements/{pledge.id}"]) == {}
    sign_in(client, make.administrator())
    with_choice(client)
    assert left(client, ["/moderation/admissions"]) == {}


def test_intentions_are_said_in_english(client, make, left, sign_in):
    campaign, far = make.intention()
    for _ in range(4):
        make.intention(campaign=campaign)

    sign_in(client, far)
    with_choice(client)
    assert left(client, [f"/collectes/{campaign.id}/intention", "/mes-engagements", f"/collectes/{campaign.id}"]) == {}
    sign_in(client, campaign.owner)
    with_choice(client)
    assert left(client, [f"/mes-projets/{campaign.id}"]) == {}
