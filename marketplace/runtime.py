"""What `app.py` wires and every door uses."""

from dataclasses import dataclass, field
from functools import cached_property

from config import Config
from marketplace.core.db import Database
from marketplace.core.memory import Memory
from marketplace.payments.doorbell import Doorbell
from marketplace.payments.gateway import Gateway
from marketplace.pledges.door import Door


@dataclass(frozen=True)
class Runtime:
    """One installation: its settings, its database, its payment provider; and what its pages remember for a while."""

    config: Config
    database: Database
    gateway: Gateway
    memory: Memory = field(default_factory=Memory)

    @cached_property
    def door(self) -> Door:
        """Where promises come in; one for each process."""
        return Door(self.database)

    @cached_property
    def doorbell(self) -> Doorbell:
        """Where the provider's events come in; one for each process."""
        return Doorbell(self.database)
