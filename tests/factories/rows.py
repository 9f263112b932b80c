"""What tests know of the rows that were made for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

PASSWORD = "un-mot-de-passe-de-test"
# Poitiers and Buxerolles touch; Chauvigny is of the same intercommunality; Loudun of the same département only.
POITIERS, BUXEROLLES, CHAUVIGNY, LOUDUN, NIORT, BORDEAUX = "86194", "86041", "86070", "86137", "79191", "33063"
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# The states in which a campaign's life has ended or is ending, and how to get there is one path.
ENDED = ("closing", "collecting", "funded", "failed")


@dataclass(frozen=True)
class Account:
    """Somebody, as a test needs them."""

    id: UUID
    email: str
    display_name: str
    commune: str | None
    level: int


@dataclass(frozen=True)
class Campaign:
    """A raise, as a test needs it. at: when it came to its state."""

    id: UUID
    owner: Account
    state: str
    at: datetime
    closes_at: datetime | None


@dataclass(frozen=True)
class Pledge:
    """A promise, as a test needs it. at: when it came to its state."""

    campaign_id: UUID
    id: UUID
    backer: Account
    form_key: UUID
    state: str
    at: datetime
    revocable_until: datetime | None

    @property
    def ids(self) -> dict[str, UUID]:
        """What most services take."""
        return {"campaign_id": self.campaign_id, "pledge_id": self.id}


@dataclass(frozen=True)
class Organisation:
    """An organisation, as a test needs it. mandate_id: its manager's."""

    id: UUID
    manager: Account
    mandate_id: UUID
