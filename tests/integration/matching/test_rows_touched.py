"""At any size a list touches as many rows: growth is watched by what is read, not by the clock."""

import random
import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.core.db import uuid7
from marketplace.matching import bulk, checking, queries, reading, rules
from marketplace.matching.bulk import Ready
from marketplace.matching.compiling import Compiled, Entry
from marketplace.territories import queries as territories
from tests.factories import BORDEAUX, POITIERS

# Not published: only the index is looked at, and its campaigns are nowhere else.
pytestmark = [pytest.mark.untimed]

SIZES = (1_000, 20_000)
MOST = 200
KINDS = [(sector, instrument, "scic") for sector in ("energie", "culture") for instrument in ("gift", "loan")]


def fill(database, size, now):
    """Write an index of so many campaigns, most of which one commune meets, by its own bulk path."""
    dice = random.Random(size)
    keys = sorted({key for home in _communes(database).values() for key in queries.territories_of(home)})

    def one() -> Ready:
        opens = (now, now, now)
        # Some count where people work too; they are all of one commune, so that it has two streams.
        works = dice.random() < 0.2
        mask = rules.mask({"person": frozenset({"home", "work"} if works else {"home"})})
        chosen = [f"C{POITIERS}"] if works else dice.sample(keys, 2)
        entries = tuple(Entry(key, dice.randrange(3), dice.choice((1, 40, 265)), opens) for key in chosen)
        compiled = Compiled(mask, entries)
        at = now - timedelta(days=1)
        return Ready(uuid7(), dice.choice(KINDS), 1, "", at, 0, dice.randrange(11), at, compiled)

    def write(session):
        session.execute(text("ALTER TABLE listed DROP CONSTRAINT IF EXISTS fk_listed_campaign_id_campaign"))
        session.execute(text("TRUNCATE listed, listing, listing_total, listing_count"))
        bulk.fill(session, (one() for _ in range(size)))
        checking.count_again(session)
        session.execute(text("ANALYZE listing, listing_total, listing_count"))

    database.in_transaction(write)


def _communes(database):
    with database.reading() as session:
        return territories.communes(session, (POITIERS, BORDEAUX))


def scanned(plan):
    """Return how many rows the scans of a plan read, those a filter dropped included."""
    own = 0
    if "Relation Name" in plan:
        own = round((plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"])
    return own + sum(scanned(child) for child in plan.get("Plans", ()))


def touched(session, statement, values):
    for setting in ("force_custom_plan", "force_generic_plan"):
        session.execute(text(f"SET LOCAL plan_cache_mode = {setting}"))
        explained = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.text}")
        for _ in range(2):
            plan = session.scalar(explained, values)[0]["Plan"]
        yield scanned(plan)


def test_the_list_and_its_total_touch_few_rows_at_any_size(committed, now):
    home = _communes(committed)[POITIERS]
    at = queries.Cursor(1, 40, 5, uuid7())
    cursor = {f"at_{name}": getattr(at, name) for name in ("ring", "zone_size", "rank", "campaign_id")}
    lists = {
        "first page": (reading.merge("", (), 21, several=False), {}),
        "a page further on": (reading.merge(">", (), 21, several=False), cursor),
        "the page before": (reading.merge("<", (), 21, several=False), cursor),
    }
    for size in SIZES:
        fill(committed, size, now)
        with committed.reading() as session:
            total = queries.page(session, queries.resident(home)).total
            assert total > size / 4
            for name, (statement, more) in lists.items():
                values = queries.resident(home).values() | more
                assert max(touched(session, statement, values)) <= MOST, (size, name)


def test_the_control_sorting_all_that_fits_touches_ever_more(committed, now):
    home = _communes(committed)[POITIERS]
    found = []
    for size in SIZES:
        fill(committed, size, now)
        with committed.reading() as session:
            in_order = "ORDER BY ring, zone_size, rank, campaign_id LIMIT 20"
            everything = reading.everything("l.*", in_order, several=False)
            found.append(max(touched(session, everything, queries.resident(home).values())))

    assert found[0] > MOST
    assert found[1] > 10 * found[0]


def test_the_server_keeps_one_plan_whoever_asks(committed, now):
    fill(committed, SIZES[1], now)
    wish, at = queries.Wish("energie", "gift"), queries.Cursor(1, 40, 5, uuid7())
    with committed.reading() as session:
        session.execute(text("SET LOCAL plan_cache_mode = auto"))
        for home in _communes(committed).values():
            for _ in range(10):
                for more in ({}, {"wish": wish}, {"cursor": at}, {"wish": wish, "cursor": at}):
                    queries.page(session, queries.resident(home), **more)
        plans = session.execute(
            text("SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE '%listing l%'")
        ).all()

    assert len(plans) >= 4
    assert all(custom <= 5 < generic for custom, generic in plans), plans


@pytest.mark.parametrize("way", ["", ">", "<"])
@pytest.mark.parametrize("filters", [(), ("instrument",), ("instrument", "sector"), ("legal_form",)])
def test_the_planner_sees_no_value_that_it_could_weigh(way, filters):
    said = reading.merge(way, filters, 21, several=False)
    hidden = re.compile(r"\(SELECT (?:unnest\()?CAST\(:(\w+) AS [\w\[\]]+\)\)*")
    bare = set(said._bindparams) - set(hidden.findall(said.text))

    assert bare == {"level"}, "the level decides about no row"
    assert set(re.findall(r":(\w+)", hidden.sub("", said.text))) == {"level"}
