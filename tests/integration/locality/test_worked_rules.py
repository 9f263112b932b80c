"""The worked examples of rules with rings, turns, caps, quotas and links, on the communes of 2026.

Numbers as in docs/local-to-local.md; example 5 (Malaunay) and 19 (sharing) have tests of their own.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.locality.model import Investor, Link, Offer, RingTotal, Totals
from marketplace.locality.rule import parse
from marketplace.locality.rules import decide
from marketplace.territories.atlas import compile_rule

OPENS = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = OPENS + 300 * DAY
NOTHING = Totals()
POITIERS, PARIS, LIMOGES, RENNES, BORDEAUX, LILLE = "86194", "75056", "87085", "35238", "33063", "59350"
BERSAC, LA_FLECHE, NANTES, AVIGNON = "87013", "72154", "44109", "84007"


@pytest.fixture
def open_(session):
    """Return a campaign under a rule, compiled."""

    def make(rings, **rule):
        written = {"format": 2, "preset": "", "around": "", "rings": rings, **rule}
        terms = parse(written).offer_terms(
            compile_rule(session, written), opens_at=OPENS, closes_at=OPENS + 60 * DAY, goal_cents=50_000_00
        )
        return Offer("live", "gift", OPENS, OPENS + 60 * DAY, 10_00, 100_000_00, **terms)

    return make


def ring(op, *codes, **terms):
    return {"zone": {"op": op, "codes": list(codes)} if codes else {"op": op}, **terms}


def around(departement):
    return {
        "zone": {"op": "near", "of": {"op": "departement", "codes": [departement]}, "level": "departement"},
    }


def home(commune, level=3, kind="home", count=1):
    return Link(kind, commune, level, LATER, count)


def ask(offer, commune, euros=50, *, day=1, totals=NOTHING, **person):
    links = person.pop("links", None) or (home(commune),)
    return decide(offer, totals, Investor(links, **person), euros * 100, OPENS + day * DAY)


def test_2_from_far_one_waits_for_the_end_of_the_local_window(open_):
    """Apex: forty of sixty days for the départements of the sites and those around (R6)."""
    offer = open_([around("84"), ring("france")], phases=[{"ring": 0, "days": 40}, {"ring": 1}])

    early, late = ask(offer, RENNES, day=10), ask(offer, RENNES, day=45)

    assert (early.verdict, early.reasons) == ("wait", ("ring_not_open",))
    assert ask(offer, RENNES, day=0).facts["until"] == early.facts["until"]
    assert decide(offer, Totals(), Investor((home(RENNES),)), 50_00, early.facts["until"]).verdict == "accept"
    assert (late.verdict, late.ring) == ("accept", 1)
    assert (ask(offer, AVIGNON, day=10).verdict, ask(offer, AVIGNON, day=10).ring) == ("accept", 0)


def test_3_each_ring_has_its_cap(open_):
    """Pays Fléchois: 3 000 € there, 1 000 € in the rest of the région (R7)."""
    offer = open_([ring("epci", "247200348", cap_cents=3_000_00), ring("region", "52", cap_cents=1_000_00)])

    nantes, fleche = ask(offer, NANTES, 2_000), ask(offer, LA_FLECHE, 3_000)

    assert (nantes.verdict, nantes.limit_cents, nantes.reasons) == ("accept_up_to", 1_000_00, ("ring_cap",))
    assert (fleche.verdict, fleche.ring) == ("accept", 0)
    assert ask(offer, LA_FLECHE, 3_000, day=-1).reasons == ("campaign_not_open",)


def test_4_the_rate_is_that_of_the_ring(open_):
    """Bersac: 7 % in the communauté de communes, 5 % in the région, 4 % elsewhere (R8)."""
    offer = open_(
        [
            ring("epci", "200066512", rate_bp=700),
            ring("region", "75", rate_bp=500),
            ring("france", rate_bp=400),
        ]
    )

    rates = [offer.rings[ask(offer, commune).ring].rate_bp for commune in (BERSAC, BORDEAUX, LILLE)]

    assert rates == [700, 500, 400]


def test_11_a_minor_pledges_through_a_guardian(open_):
    offer = open_([ring("departement", "86")])

    assert ask(offer, POITIERS, minor=True).reasons == ("minor_without_guardian",)
    assert ask(offer, POITIERS, minor=True, guardian=True).verdict == "accept"
    lent = replace(offer, instrument="interest_free_loan")
    assert ask(lent, POITIERS, minor=True, guardian=True).reasons == ("minor_gift_only",)


def test_12_a_firm_counts_where_it_has_a_seat_or_a_branch(open_):
    offer = open_([around("86")])
    seat, branch = home(PARIS, kind="seat"), home(POITIERS, kind="branch")

    assert ask(offer, "", kind="sme", links=(seat, branch)).verdict == "accept"
    assert ask(offer, "", kind="sme", links=(seat,)).reasons == ("outside_rings",)


def test_13_an_association_counts_with_twenty_members_from_here(open_):
    offer = open_([around("86")])

    nineteen = ask(offer, "", kind="association", links=(home(POITIERS, kind="members", count=19),))
    # Members of several communes of the zone add up; those from elsewhere do not.
    twenty = ask(
        offer,
        "",
        kind="association",
        links=tuple(
            home(commune, kind="members", count=count)
            for commune, count in ((POITIERS, 12), (LIMOGES, 8), (PARIS, 500))
        ),
    )

    assert (nineteen.verdict, nineteen.reasons) == ("verify", ("association_needs_members",))
    assert nineteen.facts == {"members": 19, "needed": 20}
    assert twenty.verdict == "accept"


def test_14_born_here_living_in_paris_is_a_friend_from_afar(open_):
    offer = open_(
        [around("86"), ring("france", cap_cents=200_00)], quotas=[{"kind": "min_share", "ring": 0, "percent": 60}]
    )
    local = Totals(0, 300_00, (RingTotal(300_00, 300_00),))

    answer = ask(offer, "", 300, totals=local, links=(home(PARIS), home(POITIERS, kind="origin")))

    assert (answer.verdict, answer.ring, answer.limit_cents) == ("accept_up_to", 1, 200_00)
    assert set(answer.reasons) == {"ring_cap", "min_share"}
    assert {block.limit_cents for block in answer.blocks} == {200_00}


def test_15_the_owner_unlocks_nothing_and_is_unlocked_like_those_from_afar(open_):
    offer = open_([around("86"), ring("france")], quotas=[{"kind": "min_share", "ring": 0, "percent": 60}])
    neighbours = Totals(0, 1_000_00, (RingTotal(1_000_00, 1_000_00),))

    first = ask(offer, POITIERS, 500, related=True)
    later = ask(offer, POITIERS, 200, related=True, totals=neighbours)
    after = neighbours.with_reserved(0, 200_00, Investor((), related=True))

    assert (first.verdict, first.reasons) == ("waitlist", ("min_share",))
    assert later.verdict == "accept"
    assert round(100 * after.within(0).taken_cents / after.taken_cents, 1) == 83.3


def test_17_a_better_ring_is_named_before_somebody_settles_for_less(open_):
    offer = open_([{**around("86"), "minimum_level": 3, "rate_bp": 700}, ring("france", rate_bp=400)])
    declared = (home(POITIERS, level=1),)
    alone = replace(offer, rings=offer.rings[:1])

    assert (ask(alone, "", links=declared).verdict, ask(alone, "", links=declared).reasons) == (
        "verify",
        ("level_too_low",),
    )
    answer = ask(offer, "", links=declared)
    assert (answer.verdict, answer.ring) == ("accept", 1)
    assert (answer.better.ring, answer.better.level, answer.better.rate_bp) == (0, 3, 700)
    assert ask(offer, POITIERS).better is None


def test_18_a_project_that_moves_leaves_its_old_neighbours_outside(open_):
    before, after = open_([ring("departement", "86")]), open_([ring("departement", "87")])

    assert ask(before, POITIERS).verdict == "accept"
    assert ask(after, POITIERS).reasons == ("outside_rings",)
