"""The pages of moderators in English: no French word is left but what people wrote."""

import pytest
from sqlalchemy import select

from marketplace.moderation.models import Complaint, Correction, Reexamination, Report
from marketplace.projects.uses import Use
from marketplace.territories import services as territories
from tests.factories import BORDEAUX, NIORT
from tests.factories.instruments import offered
from tests.factories.moderation import populate_registers
from tests.web.english.conftest import with_choice


def test_the_requests_that_administrators_read(client, make, sign_in, left, refused):
    asked = make.asked_category(make.account())
    make.sophisticated(make.account())
    with_choice(sign_in(client, make.account(administrator=True)))
    here = "/moderation/investisseurs"

    assert left(client, [here, f"{here}/{asked}/refus"]) == {}
    assert refused(client, {f"{here}/{asked}/refus": {}}) == {}


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


def test_the_evidence_of_a_check_is_told_in_english(client, make, left, sign_in):
    uses = (Use("Le four", 600_00, "86194", "Atelier du Clain"), Use("La peinture", 400_00))
    campaign = make.campaign(state="submitted", uses=uses, **offered("loan"))

    sign_in(client, campaign.owner)
    with_choice(client)
    assert left(client, [f"/mes-projets/{campaign.id}"]) == {}
    sign_in(client, make.administrator())
    with_choice(client)
    assert left(client, ["/moderation", f"/moderation/campagnes/{campaign.id}"]) == {}
