"""What the macros of `macros/maps.html` draw: the sheet of a zone with marks, names, and communes in colour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from flask_babel import gettext as _

from marketplace.pledges.queries import SMALLEST_GROUP
from marketplace.territories.queries import Commune
from marketplace.web.maps import sheets
from marketplace.web.maps.draw import WIDTH, Frame
from marketplace.web.maps.geometry import Point
from marketplace.web.maps.grounds import Ground
from marketplace.web.maps.labels import Label, Named, placed
from marketplace.web.maps.sheets import Sheet

# Least number of backers of each class of colour; below the first, nothing is said of a commune.
CLASSES = (SMALLEST_GROUP, 10, 20, 50)
NAMES = 6
# Colours of the circles inside the widest one, the innermost first: as far apart as their number allows.
_STEPS = ((), (2,), (3, 1), (4, 2, 1), (4, 3, 2, 1))
# Radii of marks, in units of the picture, a stroke included.
_MARK, _TOWN = 15, 5


@dataclass(frozen=True)
class Mark:
    """A place with a meaning. kind: project, home (where the reader lives), town."""

    kind: str
    x: int
    y: int


@dataclass(frozen=True)
class Coloured:
    """A commune with enough backers. step: its class, 1 to 4; path: its area."""

    code: str
    label: str
    backers: int
    step: int
    path: str


@dataclass(frozen=True)
class Layer:
    """The area of a circle inside the widest one. step: its colour, 1 to 4, the innermost the darkest."""

    number: int
    step: int
    path: str


@dataclass(frozen=True)
class Picture:
    """All that a macro draws. home_shown: whether the reader's commune is marked. layers: the wider ones first."""

    sheet: Sheet
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    coloured: tuple[Coloured, ...] = ()
    layers: tuple[Layer, ...] = ()

    @property
    def home_shown(self) -> bool:
        """Whether the reader's commune is marked."""
        return any(mark.kind == "home" for mark in self.marks)

    @property
    def size(self) -> tuple[int, int]:
        """Its width and height, in units."""
        return WIDTH, self.sheet.frame.height


def rule(ground: Ground, there: Commune | None, home: Commune | None) -> Picture | None:
    """Draw whom a rule is for: the project's commune, the reader's where the picture reaches it, the largest ones.

    None when the zone cannot be drawn.
    """
    if ground.sheet is None:
        return None
    return _picture(ground.sheet, there, home, ground.towns)


def circles(ground: Ground, there: Commune | None, zones: Sequence[frozenset[str]]) -> Picture | None:
    """Draw the circles of a rule on the ground of the widest one drawn. zones: the others, innermost first.

    None when the ground cannot be drawn.
    """
    plain = rule(ground, there, None)
    if plain is None:
        return None
    drawn = [
        Layer(number, step, path)
        for number, step, zone in reversed([*zip(range(1, 5), _STEPS[len(zones)], zones, strict=False)])
        if (path := sheets.outline(ground.release, zone, plain.sheet.frame))
    ]
    return replace(plain, layers=tuple(drawn))


def circle_keys(there: Commune, drawn: int) -> tuple[tuple[str, str], ...]:
    """Return what the colours of circles mean: (mark of the macro `map_keys`, words)."""
    colours = (*map(str, _STEPS[drawn - 1]), "zone")
    town = ("project", _("%(town)s, où se fait le projet", town=there.name))
    return (town, *((mark, _("Cercle %(number)s", number=number)) for number, mark in enumerate(colours, start=1)))


def crowd(ground: Ground, there: Commune, groups: Iterable[tuple[Commune, int]]) -> Picture | None:
    """Draw where backers live: communes of five and more in colour; None when there is none to draw.

    groups: communes with their number of backers. One with fewer than five never shows, whatever is asked.
    """
    shown = {commune.code: (commune, backers) for commune, backers in groups if backers >= SMALLEST_GROUP}
    if ground.sheet is None or not shown:
        return None
    sheet = ground.sheet
    if sheet.areas:
        sheet = sheets.close_up(sheet, frozenset(shown) | {there.code}) or sheet
    coloured = []
    for commune, backers in shown.values():
        path = sheets.area(ground.release, commune.code, sheet.frame)
        if path:
            step = sum(backers >= least for least in CLASSES)
            coloured.append(Coloured(commune.code, commune.label, backers, step, path))
    if not coloured:
        return None
    return _picture(sheet, there, None, [commune for commune, _ in shown.values()], tuple(coloured))


def class_words() -> tuple[tuple[str, str], ...]:
    """Return what each colour of a crowd means: (mark of the macro `map_keys`, words)."""
    bounded = [
        (str(step), _("de %(least)s à %(most)s participants", least=least, most=more - 1))
        for step, (least, more) in enumerate(pairwise(CLASSES), start=1)
    ]
    last = (str(len(CLASSES)), _("%(least)s participants et plus", least=CLASSES[-1]))
    return (*bounded, last, ("zone", _("moins de %(least)s participants, ou aucun", least=CLASSES[0])))


def _picture(
    sheet: Sheet,
    there: Commune | None,
    home: Commune | None,
    towns: Sequence[Commune],
    coloured: tuple[Coloured, ...] = (),
) -> Picture:
    marks: list[Mark] = []
    wanted: list[Named] = []
    seen: set[str] = set()
    for kind, commune in (("project", there), ("home", home), *(("town", town) for town in towns)):
        spot = _spot(sheet.frame, commune)
        if commune is None or spot is None or commune.code in seen:
            continue
        seen.add(commune.code)
        if kind != "town":
            marks.append(Mark(kind, *spot))
        wanted.append(Named(commune.name, spot, _TOWN if kind == "town" else _MARK))
    marked = [((mark.x, mark.y), _MARK) for mark in marks]
    areas = [Named(name, spot, 0) for name, spot in sheet.areas]
    labels = placed([*wanted, *areas], sheet.frame.height, most=NAMES, marks=marked)
    named = {label.spot for label in labels}
    dots = [Mark("town", *place.spot) for place in wanted if place.radius == _TOWN and place.spot in named]
    return Picture(sheet, (*dots, *marks), tuple(labels), coloured)


def _spot(picture: Frame, commune: Commune | None) -> Point | None:
    """Return where a commune is in a picture, None when it has no place or lies outside."""
    if commune is None or commune.lat is None or commune.lon is None:
        return None
    x, y = picture.spot(commune.lat, commune.lon)
    return (x, y) if _MARK <= x <= WIDTH - _MARK and _MARK <= y <= picture.height - _MARK else None
