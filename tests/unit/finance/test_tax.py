"""What tax would take of interest, from a dated table."""

import tomllib
from datetime import date

import pytest

from config import ROOT
from marketplace.finance import tax

TABLE = tax.read(tomllib.loads((ROOT / "taxes.toml").read_text(encoding="utf-8")))


def test_forty_five_euros_of_interest_leave_thirty_and_eighty_seven_cents():
    flat = tax.in_force(TABLE, date(2026, 11, 26))

    assert flat is not None
    assert (flat.income_bp, flat.social_bp, flat.whole_bp) == (1280, 1860, 3140)
    assert tax.levy(45_00, flat) == tax.Levy(5_76, 8_37, 30_87)


@pytest.mark.parametrize(("day", "social"), [(date(2025, 12, 31), 1720), (date(2026, 1, 1), 1860)])
def test_the_rates_change_on_their_day(day, social):
    flat = tax.in_force(TABLE, day)

    assert flat is not None
    assert flat.social_bp == social


def test_nothing_is_said_of_a_day_before_the_table():
    assert tax.in_force(TABLE, date(2017, 12, 31)) is None


def test_nothing_is_taken_of_no_gain():
    assert tax.levy(0, TABLE[0]) == tax.Levy(0, 0, 0)


@pytest.mark.parametrize(
    "table",
    [
        {"flat": []},
        {"flat": [{"since": date(2026, 1, 1), "income_bp": 9_000, "social_bp": 2_000, "source": "x"}]},
        {"flat": [{"since": date(2026, 1, 1), "income_bp": -1, "social_bp": 2_000, "source": "x"}]},
    ],
)
def test_a_table_that_cannot_be_is_refused(table):
    with pytest.raises(ValueError, match=r"flat"):
        tax.read(table)
