"""What the three replays of Malaunay are called, and how long things took."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Telling:
    """One replay in words."""

    title: LazyString
    text: LazyString

    @staticmethod
    def full(after: timedelta | None) -> str:
        """Return how long it took to reach the goal, in a sentence."""
        if after is None:
            return _("L’objectif n’est pas atteint.")
        return _("L’objectif est atteint après %(span)s.", span=span(after))


TOLD: Mapping[str, Telling] = {
    "open": Telling(
        _l("1. Sans règle"),
        _l("Tout le monde peut participer, premier arrivé, premier servi : ce qui s’est passé, sans la fermeture."),
    ),
    "reserve": Telling(
        _l("2. La moitié gardée"),
        _l("25 000 € restent gardés aux habitants de la commune, jusqu’à la fin. Les autres se partagent le reste."),
    ),
    "min_share": Telling(
        _l("3. Au moins la moitié d’ici"),
        _l(
            "À chaque instant, au moins la moitié de l’argent vient de la commune. Les autres attendent que des "
            "habitants s’engagent, et que leur délai de réflexion soit passé."
        ),
    ),
}


def span(after: timedelta) -> str:
    """Return a length of time in whole hours under a day, then in days."""
    if after < 24 * HOUR:
        return ngettext("%(num)s heure", "%(num)s heures", max(1, round(after / HOUR)))
    return ngettext("%(num)s jour", "%(num)s jours", round(after / (24 * HOUR)))
