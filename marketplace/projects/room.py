"""How much a person or an organisation may still offer to the public within twelve months, and the sum that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.finance import limits
from marketplace.finance.limits import Offer
from marketplace.projects.days import paris_day
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.models import Campaign, Project
from marketplace.projects.owners import carrier
from marketplace.projects.terms import Terms

# The law counts loans with interest and securities; shares of co-operatives are counted too, the careful reading.
COUNTED = tuple(code for code, known in INSTRUMENTS.items() if known.sheet)
_OPEN = ("live", "suspended", "closing", "collecting")


@dataclass(frozen=True)
class Counted:
    """One offer of the sum. title: None for one made elsewhere. state: "open", "raised" or "elsewhere". Cents."""

    title: str | None
    launched_on: date
    cents: int
    state: str


@dataclass(frozen=True)
class Room:
    """The sum. since: first day that counts. Amounts in cents."""

    since: date
    most_cents: int
    counted: tuple[Counted, ...]
    left_cents: int


def applies(instrument: str | None) -> bool:
    """Tell whether offers of this kind are added up."""
    return instrument in COUNTED


def of_carrier(session: Session, carrier_id: UUID, terms: Terms, *, today: date, but: UUID | None = None) -> Room:
    """Return the room for an offer launched today. One statement.

    An open offer counts for its hard cap, one that succeeded for what it raised, one that failed for nothing. terms:
    say what was raised elsewhere. but: the campaign in question. Source: regulation (EU) 2020/1503 art. 1(2)(c).
    """
    rows = session.execute(
        select(Campaign.title, Campaign.published_at, Campaign.state, Campaign.raised_cents, Campaign.hard_cap_cents)
        .join(Project, Project.id == Campaign.project_id)
        .where(
            carrier() == carrier_id,
            Campaign.instrument.in_(COUNTED),
            Campaign.state.in_((*_OPEN, "funded")),
            Campaign.id != but if but else True,  # type: ignore[arg-type]
        )
        .order_by(Campaign.published_at, Campaign.id)
    )
    here = [
        Counted(
            title,
            paris_day(published_at),
            raised if raised is not None else hard_cap or 0,
            "open" if state in _OPEN else "raised",
        )
        for title, published_at, state, raised, hard_cap in rows
        if published_at is not None
    ]
    elsewhere = [
        Counted(None, one.launched_on, one.cents, "elsewhere") for one in terms.raises if one.launched_on and one.cents
    ]
    return summed([*here, *elsewhere], today=today)


def summed(offers: Sequence[Counted], *, today: date) -> Room:
    """Add up the offers that count."""
    since = limits.year_before(today)
    counted = tuple(one for one in offers if one.launched_on >= since)
    left = limits.room_cents((Offer(one.launched_on, one.cents) for one in counted), launch=today)
    return Room(since, limits.OFFERS_CENTS, counted, left)
