"""Every rule an owner may choose, tried by hand through HTTP by somebody who has the direct link."""

from dataclasses import dataclass
from uuid import uuid4

import pytest

from marketplace.locality.presets import PRESETS, Options
from marketplace.territories import services as territories
from tests import rows
from tests.factories import BORDEAUX, BUXEROLLES, CHAUVIGNY, LOUDUN, NIORT, POITIERS
from tests.web.pages import parse, text_of

CHASSENEUIL = "86062"
THEN_AROUND = {"wider": "departement"}


@dataclass(frozen=True)
class Case:
    """A rule, and what somebody of a commune who asks for so many euros is told; None: they may."""

    preset: str
    options: Options
    commune: str
    said: str | None = None
    level: int = 3
    euros: str = "50"


OUTSIDE = "réservé aux habitants de son territoire"
CASES = {
    "epci: inside": Case("epci", Options(), CHAUVIGNY),
    "epci: outside": Case("epci", Options(), LOUDUN, OUTSIDE),
    "neighbours: inside": Case("commune_and_neighbours", Options(), BUXEROLLES),
    "neighbours: outside": Case("commune_and_neighbours", Options(), CHAUVIGNY, OUTSIDE),
    "R. 291-2: inside": Case("departement_and_bordering", Options(), NIORT),
    "R. 291-2: outside": Case("departement_and_bordering", Options(), BORDEAUX, OUTSIDE),
    "radius: inside": Case("radius", Options(radius_km=10), BUXEROLLES),
    "radius: outside": Case("radius", Options(radius_km=10), NIORT, OUTSIDE),
    "communes: inside": Case("communes", Options(communes=(POITIERS, CHASSENEUIL)), CHASSENEUIL),
    "communes: outside": Case("communes", Options(communes=(POITIERS, CHASSENEUIL)), BUXEROLLES, OUTSIDE),
    "local first: inside": Case("local_first", Options(), POITIERS),
    "local first: not yet": Case("local_first", Options(), BORDEAUX, "Votre tour vient le"),
    "turns: not yet": Case("epci", Options(first_days=7, **THEN_AROUND), NIORT, "Votre tour vient le"),
    "turns: already": Case("epci", Options(first_days=7, **THEN_AROUND), POITIERS),
    "second ring: inside": Case("epci", Options(**THEN_AROUND), NIORT),
    "second ring: its cap": Case("epci", Options(wider_cap_cents=30_00, **THEN_AROUND), NIORT, "Saisissez au plus 30"),
    "cap": Case("epci", Options(cap_cents=40_00), POITIERS, "ce projet accepte 40"),
    "share: not unlocked": Case("epci", Options(min_share=60, **THEN_AROUND), NIORT, "ouvre de la place"),
    "share: those from here": Case("epci", Options(min_share=60, **THEN_AROUND), POITIERS),
    "reserve: others": Case("epci", Options(reserve_cents=2_000_00, **THEN_AROUND), NIORT, "sont gardés aux habitants"),
    "reserve: those from here": Case("epci", Options(reserve_cents=2_000_00, **THEN_AROUND), POITIERS),
    "proof: declared only": Case("epci", Options(proof=3), POITIERS, "demande une adresse vérifiée", level=1),
    "proof: proven": Case("epci", Options(proof=3), POITIERS),
    "people: whoever is inside": Case("epci", Options(min_people=20), POITIERS),
}


@pytest.fixture
def post(client, csrf, sign_in, make):
    """Send the last form of the path by hand, without having seen any page of it."""

    def send(campaign, case):
        sign_in(client, make.account(commune=case.commune, level=case.level))
        form = {"csrf_token": csrf(client), "amount": case.euros, "form_key": str(uuid4()), "understood": "1"}
        with make.database.sessions() as session:
            before = rows.snapshot(session)
        answer = client.post(f"/collectes/{campaign.id}/engagements", data=form)
        with make.database.sessions() as session:
            return answer, rows.snapshot(session) == before

    return send


def check(answer, unchanged, said):
    if said is None:
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert said in text_of(parse(answer)).replace("\u202f", " ").replace("\xa0", " ")
    assert unchanged, "a refusal writes nothing"


@pytest.mark.untimed
@pytest.mark.parametrize("name", CASES)
def test_the_rule_is_decided_where_the_money_is(name, make, post):
    case = CASES[name]
    campaign = make.campaign(preset=case.preset, rule_options=case.options)

    answer, unchanged = post(campaign, case)

    check(answer, unchanged, case.said)


@pytest.mark.untimed
@pytest.mark.parametrize(("commune", "said"), [(CHAUVIGNY, None), (BUXEROLLES, OUTSIDE)])
def test_a_named_territory(commune, said, make, post):
    judge = make.administrator().id
    territory_id = make.do(
        lambda session: territories.create(
            session,
            name="Pays de Chauvigny",
            note="Pour l’essai.",
            members=(("commune", POITIERS), ("commune", CHAUVIGNY)),
            administrator_id=judge,
            now=make.now,
        )
    )
    options = Options(projet=str(territory_id))
    campaign = make.campaign(preset="projet", rule_options=options)

    answer, unchanged = post(campaign, Case("projet", options, commune))

    check(answer, unchanged, said)


def test_every_preset_is_tried():
    assert {case.preset for case in CASES.values()} | {"projet"} == set(PRESETS)
