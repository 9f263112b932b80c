"""The same question asked of PostGIS: whose zone, as a polygon, is this place in?

Takes a server that has the extension (POSTGIS_URL, a database where a schema may be made): the embedded one has none.
Zones are unions of the outlines of communes; a radius is a circle. PostGIS is asked with each distinct zone stored once
and cut into small pieces, which was the quickest of what was tried; of few campaigns also with a polygon for each, as
one stores it (that of a département is read as often as there are campaigns for it). It is told the outermost ring
only, so it answers "may fund" without "most local first", proof or kind of link: less than the index does.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import Session
from world import CHECKED, Circle, World

from marketplace.core.db import make_engine
from marketplace.matching import queries
from marketplace.territories import contours
from marketplace.territories.release import CURRENT
from marketplace.web.maps.geometry import UNITS_PER_DEGREE, decode

Design = Callable[[Any, list[UUID]], Any]

FLOOR = "PostGIS floor: 20 rows by key"
# Live campaigns that get a polygon each; a million would be tens of gigabytes.
FEW = 5_000
# Of a piece of a zone: what is usual.
CORNERS = 64
SCHEMA = "bench_zones"
HERE = "ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)"
EACH = f"FROM funded f WHERE ST_Intersects(f.geom, {HERE})"
SHARED = f"FROM funded f WHERE f.zone IN (SELECT p.zone FROM piece p WHERE ST_Intersects(p.geom, {HERE}))"
FIRST = "SELECT f.id {} ORDER BY f.rank, f.id LIMIT 20"
WHOLE = "SELECT f.id, count(*) OVER () {} ORDER BY f.rank, f.id LIMIT 20"
TWENTY = text("SELECT id, rank FROM funded WHERE id = ANY (:ids)")
ROUND = "SELECT :id, ST_Buffer(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography, :metres)::geometry"
UNION = "SELECT m.zone, ST_UnaryUnion(ST_Collect(c.geom)) FROM member m JOIN commune c USING (code) GROUP BY m.zone"


def engine(url: str) -> Engine:
    """Return an engine whose tables are in a schema of their own. Compiling each query would take longer than it."""
    made = make_engine(url)

    @event.listens_for(made, "connect")
    def settle(driver: Any, _record: object) -> None:
        driver.execute(f"SET search_path = {SCHEMA}, public")
        driver.execute("SET jit = off")
        driver.commit()

    return made


def server(connection: Connection) -> dict[str, str]:
    """Return what was asked."""
    names = ("version()", "postgis_full_version()", "current_setting('shared_buffers')")
    return dict(zip(names, connection.execute(text(f"SELECT {', '.join(names)}")).one(), strict=True))


def fill(connection: Connection, world: World) -> None:
    """Write the outlines of communes, the zones, and the live campaigns."""
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public"))
    connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
    connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    connection.execute(text("CREATE TABLE line (code text, geom geometry)"))
    _copy(connection, "line (code, geom)", _lines())
    connection.execute(
        text("CREATE TABLE commune AS SELECT code, ST_BuildArea(ST_Collect(geom)) AS geom FROM line GROUP BY code")
    )
    connection.execute(text("CREATE TABLE zone (id integer PRIMARY KEY, geom geometry)"))
    for zone, number in world.outer.items():
        if isinstance(zone, Circle):
            lat, lon = world.here.points[zone.commune]
            values = {"id": number, "lat": lat, "lon": lon, "metres": zone.km * 1000}
            connection.execute(text(f"INSERT INTO zone {ROUND}"), values)
    connection.execute(text("CREATE TABLE member (zone integer, code text)"))
    members = ((number, code) for zone, number in world.outer.items() if not isinstance(zone, Circle) for code in zone)
    _copy(connection, "member (zone, code)", members)
    connection.execute(text("ANALYZE"))
    connection.execute(text(f"INSERT INTO zone {UNION}"))
    cut = f"SELECT id AS zone, ST_Subdivide(geom, {CORNERS}) AS geom FROM zone"
    connection.execute(text(f"CREATE TABLE piece AS {cut}"))
    connection.execute(text("CREATE TABLE placed (id uuid, zone integer, rank smallint)"))
    _copy(connection, "placed (id, zone, rank)", iter(world.placed))
    geom = "z.geom" if few(world) else "NULL::geometry AS geom"
    connection.execute(text(f"CREATE TABLE funded AS SELECT p.*, {geom} FROM placed p JOIN zone z ON z.id = p.zone"))
    for index in ("funded USING gist (geom)", "piece USING gist (geom)", "funded (zone, rank, id)", "funded (id)"):
        connection.execute(text(f"CREATE INDEX ON {index}"))


def few(world: World) -> bool:
    """Tell whether each campaign gets a polygon of its own."""
    return len(world.placed) <= FEW


def verify(session: Session, world: World) -> dict[str, tuple[float, float]]:
    """Compare what both find with the oracle, circles left out; return a point in the commune of each resident."""
    codes = sorted({home.code for home in world.asked})
    inside = "SELECT code, ST_Y(p), ST_X(p) FROM commune, ST_PointOnSurface(geom) p WHERE code = ANY (:codes)"
    points = {code: (lat, lon) for code, lat, lon in session.execute(text(inside), {"codes": codes})}
    circles = {number for zone, number in world.outer.items() if isinstance(zone, Circle)}
    round_ones = {campaign_id for campaign_id, number, _rank in world.placed if number in circles}
    for home in world.asked[:CHECKED]:
        keys = set(queries.territories_of(home))
        due = {order[3] for territory, order, _kind in world.seen if territory in keys} - round_ones
        lat, lon = points[home.code]
        for asked in (EACH, SHARED) if few(world) else (SHARED,):
            found = session.scalars(text(f"SELECT f.id {asked}"), {"lat": lat, "lon": lon}).all()
            assert len(found) == len(set(found)), home.label
            assert set(found) - round_ones == due, (home.label, len(due), len(set(found) ^ due))
    return points


def designs(session: Session, world: World, points: dict[str, tuple[float, float]]) -> dict[str, Design]:
    """Return what is timed for each resident, and the floor of this server."""

    def asks(words: str) -> Design:
        statement = text(words)

        def ask(home: Any, _ids: list[UUID]) -> Any:
            lat, lon = points[home.code]
            return session.execute(statement, {"lat": lat, "lon": lon}).all()

        return ask

    found = {
        FLOOR: lambda _home, ids: session.execute(TWENTY, {"ids": ids}).all(),
        "PostGIS: each zone once, top 20": asks(FIRST.format(SHARED)),
        "PostGIS: each zone once, top 20 + total": asks(WHOLE.format(SHARED)),
    }
    if few(world):
        found["PostGIS: a polygon each, top 20 + total"] = asks(WHOLE.format(EACH))
    return found


def _lines() -> Iterator[tuple[str, str]]:
    for path in sorted((contours.GEO / CURRENT / "communes").glob("*.topojson")):
        for line in decode(json.loads(path.read_bytes())).lines:
            points = ", ".join(f"{lon / UNITS_PER_DEGREE} {lat / UNITS_PER_DEGREE}" for lon, lat in line.points)
            for code in (line.a, line.b):
                if code is not None:
                    yield code, f"SRID=4326;LINESTRING({points})"


def _copy(connection: Connection, target: str, rows: Iterator[Any]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
