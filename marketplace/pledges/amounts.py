"""Changing the amount of a pledge: lowering is free as long as withdrawing is, raising is decided on the whole."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound, Refused
from marketplace.core.money import Money
from marketplace.investors.rules import Party
from marketplace.locality.model import Decision, Investor, RingTotal, Totals
from marketplace.locality.rules import decide
from marketplace.pledges import chain, offers, protecting
from marketplace.pledges.errors import PledgeRefused
from marketplace.pledges.models import CampaignTally, Pledge, PledgeConsent, PledgeDecision
from marketplace.pledges.offers import Terms
from marketplace.pledges.rules import LOWERABLE, is_whole, may_withdraw, ring_weight, weight
from marketplace.pledges.services import is_holiday, tell
from marketplace.pledges.transitions import lock_pledge, lock_tally, move
from marketplace.protection.reflection import revocable_until


def change_amount(
    session: Session,
    *,
    campaign_id: UUID,
    pledge_id: UUID,
    backer_id: UUID,
    amount: Money,
    now: datetime,
    read: Collection[str] = (),
) -> None:
    """Change what a pledge promises. The same amount again changes nothing.

    read: digests of the words agreed to, as with a new pledge. Raises NotFound: no such pledge of this backer.
    Raises Refused: reflection_period_over, amount_not_changeable, amount_too_small, not_whole_shares,
    reward_needs_more.
    Raises PledgeRefused: what the rule, or a protection, answers to the whole of a raised amount.
    Locks as `commit_batch`: the person, the pledge, the tally last.
    """
    offers.lock_party_of(session, campaign_id, pledge_id)
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.backer_id != backer_id:
        raise NotFound(pledge_id)
    if amount.cents == pledge.amount_cents:
        return
    tally = lock_tally(session, campaign_id)
    change = _Change(session, pledge, tally, offers.terms(session, campaign_id), amount, now)
    change.check_free()
    if amount.cents < pledge.amount_cents:
        change.lower()
    else:
        change.raise_(read)
    tell(session, pledge, "pledge_changed")


@dataclass(frozen=True)
class _Change:
    """One change of a locked pledge, under the lock of its campaign's tally."""

    session: Session
    pledge: Pledge
    tally: CampaignTally
    terms: Terms
    amount: Money
    now: datetime

    def check_free(self) -> None:
        """Let pass whoever may still withdraw."""
        pledge = self.pledge
        if pledge.state not in LOWERABLE:
            raise Refused("amount_not_changeable")
        if not may_withdraw(
            pledge.state,
            pledge.revocable_until,
            self.now,
            reconfirm_until=pledge.reconfirm_until,
            campaign_state=self.terms.offer.state,
        ):
            raise Refused("reflection_period_over")

    def _reward_cents(self) -> int:
        """Return what the reward that goes with the pledge needs at least, nought without one."""
        number, found = self.pledge.reward, self.terms.rewards
        return (found[number].cents or 0) if number is not None and number < len(found) else 0

    def lower(self) -> None:
        """Take the smaller amount, without a new test: nobody is asked why they want to risk less."""
        offer, pledge = self.terms.offer, self.pledge
        least = offer.rings[pledge.ring].minimum_cents or offer.minimum_cents
        if self.amount.cents < least:
            raise Refused("amount_too_small", field="amount", minimum_cents=least)
        needed = self._reward_cents()
        if self.amount.cents < needed:
            raise Refused("reward_needs_more", field="amount", least_cents=needed)
        if not is_whole(self.amount.cents, self.terms.unit_cents):
            raise Refused("not_whole_shares", field="amount", unit_cents=self.terms.unit_cents)
        decision = Decision("waitlist" if pledge.state == "waitlisted" else "accept", pledge.ring)
        terms = replace(self.terms, version=pledge.campaign_version)
        self._bind(terms, replace(self._person(), related=pledge.related), decision, "lowered")
        move(
            self.session,
            pledge,
            to=pledge.state,
            cause="amount_lowered",
            now=self.now,
            actor_id=pledge.backer_id,
            amount_cents=self.amount.cents,
        )

    def raise_(self, read: Collection[str]) -> None:
        """Decide on the whole as if the pledge were not there, and begin its reflection period anew."""
        session, pledge, terms, cents = self.session, self.pledge, self.terms, self.amount.cents
        if pledge.state != "reflecting" or pledge.reconfirm_until is not None:
            raise Refused("amount_not_changeable")
        person = _without(self._person(), pledge)
        totals = _totals_without(offers.totals(session, self.tally), pledge)
        party = Party(pledge.backer_id, pledge.organisation_id)
        if offers.unmandated(session, [party], self.now):
            raise PledgeRefused(protecting.WITHOUT_MANDATE)
        standing = protecting.standings(session, terms, [party], self.now).get(party)
        asked = protecting.Asked(cents, person.already_cents + cents, read)
        decision = protecting.judged(terms, decide(terms.offer, totals, person, cents, self.now), standing, asked)
        if decision.verdict != "accept" or decision.ring is None:
            raise PledgeRefused(decision)
        self._bind(terms, person, decision, "raised")
        move(
            session,
            pledge,
            to="reflecting",
            cause="amount_raised",
            now=self.now,
            actor_id=pledge.backer_id,
            amount_cents=cents,
            campaign_version=terms.version,
            ring=decision.ring,
            commune_code=offers.home(
                terms.offer, person, decision.ring, project_commune=terms.project_commune, now=self.now
            ),
            revocable_until=revocable_until(self.now, is_holiday),
        )
        if agreed := protecting.consents(terms, pledge.id, standing, asked, self.now):
            session.execute(insert(PledgeConsent), agreed)

    def _person(self) -> Investor:
        party = Party(self.pledge.backer_id, self.pledge.organisation_id)
        return offers.investors(self.session, self.pledge.campaign_id, [party], self.now)[party]

    def _bind(self, terms: Terms, person: Investor, decision: Decision, why: str) -> None:
        totals = offers.totals(self.session, self.tally)
        evidence = chain.evidence(terms, totals, person, self.amount.cents, decision) | {"amount": why}
        row = chain.bind(self.tally, pledge_id=self.pledge.id, evidence=evidence, now=self.now)
        self.session.execute(insert(PledgeDecision), [row])


def _without(investor: Investor, pledge: Pledge) -> Investor:
    """Return an investor as if a pledge of theirs had never been made."""
    return replace(
        investor,
        related=pledge.related,
        already_cents=investor.already_cents - pledge.amount_cents,
        year_cents=max(0, investor.year_cents - pledge.amount_cents),
    )


def _totals_without(totals: Totals, pledge: Pledge) -> Totals:
    """Return the totals of a campaign as if a pledge had never been made."""
    whole = weight(pledge.state, pledge.amount_cents, related=pledge.related)
    less = replace(
        totals, reserved_cents=totals.reserved_cents - whole.reserved, live_cents=totals.live_cents - whole.live
    )
    if pledge.related:
        return replace(less, related_cents=totals.related_cents - pledge.amount_cents)
    if pledge.investor_kind == "public_body":  # its money is in no ring
        return less
    part, rings = ring_weight(pledge.state, pledge.amount_cents), list(totals.rings)
    here = rings[pledge.ring]
    rings[pledge.ring] = RingTotal(here.taken_cents - part.taken, here.confirmed_cents - part.confirmed)
    return replace(less, rings=tuple(rings))
