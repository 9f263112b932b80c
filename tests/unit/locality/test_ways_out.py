"""Every way out leads out: the smallest change that an answer names lifts what it was named for."""

from collections import Counter
from dataclasses import replace

from hypothesis import event, given, settings
from hypothesis import strategies as st

from marketplace.locality.model import (
    ACCEPTED_LINKS,
    DECLARED_LINKS,
    Ceiling,
    Investor,
    Link,
    MinShare,
    Reserve,
    Ring,
    RingTotal,
    Totals,
)
from marketplace.locality.rules import decide
from tests.unit.locality.cases import CLOSES, FAR, HERE, IN_TURN, LATER, NOW, OPENS, SECOND, THERE, WIDER, home, offer

RINGS = st.builds(
    lambda levels, caps, least: tuple(
        Ring(frozenset(zone), level, cap_cents=cap, minimum_cents=minimum, rate_bp=None)
        for zone, level, cap, minimum in zip(({HERE}, {HERE, THERE}), levels, caps, least, strict=True)
    ),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.tuples(*[st.sampled_from([None, 40_00, 300_00])] * 2),
    st.tuples(*[st.sampled_from([None, 20_00])] * 2),
)
OFFERS = st.builds(
    offer,
    instrument=st.sampled_from(["gift", "interest_free_loan"]),
    rings=RINGS,
    phases=st.sampled_from([(), IN_TURN]),
    min_shares=st.sampled_from([(), (MinShare(0, 60),)]),
    reserves=st.sampled_from([(), (Reserve(0, 500_00, WIDER),)]),
    ceilings=st.sampled_from([(), (Ceiling(0, 100_00),)]),
    related_cap_cents=st.sampled_from([None, 200_00]),
    accepts=st.sampled_from([ACCEPTED_LINKS, ACCEPTED_LINKS | {"person": frozenset({"home", "work"})}]),
)
KINDS = {"person": "home", "sme": "seat", "association": "members"}
RARELY = st.sampled_from([False] * 9 + [True])


def links_of(kind):
    return st.lists(
        st.builds(
            Link,
            kind=st.sampled_from([KINDS[kind]] * 4 + ["work"]),
            commune_code=st.sampled_from([HERE, HERE, THERE, THERE, FAR]),
            level=st.sampled_from([3, 2, 1, 0]),
            expires_at=st.sampled_from([LATER, LATER, LATER, NOW - SECOND]),
            count=st.sampled_from([20, 19, 1]),
        ),
        min_size=1,
        max_size=3,
    )


INVESTORS = st.sampled_from(["person", "person", "sme", "association"]).flatmap(
    lambda kind: st.builds(
        Investor,
        links=links_of(kind).map(tuple),
        already_cents=st.sampled_from([0, 45_00, 5_000_00]),
        year_cents=st.sampled_from([0, 45_00, 990_00, 5_000_00]),
        kind=st.just(kind),
        related=RARELY,
        minor=RARELY,
        guardian=st.booleans(),
    )
)
TOTALS = st.builds(
    lambda near, firm, far, related: Totals(
        0, near + far + related, (RingTotal(near, min(near, firm)), RingTotal(far, 0)), related
    ),
    *[st.sampled_from([0, 50_00, 1_000_00])] * 2,
    *[st.sampled_from([0, 60_00, 9_000_00])] * 2,
)
CENTS = st.sampled_from([9_99, 10_00, 25_00, 100_00, 2_000_00])
MOMENTS = st.sampled_from([NOW] * 5 + [WIDER, CLOSES - SECOND, OPENS - SECOND, CLOSES])
QUESTIONS = st.tuples(OFFERS, TOTALS, INVESTORS, CENTS, MOMENTS)
NEW_LINK = {
    "declare_residence": {"person": "home", "association": "members", "sme": "seat"},
    "declare_seat": {"sme": "seat"},
    "declare_members": {"association": "members"},
}


def proven(by, level):
    """Return somebody whose links are proven that well, but for those that no proof goes with."""
    better = [link if link.kind in DECLARED_LINKS else replace(link, level=max(link.level, level)) for link in by.links]
    return replace(by, links=tuple(better))


def lifted(block, answer, question):
    """Return the question after the smallest change that a block names; None when there is nothing one can do now."""
    of, taken, by, cents, at = question
    if block.way_out in {"none", "join_waitlist"}:
        return None
    if block.way_out in NEW_LINK:
        link = Link(NEW_LINK[block.way_out][by.kind], HERE, 3, CLOSES + SECOND, of.members)
        return of, taken, replace(by, links=(*by.links, link)), cents, at
    if block.way_out == "prove_residence":
        level = block.facts.get("needed") if block.reason != "ring_cap" else answer.better.level
        return of, taken, proven(by, level), cents, at
    return {
        "wait": lambda: (of, taken, by, cents, block.facts.get("until")),
        "raise_amount": lambda: (of, taken, by, block.facts["minimum_cents"], at),
        "lower_amount": lambda: (of, taken, by, block.limit_cents, at),
        "ask_guardian": lambda: (of, taken, replace(by, guardian=True), cents, at),
    }[block.way_out]()


@settings(max_examples=400)
@given(QUESTIONS)
def test_the_way_out_lifts_what_it_is_named_for(question):
    answer = decide(*question)
    for block in answer.blocks:
        event(f"{block.reason}: {block.way_out}")
        change = lifted(block, answer, question)
        if change is not None:
            assert block.reason not in decide(*change).reasons, block


@given(QUESTIONS)
def test_a_way_out_is_always_named_and_a_reason_said_once(question):
    answer = decide(*question)

    assert all(block.way_out for block in answer.blocks)
    assert max(Counter(answer.reasons).values(), default=0) <= 1
    assert (answer.verdict == "accept") == (not answer.blocks)


@given(QUESTIONS)
def test_a_better_ring_is_reached_with_the_proof_that_is_named(question):
    of, taken, by, cents, at = question
    answer = decide(*question)
    if answer.better is None:
        return

    after = decide(of, taken, proven(by, answer.better.level), cents, at)

    assert after.ring == answer.better.ring < answer.ring
    terms = of.rings[after.ring]
    assert (terms.rate_bp, terms.cap_cents) == (answer.better.rate_bp, answer.better.cap_cents)


def test_a_friend_from_afar_is_never_told_of_a_better_ring():
    of = offer(
        rings=(Ring(frozenset({HERE}), 3, cap_cents=500_00), Ring(frozenset({HERE, FAR}), 1, cap_cents=40_00)),
        accepts={"person": frozenset({"home", "origin"})},
    )

    assert decide(of, Totals(), Investor((home(FAR), home(HERE, kind="origin"))), 40_00, NOW).better is None
