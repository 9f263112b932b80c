"""Where promises come in when a campaign is stormed: those that wait together are decided in one transaction.

One writer at a time in a process. Whoever finds none writes, for itself and for all who wait by then; the next one in
the queue is woken to write the next batch. Alone, one writes a batch of one: there is no other path. Where a crowd was
written a moment ago, the writer waits a moment for as many again: else the first to be back would be written alone, and
every second batch would be one promise. Several processes wait for each other at the row of the campaign, as always.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from marketplace.core.db import Database
from marketplace.core.errors import MitoyenError, Unavailable
from marketplace.pledges.commit import Request
from marketplace.pledges.opening import open_pledges

MOST_AT_ONCE = 200
# Seconds after which somebody who waits is told to come back: their form makes one pledge however often it is sent.
PATIENCE = 5.0
# How long a writer lets a crowd come back, in seconds; a batch takes several times as long.
GATHERING = 0.02
_Answer = UUID | MitoyenError | SQLAlchemyError


@dataclass(eq=False)
class _Waiter:
    """One request. woken: it has its answer, or is the one to write now (leads)."""

    campaign_id: UUID
    request: Request
    now: datetime
    woken: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    answer: _Answer | None = None


class Door:
    """The way in for promises, one for each process: made at the first promise, after a server has forked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._here = threading.Condition(self._guard)
        self._queue: deque[_Waiter] = deque()
        self._writing = False
        # How many were written together last, when they were several.
        self._crowd = 0

    def open_pledge(self, *, campaign_id: UUID, request: Request, now: datetime, patience: float = PATIENCE) -> UUID:
        """Promise; return the pledge. Raises what `services.open_pledge` raises. Raises Unavailable: too many wait."""
        waiter = _Waiter(campaign_id, request, now)
        with self._guard:
            self._queue.append(waiter)
            waiter.leads = not self._writing
            self._writing = True
            if len(self._queue) == self._crowd:
                self._here.notify()
        if not waiter.leads:
            self._wait(waiter, patience)
        if waiter.answer is None:
            self._lead()
        if isinstance(waiter.answer, Exception):
            raise waiter.answer
        assert waiter.answer is not None
        return waiter.answer

    def _wait(self, waiter: _Waiter, patience: float) -> None:
        """Wait for an answer, or for one's turn to write. Raises Unavailable."""
        deadline = time.monotonic() + patience
        while not waiter.woken.wait(max(0.0, deadline - time.monotonic())):
            with self._guard:
                if waiter in self._queue and not waiter.leads:
                    self._queue.remove(waiter)
                    raise Unavailable("door")
            deadline = time.monotonic() + patience  # it is being written at this moment

    def _lead(self) -> None:
        """Write the batch that waits, oneself first, then hand on. The answers are there when this returns."""
        batch: list[_Waiter] = []
        try:
            with self._guard:
                self._here.wait_for(lambda: len(self._queue) >= self._crowd, GATHERING)
                batch = self._drain()
                self._crowd = len(batch) if len(batch) > 1 else 0
            for _, group in groupby(sorted(batch, key=_campaign), key=_campaign):
                self._write(list(group))
        finally:
            with self._guard:
                follower = self._queue[0] if self._queue else None
                self._writing = follower is not None
                if follower is not None:
                    follower.leads = True
            for waiter in batch:
                # Only where the writer itself broke: nobody must wait for it.
                waiter.answer = waiter.answer or Unavailable("door")
                waiter.woken.set()
            if follower is not None:
                follower.woken.set()

    def _drain(self) -> list[_Waiter]:
        """Take who waits, in order, so many at most; the second request of a person waits for the next batch."""
        batch: list[_Waiter] = []
        left: list[_Waiter] = []
        people: set[UUID] = set()
        while self._queue and len(batch) < MOST_AT_ONCE:
            waiter = self._queue.popleft()
            fits = waiter.request.backer_id not in people
            (batch if fits else left).append(waiter)
            people.add(waiter.request.backer_id)
        self._queue.extendleft(reversed(left))
        return batch

    def _write(self, group: list[_Waiter]) -> None:
        """Answer requests to one campaign; each by itself where one of them breaks them all."""
        try:
            answers: Iterable[_Answer] = self._decide(group)
        except (MitoyenError, SQLAlchemyError) as error:
            answers = [error] if len(group) == 1 else [self._alone(waiter) for waiter in group]
        for waiter, answer in zip(group, answers, strict=True):
            waiter.answer = answer

    def _alone(self, waiter: _Waiter) -> _Answer:
        try:
            (answer,) = self._decide([waiter])
        except (MitoyenError, SQLAlchemyError) as error:
            return error
        return answer

    def _decide(self, group: list[_Waiter]) -> list[UUID | MitoyenError]:
        asked = partial(
            open_pledges,
            campaign_id=group[0].campaign_id,
            requests=[waiter.request for waiter in group],
            now=max(waiter.now for waiter in group),
        )
        return self._database.in_transaction(asked)


def _campaign(waiter: _Waiter) -> UUID:
    return waiter.campaign_id
