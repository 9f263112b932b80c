"""The worked examples of the rule that one ring can express, on the communes of 2026. The others: test_worked_rules."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.locality import presets
from marketplace.locality.model import Investor, Link, Offer, Ring, Totals
from marketplace.locality.presets import Place
from marketplace.locality.rules import decide
from marketplace.locality.zones import ZoneError, compile_zone
from marketplace.projects.zoning import place_of
from marketplace.territories import queries
from marketplace.territories.atlas import atlas, compile_rule, cover

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=200)

POITIERS, BUXEROLLES, CHAUVIGNY = "86194", "86041", "86070"
LIMOGES, BARAIZE, PARIS = "87085", "36012", "75056"
SAINT_DENIS, SAINT_PIERRE, MAMOUDZOU = "97411", "97416", "97611"
REDON, GUEMENE_PENFAO = "35236", "44067"
ANTOIGNE, BRION_PRES_THOUET = "49009", "79056"


@pytest.fixture
def judge(session):
    """Say what the rule answers somebody from a commune who asks for 50 €, and how large the zone is."""

    def ask(zone, commune, *, expires_at=LATER, level=3):
        communes = compile_zone(zone, atlas(session))
        offer = Offer(
            state="live",
            instrument="gift",
            opens_at=NOW - timedelta(days=1),
            closes_at=LATER,
            minimum_cents=10_00,
            hard_cap_cents=10_000_00,
            rings=(Ring(communes),),
        )
        investor = Investor((Link("home", commune, level, expires_at),))
        return decide(offer, Totals(), investor, 50_00, NOW), communes

    return ask


def departement_and_bordering(code):
    rule = presets.build("departement_and_bordering", Place("", "", "epci", code, ""))
    return rule["rings"][0]["zone"]


def near(commune):
    return {"op": "near", "of": {"op": "commune", "codes": [commune]}, "level": "commune", "steps": 1}


def test_1_limoges_may_fund_baraize_and_paris_may_not(judge):
    zone = departement_and_bordering("36")

    accepted, communes = judge(zone, LIMOGES)
    refused, _ = judge(zone, PARIS)

    assert len(communes) == 1_781
    assert BARAIZE in communes
    assert (accepted.verdict, accepted.ring) == ("accept", 0)
    assert (refused.verdict, refused.reasons) == ("refuse", ("outside_rings",))


def test_6_who_touches_poitiers_may_and_chauvigny_may_not(judge):
    accepted, communes = judge(near(POITIERS), BUXEROLLES)
    refused, _ = judge(near(POITIERS), CHAUVIGNY)

    assert len(communes) == 13
    assert accepted.verdict == "accept"
    assert refused.reasons == ("outside_rings",)


def test_7_an_island_is_near_itself_only(judge):
    zone = departement_and_bordering("974")

    accepted, communes = judge(zone, SAINT_PIERRE)
    refused, _ = judge(zone, MAMOUDZOU)

    assert len(communes) == 24
    assert SAINT_DENIS in communes
    assert accepted.verdict == "accept"
    assert refused.reasons == ("outside_rings",)


def test_8_an_intercommunality_over_two_regions_is_one_zone(judge, session):
    redon = queries.commune(session, REDON)
    other = queries.commune(session, GUEMENE_PENFAO)
    assert redon.epci_code == other.epci_code
    assert (redon.departement_code, redon.region_code) != (other.departement_code, other.region_code)

    accepted, communes = judge({"op": redon.epci_kind, "codes": [redon.epci_code]}, GUEMENE_PENFAO)

    assert len(communes) == 31
    assert accepted.verdict == "accept"


def test_9_a_commune_that_touches_across_the_border_needs_near(judge):
    departement = {"op": "departement", "codes": ["49"]}

    refused, _ = judge(departement, BRION_PRES_THOUET)
    accepted, _ = judge({"op": "union", "of": [departement, near(ANTOIGNE)]}, BRION_PRES_THOUET)

    assert refused.reasons == ("outside_rings",)
    assert accepted.verdict == "accept"


@pytest.mark.parametrize("old", ["16386", "16129", "16204"])
def test_10_a_code_of_before_a_merge_stands_for_the_commune_of_today(old, judge):
    accepted, communes = judge({"op": "commune", "codes": [old]}, "16204")

    assert communes == {"16204"}
    assert accepted.verdict == "accept"


def test_16_an_expired_proof_is_asked_for_again_and_a_move_to_paris_is_refused(judge):
    zone = {"op": "departement", "codes": ["86"]}

    expired, _ = judge(zone, POITIERS, expires_at=NOW - timedelta(days=2))
    moved, _ = judge(zone, PARIS)

    assert (expired.verdict, expired.reasons, expired.way_out) == ("verify", ("claim_expired",), "declare_residence")
    assert (moved.verdict, moved.reasons) == ("refuse", ("outside_rings",))


@pytest.mark.parametrize(
    "commune",
    [
        POITIERS,
        PARIS,  # alone in its département; its intercommunal level is an EPT's neighbour
        "93066",  # Saint-Denis (Seine-Saint-Denis), in an EPT of the Grand Paris
        "29083",  # Île-de-Sein: in no intercommunality
        REDON,
        SAINT_DENIS,
        "97502",  # Saint-Pierre-et-Miquelon: a collectivity without neighbours
    ],
)
@pytest.mark.parametrize("preset", ["epci", "commune_and_neighbours", "departement_and_bordering", "local_first"])
def test_every_preset_holds_its_own_commune_and_is_covered_exactly(preset, commune, session):
    place = queries.commune(session, commune)
    rule = presets.build(preset, place_of(place))

    zone = compile_rule(session, rule)[0]
    keys = cover(session, zone)

    assert commune in zone
    assert len(set(keys)) == len(keys)
    covered = [code for key in keys for code in _members(session, key)]
    assert sorted(covered) == sorted(zone)


def test_half_of_an_intercommunality_is_not_taken_for_the_whole(session):
    redon = queries.commune(session, REDON)
    whole = {"op": redon.epci_kind, "codes": [redon.epci_code]}
    half = compile_zone({"op": "intersection", "of": [whole, {"op": "departement", "codes": ["35"]}]}, atlas(session))

    assert set(cover(session, half)) == {f"C{code}" for code in half}
    assert cover(session, compile_zone(whole, atlas(session))) == (f"E{redon.epci_code}",)


def _members(session, key):
    letter, code = key[0], key[1:]
    if letter == "C":
        return [code]
    if letter == "F":
        return atlas(session).everything()
    if letter in "DR":
        return atlas(session).members({"D": "departement", "R": "region"}[letter], code)
    kinds = ("epci", "ept", "arrondissement", "departement")
    return {
        commune
        for kind in kinds
        for commune in atlas(session).members(kind, code)
        if queries.commune(session, commune).epci_code == code
    }


@pytest.mark.parametrize(
    "zone",
    [
        {"op": "commune", "codes": ["86000"]},
        {"op": "epci", "codes": ["86"]},
        {"op": "departement", "codes": ["20"]},
    ],
)
def test_a_code_that_is_no_territory_s_is_refused(zone, session):
    with pytest.raises(ZoneError, match="unknown_code"):
        compile_zone(zone, atlas(session))
