"""People and contents for tests of projects, and what must hold after them."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.projects import invariants, services
from marketplace.projects.models import Campaign, CampaignEvent, CampaignRing, CampaignVersion, Project
from marketplace.projects.rules import Content


@pytest.fixture
def person(make):
    """Make an account; return its id."""

    def one(name="Nadia Berthault", **options):
        return make.account(name=name, level=0, **options).id

    return one


@pytest.fixture
def whole():
    """A content that may be submitted at the tests' moment."""
    return Content(
        name="Le Fournil du Clain",
        commune_code="86133",
        sector="alimentation",
        legal_form="scop",
        title="Rallumer le four à bois de Ligugé",
        summary="Quatre salariés reprennent la boulangerie du bourg.",
        story_markdown="La boulangerie a fermé en mars. Les salariés la **reprennent** ensemble.",
        instrument="interest_free_loan",
        loan_months=36,
        threshold_cents=20_000_00,
        goal_cents=32_000_00,
        hard_cap_cents=40_000_00,
        minimum_cents=10_00,
        ends_on=date(2026, 11, 23) + timedelta(days=60),
        rule_preset="epci",
    )


@pytest.fixture
def draft(session, person, whole, now):
    """Make a draft; return the ids of its owner and campaign."""

    def make(*, owner_id=None, **changes):
        owner_id = owner_id or person()
        content = replace(whole, **changes)
        return owner_id, services.create_draft(session, owner_id=owner_id, form_key=uuid4(), content=content, now=now)

    return make


@pytest.fixture
def submitted(session, draft, now):
    """Make a submitted campaign; return the ids of its owner and campaign."""

    def make(**options):
        owner_id, campaign_id = draft(**options)
        services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
        return owner_id, campaign_id

    return make


@pytest.fixture
def trace(session):
    """What the tables of projects hold, to see that a refusal wrote nothing."""

    def look():
        session.flush()
        session.expire_all()
        return [
            session.execute(select(table.__table__).order_by(*table.__table__.primary_key)).all()
            for table in (Project, Campaign, CampaignVersion, CampaignRing, CampaignEvent)
        ]

    return look


@pytest.fixture
def holds(session):
    """A test leaves the invariants of campaigns whole."""
    yield
    assert {name: check(session) for name, check in invariants.CHECKS.items() if check(session)} == {}
