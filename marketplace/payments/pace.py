"""How fast the provider may be asked: a bucket of tokens, one deep, that fills at the rate the provider allows."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable

# Stripe's default for one endpoint, and for the test mode as a whole (https://docs.stripe.com/rate-limits).
DEFAULT_RATE = 25.0
# A network is not even: requests made evenly arrive in heaps. So much of the rate is used: as many requests as a second
# may see take 42 ms more, and one that is late by as much still meets no more than that at the provider.
_USED = 0.96
# A request takes a quarter of a second, most of the time; as much again for those that take longer, and for a machine
# that has other things to do: a turn that no thread is there to take is lost.
_SECONDS_A_REQUEST = 0.25 * 2
_LONGEST_PAUSE = 32.0
# A second, and what one request may lose on another on their way.
_SECOND = 1.02
# What a clock may be short of after a sleep, in seconds.
_AN_INSTANT = 1e-6


def threads_for(rate: float) -> int:
    """Return how many requests must be under way at a time to keep a rate a second."""
    return max(2, math.ceil(rate * _SECONDS_A_REQUEST))


class Pace:
    """Hands out the right to make one request, evenly, a little less than ``rate`` times a second.

    Nothing is saved up: a turn that nobody asked for is lost. Whoever was asleep for too long when it was theirs does
    not make the others late, but no second ever sees more than the rate. Threads share one.
    clock, sleep: of seconds, for tests.
    """

    def __init__(
        self,
        rate: float = DEFAULT_RATE,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 1 / (rate * _USED)
        self._clock = clock
        self._sleep = sleep
        # Held by whoever sleeps until the next turn, and for a moment by whoever looks or changes when it is.
        self._queue, self._lock = threading.Lock(), threading.Lock()
        # When the next turn is; when the last ones were taken, as many as a second may see.
        self._next = clock()
        self._taken: deque[float] = deque(maxlen=max(1, int(rate)))
        self._pause = 0.0

    def take(self) -> None:
        """Wait for a turn."""
        asked = self._clock()
        with self._queue:
            with self._lock:
                self._next = max(self._next, asked)
            while (left := self._left()) > 0:
                self._sleep(left)

    def _left(self) -> float:
        """Return how many seconds are left until a turn; none, and it is taken."""
        with self._lock:
            now, turn = self._clock(), self._next
            if len(self._taken) == self._taken.maxlen:
                turn = max(turn, self._taken[0] + _SECOND)
            left = turn - now
            if left > _AN_INSTANT:
                return left
            self._next += self._interval
            self._taken.append(now)
            return 0.0

    def back_off(self) -> None:
        """Stop everybody for a while: the provider said that it was too fast. Twice as long each time in a row."""
        with self._lock:
            self._pause = min(max(1.0, 2 * self._pause), _LONGEST_PAUSE)
            self._next = max(self._next, self._clock() + self._pause)

    def went_well(self) -> None:
        """Forget earlier refusals."""
        self._pause = 0.0
