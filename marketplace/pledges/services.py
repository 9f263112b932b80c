"""What a backer may do with a pledge, and what time does to it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.db import one_of
from marketplace.core.errors import MitoyenError, NotFound, Refused
from marketplace.core.money import Money
from marketplace.core.queue import enqueue, enqueue_all
from marketplace.finance.fees import PLATFORM_FEE_BASIS_POINTS
from marketplace.investors.rules import Party
from marketplace.locality.model import Decision, Investor
from marketplace.locality.rules import decide
from marketplace.payments.gateway import SavedCard
from marketplace.pledges import chain, offers, protecting, rewards
from marketplace.pledges.commit import Request
from marketplace.pledges.models import CampaignTally, Pledge
from marketplace.pledges.opening import open_pledges
from marketplace.pledges.rules import SHOWN_AS, may_withdraw
from marketplace.pledges.transitions import lock_pledge, lock_tally, move
from marketplace.projects.models import Campaign
from marketplace.protection.reflection import revocable_until

_WAITING = ("waitlisted", "offered")


def open_tally(session: Session, *, campaign_id: UUID, hard_cap: Money) -> None:
    """Start counting for a campaign that is being published. The platform's fee is frozen with it."""
    session.add(
        CampaignTally(
            campaign_id=campaign_id,
            hard_cap_cents=hard_cap.cents,
            fee_basis_points=PLATFORM_FEE_BASIS_POINTS,
            last_hash=chain.genesis(campaign_id),
        )
    )
    session.flush()


def ask(
    session: Session,
    *,
    campaign_id: UUID,
    backer_id: UUID | None,
    amount: Money,
    now: datetime,
    investor: Investor | None = None,
    organisation_id: UUID | None = None,
) -> Decision:
    """Say what the rule would answer, without a lock and without a trace: for pages only. Seven statements.

    investor: stands for a visitor without an account; otherwise the account's links and pledges are read, or those of
    the organisation it acts for.
    """
    terms = offers.terms(session, campaign_id)
    tally = session.get_one(CampaignTally, campaign_id)
    if investor is None:
        assert backer_id is not None
        party = Party(backer_id, organisation_id)
        investor = offers.investors(session, campaign_id, [party], now)[party]
    decision = decide(terms.offer, offers.totals(session, tally), investor, amount.cents, now)
    return protecting.with_whole_shares(terms, decision, amount.cents)


def open_pledge(
    session: Session,
    *,
    campaign_id: UUID,
    backer_id: UUID,
    amount: Money,
    form_key: UUID,
    now: datetime,
    related: bool = False,
    may_wait: bool = False,
    shown_as: str = "nothing",
    organisation_id: UUID | None = None,
    read: Collection[str] = (),
    reward: int | None = None,
) -> UUID:
    """Promise an amount to a campaign: decide, reserve room for the card page, store why. No money moves.

    amount: euro cents. form_key: made with the form; the same key again returns the same pledge. related: the backer
    says that they belong to the owner's team or household. may_wait: where there is no room, wait for some. shown_as:
    what others may read of them. organisation_id: whose pledge it is, under a mandate of the backer. read: digests of
    the words they agreed to, of `protection.texts`. reward: its number among those of the campaign.
    Raises NotFound: no such published campaign, or a form of somebody else. Raises Refused: email_not_confirmed.
    Raises Refused: too_many_reservations, of which none was completed; form_already_sent, with another amount;
    already_waiting, for room in this campaign.
    Raises PledgeRefused: the rule's reason codes, and those of `protecting`. Source: docs/local-to-local.md.
    """
    request = Request(
        backer_id,
        amount,
        form_key,
        related=related,
        may_wait=may_wait,
        shown_as=shown_as,
        organisation_id=organisation_id,
        read=frozenset(read),
        reward=reward,
    )
    (answer,) = open_pledges(session, campaign_id=campaign_id, requests=[request], now=now)
    if isinstance(answer, MitoyenError):
        raise answer
    return answer


def card_saved(
    session: Session,
    *,
    campaign_id: UUID,
    pledge_id: UUID,
    card: SavedCard,
    setup_intent_id: str,
    now: datetime,
    stripe_event_id: str | None = None,
) -> str:
    """Take note that the backer's card is saved: the reflection period starts. Return the outcome in one word.

    Happens again without effect. A card saved after the room was given back decides again; when nothing is left, the
    card is forgotten and nothing stands. Locks as `commit_batch`: the person, the pledge, the tally last.
    """
    offers.lock_party_of(session, campaign_id, pledge_id)
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.state == "abandoned" and _fits_again(session, pledge, now):
        cause = "card_saved_late"
    elif pledge.state == "card_pending":
        cause = "card_saved"
    else:
        if pledge.payment_method_id != card.payment_method_id:
            enqueue(session, "pledges.forget_card", payment_method_id=card.payment_method_id)
        return "nothing_to_do"
    move(
        session,
        pledge,
        to="reflecting",
        cause=cause,
        now=now,
        stripe_event_id=stripe_event_id,
        setup_intent_id=setup_intent_id,
        payment_method_id=card.payment_method_id,
        card_brand=card.brand,
        card_last4=card.last4,
        card_expires=card.expires,
        revocable_until=revocable_until(now, is_holiday),
    )
    tell(session, pledge, "pledge_confirmed")
    return cause


def card_page_expired(
    session: Session, *, campaign_id: UUID, pledge_id: UUID, now: datetime, stripe_event_id: str | None = None
) -> None:
    """Give back the room of a pledge whose card page was left unused. Happens again without effect."""
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.state == "card_pending":
        move(session, pledge, to="abandoned", cause="card_page_expired", now=now, stripe_event_id=stripe_event_id)


def withdraw(session: Session, *, campaign_id: UUID, pledge_id: UUID, backer_id: UUID, now: datetime) -> None:
    """Withdraw a pledge, freely and without a reason, until its reflection period ends or after an interruption.

    Happens again without effect. Raises NotFound: no such pledge of this backer. Raises Refused:
    reflection_period_over. Source: regulation (EU) 2020/1503 art. 22.
    """
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.backer_id != backer_id:
        raise NotFound(pledge_id)
    if pledge.state == "withdrawn":
        return
    campaign_state = session.scalars(select(Campaign.state).where(Campaign.id == campaign_id)).one()
    if not may_withdraw(
        pledge.state,
        pledge.revocable_until,
        now,
        reconfirm_until=pledge.reconfirm_until,
        campaign_state=campaign_state,
    ):
        raise Refused("reflection_period_over")
    was_live = pledge.state not in {"waitlisted", "offered", "card_pending"}
    move(
        session,
        pledge,
        to="withdrawn",
        cause="withdrawn_by_backer",
        now=now,
        actor_id=backer_id,
        reconfirm_until=None,
    )
    clear_provider(session, pledge)
    if was_live:
        tell(session, pledge, "pledge_withdrawn")


def show_as(session: Session, *, campaign_id: UUID, pledge_id: UUID, backer_id: UUID, shown_as: str) -> None:
    """Change what others may read of a backer: "name", "commune" or "nothing". Whenever they like.

    Raises NotFound: no such pledge of this backer. Raises Refused: shown_as_unknown.
    """
    if shown_as not in SHOWN_AS:
        raise Refused("shown_as_unknown", field="shown_as")
    pledge = lock_pledge(session, campaign_id, pledge_id)
    if pledge.backer_id != backer_id:
        raise NotFound(pledge_id)
    pledge.shown_as = shown_as
    session.flush()


def clear_provider(session: Session, pledge: Pledge) -> None:
    """Ask for what the provider still holds of an ended pledge to be undone: open page, saved card."""
    if pledge.payment_method_id is not None:
        enqueue(session, "pledges.forget_card", payment_method_id=pledge.payment_method_id)
    elif pledge.checkout_session_id is not None:
        enqueue(session, "pledges.close_card_page", checkout_session_id=pledge.checkout_session_id)


def tell(session: Session, pledge: Pledge, kind: str) -> None:
    """Have the backer told by mail, in the transaction of the fact."""
    tell_all(session, [pledge], kind)


def tell_all(session: Session, pledges: Sequence[Pledge], kind: str) -> None:
    """Have each backer told the same by mail, in the transaction of the facts. Two statements."""
    wanted = {pledge.campaign_id for pledge in pledges}
    titles = dict(session.execute(select(Campaign.id, Campaign.title).where(one_of(Campaign.id, wanted))).all())
    mails = [
        {"kind": kind, "account_id": str(pledge.backer_id), "params": _params(pledge, titles[pledge.campaign_id])}
        for pledge in pledges
    ]
    enqueue_all(session, "notifications.send_mail", mails)


def _params(pledge: Pledge, title: str) -> dict[str, object]:
    return {
        "amount_cents": pledge.amount_cents,
        "campaign_title": title,
        "campaign_path": f"/collectes/{pledge.campaign_id}",
        "pledge_path": f"/collectes/{pledge.campaign_id}/engagements/{pledge.id}",
        "revocable_until": pledge.revocable_until.isoformat() if pledge.revocable_until else None,
        "recover_until": pledge.recover_until.isoformat() if pledge.recover_until else None,
        "reconfirm_until": pledge.reconfirm_until.isoformat() if pledge.reconfirm_until else None,
        "reserved_until": pledge.reserved_until.isoformat(),
    }


def is_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday in France."""
    return day in _holidays(day.year)


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", years=year))


def _fits_again(session: Session, pledge: Pledge, now: datetime) -> bool:
    """Decide anew, under the tally's lock, for a card saved after the reservation ended. The person is locked."""
    party = Party(pledge.backer_id, pledge.organisation_id)
    tally = lock_tally(session, pledge.campaign_id)
    terms = offers.terms(session, pledge.campaign_id)
    if terms.version != pledge.campaign_version or offers.unmandated(session, [party], now):
        return False
    person = replace(offers.investors(session, pledge.campaign_id, [party], now)[party], related=pledge.related)
    decision = decide(terms.offer, offers.totals(session, tally), person, pledge.amount_cents, now)
    gone = rewards.taken(session, pledge.campaign_id, terms.rewards)
    return rewards.judged(decision, terms.rewards, gone, pledge.reward, pledge.amount_cents).verdict == "accept"
