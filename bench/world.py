"""A country full of campaigns, for the benches: real communes, campaigns drawn from a seed, rows by our own code."""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session
from sqlalchemy.schema import AddConstraint, CreateIndex, DropConstraint, DropIndex

from marketplace.core.db import Database
from marketplace.locality import presets
from marketplace.locality.presets import Options, Place
from marketplace.locality.zones import compile_ring
from marketplace.matching import bulk, checking, compiling, queries, rules
from marketplace.matching.bulk import Ready
from marketplace.matching.compiling import Compiled, Covers
from marketplace.matching.models import Listing
from marketplace.territories import queries as territories
from marketplace.territories.atlas import atlas
from marketplace.territories.geography import Geography, geography

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
OPEN = 0.4
SITES = 3_000
RESIDENTS, CHECKED = 300, 20
# Preset and options → how many of a hundred campaigns.
MIX: tuple[tuple[str, Options, int], ...] = (
    ("epci", Options(), 34),
    ("commune_and_neighbours", Options(), 10),
    ("departement_and_bordering", Options(), 22),
    ("radius", Options(radius_km=10), 2),
    ("radius", Options(radius_km=20), 2),
    ("radius", Options(radius_km=30), 2),
    ("radius", Options(radius_km=50), 2),
    ("communes", Options(communes=("86194",)), 6),
    ("local_first", Options(), 10),
    ("epci", Options(wider="departement", first_days=14), 4),
    ("epci", Options(wider="region", min_share=50), 3),
    ("epci", Options(wider="france", min_share=50), 3),
)
SECTORS = ("alimentation", "agriculture", "energie", "commerce", "artisanat", "culture")
INSTRUMENTS, FORMS = ("gift", "interest_free_loan"), ("association", "scop", "scic", "sas", "sarl")
# How many are written in one transaction.
CHUNK = 20_000


@dataclass(frozen=True)
class Drawn:
    """A campaign before it is written."""

    id: UUID
    number: int
    commune: str
    preset: str
    live: bool
    kind: tuple[str, str, str]
    published_at: datetime
    closes_at: datetime
    progress: int


class Circle(NamedTuple):
    """A zone that is a radius."""

    commune: str
    km: int


class World:
    """What is written, and what the oracle keeps of it: the rows that a few residents meet.

    outer, placed: where `drawing`, the outermost zones by number, and of each live campaign its id, zone and rank.
    """

    def __init__(self, session: Session, dice: random.Random, *, drawing: bool = False) -> None:
        self.dice = dice
        self.drawing = drawing
        self.outer: dict[frozenset[str] | Circle, int] = {}
        self.placed: list[tuple[UUID, int, int]] = []
        self.here: Geography = geography(session)
        self.atlas = atlas(session)
        lived = {code: people for code, people in self.here.populations.items() if people and code in self.here.points}
        self.codes = sorted(lived)
        self.people = [lived[code] for code in self.codes]
        # Projects are in so many communes: enough for every kind of zone, few enough for each to be compiled once.
        self.sites = sorted(set(dice.choices(self.codes, [lived[code] ** 0.5 for code in self.codes], k=SITES)))
        self.residents = territories.communes(session, dice.choices(self.codes, self.people, k=RESIDENTS))
        self.asked = [self.residents[code] for code in dice.choices(sorted(self.residents), k=RESIDENTS)]
        self.watched = {key for home in self.asked[:CHECKED] for key in queries.territories_of(home)}
        self.seen: list[tuple[str, tuple[Any, ...], tuple[str, str, str]]] = []
        self._covers: dict[str, Covers] = {}
        self._outer: dict[str, int] = {}
        self._rings: dict[str, frozenset[str]] = {}

    def drawn(self, number: int) -> Drawn:
        """Draw a campaign."""
        dice = self.dice
        live = dice.random() < OPEN
        age, lasts = dice.uniform(0, 60), dice.uniform(21, 90)
        published_at = NOW - timedelta(days=age if live else age + 120)
        return Drawn(
            id=UUID(int=(number << 80) | (7 << 76) | (2 << 62) | dice.getrandbits(61)),
            number=number,
            commune=dice.choice(self.sites),
            preset="",
            live=live,
            kind=(dice.choice(SECTORS), dice.choice(INSTRUMENTS), dice.choice(FORMS)),
            published_at=published_at,
            closes_at=NOW + timedelta(days=dice.uniform(0.1, 60)) if live else published_at + timedelta(days=lasts),
            progress=dice.randrange(5),
        )

    def compiled(self, one: Drawn, rank: int) -> Compiled:
        """Compile the rule of a campaign as publication does; the communes of each zone once."""
        preset, options, _share = self.dice.choices(MIX, [share for _p, _o, share in MIX])[0]
        if preset == "communes":
            options = Options(communes=tuple(sorted({one.commune, *self.here.land.get(one.commune, ())[:4]})))
        rule = self.rule(one, preset, options)
        key = json.dumps(rule["rings"], sort_keys=True)
        if key not in self._covers:
            zones = self.zones(rule)
            self._covers[key] = compiling.covers(self.here, zones)
            if self.drawing:
                circle = Circle(one.commune, options.radius_km) if preset == "radius" and options.radius_km else None
                self._outer[key] = self.outer.setdefault(circle or zones[-1], len(self.outer))
        if self.drawing:
            self.placed.append((one.id, self._outer[key], rank))
        covers = self._covers[key]
        return compiling.compile_rule(rule, covers, one.published_at)

    def rule(self, one: Drawn, preset: str, options: Options) -> dict[str, Any]:
        """Return the rule of a campaign as its owner composes it."""
        above = self.here.above
        unit = above["epci"][one.commune]
        departement, region = above["departement"][one.commune][1], above["region"][one.commune][1]
        return presets.build(preset, Place(one.commune, unit[1], unit[0], departement, region), options)

    def zones(self, rule: dict[str, Any]) -> list[frozenset[str]]:
        """Return the rings as `atlas.compile_rule` does; a wide zone that many rules share is compiled once."""
        zones: list[frozenset[str]] = []
        for ring in rule["rings"]:
            key = json.dumps(ring["zone"], sort_keys=True)
            zone = self._rings.get(key) or compile_ring(ring["zone"], self.atlas)
            if len(zone) > 1_000:
                self._rings[key] = zone
            zones.append(zone | zones[-1] if zones else zone)
        return zones

    def ready(self, drawn: Iterable[Drawn]) -> Iterator[Ready]:
        """Yield what the index takes of the live ones, and keep what the oracle needs."""
        for one in drawn:
            if not one.live:
                continue
            rank = rules.rank(progress=one.progress, opens_at=one.published_at, closes_at=one.closes_at, now=NOW)
            compiled = self.compiled(one, rank)
            self.seen += [
                (entry.territory, (entry.ring, entry.zone_size, rank, one.id), one.kind)
                for entry in compiled.entries
                if entry.territory in self.watched
            ]
            yield Ready(one.id, one.kind, 1, self.here.fingerprint, one.published_at, one.progress, rank, NOW, compiled)


def write_campaigns(session: Session, drawn: list[Drawn]) -> None:
    """Write projects and campaigns by COPY, with texts of a usual length."""
    owner = session.scalar(text("SELECT id FROM account LIMIT 1"))
    driver = session.connection().connection.driver_connection
    assert driver is not None
    summary = "Un projet de quartier, porté par des habitants, ouvert à leurs voisins. " * 2
    with driver.cursor() as cursor:
        names = "id, owner_id, form_key, name, commune_code, sector, legal_form, created_at"
        with cursor.copy(f"COPY project ({names}) FROM STDIN") as copy:
            for one in drawn:
                sector, _instrument, form = one.kind
                row = (one.id, owner, one.id, f"Projet {one.number}", one.commune, sector, form, one.published_at)
                copy.write_row(row)
        names = "id, project_id, account_id, role, invited_by, invited_at, joined_at"
        with cursor.copy(f"COPY project_owner ({names}) FROM STDIN") as copy:
            for one in drawn:
                copy.write_row((one.id, one.id, owner, "lead", owner, one.published_at, one.published_at))
        names = (
            "id, project_id, state, title, summary, story_markdown, story_html, renderer, instrument, loan_months,"
            " threshold_cents, goal_cents, hard_cap_cents, minimum_cents, ends_on, closes_at, rule_preset, rule,"
            " version, row_version, created_at, changed_at, submitted_at, published_at, opens_at, closed_at"
        )
        with cursor.copy(f"COPY campaign ({names}) FROM STDIN") as copy:
            for one in drawn:
                loan = 24 if one.kind[1] == "interest_free_loan" else None
                at = one.published_at
                copy.write_row(
                    (
                        *(one.id, one.id, "live" if one.live else "failed", f"Un toit solaire {one.number}", summary),
                        *("Texte.", "<p>Texte.</p>", "1", one.kind[1], loan, 50_000, 100_000, 200_000, 1_000),
                        *(one.closes_at.date(), one.closes_at, "epci", "{}", 1, 3, at, at, at, at, at),
                        None if one.live else one.closes_at,
                    )
                )


def write_owner(session: Session) -> None:
    """Write the one account that owns everything."""
    session.execute(
        text(
            "INSERT INTO account (id, email, email_normalised, password_hash, security_stamp, display_name,"
            " adult_declared_at, created_at) VALUES (gen_random_uuid(), 'a@b.fr', 'a@b.fr', 'x', gen_random_uuid(),"
            " 'A', now(), now())"
        )
    )


def fill(database: Database, size: int, *, drawing: bool = False) -> tuple[World, int]:
    """Write so many campaigns and their index; return what the oracle keeps, and how many rows the index has.

    The B-trees of the index are made at the end, at once: row by row they would outgrow the memory of the server.
    """
    with database.reading() as session:
        world = World(session, random.Random(size), drawing=drawing)
    trees = sorted(Listing.__table__.indexes, key=lambda index: str(index.name))
    key = Listing.__table__.primary_key

    def bare(session: Session) -> None:
        session.execute(DropConstraint(key))
        for tree in trees:
            session.execute(DropIndex(tree))

    def grown(session: Session) -> None:
        session.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        session.execute(AddConstraint(key))
        for tree in trees:
            session.execute(CreateIndex(tree))

    database.in_transaction(bare)
    rows = 0
    for start in range(0, size, CHUNK):
        drawn = [world.drawn(number) for number in range(start, min(start + CHUNK, size))]

        def write(session: Session, drawn: list[Drawn] = drawn) -> int:
            write_campaigns(session, drawn)
            return bulk.fill(session, world.ready(drawn))

        rows += database.in_transaction(write)
    database.in_transaction(grown)
    database.in_transaction(count)
    return world, rows


def count(session: Session) -> None:
    """Fill the counters from the rows."""
    session.execute(text("SET LOCAL work_mem = '256MB'"))
    checking.count_again(session)
