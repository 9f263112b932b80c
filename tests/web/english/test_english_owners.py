"""The pages of owners and organisations in English: no French word is left but what people wrote."""

from dataclasses import replace

import pytest

from marketplace.accounts.models import Account
from marketplace.projects.details import Details, Need
from marketplace.projects.models import Campaign, Project
from tests.web.english.conftest import STATES, with_choice


def owner_campaign(session, campaign_id):
    """Return the account of a campaign's owner, as `sign_in` takes it."""
    project = session.get_one(Campaign, campaign_id).project_id
    return session.get_one(Account, session.get_one(Project, project).owner_id)


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


def test_the_errors_of_an_empty_campaign(client, make, sign_in, left, refused):
    owner = make.account()
    sign_in(client, owner)
    with_choice(client)

    assert left(client, ["/mes-projets", "/mes-projets/nouveau"]) == {}
    assert refused(client, {"/mes-projets/nouveau": {"action": "envoyer", "title": "x", "goal": "abc"}}) == {}


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


def test_the_pages_of_an_organisation(client, make, sign_in, left, refused):
    club = make.organisation(legal_form="association")
    sign_in(client, club.manager)
    with_choice(client)
    here = f"/mes-organisations/{club.id}"

    assert left(client, [here, *(f"{here}/{page}" for page in ("siege", "etablissement", "membres"))]) == {}
    assert refused(client, {f"{here}/mandat": {}, f"{here}/membres": {}}) == {}


def test_questions_are_asked_and_answered_in_english(client, make, left, sign_in):
    campaign = make.campaign()
    make.question(campaign, answer="Oui, de la forêt de Ligugé.")
    here = f"/collectes/{campaign.id}"

    assert left(client, [here, f"{here}/questions", f"{here}/signaler?question={make.question(campaign)}"]) == {}
    sign_in(client, campaign.owner)
    with_choice(client)
    assert left(client, [f"/mes-projets/{campaign.id}", f"/mes-projets/{campaign.id}/questions"]) == {}


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
