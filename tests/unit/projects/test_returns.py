"""What an amount brings back, line by line and to the cent."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.projects.returns import Deal, due_on, gain_cents, lines, shared
from marketplace.projects.terms import Raise, Reward, Terms

LOAN = Deal("loan", 12, Terms(rate_bp=400, repayment="annuity", every=1), 1_000_00)
BOND = Deal("bond", 36, Terms(rate_bp=450, every=12, nominal_cents=100_00), 1_000_00)
SHARE = Deal("cooperative_share", None, Terms(rate_bp=322, nominal_cents=20_00), 1_000_00)
TITLE = Deal("participating_security", 84, Terms(rate_bp=200, variable_percent=40, variable_bp=330), 1_000_00)
ROYALTIES = Deal(
    "royalty_loan",
    48,
    Terms(part_bp=300, return_percent=140, turnovers=(40_000_00, 55_000_00, 70_000_00, 1_000_000_00)),
    4_000_00,
)


def paid(found):
    return [line.payment_cents for line in found]


def test_a_loan_is_repaid_by_equal_instalments():
    found = lines(LOAN, 1_000_00)

    assert [
        (one.interest_cents, one.principal_cents, one.balance_cents) for one in (found[0], found[1], found[-1])
    ] == [
        (3_33, 81_82, 918_18),
        (3_06, 82_09, 836_09),
        (28, 84_87, 0),
    ]
    assert gain_cents(found, 1_000_00) == 21_80


def test_a_bond_pays_coupons_then_its_price():
    assert paid(lines(BOND, 1_000_00)) == [45_00, 45_00, 1_045_00]


def test_principal_repaid_in_equal_parts_costs_less_and_less():
    deal = Deal("loan", 12, Terms(rate_bp=400, repayment="constant_principal", every=3), 1_000_00)

    assert paid(lines(deal, 1_000_00)) == [260_00, 257_50, 255_00, 252_50]


@pytest.mark.parametrize(("capitalised", "gain"), [(False, 15_00), (True, 15_25)])
def test_interest_of_a_deferral_is_paid_or_added_to_what_is_lent(capitalised, gain):
    terms = Terms(rate_bp=400, repayment="constant_principal", every=3, deferral=3, capitalised=capitalised)
    found = lines(Deal("loan", 6, terms, 500_00), 750_00)

    assert found[-1].balance_cents == 0
    assert found[0].payment_cents == (0 if capitalised else 7_50)
    assert gain_cents(found, 750_00) == pytest.approx(gain, abs=20)


def test_a_share_earns_interest_and_stays():
    found = lines(SHARE, 500_00)

    assert paid(found) == [16_10] * 5
    assert {line.balance_cents for line in found} == {500_00}
    assert gain_cents(found, 500_00) == 80_50


def test_a_titre_participatif_pays_a_fixed_and_a_variable_part():
    found = lines(TITLE, 100_00)

    assert paid(found) == [2_52] * 6 + [102_52]


def test_royalties_stop_at_their_cap_and_give_the_loan_back_first():
    found = lines(ROYALTIES, 100_00)

    # 3 % of 40 000, 55 000 and 70 000 €, then what is left of 5 600 €; a fortieth of each.
    assert paid(found) == [30_00, 41_25, 52_50, 16_25]
    assert [line.principal_cents for line in found] == [30_00, 41_25, 28_75, 0]
    assert gain_cents(found, 100_00) == 40_00


def test_people_of_an_inner_ring_get_their_own_rate():
    terms = Terms(rate_bp=300, ring_rates=(700, 500, 400), every=12)
    gains = [gain_cents(lines(Deal("bond", 12, terms, 100_00, ring), 100_00), 100_00) for ring in (0, 1, 2)]

    assert gains == [7_00, 5_00, 4_00]


def test_a_gift_brings_nothing_back():
    assert lines(Deal("gift", None, Terms(), 100_00), 10_00) == ()


def test_three_lenders_share_a_loan_without_a_cent_of_drift():
    parts = shared(LOAN, (100_00, 250_00, 650_00))

    assert [sum(line.interest_cents for line in part) for part in parts] == [2_18, 5_45, 14_17]
    assert [sum(line.principal_cents for line in part) for part in parts] == [100_00, 250_00, 650_00]
    assert [part[-1].balance_cents for part in parts] == [0, 0, 0]


DEALS = st.sampled_from([LOAN, BOND, SHARE, TITLE, ROYALTIES])


@given(deal=DEALS, amounts=st.lists(st.integers(10_00, 5_000_00), min_size=1, max_size=12))
def test_the_parts_of_a_payment_add_up_to_it_and_none_is_negative(deal, amounts):
    whole, parts = lines(deal, sum(amounts)), shared(deal, amounts)

    for number, line in enumerate(whole):
        assert sum(part[number].interest_cents for part in parts) == line.interest_cents
        assert sum(part[number].principal_cents for part in parts) == line.principal_cents
    assert min(line.interest_cents for part in parts for line in part) >= 0
    assert min(line.balance_cents for part in parts for line in part) >= 0


@pytest.mark.parametrize(
    ("start", "month", "due"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 11, 15), 2, date(2027, 1, 15)),
    ],
)
def test_a_payment_falls_on_the_same_day_of_a_month_or_its_last(start, month, due):
    assert due_on(start, month) == due


def test_terms_are_read_back_as_they_were_written():
    terms = Terms(
        rate_bp=0,
        ring_rates=(700, 400),
        capitalised=True,
        turnovers=(1, 2),
        accounts="Un premier exercice.",
        rewards=(Reward("Un pain", 10_00, None, date(2027, 6, 1)),),
        raises=(Raise(date(2026, 1, 2), 3_00),),
    )

    assert Terms.from_json(terms.as_json()) == terms
    assert terms.only(["rate_bp"]) == Terms(rate_bp=0)
