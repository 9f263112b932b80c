"""Makes pledges in any state of their life."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from marketplace.core.db import uuid7
from marketplace.core.errors import Unavailable
from marketplace.core.money import Money
from marketplace.pledges import checkout, settlement, waiting
from marketplace.pledges import services as pledges
from marketplace.pledges.models import Pledge as PledgeRow
from marketplace.projects.models import Campaign as CampaignRow
from marketplace.projects.models import Project as ProjectRow
from tests.factories.campaigns import Campaigns
from tests.factories.rows import DAY, HOUR, MINUTE, Account, Campaign, Pledge


class Pledges(Campaigns):
    """Makes pledges, and ends campaigns with theirs."""

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

    def end(self, campaign_id: UUID, state: str) -> datetime:
        """Let time pass over a live campaign until a state; return the moment. Its own pledges stay as they are."""
        if state in {"collecting", "funded"}:
            self._fill(campaign_id)
        return self._close(campaign_id, state)

    # --- inside ---

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
