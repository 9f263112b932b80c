"""The ordinary course of charges: what `charging` does one by one, for a batch in as many statements as for one.

Whatever is not ordinary (a refusal, a last attempt, money nobody waited for) is left to `charging`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.db import one_of
from marketplace.payments import customers, ledger
from marketplace.payments.gateway import ChargeOutcome
from marketplace.pledges import errands
from marketplace.pledges.charging import Charge, why_stray
from marketplace.pledges.errands import Errand, Ref
from marketplace.pledges.services import tell_all
from marketplace.pledges.transitions import lock_pledges, move_all
from marketplace.projects.models import Campaign


def write_down(session: Session, refs: Collection[Ref], *, now: datetime) -> None:
    """Write down an errand to charge each pledge, unless one is open for it. Two statements."""
    errands.write_down_charges(session, lock_pledges(session, refs), now=now)


def begin(session: Session, claimed: Sequence[Errand], *, now: datetime) -> dict[Errand, Charge]:
    """Move the pledges of claimed errands to where they are charged for the first time; leave out all others."""
    refs = [(errand.campaign_id, errand.pledge_id) for errand in claimed]
    pledges = {pledge.id: pledge for pledge in lock_pledges(session, refs)}
    wanted = {one.campaign_id for one in claimed}
    titles = dict(
        session.execute(
            select(Campaign.id, Campaign.title).where(one_of(Campaign.id, wanted), Campaign.state == "collecting")
        ).all()
    )
    ordinary = [
        (errand, pledge)
        for errand in claimed
        if (pledge := pledges.get(errand.pledge_id)) is not None
        and errand.campaign_id in titles
        and pledge.state == "confirmed"
        and errand.number == pledge.charge_attempt + 1
    ]
    known = customers.provider_ids(session, {pledge.backer_id for _, pledge in ordinary})
    calls = {
        errand: Charge(errand, known[pledge.backer_id], str(pledge.payment_method_id), titles[errand.campaign_id])
        for errand, pledge in ordinary
    }
    move_all(
        session,
        [(pledge, {"charge_attempt": errand.number, "charge_started_at": now}) for errand, pledge in ordinary],
        to="charging",
        cause="campaign_succeeded",
        now=now,
    )
    return calls


def record(session: Session, answers: Sequence[tuple[Charge, ChargeOutcome]], *, now: datetime) -> set[Charge]:
    """Write down the charges that succeeded as expected and end their errands; return which, leave out all others."""
    refs = [(call.errand.campaign_id, call.errand.pledge_id) for call, _ in answers]
    pledges = {pledge.id: pledge for pledge in lock_pledges(session, refs)}
    ordinary = [
        (call, outcome, pledge)
        for call, outcome in answers
        if (pledge := pledges.get(call.errand.pledge_id)) is not None
        and (pledge.state, outcome.state) == ("charging", "succeeded")
        and why_stray(pledge, outcome) is None
    ]
    charges = {pledge.id: str(outcome.charge_id) for _, outcome, pledge in ordinary}
    ledger.post_all(session, charges, campaign_ids={pledge.campaign_id for _, _, pledge in ordinary}, now=now)
    move_all(
        session,
        [
            (pledge, {"payment_intent_id": outcome.payment_intent_id, "charge_id": outcome.charge_id})
            for _, outcome, pledge in ordinary
        ],
        to="paid",
        cause="charge_succeeded",
        now=now,
    )
    tell_all(session, [pledge for _, _, pledge in ordinary], "campaign_succeeded")
    done = {call.errand: outcome.payment_intent_id for call, outcome, _ in ordinary}
    errands.end_all(session, done, outcome="paid", now=now)
    return {call for call, _, _ in ordinary}
