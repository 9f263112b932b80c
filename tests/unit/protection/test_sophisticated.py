"""Annex II: two criteria out of three for a person, one for an organisation, each at its border."""

import pytest

from marketplace.protection.sophisticated import (
    OrganisationFacts,
    PersonFacts,
    criteria_met,
    may_ask,
    valid_until,
)
from tests.unit.protection.test_reflection import paris


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        ({"income_cents": 60_000_00}, ("means",)),
        ({"income_cents": 59_999_99}, ()),
        ({"portfolio_cents": 100_000_01}, ("means",)),
        ({"portfolio_cents": 100_000_00}, ()),
        ({"income_cents": 60_000_00, "portfolio_cents": 150_000_00}, ("means",)),
        ({"finance_months": 12}, ("profession",)),
        ({"finance_months": 11, "executive_months": 11}, ()),
        ({"executive_months": 12}, ("profession",)),
        ({"transactions": 40}, ("transactions",)),
        ({"transactions": 39}, ()),
    ],
)
def test_criteria_of_a_person_at_their_borders(facts, met):
    assert criteria_met(PersonFacts(**facts)) == met


@pytest.mark.parametrize(
    ("facts", "enough"),
    [
        ({"income_cents": 60_000_00, "executive_months": 12}, True),
        ({"portfolio_cents": 100_000_00, "transactions": 40}, False),
        ({"portfolio_cents": 100_000_01, "transactions": 40}, True),
        ({"income_cents": 60_000_00, "portfolio_cents": 150_000_00}, False),
        ({"finance_months": 12, "executive_months": 12}, False),
        ({"finance_months": 24, "transactions": 40}, True),
        ({}, False),
    ],
)
def test_a_person_needs_two(facts, enough):
    assert may_ask("person", criteria_met(PersonFacts(**facts))) is enough


@pytest.mark.parametrize(
    ("facts", "enough"),
    [
        ({"own_funds_cents": 100_000_00}, True),
        ({"own_funds_cents": 99_999_99}, False),
        ({"turnover_cents": 2_000_000_00}, True),
        ({"turnover_cents": 1_999_999_99}, False),
        ({"balance_sheet_cents": 1_000_000_00}, True),
        ({"balance_sheet_cents": 999_999_99}, False),
    ],
)
def test_an_organisation_needs_one(facts, enough):
    assert may_ask("organisation", criteria_met(OrganisationFacts(**facts))) is enough


def test_the_same_criterion_twice_is_one():
    assert not may_ask("person", ["means", "means"])


def test_an_approval_holds_for_two_years():
    assert valid_until(paris("2026-11-23T10:00")) == paris("2028-11-23T10:00")
