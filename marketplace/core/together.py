"""What many threads ask for at the same moment is done in one go: a group commit.

One thread at a time does the work. Whoever finds nobody at it does it, for itself and for all who wait by then; the
next one in the queue is woken to do the next batch. Alone, one does a batch of one: there is no other path. Where a
crowd was served a moment ago, whoever works waits a moment for as many again: else the first to be back would be served
alone, and every second batch would be a single request.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from marketplace.core.errors import MitoyenError, Unavailable

MOST_AT_ONCE = 200
# Seconds after which somebody who waits is told to come back.
PATIENCE = 5.0
# How long a crowd is given to come back, in seconds; a batch takes several times as long.
GATHERING = 0.02

Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(eq=False)
class _Waiter(Generic[Q, A]):
    """One request. woken: it has its answer, or is the one to work now (leads)."""

    question: Q
    woken: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    answer: A | MitoyenError | SQLAlchemyError | None = None


class Together(Generic[Q, A]):
    """A queue whose requests are answered together.

    work: answers a batch, in order, in one transaction; a MitoyenError in the place of an answer is raised to whoever
    asked. Where it raises one itself, or an error of the database, each request is asked again by itself.
    apart: requests of one key are never in one batch.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Q]], Sequence[A | MitoyenError]],
        *,
        apart: Callable[[Q], Hashable] = id,
    ) -> None:
        self._work = work
        self._apart = apart
        self._guard = threading.Lock()
        self._here = threading.Condition(self._guard)
        self._queue: deque[_Waiter[Q, A]] = deque()
        self._working = False
        # How many were answered together last, when they were several.
        self._crowd = 0

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._queue)

    def ask(self, question: Q, *, patience: float = PATIENCE) -> A:
        """Return the answer. Raises what `work` gives or raises for it. Raises Unavailable: too many wait."""
        waiter: _Waiter[Q, A] = _Waiter(question)
        with self._guard:
            self._queue.append(waiter)
            waiter.leads = not self._working
            self._working = True
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

    def _wait(self, waiter: _Waiter[Q, A], patience: float) -> None:
        """Wait for an answer, or for one's turn to work. Raises Unavailable."""
        deadline = time.monotonic() + patience
        while not waiter.woken.wait(max(0.0, deadline - time.monotonic())):
            with self._guard:
                if waiter in self._queue and not waiter.leads:
                    self._queue.remove(waiter)
                    raise Unavailable("busy")
            deadline = time.monotonic() + patience  # it is being answered at this moment

    def _lead(self) -> None:
        """Answer the batch that waits, oneself first, then hand on. The answers are there when this returns."""
        batch: list[_Waiter[Q, A]] = []
        try:
            with self._guard:
                self._here.wait_for(lambda: len(self._queue) >= self._crowd, GATHERING)
                batch = self._drain()
                self._crowd = len(batch) if len(batch) > 1 else 0
            self._answer(batch)
        finally:
            with self._guard:
                follower = self._queue[0] if self._queue else None
                self._working = follower is not None
                if follower is not None:
                    follower.leads = True
            for waiter in batch:
                if waiter.answer is None:  # only where the work itself broke: nobody must wait for it
                    waiter.answer = Unavailable("busy")
                waiter.woken.set()
            if follower is not None:
                follower.woken.set()

    def _drain(self) -> list[_Waiter[Q, A]]:
        """Take who waits, in order, so many at most; the second of a key waits for the next batch."""
        batch: list[_Waiter[Q, A]] = []
        left: list[_Waiter[Q, A]] = []
        keys: set[Hashable] = set()
        while self._queue and len(batch) < MOST_AT_ONCE:
            waiter = self._queue.popleft()
            key = self._apart(waiter.question)
            (left if key in keys else batch).append(waiter)
            keys.add(key)
        self._queue.extendleft(reversed(left))
        return batch

    def _answer(self, batch: list[_Waiter[Q, A]]) -> None:
        """Answer requests; each by itself where one of them breaks them all."""
        try:
            answers = self._work([waiter.question for waiter in batch])
        except (MitoyenError, SQLAlchemyError) as error:
            if len(batch) == 1:
                batch[0].answer = error
                return
            for waiter in batch:
                self._answer([waiter])
        else:
            for waiter, answer in zip(batch, answers, strict=True):
                waiter.answer = answer
