"""Makes pledges in any state of their life."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from marketplace.core.db import uuid7
from marketplace.core.errors import Unavailable
from marketplace.core.money import Money
from marketplace.locality.presets import Options
from marketplace.payments import onboarding, recipients, strays
from marketplace.payments.gateway import ChargeOutcome
from marketplace.pledges import (
    admissions,
    checkout,
    collector,
    disputes,
    errands,
    intentions,
    payback,
    settlement,
    waiting,
)
from marketplace.pledges import services as pledges
from marketplace.pledges.models import Pledge as PledgeRow
from marketplace.pledges.rules import TAKEN
from marketplace.projects.models import Campaign as CampaignRow
from marketplace.projects.models import Project as ProjectRow
from marketplace.protection import texts
from tests.factories.campaigns import Campaigns
from tests.factories.instruments import offered
from tests.factories.rows import DAY, HOUR, MINUTE, NIORT, Account, Campaign, Organisation, Pledge

# The nearest alone for a week, then their département.
THEN_AROUND = Options(first_days=7, wider="departement")


@dataclass
class Pledges(Campaigns):
    """Makes pledges, and ends campaigns with theirs."""

    _heard: int = 0

    def pledge(
        self,
        *,
        state: str = "reflecting",
        campaign: Campaign | None = None,
        backer: Account | None = None,
        amount: int = 50,
        organisation: Organisation | None = None,
        read: Sequence[str] = (),
        now: datetime | None = None,
    ) -> Pledge:
        """Make a pledge in a state of its life. amount: whole euros. organisation: whose it is, when not the backer's.

        read: kinds of words that its backer agreed to.

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
                session,
                campaign_id=to.id,
                backer_id=by.id,
                amount=Money.from_euros(amount),
                form_key=form_key,
                now=at,
                organisation_id=organisation.id if organisation else None,
                read=[texts.current(kind, "fr").sha256 for kind in read],
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

    def stray(self, campaign: Campaign, *, now: datetime | None = None) -> str:
        """Have a payment come that no pledge waits for; return it."""
        made = f"pi_stray_{uuid7()}"
        outcome = ChargeOutcome("succeeded", made, "ch_stray", 1, Money.from_euros(20))
        self.do(
            lambda session: strays.note(
                session,
                campaign_id=campaign.id,
                pledge_id=uuid7(),
                outcome=outcome,
                why="pledge_dropped",
                now=now or self.now,
            )
        )
        return made

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

    def shares(self, *, owner: Account | None = None) -> tuple[Campaign, Pledge]:
        """Make co-operative shares that have their money, of which one person took 550 €; their board was asked."""
        campaign = self.campaign(owner=owner, **offered("cooperative_share"))
        read, backer = ("investment_risk", "over_threshold"), self.tested(self.account())
        pledge = self.pledge(state="confirmed", campaign=campaign, backer=backer, amount=550, read=read)
        at = self.end(campaign.id, "funded")
        self.do(lambda session: admissions.call(session, campaign_id=campaign.id, now=at))
        return campaign, pledge

    def admitted(self) -> None:
        """Have a board admit somebody."""
        campaign, pledge = self.shares()
        facts = {"campaign_id": campaign.id, "owner_id": campaign.owner.id, "pledge_ids": {pledge.id}}
        self.do(lambda session: admissions.admit(session, college="Usagers", now=self.now, **facts))

    def intention(
        self, *, campaign: Campaign | None = None, who: Account | None = None, amount: int = 50
    ) -> tuple[Campaign, Account]:
        """Have somebody whose turn is to come say how much they will pledge; return the campaign and the person."""
        to = campaign or self.campaign(rule_options=THEN_AROUND)
        by = who or self.account(commune=NIORT)
        facts = {"campaign_id": to.id, "account_id": by.id, "now": self.now}
        self.do(lambda session: intentions.say(session, amount=Money.from_euros(amount), **facts))
        return to, by

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
                collector.run_one(self.database, self.gateway, **ids, now=at)
            except Unavailable:
                return at
            finally:
                self.gateway.unavailable = False
        self.gateway.declines[:0] = {
            "action_required": ["insufficient_funds"],
            "dropped": ["insufficient_funds"] * 2,
        }.get(state, [])
        if state in TAKEN:
            return self._after_payment(state, campaign_id, pledge_id, at)
        collector.run_one(self.database, self.gateway, **ids, now=at)
        if state == "dropped":
            until = self.row(campaign_id, pledge_id).recover_until
            assert until is not None
            collector.run_one(self.database, self.gateway, **ids, now=until)
            return until
        return at

    def recipient(self, campaign_id: UUID, *, active: bool = True, now: datetime | None = None) -> str:
        """Have the owner of a campaign open their account at the provider; return its id there."""
        owner = select(ProjectRow.owner_id).join(CampaignRow, CampaignRow.project_id == ProjectRow.id)
        owner_id = self.do(lambda session: session.scalars(owner.where(CampaignRow.id == campaign_id)).one())
        at = now or self.now
        onboarding.page_url(
            self.database,
            self.gateway,
            holder_id=owner_id,
            email="porteur@exemple.fr",
            name="Le fournil",
            company=True,
            back="http://127.0.0.1:8000/retour",
            again="http://127.0.0.1:8000/encore",
            now=at,
        )
        known = self.do(lambda session: recipients.find(session, owner_id))
        assert known is not None
        if active:
            self.gateway.onboard(known.provider_id)
            onboarding.refresh(self.database, self.gateway, holder_id=owner_id, now=at)
        return known.provider_id

    def hear(self, look_up: Callable[..., str], at: datetime, **ids: str) -> str:
        """Have news of the provider applied, as the job does."""
        self._heard += 1
        facts = {"now": at, "stripe_event_id": f"evt_of_a_factory_{self._heard}"}
        return look_up(self.database, self.gateway, **ids, **facts)

    def _after_payment(self, state: str, campaign_id: UUID, pledge_id: UUID, at: datetime) -> datetime:
        """Bring a pledge that is about to be charged to what may become of its money."""
        ids = {"campaign_id": campaign_id, "pledge_id": pledge_id}

        def run() -> str:
            return collector.run_one(self.database, self.gateway, **ids, now=at)

        run()
        if state == "paid":
            return at
        for other in self.do(lambda session: errands.to_run(session, now=at)):
            if other[0] == campaign_id:
                collector.run_one(self.database, self.gateway, campaign_id=other[0], pledge_id=other[1], now=at)
        self.do(lambda session: settlement.finish(session, campaign_id=campaign_id, now=at))
        self.recipient(campaign_id, now=at)
        run()
        if state == "transferred":
            return at
        if state in {"disputed", "charged_back"}:
            dispute = self.gateway.contest(str(self.row(**ids).payment_intent_id)).dispute_id
            self.hear(disputes.look_up, at, dispute_id=dispute)
            run()
            if state == "charged_back":
                self.gateway.judge(dispute, won=False)
                self.hear(disputes.look_up, at, dispute_id=dispute)
            return at
        self.do(lambda session: payback.give_back(session, **ids, cause="refund_decided", now=at))
        run()  # the owner gives it back first
        if state != "refunding":
            self.gateway.refusals["refund"] = [] if state == "refunded" else ["charge_disputed"]
            run()
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
            firm = select(PledgeRow.id).where(PledgeRow.campaign_id == campaign_id, PledgeRow.state == "confirmed")
            for pledge_id in self.do(lambda session: session.scalars(firm).all()):
                collector.run_one(self.database, self.gateway, campaign_id=campaign_id, pledge_id=pledge_id, now=at)
            self.do(lambda session: settlement.finish(session, campaign_id=campaign_id, now=at))
        found = self.do(lambda session: session.get_one(CampaignRow, campaign_id).state)
        assert found == state, found
        return at
