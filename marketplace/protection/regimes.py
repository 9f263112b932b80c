"""What the law asks of a platform before money goes into an instrument. A table: nothing is asked that it does not.

Source: regulation (EU) 2020/1503 art. 2 and 21 (business loans with interest, securities); Code monétaire et financier
art. L. 548-1 and D. 548-1 (gifts, loans without interest, loans of natural persons outside business); loi 47-1775
art. 11 (shares of co-operatives, to which we apply the European protection of our own accord).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Regime:
    """Which protections come before a pledge. The reflection period is everybody's, whatever the instrument.

    assessed: knowledge test, loss simulation, and express consent above a threshold. by_law: False where we ask of our
    own accord.
    """

    assessed: bool
    by_law: bool
    source: str


_OUTSIDE = Regime(assessed=False, by_law=False, source="CMF L. 548-1, D. 548-1")
_ECSP = Regime(assessed=True, by_law=True, source="2020/1503 art. 21")
_VOLUNTARY = Regime(assessed=True, by_law=False, source="loi 47-1775 art. 11")

REGIMES: Mapping[str, Regime] = {
    "gift": _OUTSIDE,
    "gift_with_reward": _OUTSIDE,
    "interest_free_loan": _OUTSIDE,
    "non_business_loan": _OUTSIDE,
    "loan": _ECSP,
    "royalty_loan": _ECSP,
    "bond": _ECSP,
    "participating_security": _ECSP,
    "share": _ECSP,
    "cooperative_share": _VOLUNTARY,
}


def regime_of(instrument: str) -> Regime:
    """Return the regime of an instrument. An unknown one gets the strictest: a protection is never forgotten."""
    return REGIMES.get(instrument, _ECSP)
