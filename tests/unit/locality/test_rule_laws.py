"""What holds of every decision, whatever is asked."""

import copy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.locality.limits import FREE_LOAN_CAP, LEVEL_1_CAP, LEVEL_2_CAP
from marketplace.locality.model import Investor, Link, Ring, Totals
from marketplace.locality.rules import decide
from tests.unit.locality.cases import (
    CLOSES,
    FAR,
    HERE,
    LATER,
    NOW,
    ONE_RING,
    OPENS,
    SECOND,
    THERE,
    TWO_RINGS,
    home,
    offer,
)
from tests.unit.locality.decisions import REASONS, VERDICTS

LINKS = st.lists(
    st.builds(
        Link,
        kind=st.sampled_from(["home", "work"]),
        commune_code=st.sampled_from([HERE, THERE, FAR]),
        level=st.integers(0, 3),
        expires_at=st.sampled_from([NOW - SECOND, NOW, NOW + SECOND, LATER]),
    ),
    max_size=4,
)
CENTS = st.integers(min_value=0, max_value=11_000_00)
INVESTORS = st.builds(
    lambda links, already, more: Investor(tuple(links), already, already + more),
    LINKS,
    st.integers(0, 6_000_00),
    st.integers(0, 2_000_00),
)
RINGS = st.sampled_from([ONE_RING, TWO_RINGS, (Ring(frozenset({HERE}), 1), Ring(frozenset({HERE, THERE, FAR}), 2))])
OFFERS = st.builds(
    offer,
    state=st.sampled_from(["live", "live", "live", "closing"]),
    instrument=st.sampled_from(["gift", "interest_free_loan"]),
    minimum_cents=st.integers(10_00, 100_00),
    hard_cap_cents=st.integers(100_00, 10_000_00),
    rings=RINGS,
)
TOTALS = st.builds(Totals, st.integers(0, 6_000_00), st.integers(0, 6_000_00))
MOMENTS = st.sampled_from([OPENS - SECOND, OPENS, NOW, CLOSES - SECOND, CLOSES])
QUESTIONS = st.tuples(OFFERS, TOTALS, INVESTORS, CENTS, MOMENTS)


@given(QUESTIONS)
def test_the_decision_is_pure(question):
    of, taken, by, cents, at = question
    before = copy.deepcopy((of, taken, by))

    assert decide(of, taken, by, cents, at) == decide(of, taken, by, cents, at)
    assert (of, taken, by) == before


@given(QUESTIONS, st.randoms(use_true_random=False))
def test_the_order_of_links_does_not_matter(question, random):
    of, taken, by, cents, at = question
    shuffled = list(by.links)
    random.shuffle(shuffled)

    assert decide(of, taken, replace(by, links=tuple(shuffled)), cents, at) == decide(of, taken, by, cents, at)


@given(QUESTIONS)
def test_the_limit_it_names_is_accepted_and_a_cent_more_is_not(question):
    of, taken, by, cents, at = question
    answer = decide(of, taken, by, cents, at)
    if answer.limit_cents is None:
        return

    assert of.minimum_cents <= answer.limit_cents < cents
    assert decide(of, taken, by, answer.limit_cents, at).verdict == "accept"
    assert decide(of, taken, by, answer.limit_cents + 1, at).verdict == "accept_up_to"


@given(QUESTIONS)
def test_what_is_accepted_is_within_every_limit(question):
    of, taken, by, cents, at = question
    answer = decide(of, taken, by, cents, at)
    if answer.verdict != "accept":
        assert answer.reasons
        assert answer.verdict in VERDICTS
        assert set(answer.reasons) <= REASONS
        return

    assert of.state == "live"
    assert of.opens_at <= at < of.closes_at
    assert cents >= of.minimum_cents
    assert taken.reserved_cents + taken.live_cents + cents <= of.hard_cap_cents
    inside = of.rings[answer.ring].communes
    used = [
        link
        for link in by.links
        if link.kind == "home" and link.commune_code in inside and link.level >= 1 and at < link.expires_at
    ]
    assert used
    best = max(link.level for link in used)
    assert best >= of.rings[answer.ring].minimum_level
    assert best > 1 or by.already_cents + cents <= LEVEL_1_CAP
    assert best != 2 or by.year_cents + cents <= LEVEL_2_CAP
    assert of.instrument == "gift" or by.already_cents + cents <= FREE_LOAN_CAP


@given(QUESTIONS, st.integers(0, 1_000_00))
def test_asking_for_less_never_turns_an_accept_into_anything_but_too_small(question, less):
    of, taken, by, cents, at = question
    if decide(of, taken, by, cents, at).verdict != "accept":
        return
    answer = decide(of, taken, by, cents - less, at)

    assert answer.verdict == "accept" or answer.reasons == ("amount_too_small",)


@given(QUESTIONS, st.integers(0, 1_000_00))
def test_more_room_never_hurts(question, more):
    of, taken, by, cents, at = question
    if decide(of, taken, by, cents, at).verdict == "accept":
        roomier = replace(of, hard_cap_cents=of.hard_cap_cents + more)

        assert decide(roomier, taken, by, cents, at).verdict == "accept"


@given(QUESTIONS)
def test_a_wider_zone_never_shuts_anybody_out(question):
    of, taken, by, cents, at = question
    if decide(of, taken, by, cents, at).verdict == "accept":
        last = of.rings[-1]
        wider = replace(of, rings=(*of.rings[:-1], replace(last, communes=last.communes | {"75056", "31555"})))

        assert decide(wider, taken, by, cents, at).verdict == "accept"


@given(OFFERS, TOTALS, INVESTORS, CENTS)
def test_accepted_now_is_not_turned_away_later_while_it_is_open_and_the_proof_lasts(of, taken, by, cents):
    lasting = replace(by, links=tuple(replace(link, expires_at=LATER) for link in by.links))
    if decide(of, taken, lasting, cents, OPENS).verdict == "accept":
        assert decide(of, taken, lasting, cents, CLOSES - SECOND).verdict == "accept"


@pytest.mark.parametrize("links", [(home(FAR),), (home(FAR), home(FAR, level=1)), ()])
@given(of=OFFERS, taken=TOTALS, cents=CENTS, at=MOMENTS)
def test_no_way_leads_in_from_outside(links, of, taken, cents, at):
    narrow = replace(of, rings=ONE_RING)

    assert decide(narrow, taken, Investor(links), cents, at).verdict in {"refuse", "wait", "verify"}
