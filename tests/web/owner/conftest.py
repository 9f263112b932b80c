"""Browsers of several people, and collections at every step."""

from dataclasses import replace
from uuid import uuid4

import pytest

from marketplace.moderation import services as moderation
from marketplace.projects import services
from marketplace.projects.uses import Use
from tests.factories.moderation import approve
from tests.trees import parse


class Browser:
    """A browser that sends the token its forms hold."""

    def __init__(self, client, csrf):
        self.get = client.get
        self._client, self._csrf = client, csrf

    def post(self, path, data=None, **options):
        return self._client.post(path, data={"csrf_token": self._csrf(self._client), **(data or {})}, **options)


@pytest.fixture
def people():
    """Everybody made so far, by id."""
    return {}


@pytest.fixture
def person(make, people):
    """Make an account; return its id."""

    def one(name="Nadia Berthault", **options):
        account = make.account(name=name, level=0, **options)
        people[account.id] = account
        return account.id

    return one


@pytest.fixture
def client_of(app, sign_in, csrf, people):
    """Return a browser on which a person is signed in; nobody for None."""

    def one(account_id=None):
        client = app.test_client()
        return Browser(client if account_id is None else sign_in(client, people[account_id]), csrf)

    return one


@pytest.fixture
def whole(make):
    return replace(
        make.content(commune="86133"),
        name="Le Fournil du Clain",
        title="Rallumer le four à bois de Ligugé",
        legal_form="scop",
        story_markdown="La boulangerie a fermé en mars. Les salariés la **reprennent** ensemble.",
        instrument="interest_free_loan",
        loan_months=36,
        threshold_cents=20_000_00,
        goal_cents=32_000_00,
        hard_cap_cents=40_000_00,
        uses=(Use("Le four", 20_000_00, "86293"), Use("Les travaux", 12_000_00)),
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
        "uses-0-label": "Le four",
        "uses-0-amount": "20 000",
        "uses-0-commune": "Vivonne",
        "uses-1-label": " Les  travaux ",
        "uses-1-amount": "12000",
        "ends_on": whole.ends_on.strftime("%d/%m/%Y"),
        "rule_preset": "epci",
        "story": whole.story_markdown,
    }


@pytest.fixture
def rule(typed):
    """What is typed for a whole collection with a rule to fill in."""
    return {**typed, "rule_preset": "local_first"}


@pytest.fixture
def campaign(make, whole, now):
    """Make a campaign of an owner at a step: draft, submitted, changes_requested, refused or live; return its id."""

    def one(owner_id, step="draft", content=None):
        def work(session):
            campaign_id = services.create_draft(
                session, owner_id=owner_id, form_key=uuid4(), content=content or whole, now=now
            )
            if step != "draft":
                services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
            decision = {"campaign_id": campaign_id, "administrator_id": make.administrator().id, "now": now}
            why = {"reasons": ["R04"], "note": "Dites où l’argent sera dépensé."}
            if step == "live":
                approve(session, **decision)
            elif step in {"changes_requested", "refused"}:
                answer = moderation.refuse if step == "refused" else moderation.send_back
                answer(session, **decision, **why)
            return campaign_id

        return make.do(work)

    return one


@pytest.fixture
def parsed():
    """Parse a page; refuse what a browser would have to repair."""

    def read(answer):
        return parse(answer.text)

    return read
