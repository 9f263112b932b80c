"""Collections that a test needs besides those of the demonstration, made through the services."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core import clock
from marketplace.core.db import Database
from marketplace.demo.people import DOMAIN
from marketplace.pledges.models import Pledge
from marketplace.projects import days, services
from marketplace.projects.rules import Content
from tests.factories.moderation import approve


def account_id(session: Session, login: str) -> UUID:
    """Return the account of a person of the demonstration."""
    return session.scalars(select(Account.id).where(Account.email_normalised == f"{login}@{DOMAIN}")).one()


def publish(database: Database, title: str, **changes: Any) -> UUID:
    """Publish a collection of Nadia's for the inhabitants of Grand Poitiers; return its id."""
    made = submit(database, title, **changes)

    def work(session: Session) -> None:
        now = clock.real_now() + clock.demo_offset(session)
        approve(session, campaign_id=made, administrator_id=account_id(session, "helene"), now=now)

    database.in_transaction(work)
    return made


def submit(database: Database, title: str, **changes: Any) -> UUID:
    """Hand in a collection of Nadia's for the inhabitants of Grand Poitiers; return its id."""

    def work(session: Session) -> UUID:
        now = clock.real_now() + clock.demo_offset(session)
        facts: dict[str, Any] = {
            "name": "Les Amis du four",
            "commune_code": "86133",
            "sector": "alimentation",
            "legal_form": "association",
            "title": title,
            "summary": "Un four pour tout le bourg.",
            "story_markdown": "Nous réparons le four du lavoir. L’argent paie les briques et le maçon, à Ligugé.",
            "instrument": "gift",
            "loan_months": None,
            "threshold_cents": 50_00,
            "goal_cents": 300_00,
            "hard_cap_cents": 500_00,
            "minimum_cents": 10_00,
            "ends_on": days.paris_day(now) + timedelta(days=25),
            "rule_preset": "epci",
        }
        owner = account_id(session, "nadia")
        made = services.create_draft(
            session, owner_id=owner, form_key=uuid4(), content=Content(**{**facts, **changes}), now=now
        )
        services.submit(session, campaign_id=made, owner_id=owner, now=now)
        return made

    return database.in_transaction(work)


def pledges(database: Database, campaign: str | UUID) -> int:
    """Return how many pledges a collection has, whatever became of them."""
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Pledge.campaign_id == UUID(str(campaign)))) or 0
