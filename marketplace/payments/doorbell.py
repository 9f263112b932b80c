"""Where events come in when the provider rings for everybody at once: those that wait together are kept together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.core.db import Database
from marketplace.core.errors import MitoyenError
from marketplace.core.together import Together
from marketplace.payments import inbox
from marketplace.payments.gateway import ProviderEvent


@dataclass(frozen=True)
class _Ring:
    event: ProviderEvent
    now: datetime


class Doorbell:
    """The way in for events, one for each process: made at the first event, after a server has forked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rings: Together[_Ring, bool] = Together(self._store, apart=_event_id)

    def ring(self, event: ProviderEvent, *, now: datetime) -> bool:
        """Keep an event and have it looked into; return False when it came before. It is committed when this returns.

        Raises Unavailable: too many wait. The provider rings again.
        """
        return self._rings.ask(_Ring(event, now))

    def _store(self, rings: Sequence[_Ring]) -> list[bool | MitoyenError]:
        events, now = [ring.event for ring in rings], max(ring.now for ring in rings)
        fresh = self._database.in_transaction(lambda session: inbox.store_all(session, events, now=now))
        return [event.id in fresh for event in events]


def _event_id(ring: _Ring) -> str:
    return ring.event.id
