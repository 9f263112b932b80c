"""Who may offer what, and within which figures."""

from dataclasses import replace
from datetime import date

import pytest

from marketplace.locality.presets import Options
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.rules import Content
from marketplace.projects.term_rules import TEXT_LENGTH, problems, room_problem
from marketplace.projects.terms import Raise, Reward, Terms
from tests.factories.instruments import MONTHS, RISKS, TERMS

TODAY = date(2026, 11, 26)


def content(instrument, **changes):
    terms = replace(TERMS[instrument], **changes.pop("terms", {}))
    facts = {
        "instrument": instrument,
        "legal_form": "scic",
        "loan_months": 36 if instrument == "loan" else MONTHS.get(instrument),
        "hard_cap_cents": 20_000_00,
        "minimum_cents": 50_00 if instrument != "gift_with_reward" else 10_00,
        "ends_on": date(2027, 1, 10),
        "rule_preset": "epci",
        "terms": terms,
        "details": RISKS,
    }
    return Content(**{**facts, **changes})


def found(instrument, **changes):
    return {(one.field, one.code) for one in problems(content(instrument, **changes), today=TODAY)}


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_each_instrument_may_be_offered_when_its_terms_are_whole(instrument):
    assert found(instrument) == set()


@pytest.mark.parametrize(
    ("instrument", "name"), [(code, name) for code, known in INSTRUMENTS.items() for name in sorted(known.required)]
)
def test_each_term_that_is_required_is_missed(instrument, name):
    empty = getattr(Terms(), name)

    assert name in {field for field, _code in found(instrument, terms={name: empty})}


@pytest.mark.parametrize(
    ("instrument", "form", "allowed"),
    [
        ("cooperative_share", "association", False),
        ("cooperative_share", "ei", False),
        ("cooperative_share", "sas", False),
        ("cooperative_share", "scop", True),
        ("participating_security", "sas", False),
        ("participating_security", "scic", True),
        ("bond", "sarl", False),
        ("bond", "ei", False),
        ("bond", "association", True),
        ("bond", "sas", True),
        ("loan", "commune", False),
        ("loan", "ei", True),
        ("gift", "commune", True),
    ],
)
def test_the_law_keeps_some_instruments_for_some_legal_forms(instrument, form, allowed):
    refused = ("instrument", "instrument_not_for_form") in found(instrument, legal_form=form)

    assert refused is not allowed


@pytest.mark.parametrize(
    ("instrument", "terms", "expected"),
    [
        ("loan", {"rate_bp": 2_000}, None),
        ("loan", {"rate_bp": 2_001}, ("rate_bp", "rate_out_of_range")),
        ("loan", {"every": 5}, ("every", "every_missing")),
        ("loan", {"every": 12}, None),
        ("loan", {"repayment": "when I can"}, ("repayment", "repayment_missing")),
        ("loan", {"deferral": 12}, None),
        ("loan", {"deferral": 35}, None),
        ("loan", {"deferral": 36}, ("deferral", "deferral_does_not_fit")),
        ("loan", {"deferral": 4, "every": 3}, ("deferral", "deferral_does_not_fit")),
        ("loan", {"deferral": 3, "repayment": "in_fine"}, ("deferral", "deferral_in_fine")),
        ("bond", {"every": 6}, None),
        ("bond", {"nominal_cents": 99}, ("nominal_cents", "nominal_out_of_range")),
        ("participating_security", {"variable_percent": 41}, ("variable_percent", "variable_too_large")),
        ("participating_security", {"variable_percent": 0}, None),
        # Three years of rates allow 3.22 %, rounded down.
        ("cooperative_share", {"rate_bp": 323}, ("rate_bp", "share_rate_above_cap")),
        ("cooperative_share", {"rate_bp": 0, "tmo_bp": ()}, None),
        ("cooperative_share", {"tmo_bp": ()}, ("tmo_bp", "tmo_missing")),
        ("cooperative_share", {"tmo_bp": (1, 2)}, ("tmo_bp", "tmo_incomplete")),
        ("royalty_loan", {"return_percent": 99}, ("return_percent", "return_out_of_range")),
        ("royalty_loan", {"part_bp": 2_001}, ("part_bp", "part_out_of_range")),
        ("royalty_loan", {"turnovers": (1,)}, ("turnovers", "turnovers_differ")),
        ("loan", {"ring_rates": (500,)}, None),
        ("loan", {"ring_rates": (500, 400)}, ("ring_rates", "ring_rates_differ")),
        ("loan", {"rate_bp": None, "ring_rates": (500,)}, None),
        ("loan", {"accounts": "x" * TEXT_LENGTH["accounts"]}, None),
        ("loan", {"accounts": "x" * (TEXT_LENGTH["accounts"] + 1)}, ("accounts", "term_too_long")),
        ("loan", {"raises": (Raise(date(2026, 11, 27), 1_00),)}, ("raises-0-launched_on", "raise_day")),
        ("loan", {"raises": (Raise(TODAY, None),)}, ("raises-0-cents", "amount_not_positive")),
        (
            "gift_with_reward",
            {"rewards": (Reward("Un pain", 9_99, 1, date(2027, 6, 1)),)},
            ("rewards-0-cents", "reward_amount"),
        ),
        (
            "gift_with_reward",
            {"rewards": (Reward("", 20_00, 1, date(2027, 6, 1)),)},
            ("rewards-0-label", "reward_label"),
        ),
        (
            "gift_with_reward",
            {"rewards": (Reward("Un pain", 20_00, 0, date(2027, 6, 1)),)},
            ("rewards-0-stock", "reward_stock"),
        ),
        (
            "gift_with_reward",
            {"rewards": (Reward("Un pain", 20_00, 1, date(2027, 1, 1)),)},
            ("rewards-0-month", "reward_month"),
        ),
    ],
)
def test_figures_at_their_borders(instrument, terms, expected):
    wrong = found(instrument, terms=terms)

    assert wrong == ({expected} if expected else set())


@pytest.mark.parametrize(
    ("instrument", "changes", "expected"),
    [
        ("participating_security", {"loan_months": 85}, ("loan_months", "months_not_whole_years")),
        ("loan", {"loan_months": 37, "terms": {"every": 3}}, ("every", "every_does_not_divide")),
        ("bond", {"minimum_cents": 60_00}, ("minimum_cents", "not_whole_nominals")),
        ("bond", {"hard_cap_cents": 20_010_00}, ("hard_cap_cents", "not_whole_nominals")),
    ],
)
def test_figures_that_do_not_fit_each_other(instrument, changes, expected):
    assert found(instrument, **changes) == {expected}


def test_a_rule_of_three_circles_has_three_rates():
    wider = {"rule_preset": "local_first", "rule_options": Options()}

    assert found("loan", terms={"ring_rates": (500, 400, 300)}, **wider) == set()
    assert found("loan", terms={"ring_rates": (500, 400)}, **wider) == {("ring_rates", "ring_rates_differ")}


@pytest.mark.parametrize(("cap", "codes"), [(2_500_000_00, []), (2_500_000_01, ["offers_above_limit"])])
def test_offers_of_a_year_stay_within_five_millions(cap, codes):
    assert [one.code for one in room_problem(cap, 2_500_000_00, 5_000_000_00)] == codes
