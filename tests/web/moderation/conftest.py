"""The whole site, people signed in, and collections at every step."""

from datetime import timedelta
from uuid import uuid4

import html5lib
import pytest

from config import Config
from marketplace.accounts import sign_in
from marketplace.accounts.models import Account
from marketplace.app import create_app
from marketplace.core.clock import real_now
from marketplace.moderation import services as moderation
from marketplace.projects import rules, services
from marketplace.projects.rules import Content


@pytest.fixture
def site(database, tmp_path):
    app = create_app(
        Config(
            database_url="",
            secret_key="tests",
            site_url="http://localhost",
            port=8000,
            var=tmp_path,
            stripe_secret_key=None,
            stripe_webhook_secret=None,
            stripe_api_base="http://localhost:8001",
        ),
        database=database,
    )
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def person(session):
    """Make an account; return its id."""

    def make(name="Nadia Berthault", *, confirmed=True, administrator=False):
        account = Account(
            email=f"{uuid4().hex}@exemple.fr",
            email_normalised=f"{uuid4().hex}@exemple.fr",
            password_hash="none",
            security_stamp=uuid4(),
            display_name=name,
            locale="fr",
            is_administrator=administrator,
            adult_declared_at=real_now(),
            email_confirmed_at=real_now() if confirmed else None,
            created_at=real_now(),
        )
        session.add(account)
        session.commit()
        return account.id

    return make


@pytest.fixture
def client_of(site, session):
    """Return a browser on which a person is signed in; nobody for None."""

    def make(account_id=None):
        browser = site.test_client()
        if account_id is not None:
            token = sign_in.open_session(
                session,
                account_id=account_id,
                security_stamp=session.get_one(Account, account_id).security_stamp,
                device="",
                now=real_now(),
            )
            session.commit()
            with browser.session_transaction() as cookie:
                cookie["_user_id"] = token
        return browser

    return make


@pytest.fixture
def whole():
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
        ends_on=rules.paris_day(real_now()) + timedelta(days=60),
        rule_preset="epci",
    )


@pytest.fixture
def typed(whole):
    """What a person types for a whole collection."""
    return {
        "name": whole.name,
        "commune": "Ligugé",
        "legal_form": "scop",
        "sector": "alimentation",
        "title": whole.title,
        "summary": whole.summary,
        "instrument": "interest_free_loan",
        "loan_months": "36 mois",
        "threshold": "20 000",
        "goal": "32000,00 €",
        "hard_cap": "40 000",
        "minimum": "",
        "ends_on": whole.ends_on.strftime("%d/%m/%Y"),
        "rule_preset": "epci",
        "story": whole.story_markdown,
    }


@pytest.fixture
def campaign(session, whole, person):
    """Make a campaign of an owner at a step: draft, submitted, changes_requested, refused or live; return its id."""

    def make(owner_id, step="draft", content=None):
        now = real_now()
        campaign_id = services.create_draft(
            session, owner_id=owner_id, form_key=uuid4(), content=content or whole, now=now
        )
        if step != "draft":
            services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
        if step in {"changes_requested", "refused", "live"}:
            decision = {"campaign_id": campaign_id, "administrator_id": person("Modératrice", administrator=True)}
            why = {"reasons": ["R04"], "note": "Dites où l’argent sera dépensé."}
            act = {"changes_requested": moderation.send_back, "refused": moderation.refuse, "live": moderation.approve}
            act[step](session, **decision, **({} if step == "live" else why), now=now)
        session.commit()
        return campaign_id

    return make


@pytest.fixture
def parsed():
    """Parse a page, refuse what a browser would have to repair, and return its text and its tree."""

    def read(answer):
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        return parser.parse(answer.text)

    return read
