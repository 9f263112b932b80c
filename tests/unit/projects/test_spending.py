"""How much stays near, counted on lines; never more than is true."""

from marketplace.projects.spending import Line, Spending
from tests.unit.web.test_campaign_rings import POITIERS


def of(**classes):
    return Spending((), tuple(classes.items()))


def test_what_is_near_is_rounded_down():
    assert of(here=1, near=1, far=1).near_percent == 66
    assert of(near=99_99, open=1).near_percent == 99
    assert of(here=5_00).near_percent == 100
    assert of(far=5_00).near_percent == 0


def test_each_line_has_its_class():
    def kind(commune, kilometres):
        return Line("Le four", 1_00, commune, kilometres).where

    assert kind(None, None) == "open"
    assert kind(POITIERS, 0) == "here"
    assert kind(POITIERS, 20) == "near"
    assert kind(POITIERS, 21) == "far"
    assert kind(POITIERS, None) == "far"  # overseas, without a point
