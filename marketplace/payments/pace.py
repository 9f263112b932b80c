"""How fast the provider may be asked: a bucket of tokens that refills at the rate the provider allows."""

import threading
import time
from collections.abc import Callable

# Stripe's default for one endpoint, and for the test mode as a whole (https://docs.stripe.com/rate-limits).
DEFAULT_RATE = 25.0
_LONGEST_PAUSE = 32.0


class Pace:
    """Hands out the right to make one request, ``rate`` times a second and never more.

    burst: how many may be saved up; a provider counts by the second, so that two are enough to keep the rate and too
    few to pass it. Threads share one. clock, sleep: of seconds, for tests.
    """

    def __init__(
        self,
        rate: float = DEFAULT_RATE,
        *,
        burst: int = 2,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 1 / rate
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        # When the next token is there, counted as if every one was taken at once.
        self._next = clock()
        self._pause = 0.0

    def take(self) -> None:
        """Wait for a turn; turns are given in the order in which they are asked for."""
        with self._lock:
            now = self._clock()
            self._next = max(self._next, now - (self._burst - 1) * self._interval)
            turn = self._next
            self._next += self._interval
        if turn > now:
            self._sleep(turn - now)

    def back_off(self) -> None:
        """Stop everybody for a while: the provider said that it was too fast. Twice as long each time in a row."""
        with self._lock:
            self._pause = min(max(1.0, 2 * self._pause), _LONGEST_PAUSE)
            self._next = max(self._next, self._clock() + self._pause)

    def went_well(self) -> None:
        """Forget earlier refusals."""
        self._pause = 0.0
