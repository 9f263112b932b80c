"""A small campaign, people near and far, and every answer the rule can give them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from marketplace.locality.model import (
    Ceiling,
    Decision,
    Investor,
    Link,
    MinShare,
    Offer,
    Phase,
    Reserve,
    Ring,
    RingTotal,
    Totals,
)
from marketplace.locality.presets import Options
from marketplace.locality.rules import decide

OPENS = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
LATER = datetime(2027, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MICRO = timedelta(microseconds=1)

# What a preset cannot do without.
NEEDED = {
    "radius": Options(radius_km=20),
    "communes": Options(communes=("86194", "86041")),
    "projet": Options(projet="0190a2a5-0000-7000-8000-000000000000"),
}
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


WIDER = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
IN_TURN = (Phase(OPENS, 0), Phase(WIDER, 1))
PROVEN_RINGS = (Ring(frozenset({HERE}), 3), Ring(frozenset({HERE, THERE}), 3))
PUBLIC = offer(public_units=frozenset({"departement:86"}))
AT_WORK = offer(accepts={"person": frozenset({"home", "work"})})
ALIKE = offer(
    rings=(
        Ring(frozenset({HERE}), 3, cap_cents=40_00),
        Ring(frozenset({HERE, THERE}), 0, cap_cents=40_00, minimum_cents=20_00),
    )
)
CAPPED = offer(rings=(Ring(frozenset({HERE}), 3), Ring(frozenset({HERE, THERE}), 1, cap_cents=40_00)))
TURNS = (Ring(frozenset({HERE})), Ring(frozenset({HERE, THERE})))
SHARED = offer(rings=TURNS, min_shares=(MinShare(0, 60),))
RESERVED = offer(rings=TURNS, reserves=(Reserve(0, 5_000_00, WIDER),))
CEILED = offer(rings=TURNS, ceilings=(Ceiling(0, 1_000_00),))
FRIENDS = offer(rings=TURNS, accepts={"person": frozenset({"home", "origin"})})
LOCAL = Totals(0, 300_00, (RingTotal(300_00, 300_00),))
LOAN = offer(instrument="interest_free_loan")


def home(commune=HERE, level=3, expires_at=LATER, kind="home") -> Link:
    return Link(kind, commune, level, expires_at)


def person(*links, already=0, year=0) -> Investor:
    return Investor(links or (home(),), already, year)


def members(count, commune=HERE) -> Link:
    return Link("members", commune, 3, LATER, count)


RELATED = Investor((home(),), related=True)


WORK = home(level=1, kind="work")


def asked(cents, *, by=None, of=None, taken=None, at=NOW) -> Decision:
    return decide(of or offer(), taken or Totals(), by or person(), cents, at)


def said(found: Decision):
    return found.verdict, found.ring, found.reasons, found.limit_cents, found.way_out, dict(found.facts)


def answer(verdict, ring, reasons=(), limit=None, *way):  # way: code, facts
    return verdict, ring, reasons, limit, *(way + (None, {})[len(way) :])


# Every answer the rule can give: (decision, what it says).
TABLE = {
    "accepted": (asked(50_00), answer("accept", 0)),
    "draft": (asked(50_00, of=offer(state="draft")), answer("refuse", None, ("campaign_closed",), None, "none")),
    "closing": (asked(50_00, of=offer(state="closing")), answer("refuse", None, ("campaign_closed",), None, "none")),
    "funded": (asked(50_00, of=offer(state="funded")), answer("refuse", None, ("campaign_closed",), None, "none")),
    "no dates": (
        asked(50_00, of=offer(opens_at=None, closes_at=None)),
        answer("refuse", None, ("campaign_closed",), None, "none"),
    ),
    "at the closing second": (
        asked(50_00, at=CLOSES),
        answer("refuse", None, ("campaign_closed",), None, "none"),
    ),
    "before it opens": (
        asked(50_00, at=OPENS - MICRO),
        answer("wait", 0, ("campaign_not_open",), None, "wait", {"until": OPENS}),
    ),
    "before it opens, in a later turn": (
        asked(50_00, by=person(home(THERE)), of=offer(rings=TURNS, phases=IN_TURN), at=OPENS - MICRO),
        answer("wait", 1, ("ring_not_open",), None, "wait", {"until": WIDER}),
    ),
    "before it opens, in the first turn": (
        asked(50_00, of=offer(rings=TURNS, phases=IN_TURN), at=OPENS - MICRO),
        answer("wait", 0, ("campaign_not_open",), None, "wait", {"until": OPENS}),
    ),
    "before it opens, elsewhere": (
        asked(50_00, by=person(home(FAR)), at=OPENS - MICRO),
        answer("refuse", None, ("outside_rings",), None, "none", {"kind": "person"}),
    ),
    "before it opens, too little proof": (
        asked(50_00, by=person(home(level=1)), of=offer(rings=TWO_RINGS[:1]), at=OPENS - MICRO),
        answer("verify", 0, ("level_too_low", "campaign_not_open"), None, "prove_residence", {"level": 1, "needed": 3}),
    ),
    "no residence": (
        decide(offer(), Totals(), Investor(()), 50_00, NOW),
        answer("verify", None, ("no_residence",), None, "declare_residence"),
    ),
    "only a link of another kind": (
        asked(50_00, by=person(home(kind="work"))),
        answer("verify", None, ("no_residence",), None, "declare_residence"),
    ),
    "expired": (
        asked(50_00, by=person(home(expires_at=NOW))),
        answer("verify", None, ("claim_expired",), None, "declare_residence"),
    ),
    "elsewhere": (
        asked(50_00, by=person(home(FAR))),
        answer("refuse", None, ("outside_rings",), None, "none", {"kind": "person"}),
    ),
    "level too low": (
        asked(50_00, by=person(home(level=1)), of=offer(rings=TWO_RINGS[:1])),
        answer("verify", 0, ("level_too_low",), None, "prove_residence", {"level": 1, "needed": 3}),
    ),
    "a better proof opens a ring before its turn": (
        asked(50_00, by=person(home(level=1)), of=offer(rings=TWO_RINGS, phases=IN_TURN)),
        answer("verify", 0, ("level_too_low", "ring_not_open"), None, "prove_residence", {"level": 1, "needed": 3}),
    ),
    "neither proven nor open": (
        asked(50_00, by=person(home(THERE, level=1)), of=offer(rings=PROVEN_RINGS, phases=IN_TURN)),
        answer("verify", 1, ("level_too_low", "ring_not_open"), None, "prove_residence", {"level": 1, "needed": 3}),
    ),
    "not yet": (
        asked(50_00, by=person(home(THERE)), of=offer(rings=TWO_RINGS, phases=IN_TURN)),
        answer("wait", 1, ("ring_not_open",), None, "wait", {"until": WIDER}),
    ),
    "a minor alone": (
        asked(50_00, by=replace(person(), minor=True)),
        answer("refuse", None, ("minor_without_guardian",), None, "ask_guardian"),
    ),
    "a minor lends": (
        asked(50_00, by=replace(person(), minor=True, guardian=True), of=LOAN),
        answer("refuse", None, ("minor_gift_only",), None, "none"),
    ),
    "a minor gives": (asked(50_00, by=replace(person(), minor=True, guardian=True)), answer("accept", 0)),
    "a kind the rule does not take": (
        asked(50_00, by=replace(person(), kind="sme"), of=offer(accepts={"person": frozenset({"home"})})),
        answer("refuse", None, ("kind_not_accepted",), None, "none", {"kind": "sme"}),
    ),
    "19 local members": (
        asked(50_00, by=replace(person(members(19)), kind="association")),
        answer("verify", None, ("association_needs_members",), None, "declare_members", {"members": 19, "needed": 20}),
    ),
    "20 local members": (asked(50_00, by=replace(person(members(20)), kind="association")), answer("accept", 0)),
    "the département's own money": (
        asked(50_00, by=replace(person(home("departement:86", kind="area")), kind="public_body"), of=PUBLIC),
        answer("accept", 0),
    ),
    "another département's": (
        asked(50_00, by=replace(person(home("departement:33", kind="area")), kind="public_body"), of=PUBLIC),
        answer("refuse", None, ("outside_rings",), None, "none", {"kind": "public_body"}),
    ),
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
    "work, where a proof is asked": (
        asked(40_00, of=replace(AT_WORK, rings=PROVEN_RINGS), by=person(WORK)),
        answer("refuse", 0, ("level_too_low",), None, "none", {"level": 1, "needed": 3}),
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
    "a firm that said nothing of where it is": (
        asked(50_00, by=Investor((), kind="sme")),
        answer("verify", None, ("no_seat",), None, "declare_seat"),
    ),
    "an association that said nothing of its members": (
        asked(50_00, by=Investor((), kind="association")),
        answer("verify", None, ("association_needs_members",), None, "declare_members", {"members": 0, "needed": 20}),
    ),
    "a firm from elsewhere": (
        asked(50_00, by=Investor((home(FAR, kind="seat"),), kind="sme")),
        answer("refuse", None, ("outside_rings",), None, "none", {"kind": "sme"}),
    ),
    "a public body waits for people like those from elsewhere": (
        asked(
            50_00,
            of=replace(SHARED, public_units=frozenset({"departement:86"})),
            by=Investor((home("departement:86", kind="area"),), kind="public_body"),
        ),
        answer("waitlist", 0, ("min_share",), None, "join_waitlist", {"room_cents": 0, "level": 3, "percent": 60}),
    ),
    "born here, let in as a friend": (
        asked(50_00, of=FRIENDS, by=person(home(kind="origin"))),
        answer("accept", 1),
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
VERDICTS = {"accept", "accept_up_to", "verify", "wait", "waitlist", "refuse"}
REASONS = {
    "campaign_closed",
    "campaign_not_open",
    "no_residence",
    "no_seat",
    "claim_expired",
    "outside_rings",
    "level_too_low",
    "amount_too_small",
    "hard_cap",
    "free_loan_cap",
    "level_1_cap",
    "level_2_cap",
    "one_look_cap",
    "association_needs_members",
    "ceiling",
    "kind_not_accepted",
    "min_share",
    "minor_gift_only",
    "minor_without_guardian",
    "related_cap",
    "reserve",
    "ring_cap",
    "ring_not_open",
}
