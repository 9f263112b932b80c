"""Rows for tests, made as the application makes them: through its own services, in any state of their life.

Everything has a default; a test names only what it is about.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import passwords
from marketplace.accounts import services as accounts
from marketplace.accounts.models import Account as AccountRow
from marketplace.core.db import Database, uuid7
from marketplace.core.errors import Unavailable
from marketplace.core.money import Money
from marketplace.moderation import services as moderation
from marketplace.pledges import checkout, settlement, waiting
from marketplace.pledges import services as pledges
from marketplace.pledges.models import Pledge as PledgeRow
from marketplace.projects import services as projects
from marketplace.projects.models import Campaign as CampaignRow
from marketplace.projects.models import Project as ProjectRow
from marketplace.projects.rules import Content, paris_day
from marketplace.residency import services as residency
from tests.fakes import FakeGateway

T = TypeVar("T")
PASSWORD = "un-mot-de-passe-de-test"
# Poitiers and Buxerolles touch; Chauvigny is of the same intercommunality; Loudun of the same département only.
POITIERS, BUXEROLLES, CHAUVIGNY, LOUDUN, NIORT, BORDEAUX = "86194", "86041", "86070", "86137", "79191", "33063"
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# The states in which a campaign's life has ended or is ending, and how to get there is one path.
ENDED = ("closing", "collecting", "funded", "failed")


@dataclass(frozen=True)
class Account:
    """Somebody, as a test needs them."""

    id: UUID
    email: str
    display_name: str
    commune: str | None
    level: int


@dataclass(frozen=True)
class Campaign:
    """A raise, as a test needs it. at: when it came to its state."""

    id: UUID
    owner: Account
    state: str
    at: datetime
    closes_at: datetime | None


@dataclass(frozen=True)
class Pledge:
    """A promise, as a test needs it. at: when it came to its state."""

    campaign_id: UUID
    id: UUID
    backer: Account
    form_key: UUID
    state: str
    at: datetime
    revocable_until: datetime | None

    @property
    def ids(self) -> dict[str, UUID]:
        """What most services take."""
        return {"campaign_id": self.campaign_id, "pledge_id": self.id}


@cache
def hashed_password() -> str:
    """Return the hash of the password of everybody; hashing once takes long enough."""
    return passwords.hash_password(PASSWORD)


@dataclass
class Make:
    """Makes rows in one database, at one moment unless told otherwise."""

    database: Database
    gateway: FakeGateway
    now: datetime
    _serial: int = 0
    _staff: list[Account] = field(default_factory=list)

    def do(self, work: Callable[[Session], T]) -> T:
        """Run work in a transaction."""
        return self.database.in_transaction(work)

    def account(
        self,
        *,
        commune: str | None = POITIERS,
        level: int = 3,
        administrator: bool = False,
        confirmed: bool = True,
        name: str | None = None,
        email: str | None = None,
        now: datetime | None = None,
    ) -> Account:
        """Make a person. level: 0 (says nothing of where they live), 1 (declared) or 3 (proven)."""
        assert level in {0, 1, 3}, "there is no service yet that grants another level"
        self._serial += 1
        at = (now or self.now) - DAY
        shown = name or f"Personne {self._serial}"
        address = email or f"personne{self._serial}@exemple.fr"
        account_id = self.do(lambda session: _account(session, address, shown, at, confirmed=confirmed))
        home = commune if level else None
        if home is not None:
            self.do(lambda session: residency.declare(session, account_id=account_id, commune_code=home, now=at))
        if level > 1:
            judge = self.administrator().id
            self.do(lambda session: _prove(session, account_id, judge, at))
        if administrator:
            self.do(lambda session: accounts.grant_administrator(session, email=address, now=at))
        return Account(account_id, address, shown, home, level)

    def administrator(self) -> Account:
        """Return a member of staff that the factory itself needs; always the same one, living nowhere."""
        if not self._staff:
            self._staff.append(self.account(level=0, administrator=True, name="Modération"))
        return self._staff[0]

    def content(self, *, commune: str = POITIERS, now: datetime | None = None, **changes: object) -> Content:
        """Return what an owner writes: complete, a gift for everybody of the same intercommunality."""
        facts: dict[str, object] = {
            "name": "Le fournil des voisins",
            "commune_code": commune,
            "sector": "alimentation",
            "legal_form": "scic",
            "title": "Un four à bois pour le fournil",
            "summary": "Un four partagé pour cuire le pain du quartier.",
            "story_markdown": "Nous cuisons le pain ensemble depuis trois ans.\n\nIl nous faut un four.",
            "instrument": "gift",
            "loan_months": None,
            "threshold_cents": 500_00,
            "goal_cents": 1_000_00,
            "hard_cap_cents": 2_000_00,
            "minimum_cents": 10_00,
            "ends_on": paris_day(now or self.now) + timedelta(days=30),
            "rule_preset": "epci",
        }
        return Content(**{**facts, **changes})  # type: ignore[arg-type]

    def campaign(
        self,
        *,
        state: str = "live",
        commune: str = POITIERS,
        preset: str = "epci",
        owner: Account | None = None,
        hard_cap: int = 2_000,
        now: datetime | None = None,
        **content: object,
    ) -> Campaign:
        """Make a campaign in a state of its life. hard_cap: whole euros; the goal and threshold follow when smaller."""
        at, by = now or self.now, owner or self.account(commune=commune)
        amounts = {"goal_cents": min(1_000, hard_cap) * 100, "threshold_cents": min(500, hard_cap) * 100}
        facts = {"rule_preset": preset, "hard_cap_cents": hard_cap * 100, **amounts, **content}
        written = self.content(commune=commune, now=at, **facts)
        campaign_id = self.do(
            lambda session: projects.create_draft(session, owner_id=by.id, form_key=uuid7(), content=written, now=at)
        )
        if state != "draft":
            self.do(lambda session: projects.submit(session, campaign_id=campaign_id, owner_id=by.id, now=at))
        if state not in {"draft", "submitted"}:
            self._judge(campaign_id, state, at)
        if state in ENDED:
            at = self.end(campaign_id, state)
        closes_at = self.do(lambda session: session.get_one(CampaignRow, campaign_id).closes_at)
        return Campaign(campaign_id, by, state, at, closes_at)

    def pledge(
        self,
        *,
        state: str = "reflecting",
        campaign: Campaign | None = None,
        backer: Account | None = None,
        amount: int = 50,
        now: datetime | None = None,
    ) -> Pledge:
        """Make a pledge in a state of its life. amount: whole euros.

        From "charging" on, its campaign succeeds first: neighbours promise the rest of the threshold.
        """
        at = now or self.now
        to = campaign or self.campaign(now=at)
        by = backer or self.account(now=at)
        form_key = uuid7()
        if state in {"waitlisted", "offered"}:
            return self._waiting(state, to, by, amount, at)
        pledge_id = self.do(
            lambda session: pledges.open_pledge(
                session, campaign_id=to.id, backer_id=by.id, amount=Money.from_euros(amount), form_key=form_key, now=at
            )
        )
        at = self._advance(state, to.id, pledge_id, by.id, at)
        row = self.row(to.id, pledge_id)
        assert row.state == state, row.state
        return Pledge(to.id, pledge_id, by, form_key, state, at, row.revocable_until)

    def _waiting(self, state: str, to: Campaign, by: Account, amount: int, at: datetime) -> Pledge:
        """Fill a campaign, have somebody wait for room, and offer it to them once the first one has left."""
        hard_cap = self.do(lambda session: session.get_one(CampaignRow, to.id).hard_cap_cents)
        assert hard_cap is not None
        first, ids = self.pledge(campaign=to, amount=hard_cap // 100, now=at), {"campaign_id": to.id}
        asked = Money.from_euros(amount)
        form_key = uuid7()
        pledge_id = self.do(
            lambda session: pledges.open_pledge(
                session, **ids, backer_id=by.id, amount=asked, form_key=form_key, now=at, may_wait=True
            )
        )
        if state == "offered":
            self.do(lambda session: pledges.withdraw(session, **first.ids, backer_id=first.backer.id, now=at + HOUR))
            at = waiting.last_offering(at + DAY)
            self.do(lambda session: waiting.serve(session, **ids, now=at))
        assert self.row(to.id, pledge_id).state == state
        return Pledge(to.id, pledge_id, by, form_key, state, at, None)

    def row(self, campaign_id: UUID, pledge_id: UUID) -> PledgeRow:
        """Return a pledge as the database has it now."""
        with self.database.sessions() as session:
            return session.get_one(PledgeRow, (campaign_id, pledge_id))

    def card_page(self, pledge: Pledge, *, now: datetime | None = None) -> str:
        """Open the card page of a reserved pledge; return the provider's id of it."""
        return self._card_page(pledge.campaign_id, pledge.id, pledge.backer.id, now or pledge.at)

    def confirm(self, pledge: Pledge) -> None:
        """Let the reflection period of a pledge pass."""
        until = pledge.revocable_until
        assert until is not None
        self.do(lambda session: settlement.confirm(session, **pledge.ids, now=until))

    def move_away(self, person: Account, commune: str) -> None:
        """Have a person declare that they moved."""
        self.do(lambda session: residency.move(session, account_id=person.id, commune_code=commune, now=self.now))

    def end(self, campaign_id: UUID, state: str) -> datetime:
        """Let time pass over a live campaign until a state; return the moment. Its own pledges stay as they are."""
        if state in {"collecting", "funded"}:
            self._fill(campaign_id)
        return self._close(campaign_id, state)

    # --- inside ---

    def _judge(self, campaign_id: UUID, state: str, at: datetime) -> None:
        judge = self.administrator().id
        if state in {"changes_requested", "refused"}:
            answer = moderation.send_back if state == "changes_requested" else moderation.refuse
            self.do(
                lambda session: answer(
                    session,
                    campaign_id=campaign_id,
                    administrator_id=judge,
                    reasons=["R05"],
                    note="Précisez le coût du four.",
                    now=at,
                )
            )
            return
        self.do(lambda session: moderation.approve(session, campaign_id=campaign_id, administrator_id=judge, now=at))

    def _card_page(self, campaign_id: UUID, pledge_id: UUID, backer_id: UUID, at: datetime) -> str:
        checkout.card_page_url(
            self.database,
            self.gateway,
            campaign_id=campaign_id,
            pledge_id=pledge_id,
            backer_id=backer_id,
            locale="fr",
            site_url="http://127.0.0.1:8000",
            now=at,
        )
        session_id = self.row(campaign_id, pledge_id).checkout_session_id
        assert session_id is not None
        return session_id

    def _advance(self, state: str, campaign_id: UUID, pledge_id: UUID, backer_id: UUID, at: datetime) -> datetime:
        """Bring a reserved pledge to a state; return when it got there."""
        ids = {"campaign_id": campaign_id, "pledge_id": pledge_id}
        if state == "card_pending":
            return at
        if state == "abandoned":
            at = self.row(campaign_id, pledge_id).reserved_until
            self.do(lambda session: settlement.expire(session, **ids, now=at))
            return at
        page = self._card_page(campaign_id, pledge_id, backer_id, at)
        self.gateway.save_card(page)
        at += MINUTE
        checkout.look_up(self.database, self.gateway, session_id=page, now=at)
        if state == "reflecting":
            return at
        if state == "withdrawn":
            self.do(lambda session: pledges.withdraw(session, **ids, backer_id=backer_id, now=at))
            return at
        until = self.row(campaign_id, pledge_id).revocable_until
        assert until is not None
        self.do(lambda session: settlement.confirm(session, **ids, now=until))
        return until if state == "confirmed" else self._settle(state, campaign_id, pledge_id)

    def _settle(self, state: str, campaign_id: UUID, pledge_id: UUID) -> datetime:
        """Bring a confirmed pledge to what the end of its campaign makes of it."""
        ids = {"campaign_id": campaign_id, "pledge_id": pledge_id}
        if state == "released":
            at = self._close(campaign_id, "failed")
            self.do(lambda session: settlement.release(session, **ids, now=at))
            return at
        at = self.end(campaign_id, "collecting")
        if state == "charging":
            self.gateway.unavailable = True
            try:
                settlement.charge(self.database, self.gateway, **ids, now=at)
            except Unavailable:
                return at
            finally:
                self.gateway.unavailable = False
        self.gateway.declines[:0] = {"paid": [None], "action_required": ["insufficient_funds"]}.get(
            state, ["insufficient_funds", "insufficient_funds"]
        )
        settlement.charge(self.database, self.gateway, **ids, now=at)
        if state == "dropped":
            until = self.row(campaign_id, pledge_id).recover_until
            assert until is not None
            settlement.charge(self.database, self.gateway, **ids, now=until)
            return until
        return at

    def _fill(self, campaign_id: UUID) -> None:
        """Have a neighbour promise, for good, what is missing to the threshold."""
        campaign = self.do(lambda session: session.get_one(CampaignRow, campaign_id))
        assert campaign.threshold_cents is not None
        assert campaign.opens_at is not None
        statement = select(PledgeRow.amount_cents).where(
            PledgeRow.campaign_id == campaign_id, PledgeRow.state == "confirmed", PledgeRow.related.is_(False)
        )
        there = sum(self.do(lambda session: session.scalars(statement).all()))
        if there < campaign.threshold_cents:
            # The commune of a project is always inside its own first ring.
            commune = self.do(lambda session: session.get_one(ProjectRow, campaign.project_id).commune_code)
            neighbour = self.account(commune=commune, now=campaign.opens_at)
            missing = max(campaign.threshold_cents - there, campaign.minimum_cents)
            whole = Campaign(campaign_id, neighbour, "live", campaign.opens_at, campaign.closes_at)
            self.pledge(
                state="confirmed", campaign=whole, backer=neighbour, amount=-(-missing // 100), now=campaign.opens_at
            )

    def _close(self, campaign_id: UUID, state: str) -> datetime:
        closes_at = self.do(lambda session: session.get_one(CampaignRow, campaign_id).closes_at)
        assert closes_at is not None
        at = closes_at
        self.do(lambda session: settlement.close(session, campaign_id=campaign_id, now=at))
        if state == "closing":
            return at
        at += 15 * DAY
        self.do(lambda session: settlement.decide_success(session, campaign_id=campaign_id, now=at))
        if state == "funded":
            for due in self.do(lambda session: settlement.due_charges(session, at)):
                if due[0] == campaign_id:
                    settlement.charge(self.database, self.gateway, campaign_id=due[0], pledge_id=due[1], now=at)
            self.do(lambda session: settlement.finish(session, campaign_id=campaign_id, now=at))
        found = self.do(lambda session: session.get_one(CampaignRow, campaign_id).state)
        assert found == state, found
        return at


def _account(session: Session, email: str, name: str, at: datetime, *, confirmed: bool) -> UUID:
    made = accounts.register(
        session, email=email, display_name=name, password_hash=hashed_password(), locale="fr", now=at
    )
    if confirmed:
        stamp = session.get_one(AccountRow, made.account_id).security_stamp
        accounts.confirm_email(session, account_id=made.account_id, security_stamp=stamp, now=at)
    return made.account_id


def _prove(session: Session, account_id: UUID, judge: UUID, at: datetime) -> None:
    request_id = residency.ask_verification(session, account_id=account_id, now=at)
    residency.verify(session, request_id=request_id, administrator_id=judge, now=at)
