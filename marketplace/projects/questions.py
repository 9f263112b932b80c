"""What residents ask about a public campaign, and what its owner answers, in public.

Published at once, and never changed; staff withdraws a question after a report (docs/campaigns.md).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound, Refused
from marketplace.core.queue import enqueue
from marketplace.projects import owners, rules
from marketplace.projects.lifecycle import load, load_own
from marketplace.projects.models import Campaign, CampaignQuestion, Project
from marketplace.residency import queries as residency

LENGTH = range(10, 1001)
ANSWER_LENGTH = range(2, 2001)
# A person asks so often about one campaign: an owner is alone to answer.
MOST_A_DAY = 3
DAY = timedelta(days=1)
# Shown at most on one page, the newest; nobody reads more.
MOST_SHOWN = 200


@dataclass(frozen=True)
class Question:
    """One question. commune_code: where who asked lived then: all that is told of them.

    answer: None as long as there is none. hidden: withdrawn by staff; only its owner still sees that it was there.
    """

    id: UUID
    commune_code: str
    asked_at: datetime
    text: str
    answer: str | None
    answered_at: datetime | None
    hidden: bool


def ask(session: Session, *, campaign_id: UUID, asker_id: UUID, form_key: UUID, text: str, now: datetime) -> None:
    """Ask something in public; the owner is told.

    form_key: made with the form; the same key again is the same form sent twice, and written once.
    Raises NotFound: none, or not published. Raises Refused: own_question, questions_closed, question_needs_home,
    question_too_short, question_too_long, too_many_questions.
    """
    campaign, project = load(session, campaign_id)
    commune_code = _may_ask(session, campaign, project, asker_id, now)
    text = rules.clean_text(text).strip()
    if len(text) < LENGTH.start:
        raise Refused("question_too_short", field="text", least=LENGTH.start)
    if len(text) >= LENGTH.stop:
        raise Refused("question_too_long", field="text", most=LENGTH.stop - 1, length=len(text))
    lately = select(func.count()).where(
        CampaignQuestion.campaign_id == campaign_id,
        CampaignQuestion.asker_id == asker_id,
        CampaignQuestion.asked_at > now - DAY,
        CampaignQuestion.id != form_key,
    )
    if (session.scalar(lately) or 0) >= MOST_A_DAY:
        raise Refused("too_many_questions", field="text", most=MOST_A_DAY)
    asked = session.scalar(
        insert(CampaignQuestion)
        .values(
            campaign_id=campaign_id,
            id=form_key,
            asker_id=asker_id,
            commune_code=commune_code,
            asked_at=now,
            text=text,
        )
        .on_conflict_do_nothing()
        .returning(CampaignQuestion.id)
    )
    if asked is not None:
        for owner_id in owners.to_tell(session, campaign_id):
            _tell(
                session,
                "question_asked",
                owner_id,
                campaign,
                path=f"/mes-projets/{campaign_id}/questions",
                note=text,
            )


def _may_ask(session: Session, campaign: Campaign, project: Project, asker_id: UUID, now: datetime) -> str:
    """Return the commune that somebody who may ask lives in. Raises as `ask`."""
    if campaign.state not in rules.PUBLIC:
        raise NotFound(campaign.id)
    if campaign.state not in rules.RUNNING:
        raise Refused("questions_closed")
    if asker_id in owners.people(session, project.id):
        raise Refused("own_question")
    home = residency.home(session, asker_id)
    if home is None or home.expires_at <= now:
        raise Refused("question_needs_home")
    return home.commune_code


def answer(session: Session, *, campaign_id: UUID, question_id: UUID, owner_id: UUID, text: str, now: datetime) -> None:
    """Answer in public, once; who asked is told. What was asked before the end may be answered after it.

    Raises NotFound: none, somebody else's, withdrawn. Raises Refused: question_answered, answer_too_short,
    answer_too_long.
    """
    campaign, _project = load_own(session, campaign_id, owner_id)
    text = rules.clean_text(text).strip()
    if len(text) < ANSWER_LENGTH.start:
        raise Refused("answer_too_short", field="text")
    if len(text) >= ANSWER_LENGTH.stop:
        raise Refused("answer_too_long", field="text", most=ANSWER_LENGTH.stop - 1, length=len(text))
    row = session.get(CampaignQuestion, (campaign_id, question_id), populate_existing=True, with_for_update=True)
    if row is None or row.hidden_at is not None:
        raise NotFound(question_id)
    if row.answer is not None:
        raise Refused("question_answered")
    row.answer, row.answered_at, row.answered_by = text, now, owner_id
    session.flush()
    _tell(session, "question_answered", row.asker_id, campaign, path=f"/collectes/{campaign_id}/questions", note=text)


def withdraw(
    session: Session, *, campaign_id: UUID, question_id: UUID, administrator_id: UUID, note: str, now: datetime
) -> None:
    """Take a question off the page, with its answer; who asked is told why. Happens again without effect."""
    hidden = session.execute(
        update(CampaignQuestion)
        .where(
            CampaignQuestion.campaign_id == campaign_id,
            CampaignQuestion.id == question_id,
            CampaignQuestion.hidden_at.is_(None),
        )
        .values(hidden_at=now, hidden_by=administrator_id)
        .returning(CampaignQuestion.asker_id)
    ).one_or_none()
    if hidden is not None:
        campaign, _project = load(session, campaign_id)
        _tell(
            session,
            "question_withdrawn",
            hidden.asker_id,
            campaign,
            path=f"/collectes/{campaign_id}/questions",
            note=note,
        )


def of_campaign(session: Session, campaign_id: UUID, *, most: int = MOST_SHOWN) -> list[Question]:
    """Return the questions of a campaign that are to be read, newest first. One statement."""
    shown = _QUESTIONS.where(CampaignQuestion.campaign_id == campaign_id, CampaignQuestion.hidden_at.is_(None))
    return _read(session, shown.order_by(CampaignQuestion.asked_at.desc(), CampaignQuestion.id).limit(most))


def waiting(session: Session, campaign_id: UUID) -> list[Question]:
    """Return the questions of a campaign that wait for an answer, oldest first. One statement."""
    waits = _QUESTIONS.where(CampaignQuestion.campaign_id == campaign_id, *_UNANSWERED)
    return _read(session, waits.order_by(CampaignQuestion.asked_at, CampaignQuestion.id).limit(MOST_SHOWN))


def unanswered(session: Session, campaign_id: UUID) -> int:
    """Return how many questions of a campaign wait for an answer. One statement."""
    waits = select(func.count()).where(CampaignQuestion.campaign_id == campaign_id, *_UNANSWERED)
    return session.scalar(waits) or 0


def one(session: Session, campaign_id: UUID, question_id: UUID) -> Question:
    """Return one question, withdrawn or not. One statement. Raises NotFound."""
    wanted = _QUESTIONS.where(CampaignQuestion.campaign_id == campaign_id, CampaignQuestion.id == question_id)
    found = _read(session, wanted)
    if not found:
        raise NotFound(question_id)
    return found[0]


_UNANSWERED = (CampaignQuestion.answer.is_(None), CampaignQuestion.hidden_at.is_(None))
_QUESTIONS = select(
    CampaignQuestion.id,
    CampaignQuestion.commune_code,
    CampaignQuestion.asked_at,
    CampaignQuestion.text,
    CampaignQuestion.answer,
    CampaignQuestion.answered_at,
    CampaignQuestion.hidden_at.is_not(None).label("hidden"),
)


def _read(session: Session, wanted: Select[*tuple[Any, ...]]) -> list[Question]:
    return [Question(**row) for row in session.execute(wanted).mappings()]


def _tell(session: Session, kind: str, account_id: UUID, campaign: Campaign, *, path: str, note: str) -> None:
    params = {"campaign_title": campaign.title, "campaign_path": path, "note": note}
    enqueue(session, "notifications.send_mail", kind=kind, account_id=str(account_id), params=params)
