"""What the address of the feed asks for, and the links that ask for something else."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.matching.queries import ANYTHING, Cursor, Kind, Met, Order, Wish
from marketplace.web.labels import INSTRUMENTS, LEGAL_FORMS
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
    """What a reader asks of a list. order: a key of ORDERS; page: from 1.

    cursor: the campaign after or before which a page begins, in the order of the index; other orders count pages.
    commune: whose list it is, the reader's own when there is none. organisation: for which they look, if for one.
    """

    wish: Wish = ANYTHING
    order: str = ""
    page: int = 1
    cursor: Cursor | None = None
    commune: str | None = None
    organisation: UUID | None = None

    @property
    def offset(self) -> int:
        """How many campaigns come before the page."""
        return (self.page - 1) * PAGE

    def url(self) -> str:
        """Return the address that asks for this, without what goes without saying."""
        backwards = self.cursor is not None and self.cursor.backwards
        said = {
            "pour": self.organisation,
            "secteur": self.wish.sector,
            "nature": self.wish.instrument,
            "statut": self.wish.legal_form,
            "tri": self.order or None,
            "page": self.page if self.page > 1 else None,
            "avant": _written(self.cursor) if backwards else None,
            "apres": None if backwards else _written(self.cursor),
        }
        query = urlencode({name: value for name, value in said.items() if value is not None})
        path = _path(self.commune, request.script_root)
        return f"{path}?{query}" if query else path

    def again(self, **changes: Any) -> "Asked":
        """Return the same list from its beginning, with something else asked of it."""
        return replace(self, page=1, cursor=None, **changes)


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
    legal_forms: Sequence[Chip]
    orders: Sequence[Chip]
    total: int
    previous: str | None
    following: str | None
    page: int
    pages: int

    @property
    def finer(self) -> bool:
        """Whether the list is filtered by nature or by legal form."""
        return any(chip.current for chip in (*self.instruments, *self.legal_forms))


# What an address may ask.
NAMES = frozenset({"secteur", "nature", "statut", "tri", "page", "apres", "avant", "lang"})


def read(arguments: Mapping[str, str], commune: str | None = None) -> Asked:
    """Read the address; what it asks that does not exist is left aside, so that an old link still shows a list."""
    sector, instrument, form, order = (arguments.get(name, "") for name in ("secteur", "nature", "statut", "tri"))
    wish = Wish(
        sector if sector in SECTORS else None,
        instrument if instrument in INSTRUMENTS else None,
        form if form in LEGAL_FORMS else None,
    )
    order = order if order in ORDERS else ""
    page = arguments.get("page", "")
    number = min(max(int(page), 1), _FARTHEST_PAGE) if page.isascii() and page.isdecimal() and len(page) <= 3 else 1
    if order:
        return Asked(wish, order, number, commune=commune)
    cursor = _read_cursor(arguments.get("apres", ""), backwards=False)
    cursor = cursor or _read_cursor(arguments.get("avant", ""), backwards=True)
    return Asked(wish, "", number if cursor else 1, cursor, commune)


@lru_cache(maxsize=1_000)
def _path(commune: str | None, _root: str) -> str:
    return url_for("home.feed" if commune is None else "home.commune", code=commune)


def _written(cursor: Cursor | None) -> str | None:
    if cursor is None:
        return None
    return f"{cursor.ring}-{cursor.zone_size}-{cursor.rank}-{cursor.campaign_id.hex}"


def _read_cursor(text: str, *, backwards: bool) -> Cursor | None:
    found = _CURSOR.fullmatch(text)
    if found is None:
        return None
    ring, zone_size, rank, campaign = found.groups()
    return Cursor(int(ring), int(zone_size), int(rank), UUID(hex=campaign), backwards)


# As many figures as the columns hold.
_CURSOR = re.compile(r"([0-9]{1,4})-([0-9]{1,9})-([0-9]{1,4})-([0-9a-f]{32})", re.ASCII)


def total(kinds: Sequence[Kind], wish: Wish) -> int:
    """Return how many campaigns a wish finds."""
    wanted = (wish.sector, wish.instrument, wish.legal_form)
    return sum(kind.campaigns for kind in kinds if _fits(kind, *wanted))


def within(asked: Asked, kinds: Sequence[Kind]) -> Asked:
    """Return what is asked with a page that exists: an old link to a page that is no more shows the last one."""
    return replace(asked, page=min(asked.page, _pages(asked, kinds)))


@dataclass(frozen=True)
class Ends:
    """The first and the last campaign of a page, and whether there are more on either side; for the index's order."""

    first: Met | None = None
    last: Met | None = None
    before: bool = False
    after: bool = False


def choices(asked: Asked, kinds: Sequence[Kind], *, sortable: bool, ends: Ends | None = None) -> Choices:
    """Return the links: only to what finds something, with exact counts. sortable: whether there is a home.

    ends: of a page that is turned by its campaigns; other pages are turned by their number.
    """
    shown = total(kinds, asked.wish)
    pages = _pages(asked, kinds)
    previous, following = _turns(asked, pages) if ends is None else _turns_at(asked, ends)
    return Choices(
        sectors=_sectors(asked, kinds),
        instruments=_options(asked, kinds, "instrument", INSTRUMENTS),
        legal_forms=_options(asked, kinds, "legal_form", LEGAL_FORMS),
        orders=[
            Chip(f"tri-{key or 'local'}", str(words), asked.again(order=key).url(), current=key == asked.order)
            for key, (_order, words) in ORDERS.items()
        ]
        if sortable and shown > 1
        else [],
        total=shown,
        previous=previous.url() if previous else None,
        following=following.url() if following else None,
        page=asked.page,
        pages=pages,
    )


def _turns(asked: Asked, pages: int) -> tuple[Asked | None, Asked | None]:
    return (
        replace(asked, page=asked.page - 1) if asked.page > 1 else None,
        replace(asked, page=asked.page + 1) if asked.page < pages else None,
    )


def _turns_at(asked: Asked, ends: Ends) -> tuple[Asked | None, Asked | None]:
    """Return the pages before and after; the first one has an address of its own."""
    previous = following = None
    if ends.first is not None and ends.before:
        backwards = replace(asked, page=max(asked.page - 1, 1), cursor=ends.first.cursor(backwards=True))
        previous = backwards if asked.page > 2 else asked.again()
    if ends.last is not None and ends.after:
        following = replace(asked, page=asked.page + 1, cursor=ends.last.cursor())
    return previous, following


def _pages(asked: Asked, kinds: Sequence[Kind]) -> int:
    return max(1, -(-total(kinds, asked.wish) // PAGE))


def _fits(kind: Kind, sector: str | None, instrument: str | None, legal_form: str | None) -> bool:
    asked = ((sector, kind.sector), (instrument, kind.instrument), (legal_form, kind.legal_form))
    return all(wanted is None or wanted == value for wanted, value in asked)


def _counted(asked: Asked, kinds: Sequence[Kind], name: str) -> Counter[str]:
    """Return how many campaigns each value of one filter would find, the others as they are."""
    others = replace(asked.wish, **{name: None})
    wanted = (others.sector, others.instrument, others.legal_form)
    found: Counter[str] = Counter()
    for kind in kinds:
        if _fits(kind, *wanted):
            found[getattr(kind, name)] += kind.campaigns
    return found


def _sectors(asked: Asked, kinds: Sequence[Kind]) -> list[Chip]:
    found, mine = _counted(asked, kinds, "sector"), asked.wish.sector
    shown = [sector for sector in SECTORS if sector == mine or found[sector] > 0]
    if len(shown) < 2:
        return []
    everything = asked.again(wish=replace(asked.wish, sector=None)).url()
    return [
        Chip("tous", _("Tous"), everything, mine is None, found.total()),
        *(
            Chip(
                sector,
                str(SECTORS[sector]),
                asked.again(wish=replace(asked.wish, sector=sector)).url(),
                sector == mine,
                found[sector],
            )
            # The one that is asked for first: on a phone the row runs off the screen.
            for sector in sorted(shown, key=lambda sector: (sector != mine, -found[sector], sector))
        ),
    ]


def _options(asked: Asked, kinds: Sequence[Kind], name: str, words: Mapping[str, LazyString]) -> list[Chip]:
    """Return one link for each value of a filter; the one that is asked for takes the filter away."""
    wanted, found = getattr(asked.wish, name), _counted(asked, kinds, name)
    shown = [key for key in words if key == wanted or found[key] > 0]
    if wanted is None and len(shown) < 2:
        return []
    return [
        Chip(
            key,
            str(words[key]),
            asked.again(wish=replace(asked.wish, **{name: None if key == wanted else key})).url(),
            current=key == wanted,
            count=found[key],
            removes=key == wanted,
        )
        for key in shown
    ]


def order_of(asked: Asked) -> Order:
    """Return the order of the query."""
    return ORDERS[asked.order][0]
