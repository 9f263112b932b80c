"""Rows for tests, made as the application makes them: through its own services, in any state of their life.

Everything has a default; a test names only what it is about. One module an area.
"""

from tests.factories.investors import Investors
from tests.factories.pledges import Pledges
from tests.factories.rows import (
    BORDEAUX,
    BUXEROLLES,
    CHAUVIGNY,
    DAY,
    ENDED,
    HOUR,
    LOUDUN,
    MINUTE,
    NIORT,
    PASSWORD,
    POITIERS,
    SECOND,
    Account,
    Campaign,
    Organisation,
    Pledge,
)

__all__ = [
    "BORDEAUX",
    "BUXEROLLES",
    "CHAUVIGNY",
    "DAY",
    "ENDED",
    "HOUR",
    "LOUDUN",
    "MINUTE",
    "NIORT",
    "PASSWORD",
    "POITIERS",
    "SECOND",
    "Account",
    "Campaign",
    "Make",
    "Organisation",
    "Pledge",
]


class Make(Investors, Pledges):
    """Makes rows in one database, at one moment unless told otherwise."""
