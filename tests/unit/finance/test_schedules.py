"""Schedules of repayment: the worked examples, to the cent, and what must hold of every loan."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.finance import schedules
from marketplace.finance.schedules import Deferral, annuity, bullet, constant_principal


def figures(line):
    return line.interest_cents, line.principal_cents, line.balance_cents


def test_equal_instalments():
    lines = annuity(1_000_00, rate_bp=400, months=12)

    assert [line.payment_cents for line in lines] == [85_15] * 11 + [85_15]
    assert figures(lines[0]) == (3_33, 81_82, 918_18)
    assert figures(lines[1]) == (3_06, 82_09, 836_09)
    assert figures(lines[2]) == (2_79, 82_36, 753_73)
    assert figures(lines[10]) == (56, 84_59, 84_87)
    assert figures(lines[11]) == (28, 84_87, 0)
    assert schedules.total_interest_cents(lines, 1_000_00) == 21_80


@pytest.mark.parametrize(
    ("loan", "instalment", "last", "interest"),
    [
        ((1_000_00, 500, 36), 29_97, 29_98, 78_93),
        ((500_00, 300, 24), 21_49, 21_51, 15_78),
        ((100_00, 400, 12), 8_51, 8_57, 2_18),
        ((100_00, 0, 3), 33_33, 33_34, 0),
    ],
)
def test_the_last_instalment_absorbs_what_rounding_left(loan, instalment, last, interest):
    principal, rate, months = loan
    lines = annuity(principal, rate_bp=rate, months=months)

    assert {line.payment_cents for line in lines[:-1]} == {instalment}
    assert lines[-1].payment_cents == last
    assert schedules.total_interest_cents(lines, principal) == interest


@pytest.mark.parametrize(
    ("loan", "every", "coupon", "interest"),
    [
        ((1_000_00, 450, 36), 12, 45_00, 135_00),
        ((1_000_00, 450, 36), 1, 3_75, 135_00),
        ((250_00, 400, 24), 12, 10_00, 20_00),
    ],
)
def test_repaid_at_once_at_the_end(loan, every, coupon, interest):
    principal, rate, months = loan
    lines = bullet(principal, rate_bp=rate, months=months, every=every)

    assert [line.month for line in lines] == list(range(every, months + 1, every))
    assert [line.payment_cents for line in lines] == [coupon] * (len(lines) - 1) + [coupon + principal]
    assert schedules.total_interest_cents(lines, principal) == interest


def test_equal_parts_of_the_principal():
    lines = constant_principal(1_000_00, rate_bp=400, months=12, every=3)

    assert [line.payment_cents for line in lines] == [260_00, 257_50, 255_00, 252_50]
    assert schedules.total_interest_cents(lines, 1_000_00) == 25_00


def test_interest_is_paid_while_the_principal_waits():
    lines = annuity(1_000_00, rate_bp=400, months=15, deferral=Deferral(3))

    assert [figures(line) for line in lines[:3]] == [(3_33, 0, 1_000_00)] * 3
    assert [figures(line) for line in lines[3:]] == [
        figures(line) for line in annuity(1_000_00, rate_bp=400, months=12)
    ]
    assert [line.month for line in lines] == list(range(1, 16))


def test_interest_that_is_not_paid_is_added_to_what_is_lent():
    lines = constant_principal(1_000_00, rate_bp=1_200, months=4, deferral=Deferral(2, capitalised=True))

    assert [figures(line) for line in lines] == [
        (0, 0, 1_010_00),
        (0, 0, 1_020_10),
        (10_20, 510_05, 510_05),
        (5_10, 510_05, 0),
    ]


def test_the_effective_rate():
    assert round(Decimal(float(schedules.effective_rate(400) * 100)), 4) == Decimal("4.0742")
    assert schedules.effective_rate(400, every=12) * 100 == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"principal_cents": 0},
        {"rate_bp": -1},
        {"rate_bp": schedules.MOST_RATE_BP + 1},
        {"months": 0},
        {"months": schedules.MOST_MONTHS + 1},
        {"months": 10, "every": 3},
        {"every": 0},
        {"months": 2, "every": 3},
    ],
)
@pytest.mark.parametrize("kind", [annuity, bullet, constant_principal])
def test_figures_that_make_no_loan(kind, wrong):
    with pytest.raises(ValueError, match=r"\d"):
        kind(**{"principal_cents": 1_000_00, "rate_bp": 400, "months": 12, "every": 1, **wrong})


@pytest.mark.parametrize("deferral", [Deferral(-1), Deferral(12), Deferral(4)])
def test_a_deferral_ends_before_the_loan_at_a_payment(deferral):
    with pytest.raises(ValueError, match="Deferral"):
        annuity(1_000_00, rate_bp=400, months=12, every=3, deferral=deferral)


loans = st.fixed_dictionaries(
    {
        "principal_cents": st.integers(10_00, 50_000_00),
        "rate_bp": st.integers(0, 1_500),
        "every": st.sampled_from([1, 3, 12]),
        "months": st.sampled_from([24, 36, 84]),
    }
)


@given(loan=loans, deferred=st.sampled_from([0, 12]), capitalised=st.booleans())
def test_what_is_lent_is_repaid_to_the_cent(loan, deferred, capitalised):
    for lines in (
        annuity(**loan, deferral=Deferral(deferred, capitalised)),
        constant_principal(**loan, deferral=Deferral(deferred, capitalised)),
        bullet(**loan),
    ):
        most = max(line.balance_cents for line in lines)

        assert lines[-1].balance_cents == 0
        assert lines[-1].month == loan["months"]
        assert min(min(line.interest_cents, line.principal_cents) for line in lines) >= 0
        assert sum(line.principal_cents for line in lines) in {loan["principal_cents"], most}
        assert schedules.total_interest_cents(lines, loan["principal_cents"]) >= 0
