"""What every maker stands on: one database, one provider, one moment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from marketplace.core.db import Database
from tests.factories.rows import Account
from tests.fakes import FakeGateway

T = TypeVar("T")


@dataclass
class Base:
    """Makes rows in one database, at one moment unless told otherwise."""

    database: Database
    gateway: FakeGateway
    now: datetime
    _serial: int = 0
    _staff: list[Account] = field(default_factory=list)

    def do(self, work: Callable[[Session], T]) -> T:
        """Run work in a transaction."""
        return self.database.in_transaction(work)
