"""A zone as it is drawn and as it is told: the sheet, how many people live there, the names of its communes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from marketplace.core.errors import Refused
from marketplace.locality.presets import NONE, Options
from marketplace.projects import zoning
from marketplace.projects.rules import Content
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from marketplace.web.context import Session
from marketplace.web.maps import sheets
from marketplace.web.maps.sheets import Sheet

T = TypeVar("T")

# More names than these would weigh more than the page that holds them: they are counted, and listed on their own page.
MOST_NAMES = 120
# Names that a map may show beside those of its marks.
TOWNS = 8


@dataclass(frozen=True)
class Group:
    """The communes of a zone in one département. names: in the order of the alphabet, none in a large zone."""

    departement: str
    communes: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """A zone on its surroundings. sheet: None when nothing can be drawn. undrawn: communes that the sheet leaves out.

    towns: the largest communes of the zone that have a place on the map, largest first.
    """

    release: str
    sheet: Sheet | None
    communes: int
    inhabitants: int
    undrawn: int
    towns: tuple[Commune, ...]
    groups: tuple[Group, ...]

    @property
    def named(self) -> bool:
        """Whether the groups hold names."""
        return self.communes <= MOST_NAMES


class Shelf(Generic[T]):
    """The last values made, by key, shared by the threads of a process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made when it is not there; two threads may make it at once."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = make()
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return value


_grounds: Shelf[Ground] = Shelf(64)
_zones: Shelf[frozenset[str]] = Shelf(64)


def ground(session: Session, release: str, zone: frozenset[str], centre: str) -> Ground:
    """Return a zone of a release, drawn around a commune. At most one statement.

    Names and populations are those of the release in the database when they were first read.
    """
    return _grounds.get((release, zone, centre), lambda: _ground(session, release, zone, centre))


def of_rule(session: Session, commune_code: str | None, preset: str | None, options: Options = NONE) -> Ground | None:
    """Return the zone that a preset gives around a commune today, None when there is none. Some ten statements."""
    release = territories.release(session)
    if release is None or commune_code is None:
        return None
    content = Content(commune_code=commune_code, rule_preset=preset, rule_options=options)
    key = (release.fingerprint, commune_code, preset, options)
    try:
        zone = _zones.get(key, lambda: zoning.plan(session, content).rings[-1])
    except Refused:
        return None
    return ground(session, release.name, zone, commune_code)


def everything(session: Session, zone: frozenset[str]) -> tuple[Group, ...]:
    """Return the communes of a zone with all their names, however many. One statement."""
    return _groups(territories.communes(session, zone), named=True)


def _ground(session: Session, release: str, zone: frozenset[str], centre: str) -> Ground:
    sheet = sheets.sheet(release, zone, centre)
    communes = territories.communes(session, zone)
    drawn = sheet.codes if sheet is not None else frozenset()
    towns = [commune for commune in communes.values() if commune.lat is not None and commune.code in drawn]
    towns.sort(key=lambda commune: (-commune.population, commune.code))
    return Ground(
        release=release,
        sheet=sheet,
        communes=len(zone),
        inhabitants=sum(commune.population for commune in communes.values()),
        undrawn=len(zone) - len(drawn),
        towns=tuple(towns[:TOWNS]),
        groups=_groups(communes, named=len(zone) <= MOST_NAMES),
    )


def _groups(communes: dict[str, Commune], *, named: bool) -> tuple[Group, ...]:
    """Put communes together by département, the one with the most first."""
    by_departement: dict[str, list[Commune]] = {}
    for commune in sorted(communes.values(), key=lambda commune: (commune.sort_key, commune.code)):
        by_departement.setdefault(commune.departement_name, []).append(commune)
    return tuple(
        Group(name, len(members), tuple(member.name for member in members) if named else ())
        for name, members in sorted(by_departement.items(), key=lambda item: (-len(item[1]), item[0]))
    )
