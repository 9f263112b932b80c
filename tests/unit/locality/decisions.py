"""Every answer the rule can give: whether and when one may take part here, how much in `amounts`."""

from dataclasses import replace

from marketplace.locality.model import Investor, Totals
from marketplace.locality.rules import decide
from tests.unit.locality import amounts
from tests.unit.locality.cases import (
    AT_WORK,
    CLOSES,
    FAR,
    FRIENDS,
    IN_TURN,
    LOAN,
    MICRO,
    NOW,
    OPENS,
    PROVEN_RINGS,
    PUBLIC,
    THERE,
    TURNS,
    TWO_RINGS,
    WIDER,
    WORK,
    answer,
    asked,
    home,
    members,
    offer,
    person,
)

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
    "before it opens, a better proof opens a ring before its turn": (
        asked(50_00, by=person(home(level=1)), of=offer(rings=TWO_RINGS, phases=IN_TURN), at=OPENS - MICRO),
        answer("verify", 0, ("level_too_low", "ring_not_open"), None, "prove_residence", {"level": 1, "needed": 3}),
    ),
    "before it opens, a wider ring opens with the others": (
        asked(50_00, by=person(home(level=1)), of=offer(rings=TWO_RINGS), at=OPENS - MICRO),
        answer("wait", 1, ("campaign_not_open",), None, "wait", {"until": OPENS}),
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
    "work, where a proof is asked": (
        asked(40_00, of=replace(AT_WORK, rings=PROVEN_RINGS), by=person(WORK)),
        answer("refuse", 0, ("level_too_low",), None, "none", {"level": 1, "needed": 3}),
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
    "born here, let in as a friend": (
        asked(50_00, of=FRIENDS, by=person(home(kind="origin"))),
        answer("accept", 1),
    ),
    **amounts.TABLE,
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
