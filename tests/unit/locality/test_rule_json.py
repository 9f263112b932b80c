"""Reading a rule: what is written is what is meant, and what is wrong is said where it stands."""

import copy
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.locality.explain import as_json, investor_of, totals_of
from marketplace.locality.model import ACCEPTED_LINKS, Ceiling, Match, MinPeople, MinShare, Offer, Phase, Reserve
from marketplace.locality.rule import RuleError, check_zones, midnight, parse
from marketplace.locality.rules import decide

ZONE = {"op": "commune", "codes": ["86194"]}
WIDE = {"op": "departement", "codes": ["86"]}
WHOLE = {
    "format": 2,
    "preset": "",
    "around": "86194",
    "rings": [
        {"zone": ZONE, "minimum_level": 3, "name": "Ici", "cap_cents": 3_000_00, "rate_bp": 700},
        {"zone": WIDE, "minimum_level": 1, "cap_cents": 1_000_00, "minimum_cents": 20_00, "rate_bp": 400},
    ],
    "phases": [{"ring": 0, "days": 14}, {"ring": 1}],
    "quotas": [
        {"kind": "min_share", "ring": 0, "percent": 60},
        {"kind": "reserve", "ring": 0, "amount_cents": 5_000_00, "days": 30},
        {"kind": "ceiling", "ring": 0, "amount_cents": 9_000_00},
        {"kind": "min_people", "ring": 0, "people": 20},
    ],
    "matching": [{"fund": "Ville", "ring": 0, "percent": 100, "per_person_cents": 100_00, "total_cents": 5_000_00}],
    "accepts": {"person": ["home", "work"]},
    "association_members": 12,
    "public_units": ["departement:86"],
    "related_percent": 20,
}
OPENS = datetime(2026, 3, 20, 9, tzinfo=UTC)
CLOSES = datetime(2026, 5, 1, 22, tzinfo=UTC)


def changed(path, value):
    rule = copy.deepcopy(WHOLE)
    *way, last = path
    here = rule
    for step in way:
        here = here[step]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return rule


def test_every_part_of_a_rule_is_read():
    rule = parse(WHOLE)
    terms = rule.offer_terms(
        [frozenset({"86194"}), frozenset({"86194", "86066"})], opens_at=OPENS, closes_at=CLOSES, goal_cents=10_000_00
    )

    assert [ring.rate_bp for ring in terms["rings"]] == [700, 400]
    # Two weeks after the day it opens, at midnight in Paris; clocks went forward meanwhile.
    assert terms["phases"] == (Phase(OPENS, 0), Phase(datetime(2026, 4, 3, 22, tzinfo=UTC), 1))
    assert terms["min_shares"] == (MinShare(0, 60),)
    assert terms["reserves"] == (Reserve(0, 5_000_00, datetime(2026, 4, 19, 22, tzinfo=UTC)),)
    assert terms["ceilings"] == (Ceiling(0, 9_000_00),)
    assert terms["min_people"] == (MinPeople(0, 20),)
    assert terms["matches"] == (Match("Ville", 0, 100, 100_00, 5_000_00),)
    assert terms["accepts"] == {"person": frozenset({"home", "work"})}
    assert (terms["members"], terms["public_units"]) == (12, frozenset({"departement:86"}))
    assert terms["related_cap_cents"] == 2_000_00
    assert rule.days_in_turn() == 14


def test_a_rule_of_the_first_format_is_still_read():
    rule = parse({"format": 1, "preset": "epci", "around": "86194", "rings": [{"zone": ZONE, "minimum_level": 1}]})

    assert (rule.turns, rule.accepts, rule.related_percent) == ((), ACCEPTED_LINKS, None)


def test_a_reserve_without_days_lasts_as_long_as_the_campaign():
    rule = parse(changed(["quotas", 1, "days"], None))

    (reserve,) = rule.offer_terms([frozenset("a"), frozenset("ab")], opens_at=OPENS, closes_at=CLOSES, goal_cents=1)[
        "reserves"
    ]
    assert reserve.until == CLOSES


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        (["format"], 3, "rule_format_unknown", "format"),
        (["rings"], [], "rule_without_ring", "rings"),
        (["rings"], [{"zone": ZONE}] * 6, "rule_too_long", "rings"),
        (["rings", 0, "zone"], "86194", "rule_unreadable", "rings.0.zone"),
        (["rings", 0, "minimum_level"], 4, "rule_number", "rings.0.minimum_level"),
        (["rings", 0, "minimum_level"], True, "rule_number", "rings.0.minimum_level"),
        (["rings", 0, "cap_cents"], 0, "rule_number", "rings.0.cap_cents"),
        (["rings", 1, "minimum_cents"], 2_000_00, "ring_minimum_over_cap", "rings.1.minimum_cents"),
        (["rings", 0, "colour"], "red", "rule_unknown_key", "rings.0.colour"),
        (["phases"], [{"ring": 1, "days": 3}, {"ring": 0}], "phase_narrows", "phases.1.ring"),
        (["phases", 0, "days"], None, "phase_days", "phases.0.days"),
        (["phases", 1, "days"], 10, "phase_days", "phases.1.days"),
        (["phases", 0, "days"], 0, "rule_number", "phases.0.days"),
        (["phases"], [{"ring": 0}], "phases_stop_short", "phases.0.ring"),
        (["phases", 0, "ring"], 2, "ring_unknown", "phases.0.ring"),
        (["quotas", 0, "percent"], 101, "rule_number", "quotas.0.percent"),
        (["quotas", 0, "percent"], None, "rule_incomplete", "quotas.0.percent"),
        (["quotas", 0, "ring"], 1, "quota_for_everyone", "quotas.0.ring"),
        (["quotas", 2, "ring"], 1, "quota_for_everyone", "quotas.2.ring"),
        (["quotas", 0, "kind"], "luck", "quota_unknown", "quotas.0.kind"),
        (["quotas", 0, "kind"], ["min_share"], "quota_unknown", "quotas.0.kind"),
        (["quotas", 1, "amount_cents"], -1, "rule_number", "quotas.1.amount_cents"),
        (["matching", 0, "percent"], 0, "rule_number", "matching.0.percent"),
        (["accepts"], {"person": ["moon"]}, "link_unknown", "accepts.person"),
        (["accepts"], {"robot": ["home"]}, "rule_unknown_key", "accepts.robot"),
        (["public_units"], [86], "rule_unreadable", "public_units"),
        (["related_percent"], 101, "rule_number", "related_percent"),
        (["surprise"], 1, "rule_unknown_key", "surprise"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(path, value, code, where):
    with pytest.raises(RuleError) as raised:
        parse(changed(path, value))

    assert (raised.value.code, raised.value.path) == (code, where)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*WHOLE, "zone", "ring", "kind"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_anything_at_all_is_a_rule_or_an_error_that_can_be_said(written):
    for read in (parse, investor_of, totals_of):
        with suppress(RuleError):  # anything else is a failure
            read(written)


@given(st.data())
def test_one_part_replaced_by_anything_is_a_rule_or_an_error(data):
    path = data.draw(st.sampled_from([[key] for key in WHOLE] + [["rings", 0, "zone"], ["phases", 0], ["quotas", 1]]))
    value = data.draw(JSON)
    with suppress(RuleError):
        parse(changed(path, value))


@pytest.mark.parametrize(
    ("zones", "code"),
    [
        ([set()], "ring_empty"),
        ([{"a"}, set()], "ring_empty"),
        ([{"a", "b"}, {"a"}], "ring_adds_nobody"),  # the wrong way round
        ([{"a"}, {"a"}], "ring_adds_nobody"),
    ],
)
def test_rings_that_would_surprise_are_refused(zones, code):
    with pytest.raises(RuleError, match=code):
        check_zones([frozenset(zone) for zone in zones])


def test_rings_that_widen_are_fine():
    check_zones([frozenset("a"), frozenset("b"), frozenset("abc")])


@given(st.integers(0, 20 * 366 * 24 * 60).map(lambda minutes: OPENS + timedelta(minutes=minutes)), st.integers(1, 90))
def test_turns_end_at_a_midnight_of_paris_after_so_many_whole_days(start, days):
    end = midnight(start, days)

    hour = timedelta(hours=1)  # clocks are changed at night
    assert timedelta(days=days) - hour <= end - start <= timedelta(days=days + 1) + hour


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 11, 29, 23, tzinfo=UTC), datetime(2026, 12, 6, 23, tzinfo=UTC)),  # midnight in Paris
        (datetime(2026, 11, 29, 23, 0, 1, tzinfo=UTC), datetime(2026, 12, 7, 23, tzinfo=UTC)),
        (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC)),  # the night with 25 hours
    ],
)
def test_a_day_counts_when_it_is_whole(start, end):
    assert midnight(start, 7) == end


def test_a_decision_is_told_as_json():
    rule = parse(WHOLE)
    zones = [frozenset({"86194"}), frozenset({"86194", "86066"})]
    offer = Offer(
        state="live",
        instrument="gift",
        opens_at=OPENS,
        closes_at=CLOSES,
        minimum_cents=10_00,
        hard_cap_cents=20_000_00,
        **rule.offer_terms(zones, opens_at=OPENS, closes_at=CLOSES, goal_cents=10_000_00),
    )
    investor = investor_of(
        {"links": [{"kind": "home", "commune": "86194", "level": 1, "expires_at": "2027-01-01T00:00:00+00:00"}]}
    )
    totals = totals_of({"rings": [{"taken_cents": 30_00, "confirmed_cents": 30_00}]})

    told = as_json(decide(offer, totals, investor, 40_00, OPENS + timedelta(days=20)), offer)

    assert told == {
        "verdict": "accept_up_to",
        "limit_cents": 20_00,
        "terms": {
            "ring": 1,
            "name": "",
            "communes": 2,
            "minimum_level": 1,
            "cap_cents": 1_000_00,
            "minimum_cents": 20_00,
            "rate_bp": 400,
        },
        "blocks": [
            {
                "reason": "min_share",
                "way_out": "lower_amount",
                "limit_cents": 20_00,
                "facts": {"room_cents": 20_00, "level": 1, "percent": 60},
            }
        ],
        "better_if": {"ring": 0, "level": 3, "rate_bp": 700, "cap_cents": 3_000_00},
    }
