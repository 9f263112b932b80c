"""Giving a contribution back because somebody decided so, and said why. What follows, the collector does by itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, Organisation, OrganisationMember
from marketplace.accounts.rules import fold
from marketplace.core import audit
from marketplace.core.errors import Refused
from marketplace.core.queue import enqueue_all
from marketplace.moderation import desk, rules
from marketplace.moderation.models import RefundDecision
from marketplace.pledges import errands, payback
from marketplace.pledges.models import Pledge, SettlementJob
from marketplace.pledges.transitions import lock_pledge
from marketplace.projects import owners
from marketplace.projects import queries as projects
from marketplace.projects.rules import clean_text

# Where money was taken, whatever became of it since.
CHARGED = ("paid", "transferred", "disputed", "refunding", "refund_failed", "refunded", "charged_back")
DECIDABLE = frozenset({"paid", "transferred", "disputed"})
# Why the owner of a `Pledge` is being asked for its money now.
_TAKEN_BACK_FOR = (
    select(SettlementJob.cause)
    .where(
        SettlementJob.campaign_id == Pledge.campaign_id,
        SettlementJob.pledge_id == Pledge.id,
        SettlementJob.kind == "reversal",
        SettlementJob.state == "open",
    )
    .scalar_subquery()
)


@dataclass(frozen=True)
class Contribution:
    """Money that somebody paid. state: of the pledge; taken_back_for: why the owner is being asked for it, if so."""

    pledge_id: UUID
    name: str
    amount_cents: int
    state: str
    taken_back_for: str | None

    @property
    def decidable(self) -> bool:
        """Whether it may be decided now that it goes back."""
        return self.state in {"paid", "transferred"} and self.taken_back_for is None

    @property
    def coming_back(self) -> bool:
        """Whether that was decided, and the owner still has it."""
        return self.state == "transferred" and self.taken_back_for == "refund_decided"


@dataclass(frozen=True)
class Decision:
    """That a contribution goes back. state: of the pledge, today; taken_back_for: as in `Contribution`."""

    pledge_id: UUID
    decided_at: datetime
    decided_by: UUID
    reason: str
    amount_cents: int
    state: str
    taken_back_for: str | None

    @property
    def coming_back(self) -> bool:
        """Whether the owner still has it, and is being asked for it."""
        return self.state == "transferred" and self.taken_back_for == "refund_decided"


def decisions(session: Session, campaign_id: UUID, *, pledge_id: UUID | None = None) -> list[Decision]:
    """Return what was decided of the contributions to a campaign, or of one, the newest first. One statement.

    For whoever may see the campaign's money, or that pledge; whoever asks has made sure of that.
    """
    asked = [RefundDecision.campaign_id == campaign_id]
    if pledge_id is not None:
        asked.append(RefundDecision.pledge_id == pledge_id)
    rows = session.execute(
        select(
            RefundDecision.pledge_id,
            RefundDecision.decided_at,
            RefundDecision.decided_by,
            RefundDecision.reason,
            Pledge.amount_cents,
            Pledge.state,
            _TAKEN_BACK_FOR,
        )
        .join(Pledge, and_(Pledge.campaign_id == RefundDecision.campaign_id, Pledge.id == RefundDecision.pledge_id))
        .where(*asked)
        .order_by(RefundDecision.decided_at.desc(), RefundDecision.pledge_id)
    )
    return [Decision(*row) for row in rows]


def last_decisions(session: Session, campaign_id: UUID) -> list[Decision]:
    """Return the last decision on each contribution to a campaign, the newest first. As `decisions`."""
    last: dict[UUID, Decision] = {}
    for one in decisions(session, campaign_id):
        last.setdefault(one.pledge_id, one)
    return list(last.values())


def contributions(
    session: Session,
    found: projects.Dossier,
    *,
    administrator_id: UUID,
    pledge_id: UUID | None = None,
    name: str = "",
) -> list[Contribution]:
    """Return what was paid to a campaign, by name, to an administrator who may decide about it.

    pledge_id: of that one only. name: of those only whose name has these letters, whatever the accents.
    Raises Refused: those of `desk.check_stranger`.
    """
    desk.check_stranger(session, found, administrator_id)
    shown = func.coalesce(Organisation.name, Account.display_name)
    asked = [Pledge.campaign_id == found.campaign_id, Pledge.state.in_(CHARGED)]
    if pledge_id is not None:
        asked.append(Pledge.id == pledge_id)
    rows = session.execute(
        select(Pledge.id, shown, Pledge.amount_cents, Pledge.state, _TAKEN_BACK_FOR)
        .join(Account, Account.id == Pledge.backer_id)
        .outerjoin(Organisation, Organisation.id == Pledge.organisation_id)
        .where(*asked)
        .order_by(Pledge.id)
    )
    paid = [Contribution(*row) for row in rows]
    letters = fold(name)
    if name.strip() and not letters:
        return []
    return sorted((one for one in paid if letters in fold(one.name)), key=lambda one: fold(one.name))


def decide(
    session: Session, *, campaign_id: UUID, pledge_id: UUID, administrator_id: UUID, reason: str, now: datetime
) -> str:
    """Give a contribution back in full; its backer and the owners read why. Return what `payback.give_back` does.

    What the owner has is taken back first. Raises NotFound; Refused: refund_reason_missing (field reason),
    own_contribution, nothing_to_refund, payment_disputed, payment_under_way, those of `desk.check_stranger` and of
    `rules.check_note`.
    """
    found = projects.dossier(session, campaign_id)
    desk.check_stranger(session, found, administrator_id)
    reason = clean_text(reason).strip()
    if not reason:
        raise Refused("refund_reason_missing", field="reason")
    rules.check_note(reason, field="reason")
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.backer_id == administrator_id or _is_member(session, administrator_id, pledge.organisation_id):
        raise Refused("own_contribution")
    if found.state != "funded" or pledge.state not in DECIDABLE:
        raise Refused("nothing_to_refund")
    if errands.open_kind(session, campaign_id, pledge_id) == "reversal":
        raise Refused("payment_under_way")
    outcome = payback.give_back(
        session,
        campaign_id=campaign_id,
        pledge_id=pledge_id,
        cause="refund_decided",
        now=now,
        actor_id=administrator_id,
    )
    session.add(
        RefundDecision(
            campaign_id=campaign_id, pledge_id=pledge_id, decided_at=now, decided_by=administrator_id, reason=reason
        )
    )
    audit.record(
        session,
        actor_id=administrator_id,
        action="money.refund",
        subject_kind="pledge",
        subject_id=pledge_id,
        now=now,
        campaign=str(campaign_id),
        cents=pledge.amount_cents,
    )
    _tell(session, pledge, found.content.title, reason, at_owner=outcome == "reversal_first")
    return outcome


def _is_member(session: Session, account_id: UUID, organisation_id: UUID | None) -> bool:
    mine = (OrganisationMember.account_id == account_id, OrganisationMember.organisation_id == organisation_id)
    now = (OrganisationMember.joined_at.is_not(None), OrganisationMember.left_at.is_(None))
    return organisation_id is not None and bool(session.scalar(select(exists().where(*mine, *now))))


def _tell(session: Session, pledge: Pledge, title: str | None, reason: str, *, at_owner: bool) -> None:
    facts: dict[str, Any] = {"amount_cents": pledge.amount_cents, "campaign_title": title, "note": reason}
    path = f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}"
    theirs = facts | {"pledge_path": path, "at_owner": at_owner}
    money = facts | {"money_path": f"/mes-projets/{pledge.campaign_id}/argent"}
    told = owners.to_tell(session, pledge.campaign_id, money=True)
    mails = [
        {"kind": "refund_decided", "account_id": str(pledge.backer_id), "params": theirs},
        *({"kind": "owner_refund", "account_id": str(one), "params": money} for one in told),
    ]
    enqueue_all(session, "notifications.send_mail", mails)
