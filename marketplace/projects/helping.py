"""Help that is not money: residents offer it for a need that a published campaign states, its owners answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core.db import uuid7
from marketplace.core.errors import NotFound, Refused
from marketplace.core.queue import enqueue
from marketplace.projects import details, owners, rules
from marketplace.projects.details import Need
from marketplace.projects.lifecycle import load, load_own
from marketplace.projects.models import Campaign, HelpOffer

MESSAGE_LENGTH = range(10, 601)
MOST_ANSWER = 600
# A campaign that failed or was cancelled needs no hand any more.
OPEN = frozenset({"live", "suspended", "closing", "collecting", "funded"})


@dataclass(frozen=True)
class Tally:
    """How many offer help for one need and were accepted; names: of those accepted who let it be said."""

    offered: int
    accepted: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Own:
    """One's own offer. answer: the owners' words, None until they answer."""

    id: UUID
    need: int
    message: str
    named: bool
    state: str
    offered_at: datetime
    answer: str | None


@dataclass(frozen=True)
class Received:
    """An offer as the owners read it. email: to write to, once it is accepted."""

    id: UUID
    need: int
    account_id: UUID
    name: str
    email: str | None
    message: str
    state: str
    offered_at: datetime
    answer: str | None


def needs(session: Session, campaign_id: UUID) -> tuple[tuple[Need, ...], bool]:
    """Return the needs of a published campaign, and whether help may be offered now. Raises NotFound."""
    campaign, _project = load(session, campaign_id)
    if campaign.state not in rules.PUBLIC:
        raise NotFound(campaign_id)
    return details.Details.from_json(campaign.details).needs, campaign.state in OPEN


def offer(
    session: Session, *, campaign_id: UUID, need: int, account_id: UUID, message: str, named: bool, now: datetime
) -> None:
    """Offer help for one need; the owners are told by mail. The same offer sent twice is one.

    need: its place among those of the campaign, from 0. named: one's name may stand on the page once accepted.
    Raises NotFound: no such need. Raises Refused: help_closed, help_own_project, help_too_short, help_too_long,
    help_once, email_not_confirmed.
    """
    campaign, project = load(session, campaign_id)
    stated, is_open = needs(session, campaign_id)
    if not 0 <= need < len(stated):
        raise NotFound(need)
    if not is_open:
        raise Refused("help_closed")
    if account_id in owners.people(session, project.id):
        raise Refused("help_own_project")
    message = _said(message)
    if session.scalar(select(Account.email_confirmed_at).where(Account.id == account_id)) is None:
        raise Refused("email_not_confirmed")
    made = insert(HelpOffer).values(
        id=uuid7(),
        campaign_id=campaign_id,
        need=need,
        account_id=account_id,
        message=message,
        named=named,
        state="offered",
        offered_at=now,
    )
    if session.scalar(made.on_conflict_do_nothing().returning(HelpOffer.id)) is not None:
        _tell_owners(session, "help_offered", campaign)
    elif _standing(session, campaign_id, need, account_id).message != message:
        raise Refused("help_once")


def withdraw(session: Session, *, campaign_id: UUID, need: int, account_id: UUID, now: datetime) -> None:
    """Take one's offer back; the owners are told when they had accepted it. Raises NotFound: none stands."""
    found = _standing(session, campaign_id, need, account_id)
    if found.state == "accepted":
        _tell_owners(session, "help_withdrawn", session.get_one(Campaign, campaign_id))
    found.state, found.withdrawn_at = "withdrawn", now
    session.flush()


def answer(
    session: Session, *, campaign_id: UUID, offer_id: UUID, owner_id: UUID, accept: bool, words: str, now: datetime
) -> None:
    """Accept an offer, or decline it; who made it is told by mail, with the owner's words if there are any.

    Raises NotFound. Raises Refused: help_answered (or withdrawn), help_answer_too_long (field words).
    """
    campaign, _project = load_own(session, campaign_id, owner_id)
    words = rules.clean_text(words).strip()
    if len(words) > MOST_ANSWER:
        raise Refused("help_answer_too_long", field="words", most=MOST_ANSWER, length=len(words))
    found = session.get(HelpOffer, offer_id, with_for_update=True, populate_existing=True)
    if found is None or found.campaign_id != campaign_id:
        raise NotFound(offer_id)
    if found.state != "offered":
        raise Refused("help_answered")
    found.state = "accepted" if accept else "declined"
    found.answer, found.answered_at, found.answered_by = words, now, owner_id
    session.flush()
    params = {
        "campaign_title": campaign.title,
        "help_path": f"/collectes/{campaign_id}/aide/{found.need + 1}",
        "note": words,
    }
    kind = "help_accepted" if accept else "help_declined"
    enqueue(session, "notifications.send_mail", kind=kind, account_id=str(found.account_id), params=params)


def tallies(session: Session, campaign_id: UUID) -> Mapping[int, Tally]:
    """Return how many offer help for each need, without those declined or withdrawn. One statement."""
    accepted = HelpOffer.state == "accepted"
    names = func.array_agg(Account.display_name).filter(and_(accepted, HelpOffer.named))
    rows = session.execute(
        select(HelpOffer.need, func.count(), func.count().filter(accepted), names)
        .join(Account, Account.id == HelpOffer.account_id)
        .where(HelpOffer.campaign_id == campaign_id, HelpOffer.state.in_(("offered", "accepted")))
        .group_by(HelpOffer.need)
        .order_by(HelpOffer.need)
    )
    return {row[0]: Tally(row[1], row[2], tuple(sorted(row[3] or ()))) for row in rows}


def own(session: Session, campaign_id: UUID, account_id: UUID) -> Mapping[int, Own]:
    """Return one's own offers that stand or were declined, by need. One statement."""
    rows = session.execute(
        select(
            HelpOffer.id,
            HelpOffer.need,
            HelpOffer.message,
            HelpOffer.named,
            HelpOffer.state,
            HelpOffer.offered_at,
            HelpOffer.answer,
        ).where(
            HelpOffer.campaign_id == campaign_id, HelpOffer.account_id == account_id, HelpOffer.state != "withdrawn"
        )
    )
    return {row.need: Own(*row) for row in rows}


def received(session: Session, campaign_id: UUID) -> list[Received]:
    """Return the offers of a campaign that stand or were declined, those to answer first. One statement."""
    rows = session.execute(
        select(
            HelpOffer.id,
            HelpOffer.need,
            HelpOffer.account_id,
            Account.display_name,
            Account.email,
            HelpOffer.message,
            HelpOffer.state,
            HelpOffer.offered_at,
            HelpOffer.answer,
        )
        .join(Account, Account.id == HelpOffer.account_id)
        .where(HelpOffer.campaign_id == campaign_id, HelpOffer.state != "withdrawn")
        .order_by(HelpOffer.state != "offered", HelpOffer.offered_at.desc(), HelpOffer.id)
    )
    return [Received(*row[:4], row.email if row.state == "accepted" else None, *row[5:]) for row in rows]


def _said(message: str) -> str:
    """Return a message as it is stored. Raises Refused: help_too_short, help_too_long (field message)."""
    message = rules.clean_text(message).strip()
    if len(message) < MESSAGE_LENGTH.start:
        raise Refused("help_too_short", field="message", least=MESSAGE_LENGTH.start)
    if len(message) >= MESSAGE_LENGTH.stop:
        raise Refused("help_too_long", field="message", most=MESSAGE_LENGTH.stop - 1, length=len(message))
    return message


def _standing(session: Session, campaign_id: UUID, need: int, account_id: UUID) -> HelpOffer:
    """Return one's offer for a need, locked. Raises NotFound: none, or withdrawn."""
    found = session.scalar(
        select(HelpOffer)
        .where(
            HelpOffer.campaign_id == campaign_id,
            HelpOffer.need == need,
            HelpOffer.account_id == account_id,
            HelpOffer.state != "withdrawn",
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(campaign_id)
    return found


def _tell_owners(session: Session, kind: str, campaign: Campaign) -> None:
    params = {"campaign_title": campaign.title, "help_path": f"/mes-projets/{campaign.id}/aides"}
    for account_id in owners.to_tell(session, campaign.id):
        enqueue(session, "notifications.send_mail", kind=kind, account_id=str(account_id), params=params)
