"""Promises as they are asked for: who asks is looked at, then the rule decides about all of them at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from marketplace.core.db import one_of
from marketplace.core.errors import MitoyenError, NotFound, Refused
from marketplace.pledges import offers
from marketplace.pledges.commit import Request, commit_batch
from marketplace.pledges.errors import PledgeRefused
from marketplace.pledges.models import Pledge
from marketplace.pledges.rules import UNFINISHED_FOR, may_reserve_from

WAITING = ("waitlisted", "offered")


def open_pledges(
    session: Session, *, campaign_id: UUID, requests: Sequence[Request], now: datetime
) -> list[UUID | MitoyenError]:
    """Promise to a campaign, each in turn; return a pledge or why there is none for each request, in order.

    requests: one a person at most. Statements do not depend on their number.
    Raises NotFound: the campaign was never published, or a form is somebody else's. Raises Refused: form_already_sent.
    Both are about one request: whoever asks for several at once then asks for each by itself.
    """
    backers = {request.backer_id for request in requests}
    assert len(backers) == len(requests), "the second request of a person has to count the first"
    confirmed = offers.lock_parties(session, {request.party for request in requests})
    recent = _recent(session, campaign_id, backers, now)
    refused = {request.form_key: _refusal(request, confirmed, recent[request.backer_id]) for request in requests}
    asked = [request for request in requests if refused[request.form_key] is None]
    outcomes = iter(commit_batch(session, campaign_id=campaign_id, requests=asked, now=now) if asked else ())
    answers: list[UUID | MitoyenError] = []
    for request in requests:
        refusal = refused[request.form_key]
        if refusal is None:
            outcome = next(outcomes)
            answers.append(outcome.pledge_id or PledgeRefused(outcome.decision))
        else:
            answers.append(refusal)
    return answers


def _recent(session: Session, campaign_id: UUID, backers: set[UUID], now: datetime) -> Mapping[UUID, list[Row[Any]]]:
    """Return what each person promised to the campaign a short while ago, or waits for. One statement."""
    rows = session.execute(
        select(Pledge.backer_id, Pledge.form_key, Pledge.opened_at, Pledge.payment_method_id, Pledge.state).where(
            Pledge.campaign_id == campaign_id,
            one_of(Pledge.backer_id, backers),
            or_(Pledge.opened_at > now - UNFINISHED_FOR, Pledge.state.in_(WAITING)),
        )
    )
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.backer_id].append(row)  # type: ignore[arg-type]
    return found


def _refusal(
    request: Request, confirmed: Mapping[UUID, datetime | None], recent: Sequence[Row[Any]]
) -> MitoyenError | None:
    """Say why a person may not ask now: unknown, or reserved again and again without ever saving a card.

    A form sent again passes.
    """
    if request.backer_id not in confirmed:
        return NotFound(request.backer_id)
    if confirmed[request.backer_id] is None:
        return Refused("email_not_confirmed")
    if any(row.state in WAITING and row.form_key != request.form_key for row in recent):
        return Refused("already_waiting")
    again_at = may_reserve_from(
        [row.opened_at for row in recent if row.payment_method_id is None and row.state not in WAITING]
    )
    if again_at is not None and all(row.form_key != request.form_key for row in recent):
        return Refused("too_many_reservations", again_at=again_at)
    return None
