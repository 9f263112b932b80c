"""From the platform's balance to the owner: one transfer for each charge, and back where money has to be given back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.money import Money
from marketplace.finance.fees import fee
from marketplace.payments import ledger, recipients
from marketplace.payments.gateway import Gateway, Refusal, TransferStatus
from marketplace.pledges import errands, notices
from marketplace.pledges.checkout import reference
from marketplace.pledges.errands import Errand
from marketplace.pledges.models import Admission, CampaignTally, Pledge, SettlementJob
from marketplace.pledges.transitions import lock_pledge, move
from marketplace.projects.instruments import ADMITTING
from marketplace.projects.models import Campaign, Project
from marketplace.projects.owners import carrier


@dataclass(frozen=True)
class Transfer:
    """Send the money of one charge to the owner, without the platform's fee. Implements `collector.Call`.

    It names the charge it comes from: the provider then carries it out when that money is there.
    """

    errand: Errand
    carrier_id: UUID
    recipient_id: str
    charge_id: str
    fee_cents: int

    @property
    def pledge(self) -> str:
        """What the provider knows the pledge by."""
        return reference(self.errand.campaign_id, self.errand.pledge_id)

    def look(self, gateway: Gateway) -> TransferStatus | None:
        """Look for the transfer of an earlier try; one that was taken back whole is of an earlier errand."""
        found = gateway.find_transfer(
            campaign=str(self.errand.campaign_id), recipient_id=self.recipient_id, pledge=self.pledge
        )
        return found if found is not None and found.taken_back < found.amount else None

    def send(self, gateway: Gateway) -> TransferStatus | Refusal:
        """Send the money."""
        return gateway.transfer(
            # A charge is passed on once; what came back of it is part of what we have.
            charge_id=self.charge_id if self.errand.number == 1 else None,
            recipient_id=self.recipient_id,
            amount=Money(self.errand.amount.cents - self.fee_cents),
            pledge=self.pledge,
            campaign=str(self.errand.campaign_id),
            key=self.errand.key,
        )

    def record(self, session: Session, outcome: TransferStatus | Refusal, now: datetime) -> str:
        """Write down that it was sent; where it was refused, the owner's account is asked about again tomorrow."""
        pledge = lock_pledge(session, self.errand.campaign_id, self.errand.pledge_id)
        if isinstance(outcome, Refusal) and outcome.reason == "balance_insufficient":  # it will be there
            errands.postpone(session, self.errand, now=now)
            return "put_off"
        if isinstance(outcome, Refusal):
            errands.end(session, self.errand, outcome=outcome.reason, now=now, came_to_nothing=True)
            recipients.note(session, holder_id=self.carrier_id, status="rejected", reason=outcome.reason, now=now)
            return "refused"
        if not errands.end(session, self.errand, outcome="sent", provider_id=outcome.transfer_id, now=now):
            return "nothing_to_do"
        facts: dict[str, Any] = {"transfer_id": outcome.transfer_id, "fee_cents": self.fee_cents}
        if pledge.state == "paid":
            move(session, pledge, to="transferred", cause="transfer_made", now=now, **facts)
        else:  # a dispute came while it was on its way
            pledge.transfer_id, pledge.fee_cents = outcome.transfer_id, self.fee_cents
            session.flush()
            _step(session, pledge, "transfer", "fee", now)
            if pledge.state == "charged_back":  # the campaign gave up what had been sent already
                line = _line(pledge, outcome.transfer_id, now)
                ledger.take_step(session, "borne", cents=pledge.amount_cents, **line)
            take_back(session, pledge, cause="dispute_opened", now=now)
        return "sent"


@dataclass(frozen=True)
class Reversal:
    """Take the money of one transfer back from the owner, fee included. Implements `collector.Call`."""

    errand: Errand
    transfer_id: str

    def look(self, gateway: Gateway) -> TransferStatus | None:
        """Look whether an earlier try took it back."""
        found = gateway.transfer_status(self.transfer_id)
        return found if found.taken_back >= self.errand.amount else None

    def send(self, gateway: Gateway) -> TransferStatus | Refusal:
        """Take it back, if the owner's balance covers it."""
        return gateway.reverse_transfer(
            transfer_id=self.transfer_id,
            amount=self.errand.amount,
            pledge=reference(self.errand.campaign_id, self.errand.pledge_id),
            key=self.errand.key,
        )

    def record(self, session: Session, outcome: TransferStatus | Refusal, now: datetime) -> str:
        """Write down that it is back; then a refund that was decided goes on. Refused: a person has to see to it."""
        pledge = lock_pledge(session, self.errand.campaign_id, self.errand.pledge_id)
        if isinstance(outcome, Refusal):
            errands.end(session, self.errand, outcome=outcome.reason, now=now, came_to_nothing=True)
            notices.tell_staff(session, pledge, "reversal_refused")
            return "refused"
        if not errands.end(session, self.errand, outcome="reversed", provider_id=self.transfer_id, now=now):
            return "nothing_to_do"
        _step(session, pledge, "reversal", "fee_back", now)
        if pledge.state == "transferred":
            to = "paid" if self.errand.cause == "dispute_opened" else "refunding"  # the dispute was won meanwhile
            move(session, pledge, to=to, cause="transfer_reversed", now=now, transfer_id=None, fee_cents=0)
            return "reversed"
        pledge.transfer_id, pledge.fee_cents = None, 0
        session.flush()
        if pledge.state == "charged_back":
            line = _line(pledge, self.transfer_id, now)
            ledger.take_step(session, "recovered", cents=pledge.amount_cents, **line)
        return "reversed"


def begin_transfer(session: Session, errand: Errand, now: datetime) -> Transfer | None:
    """Say what to send for a claimed errand; None when there is nothing to send (any more)."""
    pledge = lock_pledge(session, errand.campaign_id, errand.pledge_id)
    row = session.execute(
        select(Campaign.state, Campaign.instrument, carrier().label("carrier_id"), CampaignTally.fee_basis_points)
        .join(Project, Project.id == Campaign.project_id)
        .join(CampaignTally, CampaignTally.campaign_id == Campaign.id)
        .where(Campaign.id == errand.campaign_id)
    ).one()
    owner = recipients.find(session, row.carrier_id)
    # Begun already, it may have happened: then it is asked about whatever became of the pledge since.
    wanted = pledge.state == "paid" or (errand.tries > 1 and pledge.transfer_id is None)
    if row.state != "funded" or owner is None or not wanted or pledge.charge_id is None:
        errands.end(session, errand, outcome=pledge.state, now=now, came_to_nothing=True)
        return None
    if errand.tries == 1 and row.instrument in ADMITTING and not _admitted(session, pledge):
        errands.end(session, errand, outcome="not_admitted", now=now, came_to_nothing=True)
        return None
    if owner.status != "active" and errand.tries == 1:
        errands.end(session, errand, outcome=owner.status, now=now, came_to_nothing=True)
        return None
    kept = fee(pledge.amount_cents, row.fee_basis_points)
    return Transfer(errand, row.carrier_id, owner.provider_id, pledge.charge_id, kept)


def _admitted(session: Session, pledge: Pledge) -> bool:
    found = session.get(Admission, (pledge.campaign_id, pledge.id), populate_existing=True)
    return found is not None and found.outcome == "admitted"


def begin_reversal(session: Session, errand: Errand, now: datetime) -> Reversal | None:
    """Say what to take back for a claimed errand; None when there is nothing at the owner's (any more)."""
    pledge = lock_pledge(session, errand.campaign_id, errand.pledge_id)
    if pledge.transfer_id is None or pledge.state not in {"transferred", "disputed", "charged_back"}:
        errands.end(session, errand, outcome=pledge.state, now=now, came_to_nothing=True)
        return None
    return Reversal(errand, pledge.transfer_id)


def take_back(session: Session, pledge: Pledge, *, cause: str, now: datetime) -> bool:
    """Have the money of a locked pledge taken back from the owner; say whether an errand was written down.

    cause: refund_decided or dispute_opened.
    """
    if pledge.transfer_id is None:
        return False
    back = pledge.amount_cents - pledge.fee_cents
    return errands.write_down(session, "reversal", pledge, now=now, cents=back, cause=cause)


def took_back_for_refund(session: Session, campaign_id: UUID, pledge_id: UUID) -> bool:
    """Tell whether the last thing taken back from the owner was for a refund that was decided. One statement."""
    last = (
        select(SettlementJob.cause, SettlementJob.state)
        .where(
            SettlementJob.campaign_id == campaign_id,
            SettlementJob.pledge_id == pledge_id,
            SettlementJob.kind == "reversal",
        )
        .order_by(SettlementJob.number.desc())
        .limit(1)
    )
    return session.execute(last).one_or_none() == ("refund_decided", "done")


def _step(session: Session, pledge: Pledge, whole: str, part: str, now: datetime) -> None:
    """Write the two lines of a transfer, or of its way back. The pledge names it and has its fee."""
    line = _line(pledge, str(pledge.transfer_id), now)
    ledger.take_step(session, whole, cents=pledge.amount_cents - pledge.fee_cents, **line)
    ledger.take_step(session, part, cents=pledge.fee_cents, **line)


def _line(pledge: Pledge, provider_id: str, now: datetime) -> dict[str, Any]:
    return {"campaign_id": pledge.campaign_id, "pledge_id": pledge.id, "provider_id": provider_id, "now": now}
