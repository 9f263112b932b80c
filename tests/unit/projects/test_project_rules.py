"""What a campaign may be, judged without a database."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.locality import presets
from marketplace.projects import rules
from marketplace.projects.rules import Content
from marketplace.projects.uses import Use

TODAY = date(2026, 11, 22)
WHOLE = Content(
    name="Le Fournil du Clain",
    commune_code="86133",
    sector="alimentation",
    legal_form="scop",
    title="Rallumer le four à bois de Ligugé",
    summary="Quatre salariés reprennent la boulangerie du bourg.",
    story_markdown="La boulangerie a fermé en mars. Les salariés la reprennent ensemble.",
    instrument="interest_free_loan",
    loan_months=36,
    threshold_cents=20_000_00,
    goal_cents=32_000_00,
    hard_cap_cents=40_000_00,
    minimum_cents=10_00,
    ends_on=TODAY + timedelta(days=60),
    rule_preset="epci",
)


def codes(content, population=3_300, today=TODAY):
    return {(problem.field, problem.code) for problem in rules.problems(content, population=population, today=today)}


def test_a_whole_campaign_has_no_problem():
    assert codes(WHOLE) == set()
    assert codes(replace(WHOLE, instrument="gift", loan_months=None)) == set()


def test_an_empty_draft_names_everything_that_is_missing():
    found = codes(Content())

    assert found == {
        ("name", "project_name_missing"),
        ("commune_code", "project_commune_missing"),
        ("sector", "sector_missing"),
        ("legal_form", "legal_form_missing"),
        ("title", "title_missing"),
        ("summary", "summary_missing"),
        ("story_markdown", "story_missing"),
        ("instrument", "instrument_missing"),
        ("threshold_cents", "threshold_missing"),
        ("goal_cents", "goal_missing"),
        ("hard_cap_cents", "hard_cap_missing"),
        ("ends_on", "ends_on_missing"),
        ("rule_preset", "rule_preset_missing"),
    }


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": "X"}, ("name", "project_name_too_short")),
        ({"name": "x" * 91}, ("name", "project_name_too_long")),
        ({"title": "Four"}, ("title", "title_too_short")),
        ({"title": "x" * 91}, ("title", "title_too_long")),
        ({"summary": "   "}, ("summary", "summary_missing")),
        ({"summary": "x" * 241}, ("summary", "summary_too_long")),
        ({"story_markdown": "x" * 49}, ("story_markdown", "story_too_short")),
        ({"story_markdown": "x" * 20_001}, ("story_markdown", "story_too_long")),
        ({"sector": "gambling"}, ("sector", "sector_unknown")),
        ({"legal_form": "sci"}, ("legal_form", "legal_form_unknown")),
        ({"instrument": "lottery"}, ("instrument", "instrument_unknown")),
        ({"rule_preset": "france"}, ("rule_preset", "rule_preset_unknown")),
        ({"loan_months": None}, ("loan_months", "loan_months_missing")),
        ({"loan_months": 0}, ("loan_months", "loan_months_out_of_range")),
        ({"loan_months": 85}, ("loan_months", "loan_months_out_of_range")),
        ({"instrument": "gift"}, ("loan_months", "loan_months_on_gift")),
        ({"threshold_cents": 0}, ("threshold_cents", "amount_not_positive")),
        ({"threshold_cents": -1}, ("threshold_cents", "amount_not_positive")),
        ({"threshold_cents": 32_000_01}, ("threshold_cents", "threshold_above_goal")),
        ({"goal_cents": 40_000_01}, ("hard_cap_cents", "hard_cap_below_goal")),
        ({"hard_cap_cents": 1_000_000_01}, ("hard_cap_cents", "hard_cap_too_high")),
        ({"minimum_cents": 9_99}, ("minimum_cents", "minimum_too_low")),
        ({"minimum_cents": 5_000_01}, ("minimum_cents", "minimum_above_loan_limit")),
        (
            {"instrument": "gift", "loan_months": None, "minimum_cents": 40_000_01},
            ("minimum_cents", "minimum_above_hard_cap"),
        ),
        ({"uses": (Use("Le four", 31_999_99),)}, ("uses", "uses_differ_from_goal")),
        ({"uses": (Use("Le four", 32_000_00), Use("Le pétrin"))}, ("uses-1-cents", "use_amount_missing")),
        ({"uses": (Use("Le four", 0),)}, ("uses-0-cents", "amount_not_positive")),
        ({"uses": (Use("x", 32_000_00),)}, ("uses-0-label", "use_label_missing")),
        ({"uses": (Use("x" * 81, 32_000_00),)}, ("uses-0-label", "use_label_too_long")),
        ({"ends_on": TODAY + timedelta(days=20)}, ("ends_on", "ends_too_soon")),
        ({"ends_on": TODAY + timedelta(days=91)}, ("ends_on", "ends_too_late")),
        ({"opens_on": TODAY + timedelta(days=61)}, ("opens_on", "opens_too_late")),
        ({"opens_on": TODAY + timedelta(days=40)}, ("ends_on", "ends_too_soon")),
        (
            {"opens_on": TODAY + timedelta(days=10), "ends_on": TODAY + timedelta(days=101)},
            ("ends_on", "ends_too_late"),
        ),
    ],
)
def test_each_limit_is_said_at_its_field(change, problem):
    assert codes(replace(WHOLE, **change)) == {problem}


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Fours"},
        {"title": "x" * 90},
        {"summary": "x" * 240},
        {"story_markdown": "x" * 50},
        {"story_markdown": "x" * 20_000},
        {"loan_months": 1},
        {"loan_months": 84},
        {"threshold_cents": 1},
        {"threshold_cents": 32_000_00},
        {"goal_cents": 40_000_00},
        {"hard_cap_cents": 1_000_000_00},
        {"hard_cap_cents": 32_000_00},
        {"minimum_cents": 5_000_00},
        {"uses": (Use("x" * 80, 1), Use("Le four", 31_999_99, "86293"))},
        {"ends_on": TODAY + timedelta(days=21)},
        {"ends_on": TODAY + timedelta(days=90)},
        {"opens_on": TODAY - timedelta(days=400)},
        {"opens_on": TODAY + timedelta(days=39)},
        {"opens_on": TODAY + timedelta(days=60), "ends_on": TODAY + timedelta(days=150)},
    ],
)
def test_the_bounds_themselves_are_allowed(change):
    assert codes(replace(WHOLE, **change)) == set()


def test_a_content_is_read_back_as_it_was_written():
    whole = replace(WHOLE, opens_on=TODAY, uses=(Use("Le four", 32_000_00, "86293"), Use("Le reste", 1)))

    assert Content.from_json(json.loads(json.dumps(whole.as_json()))) == whole


def test_the_commune_must_exist_and_be_inhabited():
    assert codes(WHOLE, population=None) == {("commune_code", "project_commune_unknown")}
    assert codes(WHOLE, population=0) == {("commune_code", "project_commune_uninhabited")}


def test_the_turns_of_a_rule_are_counted_from_the_first_day():
    whole = replace(WHOLE, rule_preset="local_first", ends_on=TODAY + timedelta(days=60))
    alone = presets.days_before_all(whole.rule_preset, whole.rule_options)
    last = whole.ends_on - timedelta(days=alone)

    assert rules.rule_problems(replace(whole, opens_on=last - timedelta(days=1)), TODAY) == []
    (problem,) = rules.rule_problems(replace(whole, opens_on=last), TODAY)
    assert problem.code == "rule_turns_past_end"


def test_texts_lose_what_does_not_show():
    assert rules.clean_line("  Four\u202e à\x00 bois \n du\tbourg ") == "Four à bois du bourg"
    assert rules.clean_line("e\u0301te\u0301") == "été"
    assert rules.clean_text("\r\nUn\r\n\r\ndeux\rtrois\x0b\ud800\n") == "Un\n\ndeux\ntrois"


@given(st.text())
def test_cleaning_is_stable_and_can_be_stored(text):
    for clean in (rules.clean_line, rules.clean_text):
        once = clean(text)
        assert clean(once) == once
        assert "\x00" not in once
        once.encode()


@given(st.lists(st.sampled_from(rules.STATES), max_size=12))
def test_no_sequence_of_moves_leaves_the_table(wishes):
    state, steps = rules.FIRST_STATE, [(None, rules.FIRST_STATE)]
    for wish in wishes:
        if rules.may_move(state, wish):
            steps.append((state, wish))
            state = wish

    assert rules.fold(steps) == state
    assert state in rules.STATES
    if state in rules.PUBLIC:
        assert (("submitted", "live")) in steps


@given(st.lists(st.tuples(st.sampled_from(rules.STATES), st.sampled_from(rules.STATES)), min_size=1, max_size=6))
def test_a_history_that_breaks_the_table_folds_to_nothing(steps):
    legal = all(
        rules.may_move(old, new) and old == previous
        for (old, new), previous in zip(steps, [rules.FIRST_STATE, *(new for _, new in steps)], strict=False)
    )

    assert (rules.fold([(None, rules.FIRST_STATE), *steps]) is not None) == legal


def test_every_state_can_be_reached_and_only_ends_are_final():
    reached = {rules.FIRST_STATE}
    for _round in rules.STATES:
        reached |= {new for old in reached for new in rules.MOVES[old]}

    assert reached == set(rules.STATES)
    # A refusal may be looked at again.
    assert {state for state, moves in rules.MOVES.items() if not moves} == {"funded", "failed", "cancelled"}


def test_nothing_goes_public_without_review():
    # A suspended one was reviewed before it opened, and is corrected before it opens again.
    assert [old for old, moves in rules.MOVES.items() if "live" in moves] == ["submitted", "suspended"]
    assert [old for old, moves in rules.MOVES.items() if "suspended" in moves] == ["live"]


@given(
    st.builds(
        Content,
        name=st.text(max_size=8),
        title=st.text(max_size=8),
        loan_months=st.none() | st.integers(-5, 100),
        goal_cents=st.none() | st.integers(-5, 10**11),
        ends_on=st.none() | st.dates(),
    )
)
def test_a_content_survives_json(content):
    assert Content.from_json(content.as_json()) == content


def test_terms_have_one_digest_whatever_their_order():
    assert rules.terms_digest({"a": 1, "b": "é"}) == rules.terms_digest({"b": "é", "a": 1})
    assert rules.terms_digest({"a": 1}) != rules.terms_digest({"a": 2})
