"""What `app.py` wires and every door uses."""

from dataclasses import dataclass

from config import Config
from marketplace.core.db import Database
from marketplace.payments.gateway import Gateway


@dataclass(frozen=True)
class Runtime:
    """One installation: its settings, its database, its payment provider."""

    config: Config
    database: Database
    gateway: Gateway
