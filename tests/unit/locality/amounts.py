"""Answers about how much: what is left to a person, a ring and a campaign, and what is kept for others."""

from dataclasses import replace

from marketplace.locality.model import Investor, Ring, RingTotal, Totals
from tests.unit.locality.cases import (
    ALIKE,
    AT_WORK,
    CAPPED,
    CEILED,
    HERE,
    LOAN,
    LOCAL,
    RELATED,
    RESERVED,
    SHARED,
    THERE,
    WIDER,
    WORK,
    answer,
    asked,
    home,
    offer,
    person,
)

# (decision, what it says)
TABLE = {
    "the ring's cap": (
        asked(300_00, of=offer(rings=(Ring(frozenset({HERE}), cap_cents=200_00),))),
        answer(
            "accept_up_to",
            0,
            ("ring_cap",),
            200_00,
            "lower_amount",
            {"room_cents": 200_00, "level": 3, "cap_cents": 200_00},
        ),
    ),
    "the ring's cap, used up": (
        asked(50_00, of=offer(rings=(Ring(frozenset({HERE}), cap_cents=200_00),)), by=person(already=200_00)),
        answer("refuse", 0, ("ring_cap",), None, "none", {"room_cents": 0, "level": 3, "cap_cents": 200_00}),
    ),
    "work, which is never proven, over 50 €": (
        asked(60_00, of=AT_WORK, by=person(WORK)),
        answer(
            "accept_up_to",
            0,
            ("level_1_cap",),
            50_00,
            "lower_amount",
            {"room_cents": 50_00, "level": 1, "needed": 2},
        ),
    ),
    "the ring's cap, used up further in too": (
        asked(25_00, of=ALIKE, by=person(home(level=2), already=45_00)),
        answer("refuse", 1, ("ring_cap",), None, "none", {"room_cents": 0, "level": 2, "cap_cents": 40_00}),
    ),
    "the ring's cap, more with a proof": (
        asked(45_00, of=CAPPED, by=person(home(level=1), already=0)),
        answer(
            "accept_up_to",
            1,
            ("ring_cap",),
            40_00,
            "prove_residence",
            {"room_cents": 40_00, "level": 1, "cap_cents": 40_00},
        ),
    ),
    "the owner's cap": (
        asked(300_00, of=offer(related_cap_cents=2_000_00), by=RELATED, taken=Totals(0, 1_900_00, (), 1_900_00)),
        answer(
            "accept_up_to",
            0,
            ("related_cap",),
            100_00,
            "lower_amount",
            {"room_cents": 100_00, "level": 3, "cap_cents": 2_000_00},
        ),
    ),
    "unlocked by those from here": (
        asked(300_00, of=SHARED, by=person(home(THERE)), taken=LOCAL),
        answer(
            "accept_up_to",
            1,
            ("min_share",),
            200_00,
            "lower_amount",
            {"room_cents": 200_00, "level": 3, "percent": 60},
        ),
    ),
    "nobody from here yet": (
        asked(300_00, of=SHARED, by=person(home(THERE))),
        answer("waitlist", 1, ("min_share",), None, "join_waitlist", {"room_cents": 0, "level": 3, "percent": 60}),
    ),
    "the owner unlocks nothing": (
        asked(300_00, of=SHARED, by=RELATED),
        answer("waitlist", 0, ("min_share",), None, "join_waitlist", {"room_cents": 0, "level": 3, "percent": 60}),
    ),
    "kept for those from here": (
        asked(
            300_00, of=RESERVED, by=person(home(THERE)), taken=Totals(0, 4_900_00, (RingTotal(), RingTotal(490_000)))
        ),
        answer(
            "accept_up_to",
            1,
            ("reserve",),
            100_00,
            "lower_amount",
            {"room_cents": 100_00, "level": 3, "until": WIDER, "kept_cents": 5_000_00},
        ),
    ),
    "no longer kept": (
        asked(300_00, of=RESERVED, by=person(home(THERE)), taken=Totals(0, 4_900_00), at=WIDER),
        answer("accept", 1),
    ),
    "enough from elsewhere": (
        asked(300_00, of=CEILED, by=person(home(THERE)), taken=Totals(0, 900_00, (RingTotal(), RingTotal(900_00)))),
        answer(
            "accept_up_to",
            1,
            ("ceiling",),
            100_00,
            "lower_amount",
            {"room_cents": 100_00, "level": 3, "cap_cents": 1_000_00},
        ),
    ),
    "nothing left anywhere, and one thing for good": (
        asked(300_00, of=replace(CEILED, related_cap_cents=0), by=RELATED, taken=Totals(0, 10_000_00)),
        answer(
            "refuse",
            0,
            ("related_cap", "hard_cap", "ceiling"),
            None,
            "none",
            {"room_cents": 0, "level": 3, "cap_cents": 0},
        ),
    ),
    "a public body waits for people like those from elsewhere": (
        asked(
            50_00,
            of=replace(SHARED, public_units=frozenset({"departement:86"})),
            by=Investor((home("departement:86", kind="area"),), kind="public_body"),
        ),
        answer("waitlist", 0, ("min_share",), None, "join_waitlist", {"room_cents": 0, "level": 3, "percent": 60}),
    ),
    "too small": (
        asked(9_99),
        answer("refuse", 0, ("amount_too_small",), None, "raise_amount", {"minimum_cents": 10_00}),
    ),
    "more than is left": (
        asked(50_01, taken=Totals(9_000_00, 950_00)),
        answer("accept_up_to", 0, ("hard_cap",), 50_00, "lower_amount", {"room_cents": 50_00, "level": 3}),
    ),
    "full": (
        asked(50_00, taken=Totals(0, 10_000_00)),
        answer("waitlist", 0, ("hard_cap",), None, "join_waitlist", {"room_cents": 0, "level": 3}),
    ),
    "less left than the minimum": (
        asked(10_00, taken=Totals(1, 9_990_00)),
        answer("waitlist", 0, ("hard_cap",), None, "join_waitlist", {"room_cents": 9_99, "level": 3}),
    ),
    "more than one may lend": (
        asked(5_000_01, of=LOAN),
        answer("accept_up_to", 0, ("free_loan_cap",), 5_000_00, "lower_amount", {"room_cents": 5_000_00, "level": 3}),
    ),
    "lent all one may": (
        asked(10_00, of=LOAN, by=person(already=5_000_00)),
        answer("refuse", 0, ("free_loan_cap",), None, "none", {"room_cents": 0, "level": 3}),
    ),
    "level 1, over its limit": (
        asked(50_01, by=person(home(level=1))),
        answer(
            "accept_up_to",
            0,
            ("level_1_cap",),
            50_00,
            "prove_residence",
            {"room_cents": 50_00, "level": 1, "needed": 2},
        ),
    ),
    "level 1, used up": (
        asked(10_00, by=person(home(level=1), already=50_00)),
        answer("verify", 0, ("level_1_cap",), None, "prove_residence", {"room_cents": 0, "level": 1, "needed": 2}),
    ),
    "level 2, over its limit": (
        asked(200_01, by=person(home(level=2), year=800_00)),
        answer(
            "accept_up_to",
            0,
            ("level_2_cap",),
            200_00,
            "prove_residence",
            {"room_cents": 200_00, "level": 2, "needed": 3},
        ),
    ),
    "level 2, used up": (
        asked(10_00, by=person(home(level=2), year=1_000_00)),
        answer("verify", 0, ("level_2_cap",), None, "prove_residence", {"room_cents": 0, "level": 2, "needed": 3}),
    ),
    "one look, over its limit": (
        asked(200_01, by=replace(person(home(), year=4_800_00), one_look=True)),
        answer("accept_up_to", 0, ("one_look_cap",), 200_00, "prove_residence", {"room_cents": 200_00, "level": 3}),
    ),
    "one look, used up": (
        asked(10_00, by=replace(person(home(), year=5_000_00), one_look=True)),
        answer("verify", 0, ("one_look_cap",), None, "prove_residence", {"room_cents": 0, "level": 3}),
    ),
    "two limits, the narrower first": (
        asked(60_00, by=person(home(level=1), already=20_00), taken=Totals(0, 9_960_00)),
        answer(
            "accept_up_to",
            0,
            ("level_1_cap", "hard_cap"),
            30_00,
            "prove_residence",
            {"room_cents": 30_00, "level": 1, "needed": 2},
        ),
    ),
}
