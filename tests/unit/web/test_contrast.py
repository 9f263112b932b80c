import pytest

from marketplace.web.style import tokens


@pytest.mark.parametrize("pair", tokens.pairs(), ids=lambda pair: f"{pair.fore}-on-{pair.back}")
def test_each_pair_of_colours_is_readable_in_light_and_dark(pair):
    assert pair.light >= pair.least
    assert pair.dark >= pair.least


def test_the_ratio_is_that_of_wcag():
    assert tokens.ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert tokens.ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert tokens.ratio("#FFFFFF", "#777777") == tokens.ratio("#777777", "#FFFFFF")


def test_the_sheet_is_where_the_colours_come_from():
    colours = tokens.colours()

    assert len(colours) >= 25
    assert colours["ink"] == tokens.Colour("ink", "#14232E", "#EDF1F3")
    assert colours["gold"].light == colours["gold"].dark
