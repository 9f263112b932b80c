"""Makes campaigns in any state of their life."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core.db import uuid7
from marketplace.moderation import services as moderation
from marketplace.projects import helping, questions
from marketplace.projects import services as projects
from marketplace.projects.days import paris_day
from marketplace.projects.details import Details, Need
from marketplace.projects.models import Campaign as CampaignRow
from marketplace.projects.rules import Content
from tests.factories.moderation import approve
from tests.factories.proofs import Proofs
from tests.factories.rows import ENDED, POITIERS, Account, Campaign


class Campaigns(Proofs):
    """Makes campaigns; `end` is what pledges know how to do."""

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
        judge = None if state in {"draft", "submitted"} else self.administrator().id

        def begin(session: Session) -> UUID:
            campaign_id = projects.create_draft(session, owner_id=by.id, form_key=uuid7(), content=written, now=at)
            if state != "draft":
                projects.submit(session, campaign_id=campaign_id, owner_id=by.id, now=at)
            if judge is not None:
                _judge(session, campaign_id, judge, state, at)
            return campaign_id

        campaign_id = self.do(begin)
        if state in ENDED:
            at = self.end(campaign_id, state)
        closes_at = self.do(lambda session: session.get_one(CampaignRow, campaign_id).closes_at)
        return Campaign(campaign_id, by, state, at, closes_at)

    def help_offer(self, campaign: Campaign | None = None, *, by: Account | None = None, named: bool = False) -> UUID:
        """Have somebody offer help for the first need of a campaign, one that has a need by default."""
        wanting = campaign or self.campaign(details=Details(needs=(Need("tool", "Une remorque", 4),)))
        who = by or self.account()
        self.do(
            lambda session: helping.offer(
                session,
                campaign_id=wanting.id,
                need=0,
                account_id=who.id,
                message="Je prête ma remorque le samedi matin.",
                named=named,
                now=self.now,
            )
        )
        return self.do(lambda session: helping.own(session, wanting.id, who.id)[0].id)

    def question(
        self,
        campaign: Campaign,
        *,
        asker: Account | None = None,
        text: str = "Le four sera-t-il chauffé au bois d’ici ?",
        answer: str = "",
    ) -> UUID:
        """Have a resident ask, and the owner answer where there is an answer; return the question's id."""
        question_id, by = uuid7(), asker or self.account()
        self.do(
            lambda session: questions.ask(
                session, campaign_id=campaign.id, asker_id=by.id, form_key=question_id, text=text, now=self.now
            )
        )
        if answer:
            facts = {"campaign_id": campaign.id, "question_id": question_id, "owner_id": campaign.owner.id}
            self.do(lambda session: questions.answer(session, text=answer, now=self.now, **facts))
        return question_id

    def end(self, campaign_id: UUID, state: str) -> datetime:
        """Let time pass over a live campaign until a state; return the moment."""
        raise NotImplementedError


def _judge(session: Session, campaign_id: UUID, judge: UUID, state: str, at: datetime) -> None:
    who: dict[str, Any] = {"campaign_id": campaign_id, "administrator_id": judge, "now": at}
    if state in {"changes_requested", "refused"}:
        answer = moderation.send_back if state == "changes_requested" else moderation.refuse
        answer(session, reasons=["R05"], note="Précisez le coût du four.", **who)
    else:
        approve(session, **who)
