"""Values of the rule: what a campaign offers, who asks, what was taken, and the decision.

Amounts in euro cents, instants aware UTC, ends exclusive. Source: docs/local-to-local.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

Verdict = Literal["accept", "accept_up_to", "wait", "verify", "waitlist", "refuse"]
Instrument = Literal["gift", "interest_free_loan"]
InvestorKind = Literal["person", "sme", "association", "public_body"]

# Links that count, by kind of investor, unless a rule says otherwise. Code de l'énergie, art. R. 291-2.
ACCEPTED_LINKS: Mapping[str, frozenset[str]] = {
    "person": frozenset({"home"}),
    "sme": frozenset({"seat", "branch"}),
    "association": frozenset({"members"}),
    "public_body": frozenset({"area"}),
}
LINK_KINDS = frozenset(
    {"home", "work", "seat", "branch", "members", "member_of", "property", "study", "origin", "area"}
)
# Ties that are nowhere taken for local: where a rule takes them, they lead to the outermost ring only.
FRIENDLY_LINKS = frozenset({"property", "origin"})
# Links that are declared and never proven here (docs/residence.md): no proof is a way out for them.
DECLARED_LINKS = frozenset({"work"})
# Code de l'énergie, art. R. 291-2 2°: natural persons of an association who live there.
LOCAL_MEMBERS = 20


@dataclass(frozen=True)
class Ring:
    """A zone with its terms. communes: current INSEE codes; each ring contains the ones inside it.

    minimum_level: of proof, 0 to 3. cap_cents: most for one investor; minimum_cents: least at once; both None when the
    campaign's own hold. rate_bp: yearly rate in hundredths of a percent, None where the instrument has none.
    """

    communes: frozenset[str]
    minimum_level: int = 1
    name: str = ""
    cap_cents: int | None = None
    minimum_cents: int | None = None
    rate_bp: int | None = None


@dataclass(frozen=True)
class Phase:
    """From an instant on, rings up to ``widest`` may pledge."""

    starts_at: datetime
    widest: int


@dataclass(frozen=True)
class MinShare:
    """At every instant, money of rings up to ``ring`` makes at least ``percent`` of all: 1 to 100.

    Only local money that can no longer be withdrawn unlocks money from elsewhere.
    """

    ring: int
    percent: int


@dataclass(frozen=True)
class Reserve:
    """An amount kept free for rings up to ``ring`` until an instant."""

    ring: int
    amount_cents: int
    until: datetime


@dataclass(frozen=True)
class Ceiling:
    """The most that may come from beyond a ring."""

    ring: int
    amount_cents: int


@dataclass(frozen=True)
class MinPeople:
    """How many people of rings up to ``ring`` a campaign needs in order to succeed."""

    ring: int
    people: int


@dataclass(frozen=True)
class Match:
    """A fund that adds to local money. percent: of each euro; per_person_cents, total_cents: its ceilings."""

    fund: str
    ring: int
    percent: int
    per_person_cents: int
    total_cents: int


@dataclass(frozen=True)
class Offer:
    """What a campaign offers. rings: innermost first. phases: in order of time, none narrower than the one before.

    Without phases every ring is open from the start. members: how many local members an association needs.
    public_units: "departement:86"…, public bodies the project is a matter of. related_cap_cents: the most that the
    owner, the board and their households may hold together.
    """

    state: str
    instrument: Instrument
    opens_at: datetime | None
    closes_at: datetime | None
    minimum_cents: int
    hard_cap_cents: int
    rings: tuple[Ring, ...]
    phases: tuple[Phase, ...] = ()
    min_shares: tuple[MinShare, ...] = ()
    reserves: tuple[Reserve, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    min_people: tuple[MinPeople, ...] = ()
    matches: tuple[Match, ...] = ()
    accepts: Mapping[str, frozenset[str]] = field(default_factory=lambda: ACCEPTED_LINKS)
    members: int = LOCAL_MEMBERS
    public_units: frozenset[str] = frozenset()
    related_cap_cents: int | None = None


@dataclass(frozen=True)
class Link:
    """What ties an investor to a commune. level: of proof, 0 to 3; expires_at: exclusive.

    count: members that an association has there. Of a public body, commune_code is its own unit: "departement:86".
    """

    kind: str
    commune_code: str
    level: int
    expires_at: datetime
    count: int = 1


@dataclass(frozen=True)
class Investor:
    """Who asks. already_cents: live pledges on this campaign; year_cents: on all campaigns over twelve months.

    related: the owner, a member of the board or of their household. guardian: a minor's, who consents. one_look: one
    administrator alone has seen their proof.
    """

    links: tuple[Link, ...]
    already_cents: int = 0
    year_cents: int = 0
    kind: InvestorKind = "person"
    related: bool = False
    minor: bool = False
    guardian: bool = False
    one_look: bool = False

    @property
    def counts_inside(self) -> bool:
        """Whether this money counts as that of a ring: that of related people and of public bodies never does."""
        return not self.related and self.kind != "public_body"


@dataclass(frozen=True)
class RingTotal:
    """Money of one ring alone, without that of related people and of public bodies.

    taken: reserved or live; confirmed: irrevocable.
    """

    taken_cents: int = 0
    confirmed_cents: int = 0


@dataclass(frozen=True)
class Totals:
    """What a campaign has taken: reserved for people at the card page, and live pledges.

    rings: by ring, innermost first, missing ones empty. related_cents: reserved or live, of related people.
    """

    reserved_cents: int = 0
    live_cents: int = 0
    rings: tuple[RingTotal, ...] = ()
    related_cents: int = 0

    @property
    def taken_cents(self) -> int:
        """All that fills the hard cap."""
        return self.reserved_cents + self.live_cents

    def within(self, ring: int) -> RingTotal:
        """Return the money of the rings up to one."""
        inside = self.rings[: ring + 1]
        return RingTotal(sum(one.taken_cents for one in inside), sum(one.confirmed_cents for one in inside))

    def with_reserved(self, ring: int, amount_cents: int, investor: Investor) -> "Totals":
        """Return the totals after a reservation."""
        more = replace(self, reserved_cents=self.reserved_cents + amount_cents)
        if investor.related:
            return replace(more, related_cents=self.related_cents + amount_cents)
        if not investor.counts_inside:
            return more
        rings = list(self.rings) + [RingTotal()] * (ring + 1 - len(self.rings))
        rings[ring] = replace(rings[ring], taken_cents=rings[ring].taken_cents + amount_cents)
        return replace(more, rings=tuple(rings))


@dataclass(frozen=True)
class Block:
    """One thing that stands in the way. way_out: code of the smallest change that lifts it, "none" when there is none.

    limit_cents: the most it lets pass, None when the amount is not the matter. facts: what the sentence needs.
    """

    reason: str
    way_out: str
    limit_cents: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Better:
    """Better terms within reach of somebody who is accepted already. level: of proof that the ring asks for."""

    ring: int
    level: int
    rate_bp: int | None = None
    cap_cents: int | None = None


@dataclass(frozen=True)
class Decision:
    """The verdict and why.

    ring: index of the ring whose terms hold, None outside. blocks: what stands in the way, the one to say first.
    limit_cents: the largest amount that would pass now, None when no amount would.
    """

    verdict: Verdict
    ring: int | None
    blocks: tuple[Block, ...] = ()
    limit_cents: int | None = None
    better: Better | None = None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Reason codes, the one to say first."""
        return tuple(block.reason for block in self.blocks)

    @property
    def way_out(self) -> str | None:
        """The smallest change that lifts the first reason, None on an accept."""
        return self.blocks[0].way_out if self.blocks else None

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the sentence of the first reason needs."""
        return self.blocks[0].facts if self.blocks else {}
