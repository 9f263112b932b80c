"""What is the same for many, kept in memory for a short while."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """Values by key, for some seconds, shared by the threads of a process.

    seconds: how long a value serves; 0 keeps nothing. most: values kept, the least used go first. Of several threads
    that miss one value, one makes it while the others wait for it.
    """

    def __init__(self, seconds: float = 0, *, most: int = 1_000, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._most = most
        self._clock = clock
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._making: dict[Hashable, Lock] = {}

    def get(self, key: Hashable, make: Callable[[], T], *, times: float = 1) -> T:
        """Return the value of a key, made where there is none that still serves; a failure is not kept.

        times: as long as this many times the usual.
        """
        if not self.seconds:
            return make()
        found = self._look(key)
        if found is not None:
            return found[0]  # type: ignore[no-any-return]
        with self._lock:
            making = self._making.setdefault(key, Lock())
        with making:
            found = self._look(key)
            if found is not None:
                return found[0]  # type: ignore[no-any-return]
            try:
                value = make()
                self.put(key, value, times=times)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return value

    def peek(self, key: Hashable) -> Any:
        """Return a value that still serves, None where there is none."""
        found = self._look(key)
        return None if found is None else found[0]

    def put(self, key: Hashable, value: object, *, times: float = 1) -> None:
        """Keep a value that was made together with others. times: as `get`."""
        if self.seconds:
            self._keep(key, value, self._clock() + self.seconds * times)

    def __len__(self) -> int:
        return len(self._kept)

    def _look(self, key: Hashable) -> tuple[Any] | None:
        """Return a value that still serves, wrapped: it may be None itself."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or found[0] <= self._clock():
                return None
            self._kept.move_to_end(key)
            return (found[1],)

    def _keep(self, key: Hashable, value: Any, until: float) -> None:
        with self._lock:
            self._kept[key] = (until, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
