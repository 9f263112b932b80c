"""Co-operative shares, titres participatifs, royalties: the worked examples, to the cent."""

import pytest

from marketplace.finance import capital


def test_the_interest_on_shares_is_capped_two_points_above_the_mean_rounded_down():
    assert capital.share_interest_cap_bp([228, 150, 96, 119, 80, 63]) == 322
    assert capital.share_interest_cents(500_00, rate_bp=322) == 16_10


def test_three_years_have_six_halves():
    with pytest.raises(ValueError, match="228"):
        capital.share_interest_cap_bp([228, 150, 96])


def test_shares_earn_by_the_day():
    assert capital.share_interest_cents(500_00, rate_bp=200, days=122) == 3_34


@pytest.mark.parametrize(("result", "most"), [(20_000_00, 8_500_00), (0, 0), (-5_000_00, 0), (1, 0), (3, 1)])
def test_a_scic_keeps_more_than_half(result, most):
    assert capital.distributable_cents(result) == most


def test_a_titre_participatif_has_a_fixed_and_a_variable_part():
    assert capital.participating_cents(100_00, variable_percent=40, fixed_bp=200, variable_bp=330) == 2_52


def test_the_variable_part_rests_on_two_fifths_at_most():
    with pytest.raises(ValueError, match="41"):
        capital.participating_cents(100_00, variable_percent=41, fixed_bp=200, variable_bp=330)


def test_royalties_end_at_their_cap():
    turnovers = [40_000_00, 55_000_00, 70_000_00, 70_000_00, 70_000_00]

    due = capital.royalties_cents(turnovers, percent_bp=300, raised_cents=4_000_00, cap_percent=140)

    assert due == (1_200_00, 1_650_00, 2_100_00, 650_00, 0)


def test_a_negative_turnover_is_no_turnover():
    with pytest.raises(ValueError, match="-1"):
        capital.royalties_cents([-1], percent_bp=300, raised_cents=4_000_00, cap_percent=140)
