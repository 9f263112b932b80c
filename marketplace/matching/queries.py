"""What somebody may fund, most local first, with the exact number of all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.matching import reading, rules
from marketplace.matching.reading import Cursor, Met, Reader, Tie, resident, territories_of
from marketplace.territories.queries import Commune

__all__ = [
    "ANYTHING",
    "Cursor",
    "Kind",
    "Met",
    "Order",
    "Page",
    "Reader",
    "Tie",
    "Wish",
    "closed_to",
    "kinds",
    "live",
    "page",
    "resident",
    "sorted_by",
    "territories_of",
    "tie",
]

Order = Literal["local", "near", "ending"]


@dataclass(frozen=True)
class Wish:
    """What a reader asks of the campaigns of a list. None: anything."""

    sector: str | None = None
    instrument: str | None = None
    legal_form: str | None = None

    def asked(self) -> dict[str, str]:
        """Return what is not left open, by name."""
        values = {"sector": self.sector, "instrument": self.instrument, "legal_form": self.legal_form}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class Kind:
    """How many campaigns of a list share a sector, an instrument and a legal form."""

    sector: str
    instrument: str
    legal_form: str
    campaigns: int


@dataclass(frozen=True)
class Page:
    """A stretch of a list. total: of the whole list; before, after: whether there is more on either side."""

    met: tuple[Met, ...]
    total: int
    before: bool
    after: bool


ANYTHING = Wish()


def tie(commune: Commune, *, investor: str, link: str, level: int) -> Tie | None:
    """Return a link of an investor to a commune as the index knows it; None for a kind that it does not find."""
    try:
        return Tie(commune, rules.bit(investor, link), level)
    except ValueError:
        return None


def page(
    session: Session, reader: Reader, *, wish: Wish = ANYTHING, cursor: Cursor | None = None, limit: int = 20
) -> Page:
    """Return a stretch of what a reader meets: by ring, then size of the zone, then rank, then id. One statement.

    cursor: of the campaign to go on from, forwards or backwards.
    """
    met, total = reading.stretch(session, reader, wish.asked(), cursor=cursor, limit=limit + 1)
    more, met = len(met) > limit, met[:limit]
    if cursor is not None and cursor.backwards:
        return Page(tuple(reversed(met)), total, before=more, after=True)
    return Page(tuple(met), total, before=cursor is not None, after=more)


def sorted_by(
    session: Session, reader: Reader, order: Order, *, wish: Wish = ANYTHING, limit: int = 20, offset: int = 0
) -> list[Met]:
    """Return a stretch of what a reader meets in an order that is not the index's. One statement.

    order: "near": between the centres of the first link's commune and the project's; "ending": the soonest end first.
    Ties are told apart by the order of the index. Sorts all that the reader may fund: linear in that number.
    """
    more = f"""
        JOIN campaign c ON c.id = l.campaign_id JOIN project p ON p.id = c.project_id
        {_PLACE if order == "near" else ""}
        WHERE true {_wished(wish)}
        ORDER BY {_order(order, reader.commune)} ring, zone_size, rank, campaign_id LIMIT :limit OFFSET :offset"""
    statement = reading.everything("l.*", more, several=reader.several)
    values = reader.values() | wish.asked() | _from(reader.commune) | {"limit": limit, "offset": offset}
    return [reading.met_of(row) for row in session.execute(statement, _used(statement, values))]


def kinds(session: Session, reader: Reader | None) -> list[Kind]:
    """Count what a reader meets, or all live campaigns when nothing is known of them, by kind. One statement."""
    if reader is None:
        statement, values = _ALL_KINDS, {}
    elif reader.several:
        more = f"JOIN listing_kind k ON k.id = l.kind_id {_BY_KIND}"
        statement, values = reading.everything(f"{_KIND}, count(*)", more, several=True), reader.values()
    else:
        statement, values = _COUNTED_KINDS, reader.values()
    rows = session.execute(statement, _used(statement, values))
    return [Kind(sector, instrument, form, int(count)) for sector, instrument, form, count in rows]


def closed_to(session: Session, reader: Reader, *, wish: Wish = ANYTHING, limit: int) -> list[UUID]:
    """Return live campaigns that a reader does not meet, the nearest first. One statement.

    Looks at every live campaign of the country: pages keep what it says for a while.
    """
    statement = text(f"""
        SELECT c.id FROM campaign c JOIN project p ON p.id = c.project_id {_PLACE}
        WHERE c.state = 'live' {_wished(wish)}
          AND NOT EXISTS (
            SELECT FROM listing l, unnest(CAST(:keys AS text[]), CAST(:bits AS bigint[])) AS tie (territory, bit)
            WHERE l.campaign_id = c.id AND l.territory = tie.territory AND l.link_mask & tie.bit <> 0)
        ORDER BY {_order("near", reader.commune)} c.id LIMIT :limit""")  # noqa: S608 - our own words
    entries = [(key, tie.bit) for tie in reader.ties for key in tie.territories]
    ties = {"keys": [key for key, _bit in entries], "bits": [bit for _key, bit in entries]}
    values = ties | wish.asked() | _from(reader.commune) | {"limit": limit}
    return list(session.scalars(statement, _used(statement, values)))


def live(session: Session, *, wish: Wish = ANYTHING, limit: int = 20, offset: int = 0) -> list[UUID]:
    """Return a stretch of the live campaigns of everywhere, the soonest end first. One statement."""
    statement = text(f"""
        SELECT c.id FROM campaign c JOIN project p ON p.id = c.project_id
        WHERE c.state = 'live' {_wished(wish)} ORDER BY c.closes_at, c.id LIMIT :limit OFFSET :offset""")  # noqa: S608
    return list(session.scalars(statement, wish.asked() | {"limit": limit, "offset": offset}))


_KIND = "k.sector, k.instrument, k.legal_form"
_BY_KIND = f"GROUP BY {_KIND} ORDER BY {_KIND}"
_ALL_KINDS = text(f"SELECT {_KIND}, count(*) FROM listed l JOIN listing_kind k ON k.id = l.kind_id {_BY_KIND}")  # noqa: S608
_COUNTED_KINDS = text(f"""
    SELECT {_KIND}, sum(c.campaigns) FROM listing_count c JOIN listing_kind k ON k.id = c.kind_id
    WHERE c.territory = ANY (:keys) AND c.link_mask & :bit <> 0 AND c.campaigns > 0 {_BY_KIND}""")  # noqa: S608
# A campaign whose commune is no more keeps its place in the list, without one.
_PLACE = "LEFT JOIN territory t ON (t.country, t.kind, t.code) = ('FR', 'commune', p.commune_code)"
_COLUMNS = {"sector": "p.sector", "instrument": "c.instrument", "legal_form": "p.legal_form"}


def _wished(wish: Wish) -> str:
    return "".join(f" AND {_COLUMNS[name]} = :{name}" for name in sorted(wish.asked()))


def _order(order: Order, home: Commune) -> str:
    """Return the words of an order, the distance on a flat earth: right enough to order by, never shown.

    From a commune without coordinates (overseas collectivities), the soonest end comes first.
    """
    if order == "local":
        return ""
    if order == "ending" or home.lat is None:
        return "c.closes_at,"
    return "(t.lat - :lat) ^ 2 + (t.lon - :lon) ^ 2 * :squeeze NULLS LAST,"


def _from(home: Commune) -> dict[str, float]:
    if home.lat is None or home.lon is None:
        return {}
    return {"lat": home.lat, "lon": home.lon, "squeeze": cos(radians(home.lat)) ** 2}


def _used(statement: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a statement takes."""
    return {name: value for name, value in values.items() if name in statement._bindparams}  # noqa: SLF001
