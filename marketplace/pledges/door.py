"""Where promises come in when a campaign is stormed: those that wait together are decided in one transaction.

Several processes wait for each other at the row of the campaign, as always.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID
from weakref import WeakValueDictionary

from marketplace.core.db import Database
from marketplace.core.errors import MitoyenError
from marketplace.core.together import PATIENCE, Together
from marketplace.pledges.commit import Request
from marketplace.pledges.opening import open_pledges


@dataclass(frozen=True)
class _Asked:
    request: Request
    now: datetime


class Door:
    """The way in for promises, one for each process: made at the first promise, after a server has forked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        # One queue for each campaign that somebody is asking for at this moment.
        self._queues: WeakValueDictionary[UUID, Together[_Asked, UUID]] = WeakValueDictionary()

    def open_pledge(self, *, campaign_id: UUID, request: Request, now: datetime, patience: float = PATIENCE) -> UUID:
        """Promise; return the pledge. Raises what `services.open_pledge` raises.

        Raises Unavailable: too many wait. A form makes one pledge however often it is sent: they may come back.
        """
        return self._queue(campaign_id).ask(_Asked(request, now), patience=patience)

    def _queue(self, campaign_id: UUID) -> Together[_Asked, UUID]:
        with self._guard:
            queue = self._queues.get(campaign_id)
            if queue is None:
                # What a person asks for next must count what they asked for first.
                queue = Together(partial(self._decide, campaign_id), apart=_backer)
                self._queues[campaign_id] = queue
            return queue

    def _decide(self, campaign_id: UUID, asked: Sequence[_Asked]) -> list[UUID | MitoyenError]:
        return self._database.in_transaction(
            partial(
                open_pledges,
                campaign_id=campaign_id,
                requests=[one.request for one in asked],
                now=max(one.now for one in asked),
            )
        )


def _backer(asked: _Asked) -> UUID:
    return asked.request.backer_id
