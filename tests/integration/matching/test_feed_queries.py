"""What the feed reads, compared with a slow oracle that looks at every campaign and every zone by itself."""

import random
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from math import cos, radians
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from marketplace.core.db import uuid7
from marketplace.matching import queries
from marketplace.matching.models import Listing
from marketplace.matching.queries import Kind, Met, Wish
from marketplace.projects.models import Campaign, CampaignRing, CampaignVersion, Project
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from tests.factories import BORDEAUX, BUXEROLLES, CHAUVIGNY, DAY, LOUDUN, NIORT, POITIERS

# The copies have no history of their own: the invariants of the whole database would say so.
pytestmark = pytest.mark.unlawful

SECTORS, INSTRUMENTS = ("energie", "alimentation", "mobilite"), ("gift", "interest_free_loan")
PLACES = (POITIERS, BUXEROLLES, CHAUVIGNY, LOUDUN, NIORT, BORDEAUX)
HOW_MANY = 60
WISHES = [Wish(sector, instrument) for sector, instrument in product((None, *SECTORS), (None, *INSTRUMENTS))]


@dataclass(frozen=True)
class Known:
    """A campaign as the oracle knows it."""

    id: UUID
    live: bool
    sector: str
    instrument: str
    commune: Commune
    closes_at: datetime
    territories: frozenset[str]
    ring: int
    zone_size: int
    rank: int
    minimum_level: int


@pytest.fixture
def communes(session) -> dict[str, Commune]:
    return territories.communes(session, PLACES)


@pytest.fixture(params=[1, 20261123])
def world(request, session, make, communes) -> list[Known]:
    """Sixty campaigns with rules drawn at random; ties of every kind, and closed ones as noise."""
    pattern = make.campaign()
    draw = random.Random(request.param)
    known = [_drawn(draw, communes) for _ in range(HOW_MANY)]
    _write(session, pattern.id, known)
    session.execute(text("DELETE FROM listing WHERE campaign_id = :id"), {"id": pattern.id})
    session.execute(update(Campaign).where(Campaign.id == pattern.id).values(state="closing", closed_at=make.now))
    return known


def _drawn(draw: random.Random, communes: dict[str, Commune]) -> Known:
    commune = communes[draw.choice(PLACES)]
    keys = (f"C{commune.code}", f"E{commune.epci_code}", f"D{commune.departement_code}", "D16", "E200069854")
    return Known(
        id=uuid7(),
        live=draw.random() < 0.8,
        sector=draw.choice(SECTORS),
        instrument=draw.choice(INSTRUMENTS),
        commune=commune,
        closes_at=datetime.fromisoformat("2027-01-01T00:00:00+01:00") + draw.randrange(5) * DAY,
        # One key of each kind at most: a disjoint cover never says the same commune twice.
        territories=frozenset(draw.sample(keys, 1)),
        ring=draw.randrange(3),
        zone_size=draw.choice((1, 40, 265)),
        rank=draw.randrange(4),
        minimum_level=draw.choice((1, 3)),
    )


def _write(session: Session, pattern_id: UUID, known: list[Known]) -> None:
    """Copy one campaign made by the services, changed as drawn; only live ones are listed, as publication does."""
    campaign, version, ring = (_row(session, model, pattern_id) for model in (Campaign, CampaignVersion, CampaignRing))
    project = (
        session.execute(
            select(Project.__table__).join(Campaign, Campaign.project_id == Project.id).where(Campaign.id == pattern_id)
        )
        .one()
        ._asdict()
    )
    projects = [
        project | {"id": uuid7(), "form_key": uuid7(), "sector": one.sector, "commune_code": one.commune.code}
        for one in known
    ]
    campaigns = [
        campaign
        | {"id": one.id, "project_id": its["id"], "instrument": one.instrument, "closes_at": one.closes_at}
        | {"loan_months": 24 if one.instrument == "interest_free_loan" else None}
        | ({} if one.live else {"state": "closing", "closed_at": one.closes_at})
        for one, its in zip(known, projects, strict=True)
    ]
    listed = [
        {name: getattr(one, name) for name in ("ring", "zone_size", "rank", "minimum_level")}
        | {"territory": key, "campaign_id": one.id}
        for one in known
        for key in one.territories
        if one.live
    ]
    session.execute(insert(Project.__table__), projects)
    session.execute(insert(Campaign.__table__), campaigns)
    session.execute(insert(CampaignVersion.__table__), [version | {"campaign_id": one.id} for one in known])
    session.execute(insert(CampaignRing.__table__), [ring | {"campaign_id": one.id} for one in known])
    session.execute(insert(Listing.__table__), listed)


def _row(session: Session, model: type, campaign_id: UUID) -> dict:
    key = model.id if model is Campaign else model.campaign_id
    return session.execute(select(model.__table__).where(key == campaign_id)).one()._asdict()


def _fits(one: Known, wish: Wish) -> bool:
    return one.live and wish.sector in {None, one.sector} and wish.instrument in {None, one.instrument}


def _opens(one: Known, home: Commune) -> bool:
    return bool(one.territories & {f"C{home.code}", f"E{home.epci_code}", f"D{home.departement_code}"})


def _local(one: Known) -> tuple:
    return (one.ring, one.zone_size, one.rank, one.id)


ORACLE_ORDERS = {
    "local": lambda home: _local,
    "near": lambda home: lambda one: (round(_far(home, one.commune), 9), *_local(one)),
    "ending": lambda home: lambda one: (one.closes_at, *_local(one)),
}


def _far(home: Commune, there: Commune) -> float:
    return (there.lat - home.lat) ** 2 + ((there.lon - home.lon) * cos(radians(home.lat))) ** 2


@pytest.mark.parametrize("order", ORACLE_ORDERS)
def test_every_campaign_shown_fits_and_none_that_fits_is_missing_in_the_right_order(session, world, communes, order):
    for code, wish in product(PLACES, WISHES):
        home = communes[code]
        expected = sorted(
            (one for one in world if _fits(one, wish) and _opens(one, home)), key=ORACLE_ORDERS[order](home)
        )

        found = queries.fundable(session, home, wish=wish, order=order, limit=HOW_MANY)

        assert found == [Met(one.id, one.ring, one.minimum_level) for one in expected], (code, wish)


def test_the_pages_of_a_list_put_end_to_end_are_the_list(session, world, communes):
    home = communes[POITIERS]
    whole = queries.fundable(session, home, limit=HOW_MANY)

    pages = [queries.fundable(session, home, limit=7, offset=start) for start in range(0, HOW_MANY, 7)]

    assert [met for page in pages for met in page] == whole
    assert len(whole) > 14


def test_kinds_count_exactly_what_the_filters_then_show(session, world, communes):
    for code in (*PLACES, None):
        counted = queries.kinds(session, communes[code] if code else None)

        for wish in WISHES:
            said = sum(
                kind.campaigns
                for kind in counted
                if wish.sector in {None, kind.sector} and wish.instrument in {None, kind.instrument}
            )
            shown = (
                queries.fundable(session, communes[code], wish=wish, limit=HOW_MANY)
                if code
                else queries.live(session, wish=wish, limit=HOW_MANY)
            )
            assert said == len(shown), (code, wish)
        assert all(isinstance(kind, Kind) and kind.campaigns > 0 for kind in counted)


def test_what_is_shown_further_off_is_never_open_to_the_reader(session, world, communes):
    for code, wish in product(PLACES, WISHES):
        home = communes[code]
        expected = sorted(
            (one for one in world if _fits(one, wish) and not _opens(one, home)),
            key=lambda one: (round(_far(home, one.commune), 9), one.id),
        )

        found = queries.closed_to(session, home, wish=wish, limit=HOW_MANY)

        assert found == [one.id for one in expected]


def test_a_reader_from_nowhere_gets_what_ends_soonest(session, world):
    for wish in WISHES:
        expected = sorted((one for one in world if _fits(one, wish)), key=lambda one: (one.closes_at, one.id))

        assert queries.live(session, wish=wish, limit=HOW_MANY) == [one.id for one in expected]


def test_the_bounds_of_a_list_are_respected(session, world, communes):
    assert len(queries.fundable(session, communes[POITIERS], limit=3)) == 3
    assert len(queries.closed_to(session, communes[POITIERS], limit=2)) == 2
    assert queries.live(session, limit=2, offset=1) == queries.live(session, limit=3)[1:]


def test_each_list_costs_one_statement(session, world, communes, statements):
    home = communes[POITIERS]

    with statements() as seen:
        queries.fundable(session, home, wish=Wish("energie", "gift"), order="near")
        queries.kinds(session, home)
        queries.closed_to(session, home, limit=6)
        queries.live(session)

    assert len(seen) == 4


def test_a_commune_without_coordinates_reads_by_deadline(session, world):
    home = territories.commune(session, "98735")
    assert home is not None
    assert home.lat is None

    found = queries.closed_to(session, home, limit=HOW_MANY)

    expected = sorted((one for one in world if one.live), key=lambda one: (one.closes_at, one.id))
    assert found == [one.id for one in expected]
