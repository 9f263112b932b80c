"""How fast the provider may be asked: a bucket of tokens, one deep, that fills at the rate the provider allows."""

import math
import threading
import time
from collections.abc import Callable

# Stripe's default for one endpoint, and for the test mode as a whole (https://docs.stripe.com/rate-limits).
DEFAULT_RATE = 25.0
# A network is not even: requests made evenly arrive in heaps. So much of the rate is used.
_USED = 0.975
# A request takes a quarter of a second, most of the time; half as much again for those that take longer.
_SECONDS_A_REQUEST = 0.25 * 1.5
_LONGEST_PAUSE = 32.0


def threads_for(rate: float) -> int:
    """Return how many requests must be under way at a time to keep a rate a second."""
    return max(2, math.ceil(rate * _SECONDS_A_REQUEST))


class Pace:
    """Hands out the right to make one request, evenly, a little less than ``rate`` times a second.

    Nothing is saved up: a turn that nobody took is lost, so that no second ever sees more. Threads share one.
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
        self._lock = threading.Lock()
        # When the next turn is.
        self._next = clock()
        self._pause = 0.0

    def take(self) -> None:
        """Wait for a turn; turns are given in the order in which they are asked for."""
        with self._lock:
            now = self._clock()
            turn = max(self._next, now)
            self._next = turn + self._interval
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
