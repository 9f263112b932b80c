"""Writes on the instrument of a campaign: its terms, and the number of its offer."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.core.errors import Refused
from marketplace.projects import queries, revisions, rules, term_rules
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.lifecycle import change, load_own
from marketplace.projects.models import Campaign
from marketplace.projects.rules import Content
from marketplace.projects.terms import MOST_RAISES, MOST_REWARDS, Terms


def save_terms(
    session: Session,
    *,
    campaign_id: UUID,
    owner_id: UUID,
    row_version: int,
    instrument: str,
    months: int | None,
    terms: Terms,
    now: datetime,
) -> int:
    """Replace the instrument of a draft, its duration and its terms, complete or not; return the new row version.

    Terms that the instrument has not are dropped. row_version: the one the page showed.
    Raises NotFound: no such campaign of this owner. Raises Refused: instrument_unknown, not_editable,
    changed_meanwhile, stored_text_too_long (field).
    """
    known = INSTRUMENTS.get(instrument)
    if known is None:
        raise Refused("instrument_unknown", field="instrument")
    campaign, project = load_own(session, campaign_id, owner_id)
    if campaign.state not in rules.EDITABLE:
        raise Refused("not_editable")
    values = {
        "instrument": instrument,
        "loan_months": months if known.months else None,
        "terms": _cleaned(terms.only(known.every_term)).as_json(),
    }
    changed = change(session, campaign, row_version=row_version, now=now, values=values)
    content = queries.content_of(changed, project)
    revisions.note(session, campaign_id=campaign_id, actor_id=owner_id, content=content, now=now)
    return changed.row_version


def number(session: Session, campaign: Campaign, content: Content) -> int | None:
    """Return the number of an offer that has an information sheet: the one it has, or the next."""
    if campaign.offer_number is not None or not INSTRUMENTS[content.instrument or "gift"].sheet:
        return campaign.offer_number
    drawn: int = session.execute(text("SELECT nextval('offer_number')")).scalar_one()
    return drawn


def _cleaned(terms: Terms) -> Terms:
    """Return terms as they are stored. Raises Refused: stored_text_too_long (field)."""
    texts = {name: rules.clean_text(getattr(terms, name)) for name in term_rules.TEXT_LENGTH}
    for name, words in texts.items():
        if len(words) > term_rules.MOST_STORED:
            raise Refused("stored_text_too_long", field=name, most=term_rules.MOST_STORED, length=len(words))
    rewards = tuple(replace(one, label=rules.clean_line(one.label)) for one in terms.rewards if one)
    for place, reward in enumerate(rewards):
        if len(reward.label) > term_rules.MOST_STORED:
            most, length = term_rules.MOST_STORED, len(reward.label)
            raise Refused("stored_text_too_long", field=f"rewards-{place}-label", most=most, length=length)
    raises = tuple(one for one in terms.raises if one)
    assert len(rewards) <= MOST_REWARDS  # the form has no more
    assert len(raises) <= MOST_RAISES
    cleaned: dict[str, Any] = {**texts, "rewards": rewards, "raises": raises}
    return replace(terms, **cleaned)
