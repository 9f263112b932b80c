"""What `app.py` wires and every door uses."""

from dataclasses import dataclass
from functools import cached_property

from config import Config
from marketplace.core.db import Database
from marketplace.payments.gateway import Gateway
from marketplace.pledges.door import Door


@dataclass(frozen=True)
class Runtime:
    """One installation: its settings, its database, its payment provider."""

    config: Config
    database: Database
    gateway: Gateway

    @cached_property
    def door(self) -> Door:
        """Where promises come in; one for each process."""
        return Door(self.database)
