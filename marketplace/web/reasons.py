"""Why a reader sees a campaign, and from when they may take part: what the index says, in words."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.matching.queries import Met, Reader, Tie, resident
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from marketplace.web.eligibility import Locality
from marketplace.web.filters import day, km


@dataclass(frozen=True)
class Asking:
    """Whom a list is for. level: of proof; oneself: the reader, or else whoever lives in the commune.

    ties: all of them where it is not by their home alone; the first one leads to ``home``.
    """

    home: Commune
    level: int = 1
    oneself: bool = True
    ties: tuple[Tie, ...] = ()

    @property
    def reader(self) -> Reader:
        """The same, as the index asks."""
        return Reader(self.ties) if self.ties else resident(self.home, max(self.level, 1))


def locality(asking: Asking | None, there: Commune, zone: str, met: Met | None, now: datetime) -> Locality:
    """Return the badge of a card. met: what the index says, None where it is not open to them."""
    if asking is None:
        return Locality("plain", zone[:1].upper() + zone[1:])
    away = _away(asking, there)
    opens, proven = (None, None) if met is None else (met.opens_at, met.proven_at)
    if opens is not None and opens <= now:
        words = _("%(away)s — vous pouvez participer", away=away)
        return Locality("ok", words if asking.oneself else _("%(away)s — ouvert d’ici", away=away))
    if opens is None and proven is None:
        return Locality("warn", _("%(away)s — réservé aux %(zone)s", away=away, zone=zone))
    return Locality("plain", _later(away, opens, proven, now))


def _later(away: str, opens: datetime | None, proven: datetime | None, now: datetime) -> str:
    """Say from when somebody may take part as they are, and with a proof if that is sooner."""
    if opens is not None and proven is not None and opens <= proven:
        proven = None  # a place of work opens it sooner, and takes no proof
    late, early = opens and day(opens), proven and day(proven)
    if proven is not None and proven <= now:
        if late is None:
            return _("%(away)s — avec un justificatif", away=away)
        return _("%(away)s — avec un justificatif ; sans justificatif à partir du %(day)s", away=away, day=late)
    if late is None:
        return _("%(away)s — avec un justificatif, ouvre le %(day)s", away=away, day=early)
    if early is None or early == late:
        return _("%(away)s — ouvre le %(day)s", away=away, day=late)
    return _(
        "%(away)s — ouvre le %(early)s avec un justificatif, le %(late)s sans justificatif",
        away=away,
        early=early,
        late=late,
    )


def why(met: Met) -> tuple[str, ...]:
    """Return the sentences that say why a campaign is in the list, and why at its place."""
    return (_by(met.territory), _ring(met), _place(met))


def _away(asking: Asking, there: Commune) -> str:
    # "Your commune" is where one lives; an organisation is at home in all its places.
    places = () if asking.oneself else (tie.commune for tie in asking.ties)
    homes = {home.code: home for home in (asking.home, *places)}
    if there.code in homes:
        return _("Dans votre commune") if asking.oneself else _("Dans la commune")
    known = (territories.distance_km(home, there) for home in homes.values())
    nearest = min((distance for distance in known if distance is not None), default=None)
    return _("Hors de l’Hexagone") if nearest is None else _("À %(km)s", km=km(nearest))


def _by(territory: str) -> str:
    """Say through which territory a commune meets a campaign."""
    letter = territory[:1]
    if letter == "C":
        return _("La commune est dans la zone de ce projet.")
    if letter == "E":
        return _("Toute l’intercommunalité est dans la zone de ce projet.")
    if letter == "D":
        return _("Tout le département est dans la zone de ce projet.")
    if letter == "R":
        return _("Toute la région est dans la zone de ce projet.")
    return _("Toute la France est dans la zone de ce projet.")


def _ring(met: Met) -> str:
    if met.ring == 0:
        return ngettext(
            "C’est son premier cercle, le plus local : %(num)s commune.",
            "C’est son premier cercle, le plus local : %(num)s communes.",
            met.zone_size,
        )
    return _("C’est son cercle n° %(ring)s : %(communes)s communes.", ring=met.ring + 1, communes=met.zone_size)


def _place(met: Met) -> str:
    return ngettext(
        "Parmi les projets aussi locaux, il a %(num)s point ; moins il en a, plus il est haut.",
        "Parmi les projets aussi locaux, il a %(num)s points ; moins il en a, plus il est haut.",
        met.rank,
    )
