"""The decision: every verdict, every reason, every boundary."""

import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.locality.rules import (
    FREE_LOAN_CAP,
    LEVEL_1_CAP,
    LEVEL_2_CAP,
    Decision,
    Investor,
    Link,
    Offer,
    Ring,
    Totals,
    decide,
)

OPENS = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
LATER = datetime(2027, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MICRO = timedelta(microseconds=1)

HERE, THERE, FAR = "86194", "86066", "33063"
ONE_RING = (Ring(frozenset({HERE, THERE})),)
TWO_RINGS = (Ring(frozenset({HERE}), 3), Ring(frozenset({HERE, THERE}), 1))


def offer(**changes) -> Offer:
    facts = {
        "state": "live",
        "instrument": "gift",
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "minimum_cents": 10_00,
        "hard_cap_cents": 10_000_00,
        "rings": ONE_RING,
    }
    return Offer(**{**facts, **changes})


LOAN = offer(instrument="interest_free_loan")


def home(commune=HERE, level=3, expires_at=LATER, kind="home") -> Link:
    return Link(kind, commune, level, expires_at)


def person(*links, already=0, year=0) -> Investor:
    return Investor(links or (home(),), already, year)


def asked(cents, *, by=None, of=None, taken=None, at=NOW) -> Decision:
    return decide(of or offer(), taken or Totals(), by or person(), cents, at)


# Every answer the rule can give: (case, decision).
TABLE = {
    "accepted": (asked(50_00), Decision("accept", 0)),
    "draft": (asked(50_00, of=offer(state="draft")), Decision("refuse", None, ("campaign_closed",), None, "none")),
    "closing": (asked(50_00, of=offer(state="closing")), Decision("refuse", None, ("campaign_closed",), None, "none")),
    "funded": (asked(50_00, of=offer(state="funded")), Decision("refuse", None, ("campaign_closed",), None, "none")),
    "no dates": (
        asked(50_00, of=offer(opens_at=None, closes_at=None)),
        Decision("refuse", None, ("campaign_closed",), None, "none"),
    ),
    "at the closing second": (
        asked(50_00, at=CLOSES),
        Decision("refuse", None, ("campaign_closed",), None, "none"),
    ),
    "before it opens": (
        asked(50_00, at=OPENS - MICRO),
        Decision("wait", None, ("campaign_not_open",), None, "wait", {"until": OPENS}),
    ),
    "no residence": (
        decide(offer(), Totals(), Investor(()), 50_00, NOW),
        Decision("verify", None, ("no_residence",), None, "declare_residence"),
    ),
    "only a link of another kind": (
        asked(50_00, by=person(home(kind="work"))),
        Decision("verify", None, ("no_residence",), None, "declare_residence"),
    ),
    "expired": (
        asked(50_00, by=person(home(expires_at=NOW))),
        Decision("verify", None, ("claim_expired",), None, "declare_residence"),
    ),
    "elsewhere": (
        asked(50_00, by=person(home(FAR))),
        Decision("refuse", None, ("outside_rings",), None, "none"),
    ),
    "level too low": (
        asked(50_00, by=person(home(level=1)), of=offer(rings=TWO_RINGS)),
        Decision("verify", 0, ("level_too_low",), None, "prove_residence", {"level": 1, "needed": 3}),
    ),
    "too small": (
        asked(9_99),
        Decision("refuse", 0, ("amount_too_small",), None, "raise_amount", {"minimum_cents": 10_00}),
    ),
    "more than is left": (
        asked(50_01, taken=Totals(9_000_00, 950_00)),
        Decision("accept_up_to", 0, ("hard_cap",), 50_00, "lower_amount", {"room_cents": 50_00, "level": 3}),
    ),
    "full": (
        asked(50_00, taken=Totals(0, 10_000_00)),
        Decision("refuse", 0, ("hard_cap",), None, "none", {"room_cents": 0, "level": 3}),
    ),
    "less left than the minimum": (
        asked(10_00, taken=Totals(1, 9_990_00)),
        Decision("refuse", 0, ("hard_cap",), None, "none", {"room_cents": 9_99, "level": 3}),
    ),
    "more than one may lend": (
        asked(5_000_01, of=LOAN),
        Decision("accept_up_to", 0, ("free_loan_cap",), 5_000_00, "lower_amount", {"room_cents": 5_000_00, "level": 3}),
    ),
    "lent all one may": (
        asked(10_00, of=LOAN, by=person(already=5_000_00)),
        Decision("refuse", 0, ("free_loan_cap",), None, "none", {"room_cents": 0, "level": 3}),
    ),
    "level 1, over its limit": (
        asked(50_01, by=person(home(level=1))),
        Decision("accept_up_to", 0, ("level_1_cap",), 50_00, "prove_residence", {"room_cents": 50_00, "level": 1}),
    ),
    "level 1, used up": (
        asked(10_00, by=person(home(level=1), already=50_00)),
        Decision("verify", 0, ("level_1_cap",), None, "prove_residence", {"room_cents": 0, "level": 1}),
    ),
    "level 2, over its limit": (
        asked(200_01, by=person(home(level=2), year=800_00)),
        Decision("accept_up_to", 0, ("level_2_cap",), 200_00, "prove_residence", {"room_cents": 200_00, "level": 2}),
    ),
    "level 2, used up": (
        asked(10_00, by=person(home(level=2), year=1_000_00)),
        Decision("verify", 0, ("level_2_cap",), None, "prove_residence", {"room_cents": 0, "level": 2}),
    ),
    "two limits, the narrower first": (
        asked(60_00, by=person(home(level=1), already=20_00), taken=Totals(0, 9_960_00)),
        Decision(
            "accept_up_to",
            0,
            ("level_1_cap", "hard_cap"),
            30_00,
            "prove_residence",
            {"room_cents": 30_00, "level": 1},
        ),
    ),
}
VERDICTS = {"accept", "accept_up_to", "verify", "wait", "refuse"}
REASONS = {
    "campaign_closed",
    "campaign_not_open",
    "no_residence",
    "claim_expired",
    "outside_rings",
    "level_too_low",
    "amount_too_small",
    "hard_cap",
    "free_loan_cap",
    "level_1_cap",
    "level_2_cap",
}


@pytest.mark.parametrize("case", TABLE)
def test_the_answer_is(case):
    found, expected = TABLE[case]

    assert found == expected


def test_the_table_knows_every_verdict_and_every_reason():
    decisions = [found for found, _ in TABLE.values()]

    assert {decision.verdict for decision in decisions} == VERDICTS
    assert {reason for decision in decisions for reason in decision.reasons} == REASONS


def test_every_answer_but_accept_has_a_reason_and_a_way_out_or_says_there_is_none():
    for found, _ in TABLE.values():
        assert bool(found.reasons) == (found.verdict != "accept")
        assert (found.way_out is None) == (found.verdict == "accept")
        assert (found.limit_cents is not None) == (found.verdict == "accept_up_to")


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        (OPENS - MICRO, "wait"),
        (OPENS, "accept"),
        (CLOSES - SECOND, "accept"),
        (CLOSES - MICRO, "accept"),
        (CLOSES, "refuse"),
        (CLOSES + SECOND, "refuse"),
    ],
)
def test_it_opens_and_closes_to_the_second(at, verdict):
    assert asked(50_00, at=at).verdict == verdict


@pytest.mark.parametrize(
    ("at", "verdict"),
    [(LATER - SECOND, "accept"), (LATER - MICRO, "accept"), (LATER, "verify"), (LATER + SECOND, "verify")],
)
def test_a_link_counts_until_just_before_it_expires(at, verdict):
    assert asked(50_00, of=offer(closes_at=LATER + timedelta(days=9)), at=at).verdict == verdict


@pytest.mark.parametrize(
    ("cents", "verdict"),
    [(-1, "refuse"), (0, "refuse"), (9_99, "refuse"), (10_00, "accept"), (10_01, "accept")],
)
def test_the_minimum_is_itself_accepted(cents, verdict):
    assert asked(cents).verdict == verdict


@pytest.mark.parametrize(
    ("taken", "verdict"),
    [
        (Totals(0, 9_950_00), "accept"),
        (Totals(9_950_00, 0), "accept"),
        (Totals(4_000_00, 5_950_00), "accept"),
        (Totals(4_000_00, 5_950_01), "accept_up_to"),
        (Totals(9_950_01, 0), "accept_up_to"),  # room reserved for people at the card page counts
        (Totals(5_000_00, 5_000_00), "refuse"),
        (Totals(9_000_00, 9_000_00), "refuse"),  # never less than no room
    ],
)
def test_the_last_euros_go_to_the_cent_reservations_included(taken, verdict):
    assert asked(50_00, taken=taken).verdict == verdict


@pytest.mark.parametrize(
    ("level", "already", "year", "cents", "verdict"),
    [
        (0, 0, 0, 10_00, "verify"),
        (1, 0, 0, LEVEL_1_CAP, "accept"),
        (1, 0, 0, LEVEL_1_CAP + 1, "accept_up_to"),
        (1, 40_00, 40_00, 10_00, "accept"),
        (1, 40_01, 40_01, 10_00, "verify"),
        (1, 0, 5_000_00, LEVEL_1_CAP, "accept"),  # level 1 counts each campaign for itself
        (2, 0, 0, LEVEL_2_CAP, "accept"),
        (2, 0, 0, LEVEL_2_CAP + 1, "accept_up_to"),
        (2, 0, 990_00, 10_00, "accept"),
        (2, 0, 990_01, 10_00, "verify"),
        (2, 990_00, 0, 1_000_00, "accept"),  # level 2 counts twelve months, whatever the campaign
        (3, 9_000_00, 9_000_00, 10_000_00, "accept"),
    ],
)
def test_what_each_level_of_proof_may(level, already, year, cents, verdict):
    assert asked(cents, by=person(home(level=level), already=already, year=year)).verdict == verdict


@pytest.mark.parametrize(
    ("already", "cents", "verdict"),
    [
        (0, FREE_LOAN_CAP, "accept"),
        (0, FREE_LOAN_CAP + 1, "accept_up_to"),
        (4_990_00, 10_00, "accept"),
        (4_990_01, 10_00, "refuse"),
    ],
)
def test_the_law_limits_what_one_person_lends_one_project(already, cents, verdict):
    assert asked(cents, of=LOAN, by=person(already=already)).verdict == verdict
    assert asked(cents, of=offer(), by=person(already=already)).verdict == "accept"


def test_several_links_never_add_up():
    both = person(home(HERE, level=1), home(THERE, level=1))

    assert asked(50_00, by=both).verdict == "accept"
    assert asked(50_01, by=both).limit_cents == 50_00


def test_the_smallest_ring_wins_and_in_it_the_best_proof():
    rings = (Ring(frozenset({HERE})), Ring(frozenset({HERE, THERE})))

    assert asked(50_00, by=person(home(THERE)), of=offer(rings=rings)).ring == 1
    assert asked(50_00, by=person(home(THERE), home(HERE, level=1)), of=offer(rings=rings)).ring == 0
    assert asked(500_00, by=person(home(HERE, level=1), home(HERE, level=3)), of=offer(rings=rings)).verdict == "accept"


def test_an_expired_or_unproven_link_lends_nothing_to_a_current_one():
    expired_here = person(home(HERE, expires_at=NOW), home(FAR))
    level_0_here = person(home(HERE, level=0), home(FAR))

    assert asked(50_00, by=expired_here).reasons == ("outside_rings",)
    assert asked(50_00, by=level_0_here).reasons == ("outside_rings",)


def test_a_rule_without_rings_lets_nobody_in():
    assert asked(50_00, of=offer(rings=())).reasons == ("outside_rings",)


# --- laws ---

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
