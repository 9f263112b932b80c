"""The transaction that decides: lock the tally, ask the rule, store what was accepted.

One function serves one pledge and a batch of them; the rule exists once, in `locality.rules`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.db import insert_many, one_of, uuid7
from marketplace.core.errors import NotFound, Refused
from marketplace.core.money import Money
from marketplace.investors.rules import Party
from marketplace.locality.model import Decision, Investor, Totals
from marketplace.locality.rules import decide
from marketplace.pledges import chain, offers, protecting, rewards
from marketplace.pledges.models import (
    CampaignTally,
    Pledge,
    PledgeConsent,
    PledgeDecision,
    PledgeEvent,
    tally_ring,
)
from marketplace.pledges.offers import Terms
from marketplace.pledges.rules import RESERVATION, RingWeight, check_move
from marketplace.pledges.transitions import add_to_ring, lock_tally


@dataclass(frozen=True)
class Request:
    """One person asks to pledge. form_key: made with the form, so that sending it twice makes one pledge.

    related: they say that they belong to the owner's team or household. may_wait: rather the waiting list than nothing.
    shown_as: what others may read of them. organisation_id: they act for it. read: digests of the words agreed to.
    reward: number of the one they take with it; who waits takes none.
    """

    backer_id: UUID
    amount: Money
    form_key: UUID
    related: bool = False
    may_wait: bool = False
    shown_as: str = "nothing"
    organisation_id: UUID | None = None
    read: frozenset[str] = frozenset()
    reward: int | None = None

    @property
    def party(self) -> Party:
        """Who invests."""
        return Party(self.backer_id, self.organisation_id)


@dataclass(frozen=True)
class Outcome:
    """What came of a request: an accepted decision has a pledge, a replay has the earlier pledge."""

    decision: Decision
    pledge_id: UUID | None
    replayed: bool = False


def commit_batch(session: Session, *, campaign_id: UUID, requests: Sequence[Request], now: datetime) -> list[Outcome]:
    """Decide a batch of requests on one campaign, in order, under the lock of its tally.

    now: aware UTC. Whoever calls has locked the parties (`offers.lock_parties`): the yearly limit of level 2 crosses
    campaigns, and requests of one person or organisation wait for each other.
    Returns one outcome for each request, in order; refusals write nothing.
    Raises NotFound: the campaign was never published. Raises Refused: form_already_sent, with another amount.
    Statements do not depend on the number of requests.
    """
    parties = {request.party for request in requests}
    # What is known of people is theirs alone while they are locked: read before all others have to wait.
    people = offers.investors(session, campaign_id, parties, now)
    unmandated = offers.unmandated(session, parties, now)
    sent = _known(session, campaign_id, requests)
    tally = lock_tally(session, campaign_id)
    # Read after the lock: what another transaction decided meanwhile is visible now.
    terms = offers.terms(session, campaign_id)
    standings = protecting.standings(session, terms, parties, now)
    gone = rewards.taken(session, campaign_id, terms.rewards)
    desk = _Desk(terms, tally, offers.totals(session, tally), now)
    outcomes = []
    for request in requests:
        earlier = sent.get(request.form_key)
        if earlier is not None:
            outcomes.append(Outcome(Decision("accept", earlier.ring), earlier.id, replayed=True))
            continue
        related = request.related or bool({request.backer_id, request.organisation_id} & terms.owners)
        investor = replace(people[request.party], related=related)
        asked = protecting.Asked(request.amount.cents, investor.already_cents + request.amount.cents, request.read)
        known = standings.get(request.party)
        decision = decide(terms.offer, desk.totals, investor, request.amount.cents, now)
        decision = protecting.judged(terms, decision, known, asked)
        decision = rewards.judged(decision, terms.rewards, gone, request.reward, request.amount.cents)
        if request.party in unmandated:
            decision = protecting.WITHOUT_MANDATE
        pledge_id = None
        if decision.verdict == "accept":
            pledge_id = desk.accept(request, investor, decision)
            gone.update([] if request.reward is None else [request.reward])
            people[request.party] = _after(investor, request.amount.cents)
        elif decision.verdict == "waitlist" and request.may_wait:
            pledge_id = desk.put_on_list(request, investor, decision)
        if pledge_id is not None:
            desk.consents += protecting.consents(terms, pledge_id, known, asked, now)
        outcomes.append(Outcome(decision, pledge_id))
    desk.write(session)
    return outcomes


def _known(session: Session, campaign_id: UUID, requests: Sequence[Request]) -> dict[UUID, Pledge]:
    """Return earlier pledges of the same forms; a key of somebody else's form is nobody's business.

    A form that comes again with another amount is not the same promise: it was changed after it had been sent.
    """
    wanted = {request.form_key: request for request in requests}
    found = session.scalars(
        select(Pledge).where(Pledge.campaign_id == campaign_id, one_of(Pledge.form_key, wanted))
    ).all()
    if any(wanted[pledge.form_key].backer_id != pledge.backer_id for pledge in found):
        raise NotFound(campaign_id)
    if any(wanted[pledge.form_key].amount.cents != (pledge.asked_cents or pledge.amount_cents) for pledge in found):
        raise Refused("form_already_sent")
    return {pledge.form_key: pledge for pledge in found}


def _after(investor: Investor, amount_cents: int) -> Investor:
    return replace(
        investor,
        already_cents=investor.already_cents + amount_cents,
        year_cents=investor.year_cents + amount_cents,
    )


class _Desk:
    """Collects what a batch accepts, or puts on the waiting list, then writes it at once."""

    def __init__(self, terms: Terms, tally: CampaignTally, totals: Totals, now: datetime) -> None:
        self.terms = terms
        self.tally = tally
        self.now = now
        self.totals = totals
        self.pledges: list[dict[str, Any]] = []
        self.decisions: list[dict[str, Any]] = []
        self.consents: list[dict[str, Any]] = []

    def accept(self, request: Request, investor: Investor, decision: Decision) -> UUID:
        """Reserve room for a request and bind its decision to the chain; return the new pledge's id."""
        assert decision.ring is not None
        pledge_id = self._write_down(request, investor, decision, "card_pending", self.now + RESERVATION)
        self.tally.reserved_cents += request.amount.cents
        self.totals = self.totals.with_reserved(decision.ring, request.amount.cents, investor)
        return pledge_id

    def put_on_list(self, request: Request, investor: Investor, decision: Decision) -> UUID:
        """Let a request wait for room, until the campaign ends; return the new pledge's id."""
        assert self.terms.offer.closes_at is not None
        return self._write_down(request, investor, decision, "waitlisted", self.terms.offer.closes_at)

    def _write_down(
        self, request: Request, investor: Investor, decision: Decision, state: str, until: datetime
    ) -> UUID:
        assert decision.ring is not None
        pledge_id = uuid7()
        evidence = chain.evidence(self.terms, self.totals, investor, request.amount.cents, decision)
        self.decisions.append(chain.bind(self.tally, pledge_id=pledge_id, evidence=evidence, now=self.now))
        self.pledges.append(
            {
                "campaign_id": self.terms.campaign_id,
                "id": pledge_id,
                "campaign_version": self.terms.version,
                "backer_id": request.backer_id,
                "organisation_id": request.organisation_id,
                "form_key": request.form_key,
                "amount_cents": request.amount.cents,
                "related": investor.related,
                "investor_kind": investor.kind,
                "commune_code": offers.home(
                    self.terms.offer, investor, decision.ring, project_commune=self.terms.project_commune, now=self.now
                ),
                "ring": decision.ring,
                "shown_as": request.shown_as,
                "reward": request.reward if state == "card_pending" else None,
                "state": state,
                "opened_at": self.now,
                "reserved_until": until,
            }
        )
        return pledge_id

    def write(self, session: Session) -> None:
        """Insert what was accepted, in four statements at most, and the new totals."""
        if not self.pledges:
            return
        insert_many(session, Pledge, self.pledges)
        insert_many(session, PledgeEvent, list(self._first_events()))
        insert_many(session, PledgeDecision, self.decisions)
        if self.consents:
            insert_many(session, PledgeConsent, self.consents)
        session.flush()
        taken: Counter[int] = Counter()
        for pledge in self.pledges:
            if pledge["state"] == "card_pending":
                where = tally_ring(pledge["ring"], related=pledge["related"], investor_kind=pledge["investor_kind"])
                taken[where] += pledge["amount_cents"]
        for ring, cents in sorted(taken.items()):
            add_to_ring(session, self.terms.campaign_id, ring, RingWeight(taken=cents))

    def _first_events(self) -> Iterator[dict[str, Any]]:
        for pledge in self.pledges:
            cause = _FIRST_CAUSES[pledge["state"]]
            check_move(None, pledge["state"], cause)
            yield {
                "campaign_id": pledge["campaign_id"],
                "pledge_id": pledge["id"],
                "seq": 1,
                "old_state": None,
                "new_state": pledge["state"],
                "cause": cause,
                "actor_id": pledge["backer_id"],
                "at": self.now,
            }


_FIRST_CAUSES = {"card_pending": "opened", "waitlisted": "no_room"}
