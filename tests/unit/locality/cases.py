"""A small campaign, people near and far, and every answer the rule can give them."""

from datetime import UTC, datetime, timedelta

from marketplace.locality.rules import Decision, Investor, Link, Offer, Ring, Totals, decide

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
