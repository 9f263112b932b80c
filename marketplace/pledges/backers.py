"""Who is shown as a backer of a campaign: each as they chose, and nobody who can be told apart by their commune."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, Organisation
from marketplace.pledges.models import Pledge
from marketplace.pledges.offers import INVESTOR
from marketplace.pledges.queries import SMALLEST_GROUP
from marketplace.pledges.rules import LIVE

# The least that somebody allowed in one of several pledges is what is shown of them.
_REACH = {"nothing": 0, "commune": 1, "name": 2}
MOST_SHOWN = 60


@dataclass(frozen=True)
class Backer:
    """One backer as others see them. name: None unless they chose it. commune_code: None where fewer than five live."""

    name: str | None
    commune_code: str | None


@dataclass(frozen=True)
class Shown:
    """The backers of a campaign who let themselves be seen, and how many do not or are left out."""

    backers: tuple[Backer, ...]
    others: int


def shown(session: Session, campaign_id: UUID) -> Shown:
    """Return who is shown of a campaign's backers: names first, in the order they came. Two statements.

    Related people are left out: they are shown apart. A commune is said only where five backers at least live.
    """
    here = (Pledge.campaign_id == campaign_id, Pledge.state.in_(sorted(LIVE)), Pledge.related.is_(False))
    reach = func.min(case(_REACH, value=Pledge.shown_as))
    people = (
        select(INVESTOR.label("investor"), reach.label("reach"), func.min(Pledge.opened_at).label("since"))
        .add_columns(func.min(Pledge.commune_code).label("commune"))
        .where(*here)
        .group_by(INVESTOR)
        .subquery()
    )
    rows = session.execute(
        select(people.c.reach, people.c.commune, func.coalesce(Organisation.name, Account.display_name).label("name"))
        .outerjoin(Account, Account.id == people.c.investor)
        .outerjoin(Organisation, Organisation.id == people.c.investor)
        .order_by(people.c.reach.desc(), people.c.since, people.c.investor)
    ).all()
    counted = select(Pledge.commune_code).where(*here).group_by(Pledge.commune_code)
    enough = func.count(INVESTOR.distinct()) >= SMALLEST_GROUP
    told = frozenset(session.scalars(counted.having(enough)))
    visible = [
        Backer(
            row.name if row.reach == _REACH["name"] else None,
            row.commune if row.commune in told else None,
        )
        for row in rows
        if row.reach > 0
    ][:MOST_SHOWN]
    return Shown(tuple(visible), len(rows) - len(visible))
