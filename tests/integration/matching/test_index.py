"""What the index says, compared with the rule itself on every campaign, whatever has happened."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, text

from marketplace.core.db import Database
from marketplace.locality.model import Link
from marketplace.matching import bulk, checking, queries, rules, services
from marketplace.matching.models import Listed
from marketplace.matching.queries import ANYTHING, Reader, Tie, Wish
from marketplace.projects.days import paris_day
from marketplace.territories import loader
from marketplace.territories import queries as territories
from tests.arranged import database_on
from tests.conftest import NOW_INSTANT
from tests.factories import BUXEROLLES, CHAUVIGNY, DAY, LOUDUN, NIORT, POITIERS, Make
from tests.fakes import FakeGateway
from tests.integration.matching.world import PLACES, World
from tests.integration.territories.test_merges import after, publish
from tests.savepoints import rolled_back, undone

# Rules that no preset makes are published here, and versions without what a moderator writes: other invariants say so.
pytestmark = [pytest.mark.unlawful, pytest.mark.untimed]

WISHES = [ANYTHING, Wish("energie"), Wish(None, "gift"), Wish(None, None, "scic"), Wish("mobilite", "gift", "scic")]
LEVELS = (1, 2, 3)
FIRST = "ctid = (SELECT ctid FROM {} LIMIT 1)"
STRAY = """
    INSERT INTO listing SELECT 'C99999', link_mask, ring, zone_size, rank, gen_random_uuid(), kind_id,
    opens_declared, opens_confirmed, opens_proven FROM listing LIMIT 1"""


@pytest.fixture(scope="module")
def connection(engine) -> Iterator[Connection]:
    with rolled_back(engine) as opened:
        yield opened


@pytest.fixture(scope="module", params=[(20261126, 20)])
def world(request, connection) -> Iterator[World]:
    """A world that its tests share: each finds it as it was made. Asked for by seed, and how much happens."""
    seed, times = request.param
    database = database_on(connection.engine, connection)
    with undone(connection):
        made = World(Make(database, FakeGateway(), NOW_INSTANT), random.Random(seed))
        made.happen(times)
        yield made


@pytest.fixture
def database(world, connection) -> Iterator[Database]:
    with undone(connection):
        yield world.make.database


def reader(session, *ties):
    """Return a reader and the same person as the rule sees them. ties: (kind of link, commune, level)."""
    communes = territories.communes(session, {code for _kind, code, _level in ties})
    return (
        Reader(tuple(Tie(communes[code], rules.bit("person", kind), level) for kind, code, level in ties)),
        tuple(Link(kind, code, level, expires_at=None) for kind, code, level in ties),
    )


def shown(session, who, wish=ANYTHING):
    """Return all pages of a list, read forwards, and check that backwards they are the same."""
    met, cursor, back = [], None, []
    while True:
        page = queries.page(session, who, wish=wish, cursor=cursor, limit=5)
        met += page.met
        assert page.before == (cursor is not None)
        if not page.after:
            break
        cursor = page.met[-1].cursor()
    assert page.total == len(met)
    if met:
        back, cursor = [met[-1]], met[-1].cursor(backwards=True)
        while (page := queries.page(session, who, wish=wish, cursor=cursor, limit=5)).met:
            back = [*page.met, *back]
            assert page.after
            assert page.before == (len(back) < len(met))
            cursor = page.met[0].cursor(backwards=True)
    assert back == met
    return [(one.campaign_id, one.ring, one.opens_at) for one in met]


def check(session, world, ties, wish):
    who, links = reader(session, *ties)
    assert shown(session, who, wish) == world.expected(session, links, wish), (ties, wish)
    counted = [
        kind.campaigns
        for kind in queries.kinds(session, who)
        if all(getattr(kind, name) == value for name, value in wish.asked().items())
    ]
    assert sum(counted) == queries.page(session, who, wish=wish).total


@pytest.mark.parametrize("world", [(1, 20), (2, 20)], indirect=True)
def test_every_row_satisfies_the_rule_and_none_that_does_is_missing(session, world):
    for code in PLACES:
        for level in LEVELS:
            check(session, world, [("home", code, level)], ANYTHING)
        for wish in WISHES[1:]:
            check(session, world, [("home", code, 1)], wish)


@pytest.mark.parametrize(
    "ties",
    [
        [("home", POITIERS, 1), ("work", NIORT, 3)],
        [("home", LOUDUN, 1), ("work", BUXEROLLES, 2)],
        [("work", CHAUVIGNY, 1), ("home", CHAUVIGNY, 1)],
        [("work", POITIERS, 3)],
    ],
)
def test_two_links_meet_a_campaign_once_at_the_best_ring(session, world, ties):
    for wish in WISHES:
        check(session, world, ties, wish)


@pytest.mark.parametrize("world", [(3, 30)], indirect=True)
@pytest.mark.parametrize(
    "ties",
    [
        [("home", POITIERS, 1)],
        [("home", BUXEROLLES, 1), ("work", POITIERS, 1)],
        [("home", POITIERS, 2), ("work", BUXEROLLES, 1)],
        [("home", LOUDUN, 1), ("work", POITIERS, 1)],
        [("work", POITIERS, 1)],
    ],
)
def test_from_when_with_a_proof_is_said_of_what_may_be_proven(session, world, ties):
    who, links = reader(session, *ties)
    due = world.proven(session, links)

    found = queries.page(session, who, limit=100).met

    assert found
    assert {one.campaign_id: one.proven_at for one in found} == {one.campaign_id: due[one.campaign_id] for one in found}
    for wish in (Wish("energie"), Wish(None, "gift")):
        for one in queries.page(session, who, wish=wish, limit=100).met:
            assert one.proven_at == due[one.campaign_id]


def test_other_orders_and_what_is_closed_hold_the_same_campaigns(session, world):
    for ties in ([("home", POITIERS, 1)], [("home", POITIERS, 1), ("work", NIORT, 3)]):
        for wish in WISHES:
            who, links = reader(session, *ties)
            local = world.expected(session, links, wish)

            for order in ("local", "near", "ending"):
                found = queries.sorted_by(session, who, order, wish=wish, limit=100)
                assert sorted((one.campaign_id, one.ring, one.opens_at) for one in found) == sorted(local)
            closed = queries.closed_to(session, who, wish=wish, limit=100)
            fit = {
                one.id for one in world.drawn if one.live and all(getattr(one, k) == v for k, v in wish.asked().items())
            }
            assert set(closed) == fit - {campaign_id for campaign_id, _ring, _opens in local}


def test_progress_moves_a_campaign_and_the_others_stay(session, world, now):
    raised = dict.fromkeys((one.id for one in world.drawn), 0)
    one = next(one for one in world.drawn if one.live)

    moved = services.note_progress(session, raised | {one.id: 760_00}, now=now)

    assert moved >= 1
    assert services.note_progress(session, raised | {one.id: 770_00}, now=now) == 0
    assert list(checking.differences(session)) == []
    rank = session.scalar(text("SELECT DISTINCT rank FROM listing WHERE campaign_id = :id"), {"id": one.id})
    assert rank == rules.rank(progress=3, opens_at=one.published_at, closes_at=one.closes_at, now=now)


def test_time_moves_campaigns_towards_their_end(session, world, now):
    raised = dict.fromkeys((one.id for one in world.drawn), 0)

    services.note_progress(session, raised, now=now + 20 * DAY)

    assert list(checking.differences(session)) == []
    later = replace(world, ranked_at=now + 20 * DAY)
    who, links = reader(session, ("home", POITIERS, 1))
    assert shown(session, who) == later.expected(session, links, ANYTHING)


def test_what_was_announced_is_new_once_it_opens(session, world, now):
    announced = world.make.campaign(opens_on=paris_day(now) + timedelta(days=8)).id

    def points(days):
        services.note_progress(session, {announced: 0}, now=now + days * DAY)
        return session.scalars(select(Listed.rank).where(Listed.campaign_id == announced)).one()

    announced_still, opened, after, long_after = points(7), points(10), points(12), points(15)

    assert [announced_still - opened, after - opened, long_after - opened] == [2, 1, 2]
    assert list(checking.differences(session)) == []


def test_the_rules_say_the_same_as_the_index_and_every_damage_is_found_and_mended(session, world):
    assert list(checking.differences(session)) == []
    for damage in (
        "DELETE FROM listing WHERE ctid = (SELECT ctid FROM listing LIMIT 1)",
        "UPDATE listing SET ring = ring + 1 WHERE ctid = (SELECT ctid FROM listing LIMIT 1)",
        f"UPDATE listing SET opens_declared = NULL WHERE {FIRST.format('listing WHERE opens_declared IS NOT NULL')}",
        "UPDATE listed SET rank = rank + 1 WHERE ctid = (SELECT ctid FROM listed LIMIT 1)",
        "DELETE FROM listed WHERE ctid = (SELECT ctid FROM listed LIMIT 1)",
        "UPDATE listing_total SET campaigns = campaigns + 1 WHERE ctid = (SELECT ctid FROM listing_total LIMIT 1)",
        f"UPDATE listing_count SET campaigns = 0 WHERE {FIRST.format('listing_count WHERE campaigns > 0')}",
        "UPDATE listing_kind SET sector = 'culture' WHERE id = (SELECT kind_id FROM listed LIMIT 1)",
        "UPDATE campaign SET state = 'closing', closed_at = now() WHERE id = (SELECT campaign_id FROM listed LIMIT 1)",
        STRAY,
    ):
        session.execute(text(damage))

        found = list(checking.differences(session))
        mended = [checking.mend(session, one) for one in found]

        assert found, damage
        assert any(mended), damage
        left = list(checking.differences(session))
        assert [checking.mend(session, one) for one in left] == [True] * len(left)
        assert list(checking.differences(session)) == [], damage


@pytest.mark.parametrize("world", [(7, 12)], indirect=True)
def test_communes_merge_and_the_index_follows(session, world, tmp_path):
    # Buxerolles becomes a part of Poitiers: who lived in one lives in the other.
    release = publish(tmp_path, after({BUXEROLLES: POITIERS}))
    before = [world.expected(session, reader(session, ("home", code, 1))[1], ANYTHING) for code in PLACES]

    loader.import_release(session, release, data=tmp_path)
    assert list(checking.differences(session)) != []
    services.follow_release(session)

    assert list(checking.differences(session)) == []
    for code, formerly in zip(PLACES, before, strict=True):
        if code != BUXEROLLES:
            who, links = reader(session, ("home", code, 1))
            now_shown = shown(session, who)
            assert now_shown == world.expected(session, links, ANYTHING)
            assert {one[0] for one in formerly} <= {one[0] for one in now_shown}
    assert services.follow_release(session) == 0


def test_a_whole_rebuild_gives_the_same_index(session, world):
    services.note_progress(session, {world.drawn[0].id: 500_00}, now=world.make.now)
    whole = "SELECT l::text FROM {} l ORDER BY 1"
    tables = ("listed", "listing", "listing_total", "listing_count")
    before = {table: session.scalars(text(whole.format(table))).all() for table in tables}

    rows = bulk.rebuild(session)

    after_it = {table: session.scalars(text(whole.format(table))).all() for table in tables}
    assert rows == len(before["listing"])
    assert after_it["listing"] == before["listing"]
    assert after_it["listed"] == before["listed"]
    assert list(checking.differences(session)) == []


def test_a_reader_from_nowhere_gets_what_ends_soonest(session, world):
    for wish in WISHES:
        fit = world.live(wish)
        expected = [one.id for one in sorted(fit, key=lambda one: (one.closes_at, one.id))]

        assert queries.live(session, wish=wish, limit=100) == expected
        assert queries.live(session, wish=wish, limit=2, offset=1) == expected[1:3]


def test_each_list_costs_one_statement(session, world, statements):
    who, _links = reader(session, ("home", POITIERS, 1))

    with statements() as seen:
        queries.page(session, who, wish=Wish("energie", "gift"))
        queries.sorted_by(session, who, "near")
        queries.kinds(session, who)
        queries.closed_to(session, who, limit=6)
        queries.live(session)

    assert len(seen) == 5


def test_a_commune_without_coordinates_reads_by_deadline(session, world):
    who, links = reader(session, ("home", "98735", 1))
    assert who.commune.lat is None
    met = {campaign_id for campaign_id, _ring, _opens in world.expected(session, links, ANYTHING)}

    found = queries.closed_to(session, who, limit=100)

    others = [one for one in world.drawn if one.live and one.id not in met]
    assert found == [one.id for one in sorted(others, key=lambda one: (one.closes_at, one.id))]
