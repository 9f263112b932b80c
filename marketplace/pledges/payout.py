"""From the platform's balance to the owner: one transfer for each charge, and back where money has to be given back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.money import Money
from marketplace.core.queue import enqueue
from marketplace.finance.fees import fee
from marketplace.payments import ledger, recipients
from marketplace.payments.gateway import Gateway, MovedMoney
from marketplace.pledges import errands
from marketplace.pledges.checkout import reference
from marketplace.pledges.errands import Errand
from marketplace.pledges.models import CampaignTally, Pledge
from marketplace.pledges.transitions import lock_pledge, move
from marketplace.projects.models import Campaign, Project


@dataclass(frozen=True)
class Transfer:
    """Send the money of one charge to the owner, without the platform's fee. Implements `collector.Call`.

    It names the charge it comes from: the provider then carries it out when that money is there.
    """

    errand: Errand
    owner_id: UUID
    destination: str
    charge_id: str
    fee_cents: int

    @property
    def pledge(self) -> str:
        """What the provider knows the pledge by."""
        return reference(self.errand.campaign_id, self.errand.pledge_id)

    def look(self, gateway: Gateway) -> MovedMoney | None:
        """Look for the transfer of an earlier try."""
        return gateway.find_transfer(
            campaign=str(self.errand.campaign_id), pledge=self.pledge, number=self.errand.number
        )

    def send(self, gateway: Gateway) -> MovedMoney:
        """Send the money."""
        return gateway.transfer(
            amount=Money(self.errand.amount.cents - self.fee_cents),
            destination=self.destination,
            charge_id=self.charge_id,
            campaign=str(self.errand.campaign_id),
            pledge=self.pledge,
            number=self.errand.number,
            key=self.errand.key,
        )

    def record(self, session: Session, outcome: MovedMoney, now: datetime) -> str:
        """Write down that it was sent; where it was refused, the owner's account is asked about again tomorrow."""
        pledge = lock_pledge(session, self.errand.campaign_id, self.errand.pledge_id)
        done = outcome.id is not None
        if not errands.end(
            session, self.errand, outcome=outcome.reason or "sent", provider_id=outcome.id, now=now, came_to_nothing=not done
        ):
            return "nothing_to_do"
        if not done:
            recipients.note(session, account_id=self.owner_id, status="restricted", reason=outcome.reason, now=now)
            return "refused"
        facts = {"transfer_id": outcome.id, "fee_cents": self.fee_cents}
        if pledge.state == "paid":
            move(session, pledge, to="transferred", cause="transfer_made", now=now, **facts)
        else:  # a dispute came while it was on its way
            pledge.transfer_id, pledge.fee_cents = outcome.id, self.fee_cents
            session.flush()
            _step(session, pledge, "transfer", "fee", str(outcome.id), now)
            take_back(session, pledge, now=now)
        return "sent"


@dataclass(frozen=True)
class Reversal:
    """Take the money of one transfer back from the owner, fee included. Implements `collector.Call`."""

    errand: Errand
    transfer_id: str

    def look(self, gateway: Gateway) -> MovedMoney | None:
        """Look for the reversal of an earlier try."""
        return gateway.find_reversal(transfer_id=self.transfer_id, number=self.errand.number)

    def send(self, gateway: Gateway) -> MovedMoney:
        """Take it back, if the owner's balance covers it."""
        return gateway.reverse_transfer(
            transfer_id=self.transfer_id, amount=self.errand.amount, number=self.errand.number, key=self.errand.key
        )

    def record(self, session: Session, outcome: MovedMoney, now: datetime) -> str:
        """Write down that it is back; then a refund that was decided goes on. Refused: a person has to see to it."""
        pledge = lock_pledge(session, self.errand.campaign_id, self.errand.pledge_id)
        if not errands.end(
            session,
            self.errand,
            outcome=outcome.reason or "reversed",
            provider_id=outcome.id,
            now=now,
            came_to_nothing=outcome.id is None,
        ):
            return "nothing_to_do"
        if outcome.id is None:
            tell_staff(session, pledge, "reversal_refused")
            return "refused"
        _step(session, pledge, "reversal", "fee_back", outcome.id, now)
        back = {"transfer_id": None, "fee_cents": 0}
        if pledge.state == "transferred":
            move(session, pledge, to="refunding", cause="transfer_reversed", now=now, **back)
        else:
            pledge.transfer_id, pledge.fee_cents = None, 0
            session.flush()
        return "reversed"


def begin_transfer(session: Session, errand: Errand, now: datetime) -> Transfer | None:
    """Say what to send for a claimed errand; None when there is nothing to send (any more)."""
    pledge = lock_pledge(session, errand.campaign_id, errand.pledge_id)
    row = session.execute(
        select(Campaign.state, Project.owner_id, CampaignTally.fee_basis_points)
        .join(Project, Project.id == Campaign.project_id)
        .join(CampaignTally, CampaignTally.campaign_id == Campaign.id)
        .where(Campaign.id == errand.campaign_id)
    ).one()
    owner = recipients.find(session, row.owner_id)
    # Begun already, it may have happened: then it is asked about whatever became of the pledge since.
    wanted = pledge.state == "paid" or (errand.tries > 1 and pledge.transfer_id is None)
    if row.state != "funded" or owner is None or not wanted or pledge.charge_id is None:
        errands.end(session, errand, outcome=pledge.state, now=now, came_to_nothing=True)
        return None
    if owner.status != "active" and errand.tries == 1:
        errands.end(session, errand, outcome=owner.status, now=now, came_to_nothing=True)
        return None
    kept = fee(pledge.amount_cents, row.fee_basis_points)
    return Transfer(errand, row.owner_id, owner.provider_id, pledge.charge_id, kept)


def begin_reversal(session: Session, errand: Errand, now: datetime) -> Reversal | None:
    """Say what to take back for a claimed errand; None when there is nothing at the owner's (any more)."""
    pledge = lock_pledge(session, errand.campaign_id, errand.pledge_id)
    if pledge.transfer_id is None or pledge.state not in {"transferred", "disputed"}:
        errands.end(session, errand, outcome=pledge.state, now=now, came_to_nothing=True)
        return None
    return Reversal(errand, pledge.transfer_id)


def take_back(session: Session, pledge: Pledge, *, now: datetime) -> bool:
    """Have the money of a locked pledge taken back from the owner; say whether an errand was written down."""
    if pledge.transfer_id is None or pledge.amount_cents == pledge.fee_cents:
        return False
    return errands.write_down(session, "reversal", pledge, now=now, cents=pledge.amount_cents - pledge.fee_cents)


def _step(session: Session, pledge: Pledge, whole: str, part: str, provider_id: str, now: datetime) -> None:
    """Write the two lines of a transfer, or of its way back. The pledge still has its fee."""
    line = {"campaign_id": pledge.campaign_id, "pledge_id": pledge.id, "provider_id": provider_id, "now": now}
    ledger.take_step(session, whole, cents=pledge.amount_cents - pledge.fee_cents, **line)  # type: ignore[arg-type]
    ledger.take_step(session, part, cents=pledge.fee_cents, **line)  # type: ignore[arg-type]


def tell_staff(session: Session, pledge: Pledge, kind: str) -> None:
    """Have every administrator told of something that a person has to see to."""
    enqueue(
        session,
        "payments.tell_staff",
        kind=kind,
        campaign_id=str(pledge.campaign_id),
        pledge_id=str(pledge.id),
    )
