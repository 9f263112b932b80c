"""The sandbox's own time: the real time, and what a visitor or a test has added to it."""

import time
from collections.abc import Callable

from marketplace.sandbox.store import Store

SETTING = "clock_offset"


class Clock:
    """Seconds since 1970, UTC, as Stripe counts. It only moves forward; the offset is kept in the store."""

    def __init__(self, store: Store, real: Callable[[], float] = time.time) -> None:
        self._store = store
        self._real = real

    @property
    def offset(self) -> int:
        """Return the seconds added to the real time."""
        return int(self._store.setting(SETTING, "0"))

    def now(self) -> int:
        """Return the sandbox's time."""
        return self.real() + self.offset

    def real(self) -> int:
        """Return the real time, that of signatures: a receiver compares them with its own clock."""
        return int(self._real())

    def move_to(self, offset: int) -> None:
        """Set the seconds added to the real time. Raises ValueError: they would go back."""
        if offset < self.offset:
            raise ValueError("the sandbox clock only moves forward")
        self._store.set_setting(SETTING, str(offset))
