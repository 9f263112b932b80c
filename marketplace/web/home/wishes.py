"""What the address of the feed asks for, and the links that ask for something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.matching.queries import ANYTHING, Kind, Order, Wish
from marketplace.web.labels import INSTRUMENTS
from marketplace.web.owner.words import SECTORS

PAGE = 20
# In the address → (order of the query, words).
ORDERS: Mapping[str, tuple[Order, LazyString]] = {
    "": ("local", _l("Les plus locaux")),
    "distance": ("near", _l("Les plus proches")),
    "fin": ("ending", _l("Bientôt terminés")),
}
_FARTHEST_PAGE = 999


@dataclass(frozen=True)
class Asked:
    """What a reader asks of the feed. order: a key of ORDERS; page: from 1."""

    wish: Wish = ANYTHING
    order: str = ""
    page: int = 1

    @property
    def offset(self) -> int:
        """How many campaigns come before the page."""
        return (self.page - 1) * PAGE

    def url(self) -> str:
        """Return the address that asks for this, without what goes without saying."""
        return url_for(
            "home.feed",
            secteur=self.wish.sector,
            nature=self.wish.instrument,
            tri=self.order or None,
            page=self.page if self.page > 1 else None,
        )


@dataclass(frozen=True)
class Chip:
    """A link that filters or sorts. key: for its id, so that the focus stays on it; count: None where it says nothing.

    current: what one is looking at now; removes: the link takes its own filter away.
    """

    key: str
    label: str
    url: str
    current: bool
    count: int | None = None
    removes: bool = False


@dataclass(frozen=True)
class Choices:
    """The links around a list. Groups of one choice are left empty: there is nothing to choose."""

    sectors: Sequence[Chip]
    instruments: Sequence[Chip]
    orders: Sequence[Chip]
    total: int
    previous: str | None
    following: str | None
    page: int
    pages: int


def read(arguments: Mapping[str, str]) -> Asked:
    """Read the address; what it asks that does not exist is left aside, so that an old link still shows a list."""
    sector, instrument, order = (arguments.get(name, "") for name in ("secteur", "nature", "tri"))
    page = arguments.get("page", "")
    return Asked(
        Wish(
            sector if sector in SECTORS else None,
            instrument if instrument in INSTRUMENTS else None,
        ),
        order if order in ORDERS else "",
        min(max(int(page), 1), _FARTHEST_PAGE) if page.isascii() and page.isdecimal() and len(page) <= 3 else 1,
    )


def total(kinds: Sequence[Kind], wish: Wish) -> int:
    """Return how many campaigns a wish finds."""
    return sum(kind.campaigns for kind in kinds if _fits(kind, wish))


def within(asked: Asked, kinds: Sequence[Kind]) -> Asked:
    """Return what is asked with a page that exists: an old link to a page that is no more shows the last one."""
    return replace(asked, page=min(asked.page, _pages(asked, kinds)))


def choices(asked: Asked, kinds: Sequence[Kind], *, sortable: bool) -> Choices:
    """Return the links: only to what finds something, with exact counts. sortable: whether there is a home."""
    shown = total(kinds, asked.wish)
    pages = _pages(asked, kinds)
    return Choices(
        sectors=_sectors(asked, kinds),
        instruments=_instruments(asked, kinds),
        orders=[
            Chip(
                f"tri-{key or 'local'}", str(words), replace(asked, order=key, page=1).url(), current=key == asked.order
            )
            for key, (_order, words) in ORDERS.items()
        ]
        if sortable and shown > 1
        else [],
        total=shown,
        previous=replace(asked, page=asked.page - 1).url() if asked.page > 1 else None,
        following=replace(asked, page=asked.page + 1).url() if asked.page < pages else None,
        page=asked.page,
        pages=pages,
    )


def _pages(asked: Asked, kinds: Sequence[Kind]) -> int:
    return max(1, -(-total(kinds, asked.wish) // PAGE))


def _fits(kind: Kind, wish: Wish) -> bool:
    return wish.sector in {None, kind.sector} and wish.instrument in {None, kind.instrument}


def _sectors(asked: Asked, kinds: Sequence[Kind]) -> list[Chip]:
    counted = {
        sector: total(kinds, replace(asked.wish, sector=sector)) for sector in SECTORS if _shown(sector, asked, kinds)
    }
    if len(counted) < 2:
        return []
    everything = replace(asked.wish, sector=None)
    return [
        _chip("tous", _("Tous"), asked, everything, kinds, current=asked.wish.sector is None),
        *(
            _chip(
                sector,
                str(SECTORS[sector]),
                asked,
                replace(asked.wish, sector=sector),
                kinds,
                current=sector == asked.wish.sector,
            )
            for sector in sorted(counted, key=lambda sector: (-counted[sector], sector))
        ),
    ]


def _shown(sector: str, asked: Asked, kinds: Sequence[Kind]) -> bool:
    return sector == asked.wish.sector or total(kinds, replace(asked.wish, sector=sector)) > 0


def _instruments(asked: Asked, kinds: Sequence[Kind]) -> list[Chip]:
    """Return one link for each nature; the one that is asked for takes the filter away."""
    here = [key for key in INSTRUMENTS if total(kinds, replace(asked.wish, instrument=key)) > 0]
    if asked.wish.instrument is None and len(here) < 2:
        return []
    chips = []
    for key in INSTRUMENTS:
        current = key == asked.wish.instrument
        if key in here or current:
            aimed = replace(asked.wish, instrument=None if current else key)
            shown = replace(asked.wish, instrument=key)
            chips.append(
                replace(
                    _chip(key, str(INSTRUMENTS[key]), asked, aimed, kinds, current=current),
                    count=total(kinds, shown),
                    removes=current,
                )
            )
    return chips


def _chip(key: str, label: str, asked: Asked, wish: Wish, kinds: Sequence[Kind], *, current: bool) -> Chip:
    return Chip(key, label, replace(asked, wish=wish, page=1).url(), current, total(kinds, wish))


def order_of(asked: Asked) -> Order:
    """Return the order of the query."""
    return ORDERS[asked.order][0]
